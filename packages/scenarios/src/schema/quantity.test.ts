import { printRate } from '@weft/core'
import { isTimedExactly } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rate } from './quantity.ts'

const links = rate({ description: 'x', examples: ['1Gbps'] })
const messageOf = (text: string) => {
  const parsed = links.safeParse(text)
  return parsed.success ? parsed.data : parsed.error.issues[0]!.message
}

describe('rates of links', () => {
  it('are those that the packet clock can time', () => {
    const rates = fc.oneof(fc.integer({ min: 1, max: 2 ** 50 }), fc.integer({ min: 137e9, max: 2e12 }))
    const property = fc.property(rates, (rateBps) => {
      expect(links.safeParse(printRate(rateBps)).success).toBe(isTimedExactly(rateBps))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('that it cannot are refused with one near by that it can', () => {
    expect(messageOf('137Gbps')).toBe(137e9)
    expect(messageOf('727384101061bps')).toBe(
      '727384101061bps cannot be timed to the picosecond; use 727384Mbps',
    )
    expect(isTimedExactly(727_384e6)).toBe(true)
  })
})
