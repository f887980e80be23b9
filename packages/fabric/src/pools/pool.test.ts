import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pool } from './pool.ts'
import { Pools } from './pools.ts'

describe('pool', () => {
  it('counts who has a place, who was refused, and for how long', () => {
    const pool = new Pool('h', 'connections', 2)
    expect(pool.take(10, 0)).toBe(true)
    expect(pool.take(20, 1)).toBe(true)
    expect(pool.take(25, 2)).toBe(false)
    expect(pool.take(26, 3)).toBe(false)
    pool.release(30)
    expect(pool.counts(40)).toEqual({ asked: 4, refused: 2, usedPs: 10 + 20 + 10 })
    expect(pool).toMatchObject({ name: 'h connections', inUse: 1, peak: 2, peakPs: 20 })
    expect(pool.firstVictim).toEqual({ atPs: 25, who: 2 })
  })

  it('agrees with a list of who has a place', () => {
    const steps = fc.array(fc.record({ after: fc.nat({ max: 9 }), isRelease: fc.boolean() }))
    const property = fc.property(fc.integer({ min: 1, max: 4 }), steps, (size, all) => {
      const pool = new Pool('h', 'connections', size)
      const taken: number[] = []
      let [nowPs, usedPs, refused, asked] = [0, 0, 0, 0]
      for (const { after, isRelease } of all) {
        nowPs += after
        if (isRelease) {
          if (taken.length === 0) continue
          usedPs += nowPs - taken.shift()!
          pool.release(nowPs)
        } else {
          asked++
          const isFull = taken.length === size
          expect(pool.take(nowPs, asked)).toBe(!isFull)
          if (isFull) refused++
          else taken.push(nowPs)
        }
      }
      usedPs += taken.reduce((sum, sincePs) => sum + nowPs - sincePs, 0)
      expect(pool.counts(nowPs)).toEqual({ asked, refused, usedPs })
      expect(pool.inUse).toBe(taken.length)
    })
    fc.assert(property)
  })

  it('refuses what is no pool', () => {
    expect(() => new Pool('h', 'connections', 0)).toThrow('has 0 places, expected a whole number')
    expect(() => new Pool('h', 'connections', 1).release(1)).toThrow('gets back a place that nobody has')
    const pools = new Pools()
    pools.add('h', 'connections', 1)
    expect(() => pools.add('h', 'connections', 1)).toThrow('h has two pools of connections')
  })
})
