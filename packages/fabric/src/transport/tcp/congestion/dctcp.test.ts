import { describe, expect, it } from 'vitest'
import { resolveTcpOptions } from '../options.ts'
import { Dctcp } from './dctcp.ts'

const MSS = 1000
const WINDOW = 10

const control = (dctcpInitialAlpha = 1, ssthreshSegments = 1) =>
  new Dctcp(
    resolveTcpOptions({
      control: 'dctcp',
      mssBytes: MSS,
      dctcpInitialAlpha,
      initialSsthreshBytes: ssthreshSegments * MSS,
    }),
    MSS,
    WINDOW * MSS,
  )

/**
 * Acknowledges windows of ten segments each, the first `marked` of a window with ECE; answers alpha after
 * each.
 */
function windows(dctcp: Dctcp, ...marked: number[]): number[] {
  let una = 1
  // the first acknowledgement ends the empty first window and opens the next
  una += MSS
  dctcp.feedback(MSS, false, una, una + WINDOW * MSS, true)
  return marked.map((count) => {
    for (let segment = 0; segment < WINDOW; segment++) {
      una += MSS
      dctcp.feedback(MSS, segment < count, una, una + WINDOW * MSS, true)
    }
    una += MSS
    dctcp.feedback(MSS, false, una, una + WINDOW * MSS, true)
    una += (WINDOW - 1) * MSS
    return dctcp.alpha
  })
}

describe('DCTCP', () => {
  it('estimates the marked fraction with gain g, once a window (RFC 8257 section 3.3)', () => {
    const g = 1 / 16
    const first = 1 * (1 - g)
    // eleven segments a window, since the one that ends it counts in
    const second = first + g * (10 / 11 - first)
    expect(windows(control(), 0, 0)).toEqual(
      [first * (1 - g), first * (1 - g) ** 2].map((x) => expect.closeTo(x, 12)),
    )
    expect(windows(control(), 10)).toEqual([expect.closeTo(second, 12)])
  })

  it('settles where all is marked at 1 and where nothing is at 0', () => {
    const ends = (count: number) => windows(control(0.5), ...Array<number>(300).fill(count)).at(-1)
    expect(ends(0)).toBeLessThan(1e-6)
    expect(ends(10)).toBeCloseTo(10 / 11, 3)
  })

  it('cuts by half of alpha at the first mark, once per window of data', () => {
    const dctcp = control(0.5)
    dctcp.feedback(MSS, false, 1001, 11_001, true)
    const alpha = 0.5 * (15 / 16)
    expect(dctcp.feedback(MSS, true, 2001, 12_001, true)).toBe(true)
    expect(dctcp.cwndBytes).toBe(Math.floor(WINDOW * MSS * (1 - alpha / 2)))
    expect(dctcp.feedback(MSS, true, 12_001, 22_001, true)).toBe(false)
    expect(dctcp.feedback(MSS, true, 13_001, 22_001, true)).toBe(true)
  })

  it('does not cut a window without marks, nor during loss recovery', () => {
    const dctcp = control(1)
    windows(dctcp, 0, 0)
    expect(dctcp.cwndBytes).toBe(WINDOW * MSS)
    dctcp.feedback(MSS, true, 1e6, 2e6, false)
    expect(dctcp.cwndBytes).toBe(WINDOW * MSS)
  })

  it('leaves slow start at the first mark', () => {
    const dctcp = control(1, 100)
    dctcp.feedback(MSS, false, 1001, 10_001, true)
    dctcp.feedback(MSS, true, 2001, 11_001, true)
    expect(dctcp.ssthreshBytes).toBe(dctcp.cwndBytes)
    expect(dctcp.ssthreshBytes).toBeLessThan(10 * MSS)
  })

  it('answers loss like NewReno, marked or not (section 3.5)', () => {
    const dctcp = control(0)
    dctcp.lose(10 * MSS, 1, 10_001)
    expect(dctcp.cwndBytes).toBe(5 * MSS)
  })
})
