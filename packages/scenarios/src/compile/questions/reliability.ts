import { type ReliabilityBlueprint, RANDOM_FAILURES_MAX } from '@weft/fabric'
import type { ReliabilityInput } from '../../schema/reliability.ts'
import type { FallibleParts } from '../fallible.ts'
import { counted, type Problems } from '../problems.ts'
import type { Risk } from './risks.ts'
import type { RunPlan } from '../run.ts'

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
  const targets = new Map<number, ReliabilityBlueprint['targets'][number][]>()
  for (const { name, index } of chosen) {
    const group = targets.get(index) ?? []
    const own = members.get(name)
    group.push(own === undefined ? name : { name, parts: own })
    targets.set(index, group)
  }
  const groups = [...targets].map(([index, own]) => {
    const { mtbf, mttr } = inputs[index]!
    return { index, group: { targets: own, mtbfPs: mtbf, mttrPs: mttr } }
  })
  const events = groups.reduce((sum, { group }) => sum + failuresToCome(group, forPs), 0)
  if (events > RANDOM_FAILURES_MAX) {
    const most = groups.reduce((a, b) =>
      failuresToCome(b.group, forPs) > failuresToCome(a.group, forPs) ? b : a,
    ).index
    problems.refuse(
      ['reliability', most, 'mtbf'],
      `some ${counted(events)} failures and repairs would come; at most ${counted(RANDOM_FAILURES_MAX)} fit, so ` +
        'name fewer parts, shorten the run or let them fail more seldom',
    )
  }
  return groups.map(({ group }) => group)
}

/** About how many failures and repairs there will be. */
export function failuresToCome({ targets, mtbfPs, mttrPs }: ReliabilityBlueprint, forPs: number): number {
  const parts = targets.reduce((sum, each) => sum + (typeof each === 'string' ? 1 : each.parts.length), 0)
  return (2 * parts * forPs) / (mtbfPs + mttrPs)
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
