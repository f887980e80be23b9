import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ColouredGraph } from './coloured-graph.ts'
import { OrbitCarrier } from './orbit-carrier.ts'
import { findOrbits } from './orbits.ts'

const SIZE = 9

const graphs = fc
  .array(fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)), { maxLength: 12 })
  .map((pairs) => pairs.map(([a, b]) => ({ ends: [a, b] as const, colours: [0, 0] as const })))
  .map((edges) => new ColouredGraph(new Int32Array(SIZE), edges))

describe('carrying vertices to the least of their orbit', () => {
  it('is done by a symmetry that leaves what is fixed, and takes the others along', () => {
    const property = fc.property(
      graphs,
      fc.subarray([0, 3, 7], { maxLength: 2 }),
      fc.nat(SIZE - 1),
      (graph, fixed, vertex) => {
        const carrier = new OrbitCarrier(findOrbits(graph, fixed))
        // the vertex first, then all: what comes out behind it is the image of all vertices
        const moved = Int32Array.from([vertex, ...Array.from({ length: SIZE }, (_, i) => i)])
        carrier.carry(moved, 0)
        const image = moved.slice(1)
        expect(moved[0]).toBe(carrier.least[vertex])
        expect(image[vertex]).toBe(moved[0])
        expect([...image].sort((a, b) => a - b)).toEqual(Array.from({ length: SIZE }, (_, i) => i))
        expect(graph.isAutomorphism(image)).toBe(true)
        for (const stays of fixed) expect(image[stays]).toBe(stays)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})
