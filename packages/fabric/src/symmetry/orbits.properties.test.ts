import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ColouredEdge, ColouredGraph } from './coloured-graph.ts'
import { orbits } from './orbits.ts'

const SIZE = 6

const graphs = fc
  .record({
    colours: fc.array(fc.nat(1), { minLength: SIZE, maxLength: SIZE }),
    edges: fc.array(
      fc.record({
        ends: fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)),
        colours: fc.constantFrom([0, 0] as const, [1, 1] as const, [2, 3] as const),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ colours, edges }) => new ColouredGraph(colours, edges as readonly ColouredEdge[]))

/** Every permutation of so many things. */
function permutations(size: number): number[][] {
  if (size === 0) return [[]]
  return permutations(size - 1).flatMap((rest) =>
    Array.from({ length: size }, (_, place) => [...rest.slice(0, place), size - 1, ...rest.slice(place)]),
  )
}

const ALL = permutations(SIZE).map((image) => Int32Array.from(image))

/** Least vertex that any symmetry carries a vertex to, from the definition: all permutations tried. */
function bruteForce(graph: ColouredGraph, fixed: readonly number[]): Int32Array {
  const least = Int32Array.from({ length: SIZE }, (_, i) => i)
  for (const image of ALL) {
    if (fixed.some((vertex) => image[vertex] !== vertex) || !keepsAll(graph, image)) continue
    image.forEach((to, from) => {
      if (to < least[from]!) least[from] = to
    })
  }
  return least
}

function keepsAll(graph: ColouredGraph, image: Int32Array): boolean {
  const count = (from: number, to: number, colour: number) => {
    let edges = 0
    for (let place = graph.start[from]!; place < graph.start[from + 1]!; place++) {
      if (graph.neighbours[place] === to && graph.edgeColours[place] === colour) edges++
    }
    return edges
  }
  for (let a = 0; a < SIZE; a++) {
    if (graph.colours[a] !== graph.colours[image[a]!]) return false
    for (let b = 0; b < SIZE; b++) {
      for (let colour = 0; colour < 4; colour++) {
        if (count(a, b, colour) !== count(image[a]!, image[b]!, colour)) return false
      }
    }
  }
  return true
}

describe('orbits', () => {
  it('are those of all permutations tried, with and without fixed vertices', () => {
    fc.assert(
      fc.property(graphs, fc.subarray([0, 1, 2, 3, 4, 5], { maxLength: 2 }), (graph, fixed) => {
        expect([...orbits(graph, fixed)]).toEqual([...bruteForce(graph, fixed)])
      }),
      { numRuns: 150 },
    )
  })

  it('tell apart what refinement alone does not: a hexagon from two triangles', () => {
    const ring = (vertices: readonly number[]): ColouredEdge[] =>
      vertices.map((vertex, i) => ({
        ends: [vertex, vertices[(i + 1) % vertices.length]!],
        colours: [0, 0],
      }))
    const graph = new ColouredGraph(new Int32Array(12), [
      ...ring([0, 1, 2, 3, 4, 5]),
      ...ring([6, 7, 8]),
      ...ring([9, 10, 11]),
    ])
    expect([...orbits(graph)]).toEqual([0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6])
  })
})
