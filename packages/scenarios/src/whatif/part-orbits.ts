import type { NetworkSymmetry } from '@weft/fabric'
import { everySet, type FailureSet } from './failure-sets.ts'
import type { Part } from './parts.ts'

type Carrier = ReturnType<NetworkSymmetry['carrier']>

/** Symmetries that leave some parts where they are. */
interface Level {
  readonly carrier: Carrier
  /** Parts of each orbit, ascending; orbits in order of their first part. */
  readonly orbits: readonly (readonly number[])[]
}

/** Ordered sets that symmetry carries to each other. */
interface Cell {
  readonly members: readonly number[]
  readonly count: number
}

/**
 * Sets of parts that symmetry carries into each other; groups of links and nodes stay alone.
 *
 * An ordered set goes to the one that stands for it part by part: the first to the first of its orbit, the second along
 * with it, then by the symmetries that leave the first in place to the first of its orbit under these, and so on. Sets whose
 * orders come to the same, or to orders of the same, are alike.
 */
export class PartOrbits {
  /** Parts of each orbit, ascending; orbits in order of their first part. */
  readonly orbits: readonly (readonly number[])[]
  readonly #symmetry: NetworkSymmetry
  readonly #vertices: readonly (number | undefined)[]
  readonly #partOf = new Map<number, number>()
  /** By the vertices that stay. */
  readonly #levels = new Map<string, Level>()
  /** By ordered set: the set that stands for it. */
  readonly #keys = new Map<string, string>()
  /** By part: the first of its orbit. */
  readonly #firstOf: Int32Array

  constructor(symmetry: NetworkSymmetry, parts: readonly Part[]) {
    this.#symmetry = symmetry
    this.#vertices = parts.map(({ kind, links, nodes }) => {
      if (kind === 'risk') return undefined
      return kind === 'link' ? symmetry.vertexOfLink(links[0]!) : symmetry.vertexOfNode(nodes[0]!)
    })
    this.#vertices.forEach((vertex, part) => {
      if (vertex !== undefined) this.#partOf.set(vertex, part)
    })
    this.orbits = this.#levelOf([]).orbits
    this.#firstOf = new Int32Array(parts.length)
    for (const orbit of this.orbits) for (const part of orbit) this.#firstOf[part] = orbit[0]!
  }

  /** How many searches for symmetry sets of this size take, after those for smaller ones. */
  searchesFor(size: number): number {
    const keys = new Set<string>()
    for (const { members } of this.#cells(size - 1)) keys.add(this.#levelKey(members))
    for (const key of this.#levels.keys()) keys.delete(key)
    return keys.size
  }

  /** Does them, one after another. */
  *prepare(size: number): Generator<void> {
    for (const { members } of this.#cells(size - 1)) {
      if (this.#levels.has(this.#levelKey(members))) continue
      this.#levelOf(members)
      yield
    }
  }

  /** One set of every kind. Sizes are asked for in ascending order. */
  *sets(size: number): Generator<FailureSet> {
    const { kinds, keys } = this.#join([...this.#cells(size)])
    const orders = factorial(size)
    // symmetries that were not found may leave the orders of a set apart
    if (kinds.some(({ count }) => count % orders !== 0)) {
      yield* everySet(this.#vertices.length, size)
      return
    }
    for (const [order, key] of keys) this.#keys.set(order, key)
    for (const { members, count } of kinds)
      yield { members: [...members].sort((a, b) => a - b), count: count / orders }
  }

  /** The same for all sets of a kind, of sizes that have been asked for. */
  keyOf(members: readonly number[]): string {
    if (members.length === 1) return String(this.#firstOf[members[0]!])
    const key = members.join()
    return this.#keys.get(this.#canonical(members).join()) ?? key
  }

  /** Ordered sets that stand for all others. */
  *#cells(size: number, members: readonly number[] = [], count = 1): Generator<Cell> {
    if (members.length === size) {
      yield { members, count }
      return
    }
    for (const orbit of this.#levelOf(members).orbits)
      if (!members.includes(orbit[0]!))
        yield* this.#cells(size, [...members, orbit[0]!], count * orbit.length)
  }

  /** Kinds of sets by the first ordered set of each, with all their orders counted; the kind of every ordered set. */
  #join(cells: readonly Cell[]): { readonly kinds: readonly Cell[]; readonly keys: Map<string, string> } {
    const kinds = new Map<string, Cell>()
    const keys = new Map<string, string>()
    for (const { members, count } of cells) {
      const orders = orderings(members).map((order) => this.#canonical(order).join())
      const known = orders.find((order) => keys.has(order))
      const key = known === undefined ? members.join() : keys.get(known)!
      for (const order of orders) keys.set(order, key)
      const kind = kinds.get(key) ?? { members, count: 0 }
      kinds.set(key, { members: kind.members, count: kind.count + count })
    }
    return { kinds: [...kinds.values()], keys }
  }

  /** The ordered set that stands for this one. */
  #canonical(members: readonly number[]): number[] {
    const moved = Int32Array.from(members, (part) => this.#vertices[part] ?? 0)
    const firsts: number[] = []
    members.forEach((part, i) => {
      if (this.#vertices[part] === undefined) {
        firsts.push(part)
        return
      }
      const { carrier } = this.#levelOf(firsts)
      if (i < members.length - 1) carrier.carry(moved, i)
      firsts.push(this.#partOf.get(carrier.least[moved[i]!]!)!)
    })
    return firsts
  }

  #levelKey(members: readonly number[]): string {
    return members
      .flatMap((part) => this.#vertices[part] ?? [])
      .sort((a, b) => a - b)
      .join()
  }

  /** Symmetries while these parts stay. */
  #levelOf(members: readonly number[]): Level {
    const key = this.#levelKey(members)
    let level = this.#levels.get(key)
    if (level === undefined) {
      const carrier = this.#symmetry.carrier(key === '' ? [] : key.split(',').map(Number))
      level = { carrier, orbits: this.#group(carrier.least) }
      this.#levels.set(key, level)
    }
    return level
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

function orderings(members: readonly number[]): number[][] {
  if (members.length < 2) return [[...members]]
  return members.flatMap((first, i) =>
    orderings(members.filter((_, other) => other !== i)).map((rest) => [first, ...rest]),
  )
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
