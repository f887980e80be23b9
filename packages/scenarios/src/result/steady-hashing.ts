import { SECOND, Simulation } from '@weft/core'
import {
  type DemandMatrix,
  type LinkImbalance,
  joinDemands,
  linkImbalance,
  Network,
  scaledDemand,
  sizeSpread,
  SteadyClock,
  type TrafficPart,
} from '@weft/fabric'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { SteadyRecords } from '../run/steady-clock/steady-records.ts'

export const HASH_CONFIDENCE = 0.95

/** Whether some switch sprays: what it sends is split by weight, and no hash is left to chance. */
const isSprayed = ({ scenario }: ScenarioRun): boolean =>
  scenario.blueprint.network.nodes.some((node) => node.kind === 'switch' && node.ecmp.mode === 'spray')

/** Why hashing is not told as an interval; undefined where it is. */
export function whyNoInterval(
  run: ScenarioRun,
  { run: { mix, life, nameEvents, hasRefused } }: SteadyRecords,
): string | undefined {
  if (life.changes.length > 0 || nameEvents.changes.length > 0)
    return 'Workloads, policies or names change: hashing is not told as an interval.'
  if (hasRefused)
    return 'Some connections or streams found no place on their way: hashing is not told as an interval.'
  if (!mix.isStraight)
    return 'Some traffic meets a server or a gateway in the middle, or is lost on its way: hashing is not told as an interval.'
  return isSprayed(run)
    ? 'Switches spray, so that hashing leaves nothing to chance: loads have no interval.'
    : undefined
}

/**
 * What hashing makes of the mean offered loads of the measured time with everything up, when each of the flows that are
 * expected in it takes one path. Flows of unlike sizes count as the number of equal ones that vary as much; a stream is one
 * flow. Undefined where that cannot be told, where nothing was sent, and for a run that was interrupted, which should end soon.
 */
export function steadyHashing(run: ScenarioRun, steady: SteadyRecords): LinkImbalance | undefined {
  const { warmupPs, forPs } = run.scenario.run
  const untilPs = Math.min(forPs, run.nowPs)
  const seconds = (untilPs - warmupPs) / SECOND
  if (seconds <= 0 || !run.finished || whyNoInterval(run, steady) !== undefined) return undefined
  const { parts, blueprint } = steady.run
  const demands = parts.flatMap((part) => {
    if (part.answer !== 'whole') return []
    const there = parts.findIndex(({ traffic, isBack }) => traffic === part.traffic && !isBack)
    // what is refused opens connections too, and sends less than was meant to
    const key = blueprint.traffic[part.traffic]!.offered.kind === 'stream' ? 'sentBits' : 'openedConnections'
    const demand = parts[there]!.demand
    const mean = key === 'sentBits' ? demand.ipBps : demand.connectionsPerSecond
    const sent = steady.books.between(key, there, warmupPs, untilPs)
    const perSecond = mean.reduce((a, b) => a + b, 0)
    return sent > 0 ? [flowsOf(part, parts[there]!, run, sent / (perSecond * seconds), seconds)] : []
  })
  if (demands.length === 0) return undefined
  // the run's own network may have parts that are down
  const network = new Network(blueprint.network, { sim: new Simulation({ seed: blueprint.seed }) })
  const clock = new SteadyClock(network, joinDemands(demands))
  return linkImbalance(clock, { holdSeconds: seconds }, HASH_CONFIDENCE)
}

/** A part's mean demand, its flows as connections per second. What comes back has those of what it answers. */
function flowsOf(
  part: TrafficPart,
  there: TrafficPart,
  { scenario }: ScenarioRun,
  factor: number,
  seconds: number,
): DemandMatrix {
  const { offered } = scenario.blueprint.traffic[part.traffic]!
  const spread = offered.kind === 'flows' ? sizeSpread(offered.sizes) : 1
  const connectionsPerSecond = there.demand.connectionsPerSecond.map((rate) =>
    offered.kind === 'stream' ? 1 / seconds : (rate * factor) / spread,
  )
  return { ...scaledDemand(part.demand, factor), connectionsPerSecond }
}
