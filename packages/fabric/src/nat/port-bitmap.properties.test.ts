import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ANY_PARITY, EVEN_PORTS, NO_PORT, nextRound, ODD_PORTS, PortBitmap } from './port-bitmap.ts'
import { type PortRange, portCount, usablePorts } from './port-ranges.ts'

const port = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 65_000, max: 65_535 }))
const range: fc.Arbitrary<PortRange> = fc
  .tuple(port, fc.nat(2100))
  .map(([from, length]) => [from, Math.min(65_535, from + length)])
const listOf = (ranges: readonly PortRange[]) =>
  new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)))

it('usable ports are those of the ranges that are not reserved, in order', () => {
  const property = fc.property(
    fc.array(range, { maxLength: 4 }),
    fc.array(range, { maxLength: 3 }),
    (all, cut) => {
      const usable = usablePorts(all, cut)
      const reserved = listOf(cut)
      const expected = [...listOf(all)].filter((each) => !reserved.has(each)).sort((a, b) => a - b)
      expect([...listOf(usable)]).toEqual(expected)
      expect(portCount(usable)).toBe(expected.length)
    },
  )
  fc.assert(property, { numRuns: 100 })
})

it('finds the next free port of a parity, however few are left', () => {
  const action = fc.record({ port, isTake: fc.boolean(), from: port, to: port, start: port })
  const parity = fc.constantFrom(ANY_PARITY, EVEN_PORTS, ODD_PORTS)
  const property = fc.property(
    fc.array(range, { maxLength: 3 }),
    fc.array(action),
    parity,
    (ranges, actions, which) => {
      const usable = usablePorts(ranges)
      const bitmap = new PortBitmap(usable)
      const all = listOf(usable)
      const free = new Set(all)
      const fits = (each: number) => which === ANY_PARITY || (each & 1) === (which === ODD_PORTS ? 1 : 0)
      for (const { port, isTake, from, to, start } of actions) {
        if (isTake && free.delete(port)) bitmap.take(port)
        if (!isTake && all.has(port) && !free.has(port)) {
          free.add(port)
          bitmap.give(port)
        }
        const ordered = [...free]
          .filter((each) => each >= from && each <= to && fits(each))
          .sort((a, b) => a - b)
        expect(bitmap.next(from, to, which)).toBe(ordered[0] ?? NO_PORT)
        const inside = Math.max(from, Math.min(start, to))
        const round = ordered.find((each) => each >= inside) ?? ordered[0] ?? NO_PORT
        if (from <= to) expect(nextRound(bitmap, from, to, inside, which)).toBe(round)
        expect(bitmap.free).toBe(free.size)
        expect(bitmap.has(port)).toBe(free.has(port))
      }
    },
  )
  fc.assert(property, { numRuns: 100 })
})

it('refuses to take what is not free and to give what is', () => {
  const bitmap = new PortBitmap([[5, 6]])
  expect(() => bitmap.take(7)).toThrow('port 7 is taken, but not free')
  expect(() => bitmap.give(5)).toThrow('port 5 is given back, but free')
})
