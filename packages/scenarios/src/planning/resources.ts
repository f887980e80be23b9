import type { NetworkSymmetry, Topology } from '@weft/fabric'

/** Directions of links that stand for each other: same rate, same load, the same under like failures. */
export interface Resource {
  /** 2 × link + end of the sender; the least of them. */
  readonly direction: number
  /** All of them, ascending. */
  readonly directions: readonly number[]
}

/**
 * Every direction as a resource of its own, or, by a symmetry, together with those that it can be carried to. Undefined
 * where the symmetry of links does not say which directions correspond: that of a link both of whose ends are alike and
 * cannot change places.
 */
export function alikeResources(topology: Topology, symmetry: NetworkSymmetry): Resource[] | undefined {
  const least = symmetry.orbits()
  const byKey = new Map<string, number[]>()
  const turnable = new Map<number, boolean>()
  for (let direction = 0; direction < 2 * topology.links.length; direction++) {
    const link = direction >> 1
    const [a, b] = topology.linkNodes[link]!
    const orbit = least[symmetry.vertexOfLink(link)]!
    if (least[a] === least[b] && !turnable.has(orbit)) {
      const fixed = symmetry.orbits([symmetry.vertexOfLink(link)])
      turnable.set(orbit, fixed[a] === fixed[b])
    }
    if (turnable.get(orbit) === false) return undefined
    const sender = (direction & 1) === 0 ? a : b
    const key = `${orbit} ${least[sender]}`
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [direction])
    else known.push(direction)
  }
  return [...byKey.values()].map((directions) => ({ direction: directions[0]!, directions }))
}

export const eachOnItsOwn = (topology: Topology): Resource[] =>
  Array.from({ length: 2 * topology.links.length }, (_, direction) => ({
    direction,
    directions: [direction],
  }))
