import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ExpiryHeap } from './expiry-heap.ts'

const ROWS = 40
const step = fc.record({ row: fc.nat({ max: ROWS - 1 }), expiryPs: fc.nat({ max: 50 }) })

it('the first row is one that expires first, whatever rows come and go', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 200 }), (steps) => {
      const heap = new ExpiryHeap()
      heap.resize(ROWS)
      const rows = new Map<number, number>()
      for (const { row, expiryPs } of steps) {
        // a row that is in goes, one that is not comes
        if (rows.delete(row)) heap.remove(row)
        else {
          rows.set(row, expiryPs)
          heap.insert(row, expiryPs)
        }
        expect(heap.firstPs).toBe(Math.min(...rows.values()))
        if (rows.size > 0) expect(rows.get(heap.first)).toBe(heap.firstPs)
      }
      const left = [...rows.values()].sort((a, b) => a - b)
      const drained = left.map(() => {
        const { first, firstPs } = heap
        heap.remove(first)
        return firstPs
      })
      expect(drained).toEqual(left)
    }),
  )
})
