import type { NetworkSymmetry, Topology } from '@weft/fabric'

/** Directions of links that can stand for each other. */
export interface DirectionClass {
  /** 2 × link + end of the sender: of one link, both directions where its ends can stand for each other. */
  readonly directions: readonly number[]
  /** How many directions are in it. */
  readonly count: number
}

/**
 * Classes of the directions of these links. A direction belongs to the orbits of its link and of its sender: a symmetry
 * that carries one link to another carries its directions to those with senders of the same orbits.
 */
export function directionClasses(
  topology: Topology,
  symmetry: NetworkSymmetry,
  least: Int32Array,
  links: readonly number[],
): DirectionClass[] {
  const classes = new Map<number, { directions: number[]; count: number }>()
  for (const link of links) {
    for (const end of [0, 1]) {
      const direction = 2 * link + end
      const key = classOf(topology, symmetry, least, direction)
      const known = classes.get(key)
      if (known === undefined) classes.set(key, { directions: [direction], count: 1 })
      else {
        if (known.directions[0]! >> 1 === link) known.directions.push(direction)
        known.count++
      }
    }
  }
  return [...classes.values()]
}

/** A number that directions of the same class have in common. */
export function classOf(
  { linkNodes }: Topology,
  symmetry: NetworkSymmetry,
  least: Int32Array,
  direction: number,
): number {
  const link = direction >> 1
  const sender = linkNodes[link]![direction & 1]!
  return least[symmetry.vertexOfLink(link)]! * least.length + least[symmetry.vertexOfNode(sender)]!
}
