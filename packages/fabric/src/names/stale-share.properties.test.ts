import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { staleShare } from './stale-share.ts'

const times = fc.record({
  ttlPs: fc.integer({ min: 0, max: 1000 }),
  keptPs: fc.integer({ min: 0, max: 1000 }),
})

describe('the closed form of the stale share', () => {
  it('is 1 - t/T where clients keep nothing longer', () => {
    expect(staleShare({ ttlPs: 60, keptPs: 0 }, 15, 15)).toBe(0.75)
    expect(staleShare({ ttlPs: 60, keptPs: 0 }, 0, 60)).toBe(0.5)
    expect(staleShare({ ttlPs: 60, keptPs: 0 }, 0, 120)).toBe(0.25)
    expect(staleShare({ ttlPs: 60, keptPs: 0 }, 60, 90)).toBe(0)
    expect(staleShare({ ttlPs: 0, keptPs: 0 }, 0, 1)).toBe(0)
  })

  it('over an interval is the mean of what it is at instants, and falls', () => {
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 0, max: 2500 }),
        fc.integer({ min: 1, max: 500 }),
        (kept, from, length) => {
          const steps = 400
          const at = (i: number) => staleShare(kept, from + ((i + 0.5) * length) / steps, 0)
          const mean = Array.from({ length: steps }, (_, i) => at(i)).reduce(
            (sum, each) => sum + each / steps,
            0,
          )
          expect(staleShare(kept, from, from + length)).toBeCloseTo(mean, 2)
          expect(at(1)).toBeLessThanOrEqual(at(0) + 1e-12)
        },
      ),
    )
  })

  it('is the share of ages drawn from both times', () => {
    const kept = { ttlPs: 40, keptPs: 30 }
    const n = 300
    for (const t of [0, 10, 35, 55, 69, 70]) {
      let over = 0
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) if (((i + 0.5) * 40) / n + ((j + 0.5) * 30) / n > t) over++
      expect(staleShare(kept, t, t)).toBeCloseTo(over / n ** 2, 2)
    }
  })
})
