import type { ColouredGraph } from './coloured-graph.ts'
import { refine } from './refinement.ts'

/** How often a search for one automorphism ties another vertex down before it gives up. */
const TIES_MAX = 64
/** What searches that find nothing may cost together, in vertices and ends of edges looked at: about a second. */
const FUTILE_LOOKS_MAX = 3e7

/** Orbits, with the symmetries that were found. */
export interface FoundOrbits {
  /** The least vertex of every vertex's orbit. */
  readonly least: Int32Array
  /** Images of all vertices. Products of these carry every vertex to any other of its orbit. */
  readonly generators: readonly Int32Array[]
}

/** The least vertex of every vertex's orbit, as `findOrbits` has it. */
export const orbits = (graph: ColouredGraph, fixed: readonly number[] = []): Int32Array =>
  findOrbits(graph, fixed).least

/**
 * Vertices that symmetries of the graph carry into each other while they leave each of `fixed` where it is. Every
 * symmetry used has been found and checked edge by edge; one that is not found leaves orbits apart that belong together,
 * and never the other way round. Where many searches find nothing, it stops searching.
 */
export function findOrbits(graph: ColouredGraph, fixed: readonly number[] = []): FoundOrbits {
  const steps = orbitSteps(graph, fixed)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** The same step by step, so that others get a turn meanwhile: each step says how many vertices are done. */
export function* orbitSteps(
  graph: ColouredGraph,
  fixed: readonly number[] = [],
): Generator<number, FoundOrbits> {
  const cells = graph.colours.slice()
  fixed.forEach((vertex, i) => {
    cells[vertex] = -1 - i
  })
  refine(graph, [cells])
  const union = new UnionFind(graph.size)
  const generators: Int32Array[] = []
  let looksLeft = FUTILE_LOOKS_MAX
  const representatives = new Map<number, number[]>()
  for (let vertex = 0; vertex < graph.size; vertex++) {
    const known = representatives.get(cells[vertex]!)
    if (known === undefined) {
      representatives.set(cells[vertex]!, [vertex])
      continue
    }
    if (known.some((other) => union.find(other) === union.find(vertex))) continue
    let isMapped = false
    for (let i = 0; i < known.length && !isMapped && looksLeft > 0; i++) {
      const search = new AutomorphismSearch(graph, cells, known[i]!, vertex)
      do yield vertex
      while (search.tie())
      const { image, looks } = search
      if (image === undefined) {
        looksLeft -= looks
        continue
      }
      for (const [from, to] of image.entries()) union.join(from, to)
      generators.push(image)
      isMapped = true
    }
    if (!isMapped) known.push(vertex)
  }
  return { least: Int32Array.from({ length: graph.size }, (_, vertex) => union.find(vertex)), generators }
}

/** Looks for an automorphism that keeps cells and carries one vertex to another. */
class AutomorphismSearch {
  /** A checked automorphism; undefined while none was found. */
  image: Int32Array | undefined
  /** What the search has cost. */
  looks = 0
  readonly #graph: ColouredGraph
  readonly #left: Int32Array
  readonly #right: Int32Array
  #next: readonly [number, number]
  #ties = 0

  constructor(graph: ColouredGraph, cells: Int32Array, from: number, to: number) {
    this.#graph = graph
    this.#left = cells.slice()
    this.#right = cells.slice()
    this.#next = [from, to]
  }

  /** Ties another vertex down; whether there is more to be tried. */
  tie(): boolean {
    const [x, y] = this.#next
    this.#left[x] = this.#right[y] = -1
    this.looks += refine(this.#graph, [this.#left, this.#right])
    const match = matchCells(this.#left, this.#right)
    if (match === undefined) return false
    if (this.#graph.isAutomorphism(match.image)) {
      this.image = match.image
      return false
    }
    if (match.open === undefined) return false
    this.#next = match.open
    return ++this.#ties < TIES_MAX
  }
}

interface Match {
  /** Vertices that both sides have in a cell stay where they are; the others of a cell are paired in order. */
  readonly image: Int32Array
  /** A pair of a cell that leaves a choice. */
  readonly open: readonly [number, number] | undefined
}

function matchCells(left: Int32Array, right: Int32Array): Match | undefined {
  const [ours, theirs] = [left, right].map(verticesByCell) as [Map<number, number[]>, Map<number, number[]>]
  const image = new Int32Array(left.length)
  let open: readonly [number, number] | undefined
  for (const [cell, vertices] of ours) {
    const others = theirs.get(cell)
    if (others?.length !== vertices.length) return undefined
    const movers = vertices.filter((vertex) => right[vertex] !== cell)
    const targets = others.filter((vertex) => left[vertex] !== cell)
    for (const vertex of vertices) image[vertex] = vertex
    movers.forEach((vertex, i) => {
      image[vertex] = targets[i]!
    })
    if (open === undefined && vertices.length > 1 && movers.length > 0) open = [movers[0]!, targets[0]!]
  }
  if (open === undefined) {
    const choice = [...ours.entries()].find(([, vertices]) => vertices.length > 1)
    if (choice !== undefined) open = [choice[1][0]!, theirs.get(choice[0])![0]!]
  }
  return { image, open }
}

function verticesByCell(cells: Int32Array): Map<number, number[]> {
  const byCell = new Map<number, number[]>()
  cells.forEach((cell, vertex) => {
    const known = byCell.get(cell)
    if (known === undefined) byCell.set(cell, [vertex])
    else known.push(vertex)
  })
  return byCell
}

class UnionFind {
  readonly #parent: Int32Array

  constructor(size: number) {
    this.#parent = Int32Array.from({ length: size }, (_, i) => i)
  }

  /** The least member. */
  find(member: number): number {
    const parent = this.#parent
    let root = member
    while (parent[root] !== root) root = parent[root]!
    while (parent[member] !== root) {
      const next = parent[member]!
      parent[member] = root
      member = next
    }
    return root
  }

  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)]
    if (x < y) this.#parent[y] = x
    else this.#parent[x] = y
  }
}
