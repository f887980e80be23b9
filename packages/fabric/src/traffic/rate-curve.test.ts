import { exponential, randomStream, SECOND, Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Z_999 } from '../../test/helpers/statistics.ts'
import type { RateProfile } from '../blueprint/traffic.ts'
import { FlowArrivals } from './flow-arrivals.ts'
import { rateCurve } from './rate-curve.ts'
import { sizeDistribution } from './sizes.ts'

const HOUR = 3600 * SECOND
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** Half at night, twice the mean in the evening, and a step down at midnight. */
const EVENING = {
  kind: 'piecewise-linear',
  periodPs: DAY,
  points: [
    [0, 0.5],
    [6 * HOUR, 0.5],
    [18 * HOUR, 2],
    [24 * HOUR, 1],
  ],
} satisfies RateProfile
const SINE: RateProfile = { kind: 'sinusoidal', periodPs: DAY, swing: 0.8, peakPs: 20 * HOUR }

/** Area under a curve by the midpoint rule. */
function area(profile: RateProfile, fromPs: number, toPs: number, steps = 100_000): number {
  const curve = rateCurve(profile)
  const step = (toPs - fromPs) / steps
  let sum = 0
  for (let i = 0; i < steps; i++) sum += curve.at(fromPs + (i + 0.5) * step)
  return sum * step
}

const phased: fc.Arbitrary<RateProfile> = fc
  .record({
    points: fc.array(fc.tuple(fc.nat(1000), fc.double({ min: 0, max: 5, noNaN: true })), {
      minLength: 1,
      maxLength: 8,
    }),
    phasePs: fc.nat(999),
  })
  .map(({ points, phasePs }) => ({
    kind: 'piecewise-linear',
    periodPs: 1000,
    points: points.sort(([a], [b]) => a - b),
    phasePs,
  }))

const profiles: fc.Arbitrary<RateProfile> = fc.oneof(
  phased,
  fc.record({
    kind: fc.constant('sinusoidal' as const),
    periodPs: fc.constantFrom(HOUR, DAY, WEEK),
    swing: fc.double({ min: 0, max: 1, noNaN: true }),
    peakPs: fc.integer({ min: -100, max: 100 }).map((hours) => hours * HOUR),
  }),
  fc
    .array(fc.tuple(fc.nat(1000), fc.double({ min: 0, max: 5, noNaN: true })), { minLength: 1, maxLength: 8 })
    .map((points) => ({
      kind: 'piecewise-linear' as const,
      periodPs: 1000,
      points: points.sort(([a], [b]) => a - b),
    })),
)

