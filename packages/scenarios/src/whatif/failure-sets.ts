import type { NetworkSymmetry } from '@weft/fabric'
import type { Part } from './parts.ts'

/** One set of parts that fail together, standing for all sets that symmetry carries it to. */
export interface FailureSet {
  /** Indices of parts, ascending. */
  readonly members: readonly number[]
  /** How many sets it stands for, itself among them. */
  readonly count: number
}

/** Number of ways to choose `k` of `n`; a double, exact up to 2^53. */
export function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1)
  return Math.round(ways)
}

/** All sets of exactly `size` of `count` parts, in lexicographic order, each standing for itself. */
export function* everySet(count: number, size: number): Generator<FailureSet> {
  if (size > count) return
  const members = Array.from({ length: size }, (_, i) => i)
  for (;;) {
    yield { members: [...members], count: 1 }
    let last = size - 1
    while (last >= 0 && members[last] === count - size + last) last--
    if (last < 0) return
    members[last]!++
    for (let i = last + 1; i < size; i++) members[i] = members[i - 1]! + 1
  }
}

/** Parts by the orbits of their vertices; groups of links and nodes stay alone. */
export class PartOrbits {
  /** Parts of each orbit, ascending; orbits in order of their first part. */
  readonly orbits: readonly (readonly number[])[]
  readonly #symmetry: NetworkSymmetry
  readonly #vertices: readonly (number | undefined)[]
  /** By part: the first of its orbit. */
  readonly #firstOf: Int32Array

  constructor(symmetry: NetworkSymmetry, parts: readonly Part[]) {
    this.#symmetry = symmetry
    this.#vertices = parts.map(({ kind, links, nodes }) => {
      if (kind === 'risk') return undefined
      return kind === 'link' ? symmetry.vertexOfLink(links[0]!) : symmetry.vertexOfNode(nodes[0]!)
    })
    this.orbits = this.#group(symmetry.orbits())
    this.#firstOf = new Int32Array(parts.length)
    for (const orbit of this.orbits) for (const part of orbit) this.#firstOf[part] = orbit[0]!
  }

  firstOf(part: number): number {
    return this.#firstOf[part]!
  }

  /** One single failure of each orbit. */
  *singles(): Generator<FailureSet> {
    for (const orbit of this.orbits) yield { members: [orbit[0]!], count: orbit.length }
  }

  /**
   * One pair of every kind. Ordered pairs fall into the orbits of the first part times the orbits of the second while the
   * first stays in place; each pair is counted in both orders where both parts are of one orbit.
   */
  *pairs(): Generator<FailureSet> {
    for (const [a, first] of this.orbits.entries()) {
      const [part] = first as [number]
      const alike = this.#alikeWith(part)
      const within = alike.filter((orbit) => first.includes(orbit[0]!) && orbit[0] !== part)
      // where orders cannot be told apart by halves, which takes a symmetry that turns and does not mirror, none is used
      const halves = first.length % 2 === 0 || within.every((orbit) => orbit.length % 2 === 0)
      if (halves) for (const orbit of within) yield pairOf(part, orbit[0]!, (first.length * orbit.length) / 2)
      else
        for (const { members } of everySet(first.length, 2))
          yield pairOf(first[members[0]!]!, first[members[1]!]!, 1)
      const later = new Set(this.orbits.slice(a + 1).flat())
      for (const orbit of alike)
        if (later.has(orbit[0]!)) yield pairOf(part, orbit[0]!, first.length * orbit.length)
    }
  }

  /** Orbits of parts while one of them stays. */
  #alikeWith(part: number): readonly (readonly number[])[] {
    const vertex = this.#vertices[part]
    if (vertex === undefined) return this.orbits
    return this.#group(this.#symmetry.orbits([vertex]))
  }

  #group(least: Int32Array): number[][] {
    const groups = new Map<number | string, number[]>()
    this.#vertices.forEach((vertex, part) => {
      const key = vertex === undefined ? `alone ${part}` : least[vertex]!
      const known = groups.get(key)
      if (known === undefined) groups.set(key, [part])
      else known.push(part)
    })
    return [...groups.values()]
  }
}

const pairOf = (a: number, b: number, count: number): FailureSet => ({
  members: a < b ? [a, b] : [b, a],
  count,
})
