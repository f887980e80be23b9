import { everySet, type FailureSet, type PartOrbits } from './failure-sets.ts'
import { compareOutcomes, type Outcome } from './outcome.ts'
import type { Part } from './parts.ts'

/** One set of failures with what becomes of the network. */
export interface JudgedSet extends FailureSet {
  readonly outcome: Outcome
}

/** Sizes up to which symmetry is used; of larger sets every one is computed. */
export const SYMMETRIC_SIZE_MAX = 2

/** All sets of 1 up to `size` parts in order of size; those that symmetry makes alike once. */
export function* allSets(
  parts: readonly Part[],
  size: number,
  orbits: PartOrbits | undefined,
): Generator<FailureSet> {
  for (let k = 1; k <= size; k++) {
    if (orbits === undefined) yield* everySet(parts.length, k)
    else if (k === 1) yield* orbits.singles()
    else yield* orbits.pairs()
  }
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
