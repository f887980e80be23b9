import { describe, expect, it } from 'vitest'
import type { OfferedBlueprint, RateProfile, TrafficBlueprint } from '../../blueprint/traffic.ts'
import { DemandTurns } from './demand-turns.ts'

const HOUR = 3600e12
const DAY = 24 * HOUR

const trafficOf = (offered: OfferedBlueprint): TrafficBlueprint => ({
  name: 'any',
  pairs: { kind: 'all-to-all', hosts: ['a', 'b'] },
  offered,
  transport: { kind: 'tcp', options: {} },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

const flows = (times: { startPs: number; stopPs?: number; profile?: RateProfile }): TrafficBlueprint =>
  trafficOf({ kind: 'flows', sizes: { kind: 'constant', bytes: 1e6 }, rate: { load: 0.5 }, ...times })

/** From nothing at midnight to twice the mean at noon and back. */
const TRIANGLE: RateProfile = {
  kind: 'piecewise-linear',
  periodPs: DAY,
  points: [
    [0, 0],
    [12 * HOUR, 2],
  ],
}

describe('demand over time', () => {
  it('changes where traffic starts and stops, and nowhere else', () => {
    const burst = trafficOf({ kind: 'burst', bytes: 1, atPs: 300 })
    const turns = new DemandTurns([flows({ startPs: 100, stopPs: 400 }), flows({ startPs: 200 }), burst], {
      endPs: 1000,
      windowPs: 10,
    })
    expect(turns.instants).toEqual([0, 100, 200, 400])
    expect(turns.instants.map((_, turn) => [...turns.factors(turn)])).toEqual([
      [0, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
      [0, 1, 1],
    ])
    expect(turns.instants.map((_, turn) => turns.isStartOrStop(turn))).toEqual([true, true, true, true])
    expect(turns.stepPs).toBeUndefined()
  })

  it('leaves out what begins at the end or later, or stops before it begins', () => {
    const turns = new DemandTurns([flows({ startPs: 1000 }), flows({ startPs: 500, stopPs: 400 })], {
      endPs: 1000,
      windowPs: 10,
    })
    expect(turns.instants.flatMap((_, turn) => [...turns.factors(turn)])).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('follows a profile in parts of a window, each with its mean', () => {
    const turns = new DemandTurns([flows({ startPs: 0, profile: TRIANGLE }), flows({ startPs: HOUR / 2 })], {
      endPs: DAY,
      windowPs: HOUR,
    })
    expect(turns.stepPs).toBe(HOUR / 2)
    expect(turns.instants).toHaveLength(48)
    const factors = turns.instants.map((_, turn) => turns.factors(turn)[0]!)
    expect(factors[0]).toBeCloseTo(1 / 24, 12)
    expect(factors.reduce((a, b) => a + b) / 48).toBeCloseTo(1, 12)
    expect(Math.max(...factors)).toBeGreaterThan(1.9)
    expect(turns.instants.filter((_, turn) => turns.isStartOrStop(turn))).toEqual([0, HOUR / 2])
  })

  it('takes the mean over longer steps where a run has more periods than anybody could follow', () => {
    const second: RateProfile = { kind: 'sinusoidal', periodPs: 1e12, swing: 1, peakPs: 0 }
    const turns = new DemandTurns([flows({ startPs: 0, profile: second })], {
      endPs: 100 * DAY,
      windowPs: DAY,
    })
    expect(turns.instants.length).toBeLessThanOrEqual(101_000)
    expect(turns.factors(5)[0]).toBeCloseTo(1, 1)
  })
})
