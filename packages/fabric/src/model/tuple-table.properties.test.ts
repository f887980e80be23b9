import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ABSENT, TupleTable } from './tuple-table.ts'

type Operation = { kind: 'set' | 'get' | 'delete'; key: [number, number, number, number]; value: number }

const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom('set', 'set', 'get', 'delete'),
  key: fc.tuple(word, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), fc.constant(6)),
  value: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
})

describe('TupleTable', () => {
  it('answers like a map of strings, after any history', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const table = new TupleTable()
        const oracle = new Map<string, number>()
        for (const { kind, key, value } of operations) {
          const text = key.join()
          const known = oracle.get(text) ?? ABSENT
          if (kind === 'get') expect(table.get(...key)).toBe(known)
          if (kind === 'delete') {
            expect(table.delete(...key)).toBe(known)
            oracle.delete(text)
          }
          if (kind === 'set') {
            table.set(...key, value)
            oracle.set(text, value)
          }
          expect(table.size).toBe(oracle.size)
        }
        for (const [text, value] of oracle) {
          const [a, b, c, d] = text.split(',').map(Number) as [number, number, number, number]
          expect(table.get(a, b, c, d)).toBe(value)
        }
      }),
    )
  })

  it('stays at most three quarters full and remembers its peak', () => {
    const table = new TupleTable()
    for (let i = 0; i < 1000; i++) table.set(i, 0, 0, 0, i)
    for (let i = 0; i < 900; i++) expect(table.delete(i, 0, 0, 0)).toBe(i)
    expect(table.size).toBe(100)
    expect(table.peakSize).toBe(1000)
    expect(table.slots).toBe(2048)
  })

  it('refuses a value that would read as absent', () => {
    expect(() => new TupleTable().set(1, 2, 3, 4, -1)).toThrow('values from 0 up, got -1')
  })
})
