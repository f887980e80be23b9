import { erlangB } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poolLoad, poolRoom, poolSizeFor } from './pool-load.ts'

const demands = fc.array(
  fc.record({
    erlangs: fc.double({ min: 0.01, max: 50, noNaN: true }),
    retries: fc.integer({ min: 0, max: 7 }),
  }),
  { minLength: 1, maxLength: 3 },
)
const size = fc.integer({ min: 1, max: 80 })

describe('the load of a pool', () => {
  it("is Erlang's where nobody asks again", () => {
    const load = poolLoad(15, [{ erlangs: 10, retries: 0 }])
    expect(load.blocking).toBe(erlangB(10, 15))
    expect(load.lost).toBe(load.blocking)
    expect(load.askedErlangs).toBe(10)
    expect(load.carriedErlangs).toBeCloseTo(10 * (1 - 0.036497), 5)
    expect(poolLoad(15, [])).toEqual({
      offeredErlangs: 0,
      askedErlangs: 0,
      asking: 1,
      blocking: 0,
      lost: 0,
      standingLost: 0,
      carriedErlangs: 0,
    })
  })

  it('loses of those that stay for ever what is more than there is room for, and needs as many as there are', () => {
    expect(poolLoad(3, [], 4)).toMatchObject({ blocking: 0, standingLost: 0.25, carriedErlangs: 3 })
    expect(poolLoad(3, [{ erlangs: 1, retries: 0 }], 4)).toMatchObject({ blocking: 1, standingLost: 0.25 })
    expect(poolLoad(4, [], 4).standingLost).toBe(0)
    expect(poolSizeFor([], 0.01, 4)).toBe(4)
  })

  it('agrees with the formula at what retries come to, and carries what is not lost', () => {
    const property = fc.property(size, demands, (places, all) => {
      const load = poolLoad(places, all)
      expect(erlangB(load.askedErlangs, places)).toBeCloseTo(load.blocking, 9)
      expect(load.carriedErlangs / (load.offeredErlangs * (1 - load.lost))).toBeCloseTo(1, 9)
      expect(load.carriedErlangs).toBeLessThan(places)
    })
    fc.assert(property)
  })

  it('has room until the limit is met, and needs as many places as meet it', () => {
    const limit = fc.double({ min: 1e-4, max: 0.5, noNaN: true })
    const property = fc.property(size, demands, limit, (places, all, blockingMax) => {
      const factor = poolRoom(places, all, blockingMax)
      const grown = all.map((each) => ({ ...each, erlangs: each.erlangs * factor }))
      expect(poolLoad(places, grown).blocking / blockingMax).toBeCloseTo(1, 6)
      const needed = poolSizeFor(all, blockingMax)
      expect(poolLoad(needed, all).blocking).toBeLessThanOrEqual(blockingMax * (1 + 1e-9))
      if (needed > 1) expect(poolLoad(needed - 1, all).blocking).toBeGreaterThan(blockingMax * (1 - 1e-9))
    })
    fc.assert(property)
    expect(poolRoom(3, [], 0.1)).toBe(Infinity)
  })
})
