import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { naturalCompare } from './natural-order.ts'

/** Texts of few letters and many digits, so that equal runs, leading zeros and prefixes are common. */
const text = fc.string({
  unit: fc.constantFrom('a', 'b', '-', '/', ':', '#', '0', '0', '1', '2', '9'),
  maxLength: 8,
})
const sign = (n: number) => (n < 0 ? -1 : n > 0 ? 1 : 0)

describe('naturalCompare is a total order', () => {
  it('equal for equal texts alone', () => {
    fc.assert(
      fc.property(text, text, (a, b) => (naturalCompare(a, b) === 0) === (a === b)),
      { numRuns: 2000 },
    )
  })

  it('antisymmetric', () => {
    const property = fc.property(text, text, (a, b) => {
      expect(sign(naturalCompare(a, b)) + sign(naturalCompare(b, a))).toBe(0)
    })
    fc.assert(property, { numRuns: 2000 })
  })

  it('transitive', () => {
    const property = fc.property(text, text, text, (...texts) => {
      const [a, b, c] = texts.sort(naturalCompare) as [string, string, string]
      expect(naturalCompare(a, c)).toBeLessThanOrEqual(0)
      expect(naturalCompare(a, b)).toBeLessThanOrEqual(0)
      expect(naturalCompare(b, c)).toBeLessThanOrEqual(0)
    })
    fc.assert(property, { numRuns: 5000 })
  })

  it('sorts any list in the same way from any order', () => {
    const property = fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      const sorted = [...texts].sort(naturalCompare)
      expect([...texts].reverse().sort(naturalCompare)).toEqual(sorted)
      expect([...texts].sort().sort(naturalCompare)).toEqual(sorted)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  it('counts as people do', () => {
    const numbers = fc.tuple(fc.nat(), fc.nat())
    fc.assert(
      fc.property(numbers, ([a, b]) => sign(naturalCompare(`leaf-${a}`, `leaf-${b}`)) === sign(a - b)),
    )
  })
})
