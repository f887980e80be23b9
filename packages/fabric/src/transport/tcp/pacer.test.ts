import { Simulation, TIME_MAX, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Pacer } from './pacer.ts'

/** A window of ten segments in congestion avoidance. */
function paced(srttPs: number) {
  const sim = new Simulation({ seed: 'pacer' })
  const left: number[] = []
  const sender = {
    control: { cwndBytes: 10_000, ssthreshBytes: 10_000 },
    rtt: { srttPs },
    transmit: () => {
      left.push(sim.now)
      pacer.left(1000)
    },
  }
  const pacer = new Pacer(sim, sender)
  return { sim, pacer, left }
}

describe('a pacer', () => {
  it('spreads a window over the round trip, with a fifth of headroom', () => {
    const { sim, pacer, left } = paced(120 * US)
    expect(pacer.mayLeave()).toBe(true)
    pacer.left(1000)
    expect(pacer.mayLeave()).toBe(false)
    sim.run()
    expect(left).toEqual([10 * US])
    expect(pacer.mayLeave()).toBe(false)
    sim.run()
    expect(left).toEqual([10 * US, 20 * US])
  })

  it('holds nothing back before the first round trip', () => {
    const { pacer } = paced(Number.NaN)
    pacer.left(1000)
    expect(pacer.mayLeave()).toBe(true)
  })

  it('waits for the end of time where a gap would pass it', () => {
    const { sim, pacer, left } = paced(0.9 * TIME_MAX)
    const start = Math.round(0.95 * TIME_MAX)
    sim.advanceTo(start)
    pacer.left(1000)
    expect(pacer.mayLeave()).toBe(false)
    sim.run(TIME_MAX - 1)
    expect(left).toEqual([])
  })
})
