import { type ReliabilityBlueprint, RANDOM_FAILURES_MAX } from '@weft/fabric'
import type { ReliabilityInput } from '../schema/reliability.ts'
import type { FallibleParts } from './fallible.ts'
import { counted, type Problems } from './problems.ts'
import type { Risk } from './risks.ts'
import type { RunPlan } from './run.ts'

/**
 * What fails by itself: a group of parts for every entry that chooses any, in the order of the parts' names, so that the
 * order of writing never matters. Refuses parts that two entries speak of, and more failures than a run can hold.
 */
export function compileReliability(
  inputs: readonly ReliabilityInput[],
  parts: FallibleParts,
  risks: readonly Risk[],
  { forPs }: RunPlan,
  problems: Problems,
): ReliabilityBlueprint[] {
  const chosen = parts.assign(inputs, { section: 'reliability', entry: 'a reliability' }, (input) => input)
  const members = new Map(risks.map(({ name, links, nodes }) => [name, [...nodes, ...links]]))
  const groups = new Map<number, { targets: ReliabilityBlueprint['targets'][number][]; events: number }>()
  for (const { name, value, index } of chosen) {
    const group = groups.get(index) ?? { targets: [], events: 0 }
    const own = members.get(name)
    group.targets.push(own === undefined ? name : { name, parts: own })
    group.events += (2 * (own?.length ?? 1) * forPs) / (value.mtbf + value.mttr)
    groups.set(index, group)
  }
  const events = [...groups.values()].reduce((sum, group) => sum + group.events, 0)
  if (events > RANDOM_FAILURES_MAX) {
    const [most] = [...groups].sort((a, b) => b[1].events - a[1].events)[0]!
    problems.refuse(
      ['reliability', most, 'mtbf'],
      `some ${counted(events)} failures and repairs would come; at most ${counted(RANDOM_FAILURES_MAX)} fit, so ` +
        'name fewer parts, shorten the run or let them fail more seldom',
    )
  }
  return [...groups].map(([index, { targets }]) => {
    const { mtbf, mttr } = inputs[index]!
    return { targets, mtbfPs: mtbf, mttrPs: mttr }
  })
}

/** Names of all that fails by itself, and the share of time that each is down in the long run. */
export const unavailabilities = (reliability: readonly ReliabilityBlueprint[]): ReadonlyMap<string, number> =>
  new Map(
    reliability.flatMap(({ targets, mtbfPs, mttrPs }) =>
      targets.map((target) => {
        return [typeof target === 'string' ? target : target.name, mttrPs / (mtbfPs + mttrPs)] as const
      }),
    ),
  )
