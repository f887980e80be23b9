import { ConfigError } from '@weft/core'
import type { NetworkSymmetry } from '@weft/fabric'

/** Parts that fail together, for all sets that a symmetry carries to them. */
export interface FailureSet {
  /** Vertices of the symmetry. */
  readonly members: readonly number[]
  /** Orbits while the members stay. */
  readonly least: Int32Array
}

/** More would take days. */
const SETS_MAX = 200_000

/**
 * Sets of 0 to `count` candidates such that a symmetry carries every other one to one of them. Members come in the order of
 * their orbits; of the next one's orbits under the symmetries that leave the earlier ones in place, one member each is tried.
 */
export function failureSets(
  symmetry: NetworkSymmetry,
  candidates: readonly number[],
  count: number,
): FailureSet[] {
  const base = symmetry.orbits()
  const sets: FailureSet[] = [{ members: [], least: base }]
  for (let at = 0; at < sets.length; at++) {
    const { members, least } = sets[at]!
    if (members.length === count) continue
    const last = members.at(-1)
    for (const next of representatives(candidates, least)) {
      if (members.includes(next) || (last !== undefined && base[next]! < base[last]!)) continue
      const together = [...members, next]
      sets.push({ members: together, least: isTrivial(least) ? least : symmetry.orbits(together) })
      if (sets.length > SETS_MAX) refuseMany(count)
    }
  }
  return sets
}

/** How many sets of 0 to `count` of so many there are. */
export function setsOf(candidates: number, count: number): number {
  let sets = 1
  let ofThisSize = 1
  for (let size = 1; size <= Math.min(count, candidates); size++) {
    ofThisSize = (ofThisSize * (candidates - size + 1)) / size
    sets += ofThisSize
  }
  return sets
}

function representatives(candidates: readonly number[], least: Int32Array): Set<number> {
  return new Set(candidates.map((candidate) => least[candidate]!))
}

const isTrivial = (least: Int32Array): boolean => least.every((first, vertex) => first === vertex)

function refuseMany(count: number): never {
  const message = `of ${count} makes more than ${SETS_MAX.toLocaleString('en')} sets that no symmetry joins; choose fewer, or another kind of part`
  throw new ConfigError([{ path: ['any'], message }])
}
