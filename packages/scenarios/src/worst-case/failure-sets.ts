import { ConfigError } from '@weft/core'
import type { NetworkSymmetry } from '@weft/fabric'
import { everySet } from '../whatif/failure-sets.ts'

/** Parts that fail together, for all sets that a symmetry carries to them. */
export interface FailureSet {
  /** Vertices of the symmetry. */
  readonly members: readonly number[]
  /** Orbits of symmetries that keep what has failed, as a whole. */
  readonly least: Int32Array
  /** What has failed, where the members are those of groups. */
  readonly names?: readonly string[]
}

/** Vertices that fail together. */
export interface Group {
  readonly name: string
  readonly members: readonly number[]
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

/** Every set of 0 to `count` groups. The symmetry must keep each group as a whole. */
export function groupSets(symmetry: NetworkSymmetry, groups: readonly Group[], count: number): FailureSet[] {
  const least = symmetry.orbits()
  if (setsOf(groups.length, count) > SETS_MAX) refuseMany(count)
  const sets: FailureSet[] = [{ members: [], least }]
  for (let size = 1; size <= Math.min(count, groups.length); size++) {
    for (const { members: chosen } of everySet(groups.length, size)) {
      const together = chosen.map((index) => groups[index]!)
      sets.push({
        members: [...new Set(together.flatMap(({ members }) => members))],
        least,
        names: together.map(({ name }) => name),
      })
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
