import { describe, expect, it } from 'vitest'
import { resolveTcpOptions } from '../options.ts'
import { NewReno } from './newreno.ts'

const MSS = 1000

const control = (windowSegments: number, initialSsthreshBytes = Infinity) =>
  new NewReno(resolveTcpOptions({ mssBytes: MSS, initialSsthreshBytes }), MSS, windowSegments * MSS)

/** Window in segments after each of a number of acknowledgements of one segment. */
function trace(newreno: NewReno, acknowledgements: number, ackedBytes = MSS): number[] {
  return Array.from({ length: acknowledgements }, () => {
    newreno.grow(ackedBytes, false)
    return newreno.cwndBytes / MSS
  })
}

describe('NewReno', () => {
  it('grows by a segment an acknowledgement in slow start: doubles in a round trip', () => {
    expect(trace(control(4), 4)).toEqual([5, 6, 7, 8])
  })

  it('grows by two segments an acknowledgement at most (RFC 3465), by one after a timeout', () => {
    expect(trace(control(4), 2, 5 * MSS)).toEqual([6, 8])
    const afterTimeout = control(1)
    afterTimeout.grow(5 * MSS, true)
    expect(afterTimeout.cwndBytes).toBe(2 * MSS)
  })

  it('grows by a segment a round trip in congestion avoidance', () => {
    expect(trace(control(4, 4 * MSS), 9)).toEqual([4, 4, 4, 5, 5, 5, 5, 5, 6])
    expect(trace(control(4, 4 * MSS), 5, 2 * MSS)).toEqual([4, 5, 5, 5, 6])
  })

  it('halves what is in flight on a loss, down to two segments (RFC 5681 equation 4)', () => {
    const newreno = control(20)
    newreno.lose(15 * MSS, 1, 15_001)
    expect([newreno.cwndBytes, newreno.ssthreshBytes]).toEqual([7500, 7500])
    newreno.lose(3 * MSS, 15_002, 20_001)
    expect(newreno.cwndBytes).toBe(2 * MSS)
  })

  it('goes back to one segment on a timeout and holds ssthresh for later ones (RFC 5681 section 3.1)', () => {
    const newreno = control(20)
    newreno.timeOut(20 * MSS, 20_001, true)
    expect([newreno.cwndBytes, newreno.ssthreshBytes]).toEqual([MSS, 10 * MSS])
    newreno.timeOut(20 * MSS, 20_001, false)
    expect([newreno.cwndBytes, newreno.ssthreshBytes]).toEqual([MSS, 10 * MSS])
  })

  it('answers marks once per window of data (RFC 3168 section 6.1.2)', () => {
    const newreno = control(20)
    expect(newreno.feedback(MSS, true, 1001, 21_001, true)).toBe(true)
    expect(newreno.cwndBytes).toBe(10 * MSS)
    // everything sent before the cut may come back marked
    expect(newreno.feedback(MSS, true, 21_001, 31_001, true)).toBe(false)
    expect(newreno.feedback(MSS, true, 22_001, 31_001, true)).toBe(true)
    expect(newreno.cwndBytes).toBe(5 * MSS)
  })

  it('lets marks take the window down to minWindowSegments, losses to two', () => {
    for (const minWindowSegments of [1, 2]) {
      const options = resolveTcpOptions({ mssBytes: MSS, minWindowSegments })
      const newreno = new NewReno(options, MSS, 2 * MSS)
      newreno.feedback(MSS, true, 1001, 3001, true)
      expect(newreno.cwndBytes).toBe(minWindowSegments * MSS)
      newreno.lose(2 * MSS, 3002, 5001)
      expect(newreno.cwndBytes).toBe(2 * MSS)
    }
  })

  it('counts a loss in a window that was cut for a mark as the same event', () => {
    const newreno = control(20)
    newreno.feedback(MSS, true, 1001, 21_001, true)
    newreno.lose(20 * MSS, 2001, 22_001)
    expect(newreno.cwndBytes).toBe(10 * MSS)
  })
})
