import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  KIND_OF_PROTOCOL,
  type PortRange,
  type PortSet,
  PortSets,
  portSetHas,
  PROTOCOLS,
} from './port-set.ts'

const range = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(5))
  .map(([first, more]): PortRange => [first, first + more])
const ranges = fc.array(range, { maxLength: 4 }).map((all) => all.sort((a, b) => a[0] - b[0]))
const content = fc.tuple(ranges, ranges, ranges, fc.boolean())

const probes = PROTOCOLS.flatMap((protocol) =>
  Array.from({ length: 40 }, (_, i) => ({ protocol, port: i + 1 })),
)
const members = (set: PortSet): boolean[] => [
  ...probes.map(({ protocol, port }) => portSetHas(set, protocol, port)),
  set.other,
]

describe('sets of ports', () => {
  it('unions and intersections have what both or either have, and equal sets are one object', () => {
    fc.assert(
      fc.property(content, content, ([...a], [...b]) => {
        const sets = new PortSets()
        const one = sets.of(a.slice(0, 3) as PortRange[][], a[3])
        const other = sets.of(b.slice(0, 3) as PortRange[][], b[3])
        const [first, second] = [members(one), members(other)]
        expect(members(sets.union(one, other))).toEqual(first.map((has, i) => has || second[i]!))
        expect(members(sets.intersection(one, other))).toEqual(first.map((has, i) => has && second[i]!))
        expect(sets.intersection(one, other)).toBe(sets.intersection(other, one))
        expect(sets.union(one, other)).toBe(sets.union(other, one))
        expect(sets.intersection(one, sets.all)).toBe(one)
        expect(sets.intersection(one, sets.none)).toBe(sets.none)
        expect(sets.union(one, sets.all)).toBe(sets.all)
      }),
    )
  })
})

it('protocols are known by the numbers that IANA gave them', () => {
  expect([6, 17, 132, 1, 58, 255].map((number) => KIND_OF_PROTOCOL[number])).toEqual([0, 1, 2, 3, 3, 3])
})
