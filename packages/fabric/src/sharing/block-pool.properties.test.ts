import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlockPool, sizeClassOf } from './block-pool.ts'

describe('BlockPool', () => {
  it('never hands out a place twice, and uses again what came back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(6), fc.nat()), { maxLength: 200, size: 'max' }), (steps) => {
        const pool = new BlockPool()
        const owned: { block: number; sizeClass: number }[] = []
        const takenMost = new Map<number, number>()
        for (const [sizeClass, pick] of steps) {
          if (pick % 3 === 0 && owned.length > 0) {
            const { block, sizeClass: returned } = owned.splice(pick % owned.length, 1)[0]!
            pool.give(block, returned)
            continue
          }
          owned.push({ block: pool.take(sizeClass), sizeClass })
          const taken = owned.filter((each) => each.sizeClass === sizeClass).length
          takenMost.set(sizeClass, Math.max(takenMost.get(sizeClass) ?? 0, taken))
        }
        const places = owned.flatMap(({ block, sizeClass }) =>
          Array.from({ length: 2 ** sizeClass }, (_, i) => block + i),
        )
        expect(new Set(places).size).toBe(places.length)
        expect(pool.length).toBe(
          [...takenMost].reduce((sum, [sizeClass, most]) => sum + most * 2 ** sizeClass, 0),
        )
      }),
    )
  })

  it('picks the smallest class that holds a count', () => {
    expect([0, 1, 2, 3, 4, 5, 8, 9].map(sizeClassOf)).toEqual([0, 0, 1, 2, 2, 3, 3, 4])
  })
})