describe('a rate that follows a profile', () => {
  it('goes from point to point', () => {
    const { at, max, mean } = rateCurve(EVENING)
    const hours = [0, 3, 6, 9, 12, 18, 21]
    expect(hours.map((hour) => at(hour * HOUR))).toEqual(
      [0.5, 0.5, 0.5, 0.875, 1.25, 2, 1.5].map((value) => expect.closeTo(value, 9)),
    )
    expect(max).toBe(2)
    // 6 h at 0.5, 12 h at 1.25 and 6 h at 1.5 on average
    expect(mean).toBeCloseTo((3 + 15 + 9) / 24, 9)
    expect(at(3 * WEEK + 18 * HOUR)).toBe(2)
  })

  it('swings about 1', () => {
    const { at, max, mean } = rateCurve(SINE)
    expect([20, 8, 2, 14].map((hour) => at(WEEK + hour * HOUR))).toEqual(
      [1.8, 0.2, 1, 1].map((value) => expect.closeTo(value, 9)),
    )
    expect([max, mean]).toEqual([1.8, 1])
  })

  it('is periodic, between 0 and its maximum, and has its mean', () => {
    const instant = fc.double({ min: 0, max: 5, noNaN: true })
    const property = fc.property(profiles, instant, (profile, periods) => {
      const { at, max, mean } = rateCurve(profile)
      const timePs = periods * profile.periodPs
      expect(at(timePs)).toBeGreaterThanOrEqual(0)
      expect(at(timePs)).toBeLessThanOrEqual(max * (1 + 1e-12))
      const phasePs = timePs % profile.periodPs
      expect(at(phasePs)).toBeCloseTo(at(timePs), 12)
      // steps lie between the points of the rule
      expect(Math.abs(area(profile, 0, profile.periodPs, 10_000) / profile.periodPs - mean)).toBeLessThan(
        2e-3,
      )
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('has a mean over any span, and over whole periods that of all', () => {
    const span = fc.record({
      from: fc.double({ min: 0, max: 3, noNaN: true }),
      length: fc.double({ min: 0.01, max: 3, noNaN: true }),
      periods: fc.integer({ min: 1, max: 4 }),
    })
    const property = fc.property(profiles, span, (profile, { from, length, periods }) => {
      const { mean, meanBetween } = rateCurve(profile)
      const [fromPs, toPs] = [from * profile.periodPs, (from + length) * profile.periodPs]
      // a step moves the midpoint rule by up to a step's height in one of its strips
      const summed = area(profile, fromPs, toPs, 10_000) / (toPs - fromPs)
      expect(Math.abs(meanBetween(fromPs, toPs) - summed)).toBeLessThan(5e-3)
      expect(meanBetween(fromPs, fromPs + periods * profile.periodPs)).toBeCloseTo(mean, 9)
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('begins where its phase says', () => {
    const later = rateCurve({ ...EVENING, phasePs: 20 * HOUR })
    for (const hour of [0, 3, 4, 17, 30])
      expect(later.at(hour * HOUR)).toBeCloseTo(rateCurve(EVENING).at((hour + 20) * HOUR), 12)
    expect(later.meanBetween(0, DAY)).toBeCloseTo(later.mean, 12)
  })

  it.each<[string, RateProfile, RegExp]>([
    [
      'a phase beyond the period',
      { kind: 'piecewise-linear', periodPs: 9, points: [[0, 1]], phasePs: 9 },
      /phasePs: got 9; expected a time from 0 up to but not including the period, 9 ps/,
    ],
    [
      'no period',
      { kind: 'sinusoidal', periodPs: 0, swing: 0, peakPs: 0 },
      /periodPs: got 0; expected whole/,
    ],
    ['more than all', { kind: 'sinusoidal', periodPs: 1, swing: 1.1, peakPs: 0 }, /swing: got 1.1; expected/],
    ['no peak', { kind: 'sinusoidal', periodPs: 1, swing: 1, peakPs: Number.NaN }, /peakPs: got NaN/],
    [
      'no points',
      { kind: 'piecewise-linear', periodPs: 9, points: [] },
      /points: a profile has at least one/,
    ],
    [
      'negative',
      { kind: 'piecewise-linear', periodPs: 9, points: [[0, -1]] },
      /multiple -1 at 0 ps; expected/,
    ],
    [
      'disorder',
      { kind: 'piecewise-linear', periodPs: 9, points: [5, 4].map((at) => [at, 1] as const) },
      /time 4 ps; expected one from 5 ps to the period's end, 9 ps/,
    ],
    [
      'too late',
      { kind: 'piecewise-linear', periodPs: 9, points: [[10, 1]] },
      /time 10 ps; expected one from 0 ps/,
    ],
  ])('is refused: %s', (_, profile, message) => {
    expect(() => rateCurve(profile)).toThrow(message)
  })
})

interface Arrival {
  readonly atPs: number
  readonly from: string
  readonly bytes: number
}

/** Arrivals at two senders at this mean rate, for so long. */
function arrivals(
  profile: RateProfile | undefined,
  flowsPerSecond: number,
  stopPs: number,
  senders = ['a', 'b'],
) {
  const sim = new Simulation({ seed: 'profile', timeMaxPs: 2 ** 62 })
  const seen: Arrival[] = []
  new FlowArrivals(sim, {
    name: 'flows',
    pairs: { senders, draw: () => 'z', receiversOf: () => ['z'] },
    sizes: sizeDistribution({ kind: 'exponential', meanBytes: 1000 }),
    ratesPerSecond: senders.map(() => flowsPerSecond),
    ...(profile === undefined ? {} : { curve: rateCurve(profile) }),
    startPs: 0,
    stopPs,
    start: (from, _, bytes) => void seen.push({ atPs: sim.now, from, bytes }),
  })
  sim.run()
  return seen
}

describe('arrivals that follow a profile', () => {
  it.each([
    ['piecewise linear', EVENING],
    ['sinusoidal', SINE],
  ])('count, hour by hour and in all, as the integral of the rate has it: %s', (_, profile) => {
    const rate = 0.05
    const seen = arrivals(profile, rate, WEEK)
    const expected = 2 * rate * ((7 * area(profile, 0, DAY)) / SECOND)
    expect(Math.abs(seen.length - expected)).toBeLessThan(Z_999 * Math.sqrt(expected))
    for (let hour = 0; hour < 24; hour++) {
      const count = seen.filter(({ atPs }) => Math.floor((atPs % DAY) / HOUR) === hour).length
      const mean = 14 * rate * (area(profile, hour * HOUR, (hour + 1) * HOUR, 1000) / SECOND)
      // 24 hours: one in a thousand of each would be one in forty of all
      expect(Math.abs(count - mean)).toBeLessThan(4.5 * Math.sqrt(mean))
    }
  })

  it('are apart by exponential times on the scale of the integral', () => {
    const seen = arrivals(SINE, 0.05, WEEK, ['a']).map(({ atPs }) => atPs)
    const omega = (2 * Math.PI) / DAY
    const integral = (t: number) => t + (0.8 / omega) * Math.sin(omega * (t - 20 * HOUR))
    const gaps = seen.slice(1).map((at, i) => (0.05 / SECOND) * (integral(at) - integral(seen[i]!)))
    const share = (limit: number) => gaps.filter((gap) => gap > limit).length / gaps.length
    for (const limit of [0.1, 0.5, 1, 2, 3]) {
      const p = Math.exp(-limit)
      expect(Math.abs(share(limit) - p)).toBeLessThan(Z_999 * Math.sqrt((p * (1 - p)) / gaps.length))
    }
  })

  it('of a sender do not depend on the others, and without a profile are what they were', () => {
    const alone = arrivals(EVENING, 0.01, DAY, ['a'])
    const both = arrivals(EVENING, 0.01, DAY, ['a', 'b'])
    expect(both.filter(({ from }) => from === 'a')).toEqual(alone)
    // by turns a gap and a size, and nothing else, from the sender's own stream
    const stream = randomStream('profile', 'flows/a')
    const [gaps, sizes] = [exponential(100 * SECOND), exponential(1000)]
    const expected: Arrival[] = []
    for (let atPs = Math.round(gaps.sample(stream)); atPs < DAY; atPs += Math.round(gaps.sample(stream)))
      expected.push({ atPs, from: 'a', bytes: Math.max(1, Math.round(sizes.sample(stream))) })
    expect(arrivals(undefined, 0.01, DAY, ['a'])).toEqual(expected)
  })

  it('are none where the rate is always 0', () => {
    const never: RateProfile = { kind: 'piecewise-linear', periodPs: DAY, points: [[0, 0]] }
    expect(arrivals(never, 1000, WEEK)).toEqual([])
  })
})
