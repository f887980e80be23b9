import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IndexedHeap } from './indexed-heap.ts'

const ITEMS = 200

describe('IndexedHeap', () => {
  it('has the lowest key on top after any sequence of additions, moves and removals', () => {
    const step = fc.record({ item: fc.nat(ITEMS - 1), key: fc.nat(50), isRemoval: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const heap = new IndexedHeap()
        heap.reserve(ITEMS)
        const oracle = new Map<number, number>()
        for (const { item, key, isRemoval } of steps) {
          const before = oracle.get(item)
          expect(heap.has(item)).toBe(before !== undefined)
          if (isRemoval && before !== undefined) {
            heap.remove(item)
            oracle.delete(item)
          } else {
            heap.keys[item] = key
            oracle.set(item, key)
            if (before === undefined) heap.add(item)
            else if (key < before) heap.rise(item)
            else heap.sink(item)
          }
          expect(heap.size).toBe(oracle.size)
          if (heap.size > 0) expect(heap.keys[heap.items[0]!]).toBe(Math.min(...oracle.values()))
        }
      }),
    )
  })
})
