import type { Evaluator } from '../whatif/evaluator.ts'
import { type Change, common, differs, sizeOf } from './changes.ts'

/** Offered load over rate of a direction in both. */
export interface LoadChange extends Change {
  /** `a → b`. */
  readonly direction: string
  readonly link: string
}

/** Utilization of the fullest direction, and mean of all, of a tier of links; null where there is no such tier. */
export interface TierLoads {
  readonly tier: string
  readonly before: { readonly most: number; readonly mean: number } | null
  readonly after: { readonly most: number; readonly mean: number } | null
}

interface Direction {
  readonly direction: string
  readonly link: string
  readonly tier: string
  readonly utilization: number
}

export interface LoadsDiff {
  /** Of directions in both that changed, biggest change first. */
  readonly changed: readonly LoadChange[]
  readonly same: number
  readonly tiers: readonly TierLoads[]
}

/** Loads while everything is up. */
export function diffLoads(before: Evaluator, after: Evaluator): LoadsDiff {
  const [a, b] = [directionsOf(before), directionsOf(after)]
  const both = common(a, b).map(({ before: was, after: is }) => ({
    direction: was.direction,
    link: was.link,
    before: was.utilization,
    after: is.utilization,
  }))
  const changed = both.filter(differs).sort((x, y) => sizeOf(y) - sizeOf(x))
  const tiers = [...new Set([...a.values(), ...b.values()].map(({ tier }) => tier))]
  return {
    changed,
    same: both.length - changed.length,
    tiers: tiers.map((tier) => ({ tier, before: tierLoads(a, tier), after: tierLoads(b, tier) })),
  }
}

function directionsOf(evaluator: Evaluator): ReadonlyMap<string, Direction> {
  const { topology } = evaluator.network
  const utilizations = evaluator.utilizations([])
  const directions = new Map<string, Direction>()
  topology.links.forEach(({ name: link, tier, ends }, index) => {
    for (const end of [0, 1] as const) {
      const utilization = utilizations[2 * index + end]!
      // by the sender's name: links may have been written the other way round
      const direction = topology.directionName(index, end)
      directions.set(`${link} from ${ends[end]}`, { direction, link, tier, utilization })
    }
  })
  return directions
}

function tierLoads(directions: ReadonlyMap<string, Direction>, tier: string): TierLoads['before'] {
  const loads = [...directions.values()].flatMap((each) => (each.tier === tier ? [each.utilization] : []))
  if (loads.length === 0) return null
  return {
    most: loads.reduce((most, load) => Math.max(most, load), 0),
    mean: loads.reduce((sum, load) => sum + load, 0) / loads.length,
  }
}
