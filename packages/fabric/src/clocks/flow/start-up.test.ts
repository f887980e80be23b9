import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slowStartWaits, windowPacePs } from './start-up.ts'

const US = 1_000_000

/** Every segment acknowledged at once, from a window of one. */
const textbook = (roundTripPs: number, segmentPs: number) => ({
  initialWindow: 1,
  peerWindow: 100,
  ackSegments: 1,
  ackDelayPs: 40_000 * US,
  roundTripPs,
  segmentPs,
  pacePs: segmentPs,
})

describe('what slow start leaves idle', () => {
  it('is P (RTT + S/R) - (2^P - 1) S/R of Kurose and Ross', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 0, max: 500 }).map((us) => us * US),
      fc.integer({ min: 1, max: 50 }).map((us) => us * US),
      (segments, networkPs, segmentPs) => {
        // their RTT leaves out the segment's own transmission
        const roundTripPs = networkPs + segmentPs
        // windows that cover the object, and those that an endless one would wait after
        const covering = Math.ceil(Math.log2(segments + 1))
        const waiting = Math.floor(Math.log2(1 + networkPs / segmentPs)) + 1
        const stalls = Math.min(waiting, covering - 1)
        const expected = stalls * roundTripPs - (2 ** stalls - 1) * segmentPs
        const { idlePs } = slowStartWaits(segments, textbook(roundTripPs, segmentPs))
        expect(idlePs).toBeCloseTo(expected, 3)
      },
    )
    fc.assert(property)
  })

  it('grows by half as much where an acknowledgement covers four segments (RFC 3465 lets it add two)', () => {
    const start = { ...textbook(1000 * US, US), initialWindow: 4, ackSegments: 4 }
    // bursts of 4, 6, 6 and so on: two of six are over, and stand in for two of the next
    const waits = slowStartWaits(17, start)
    expect(waits.lastBurst).toBe(1)
    expect(waits.idlePs).toBe(1003 * US - 4 * US + (1003 * US - 6 * US) + (1001 * US - 6 * US))
  })

  it('waits for the receiver’s timer where a window is less than an acknowledgement covers', () => {
    const start = { ...textbook(1000 * US, US), ackSegments: 2 }
    const { idlePs, lastBurst } = slowStartWaits(2, start)
    expect(idlePs).toBe(1000 * US + 40_000 * US - US)
    expect(lastBurst).toBe(1)
  })

  it('is nothing where all fits into the first window', () => {
    expect(slowStartWaits(10, { ...textbook(1000 * US, US), initialWindow: 10 })).toEqual({
      idlePs: 0,
      lastWaitPs: 0,
      lastBurst: 10,
    })
  })
})

describe('a window that is always in flight', () => {
  const connection = { ackSegments: 2, ackDelayPs: 40_000 * US, roundTripPs: 100 * US, segmentPs: US }

  it.each([
    // four segments a round trip and the segment that the acknowledgement waits for
    [4, (101 * US) / 4],
    // the fifth is over, and the first of the next round completes its acknowledgement
    [5, (100 * US) / 4],
    // no acknowledgement without the timer
    [1, 40_100 * US],
  ])('of %d segments', (window, pacePs) => {
    expect(windowPacePs(window, connection)).toBe(pacePs)
  })
})
