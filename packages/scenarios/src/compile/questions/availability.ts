import { naturalCompare, type ReliabilityBlueprint } from '@weft/fabric'
import type { AvailabilityInput } from '../../schema/availability.ts'
import type { FallibleParts } from '../fallible.ts'
import { type Path, type Problems, quote } from '../problems.ts'
import { unavailabilities } from './reliability.ts'

/** How often one part of the network is down. */
export interface ComponentAvailability {
  /** Of a link, a switch, a host or a group of `risks`. */
  readonly name: string
  /** Share of time, 0 to 1, in which it is down. */
  readonly unavailability: number
  /** The section that says so. */
  readonly from: 'availability' | 'reliability'
}

/**
 * One entry per part, in natural order: of what fails by itself in the long run, of other parts as `availability` says.
 * Refuses parts that two entries speak of, so that there is one truth about each.
 */
export function compileAvailability(
  inputs: readonly AvailabilityInput[],
  reliability: readonly ReliabilityBlueprint[],
  parts: FallibleParts,
  problems: Problems,
): ComponentAvailability[] {
  const failing = unavailabilities(reliability)
  const given = parts.assign(inputs, { section: 'availability', entry: 'an availability' }, (input, path) =>
    unavailabilityOf(input, path, problems),
  )
  const refused = new Set<number>()
  for (const { name, index } of given) {
    if (!failing.has(name) || refused.has(index)) continue
    refused.add(index)
    problems.refuse(
      ['availability', index],
      `${quote(name)} has a reliability, from which its availability follows; leave it out here`,
    )
  }
  return [
    ...[...failing].map(([name, unavailability]) => ({ name, unavailability, from: 'reliability' as const })),
    ...given.map(({ name, value }) => ({ name, unavailability: value, from: 'availability' as const })),
  ].sort((a, b) => naturalCompare(a.name, b.name))
}

function unavailabilityOf({ mtbf, mttr, up }: AvailabilityInput, path: Path, problems: Problems): number {
  if (up !== undefined && mtbf === undefined && mttr === undefined) return 1 - up
  if (up === undefined && mtbf !== undefined && mttr !== undefined) return mttr / (mtbf + mttr)
  problems.refuse(path, 'an availability takes "mtbf" and "mttr" together, or "up" alone')
  return 0
}
