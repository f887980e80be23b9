import { exp, lnFactorial, ln } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomialQuantile, groupImbalance } from './hash-imbalance.ts'

/** Chance of exactly k of n, term by term. */
function binomialTerm(k: number, n: number, p: number): number {
  return exp(lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k) + k * ln(p) + (n - k) * ln(1 - p))
}

describe('groupImbalance', () => {
  it('leaves at most half of the rest on each side, and would not if it were narrower', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }),
      fc.constantFrom(0.5, 0.9, 0.99),
      (flows, weights, confidence) => {
        const { members } = groupImbalance(weights, flows, confidence)
        const sum = weights.reduce((a, b) => a + b)
        const tail = (1 - confidence) / 2
        members.forEach(({ mean, low, high }, i) => {
          const p = weights[i]! / sum
          const atMost = (last: number) => {
            let total = 0
            for (let k = 0; k <= last; k++) total += binomialTerm(k, flows, p)
            return total
          }
          expect(mean).toBeCloseTo(flows * p, 9)
          expect(atMost(low - 1)).toBeLessThan(tail + 1e-9)
          expect(atMost(low)).toBeGreaterThan(tail - 1e-9)
          expect(1 - atMost(high)).toBeLessThan(tail + 1e-9)
          expect(1 - atMost(high - 1)).toBeGreaterThan(tail - 1e-9)
        })
      },
    )
    fc.assert(property)
  })

  it('has no spread where there is no choice', () => {
    expect(groupImbalance([3], 17, 0.95).members).toEqual([{ mean: 17, low: 17, high: 17 }])
    expect(groupImbalance([1, 1], 0, 0.95).members[0]).toEqual({ mean: 0, low: 0, high: 0 })
  })

  it('goes over to the normal approximation without a jump', () => {
    const deviation = Math.sqrt(1e6 * 0.3 * 0.7)
    for (const probability of [0.001, 0.025, 0.5, 0.975]) {
      const exact = binomialQuantile(probability, 1_000_000, 0.3)
      const normal = binomialQuantile(probability, 1_000_001, 0.3)
      expect(Math.abs(exact - normal) / deviation).toBeLessThan(0.005)
    }
  })

  it('refuses what is no number of flows, and no confidence', () => {
    expect(() => groupImbalance([1], 1.5, 0.95)).toThrow(
      'flows: is 1.5, expected a whole number of 0 or more',
    )
    expect(() => groupImbalance([1], 1, 1)).toThrow('confidence: is 1, expected above 0 and below 1')
  })
})
