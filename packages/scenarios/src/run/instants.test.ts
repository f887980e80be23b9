import { describe, expect, it } from 'vitest'
import { instantAfter, instantBefore } from './instants.ts'

/** Spacing of doubles above an instant from 2^53 ps on; below, picoseconds are counted. */
const spacing = (atPs: number) => Math.max(1, 2 ** (Math.floor(Math.log2(atPs)) - 52))

describe('neighbouring instants', () => {
  it.each([1, 80, 7200e12, 2 ** 53 - 1])('of %d are a picosecond away', (atPs) => {
    expect([instantBefore(atPs), instantAfter(atPs)]).toEqual([atPs - 1, atPs + 1])
  })

  it.each([2 ** 53 + 2, 6.048e17, 6.048e17 + 128, 8.64e18])('of %d are the neighbouring doubles', (atPs) => {
    expect([atPs - instantBefore(atPs), instantAfter(atPs) - atPs]).toEqual([spacing(atPs), spacing(atPs)])
  })

  it.each([53, 56, 62])('of 2^%d lie half as far before it as after', (exponent) => {
    const atPs = 2 ** exponent
    expect(atPs - instantBefore(atPs)).toBe(spacing(atPs) / 2)
    expect(instantAfter(atPs) - atPs).toBe(spacing(atPs))
  })
})
