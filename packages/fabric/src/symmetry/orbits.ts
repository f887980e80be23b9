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
    const isMapped = known.some((other) => {
      if (looksLeft <= 0) return false
      const { image, looks } = findAutomorphism(graph, cells, other, vertex)
      if (image === undefined) {
        looksLeft -= looks
        return false
      }
      for (const [from, to] of image.entries()) union.join(from, to)
      generators.push(image)
      return true
    })
    if (!isMapped) known.push(vertex)
  }
  return { least: Int32Array.from({ length: graph.size }, (_, vertex) => union.find(vertex)), generators }
}

interface Search {
  /** A checked automorphism; undefined where none was found. */
  readonly image: Int32Array | undefined
  /** What the search cost. */
  readonly looks: number
}

/** Looks for an automorphism that keeps cells and carries `from` to `to`. */
function findAutomorphism(graph: ColouredGraph, cells: Int32Array, from: number, to: number): Search {
  const left = cells.slice()
  const right = cells.slice()
  let [x, y] = [from, to]
  let looks = 0
  for (let tie = 0; tie < TIES_MAX; tie++) {
    left[x] = right[y] = -1
    looks += refine(graph, [left, right])
    const match = matchCells(left, right)
    if (match === undefined) break
    if (graph.isAutomorphism(match.image)) return { image: match.image, looks }
    if (match.open === undefined) break
    ;[x, y] = match.open
  }
  return { image: undefined, looks }
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
