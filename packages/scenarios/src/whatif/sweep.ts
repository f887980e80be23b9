import { everySet, type FailureSet } from './failure-sets.ts'
import { compareOutcomes, type Outcome } from './outcome.ts'
import type { PartOrbits } from './part-orbits.ts'
import type { Part } from './parts.ts'

/** One set of failures with what becomes of the network. */
export interface JudgedSet extends FailureSet {
  readonly outcome: Outcome
}

/** All sets of 1 up to `size` parts in order of size; those that symmetry makes alike once. */
export function* allSets(
  parts: readonly Part[],
  size: number,
  orbits: PartOrbits | undefined,
): Generator<FailureSet> {
  for (let k = 1; k <= size; k++) yield* orbits?.sets(k) ?? everySet(parts.length, k)
}

/** Worst first; equally bad ones with fewer members first, then by the order of parts. */
export function sortWorstFirst(judged: JudgedSet[]): JudgedSet[] {
  return judged.sort((a, b) => compareOutcomes(a.outcome, b.outcome) || compareMembers(a.members, b.members))
}

/** Fewer members first, then by the order of parts: as `allSets` has them. */
export function compareMembers(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return a.length - b.length
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}
