import { cosTurns, refuse } from '@weft/core'
import type { RateProfile } from '../blueprint/traffic.ts'

/** A profile as a function of time. */
export interface RateCurve {
  /** The largest multiple. */
  readonly max: number
  /** The mean over a period. */
  readonly mean: number
  /** The multiple at an instant of the run. */
  at(timePs: number): number
  /** The mean from one instant of the run to a later one. */
  meanBetween(fromPs: number, toPs: number): number
}

/** Throws ConfigError for a profile that is no function of time or has multiples below 0. */
export function rateCurve(profile: RateProfile): RateCurve {
  const { periodPs } = profile
  if (!(Number.isInteger(periodPs) && periodPs > 0))
    refuse('periodPs', `got ${periodPs}; expected whole picoseconds, 1 or more`)
  return profile.kind === 'sinusoidal' ? sinusoidal(profile) : piecewiseLinear(profile)
}

function sinusoidal({ periodPs, swing, peakPs }: Extract<RateProfile, { kind: 'sinusoidal' }>): RateCurve {
  if (!(swing >= 0 && swing <= 1)) refuse('swing', `got ${swing}; expected a number from 0 to 1`)
  if (!Number.isFinite(peakPs)) refuse('peakPs', `got ${peakPs}; expected a time`)
  const turns = (timePs: number) => ((timePs - peakPs) % periodPs) / periodPs
  const at = (timePs: number) => 1 + swing * cosTurns(turns(timePs))
  // the sine is the cosine a quarter of a turn before
  const sine = (timePs: number) => cosTurns(turns(timePs) - 0.25)
  const meanBetween = (fromPs: number, toPs: number) =>
    1 + (swing * periodPs * (sine(toPs) - sine(fromPs))) / (2 * Math.PI * (toPs - fromPs))
  return { max: 1 + swing, mean: 1, at, meanBetween }
}

function piecewiseLinear(profile: Extract<RateProfile, { kind: 'piecewise-linear' }>): RateCurve {
  const { periodPs, points, phasePs = 0 } = profile
  checkPoints(profile)
  // the period's points between the last of the one before and the first of the one after
  const [first, last] = [points[0]!, points.at(-1)!]
  const all = [[last[0] - periodPs, last[1]], ...points, [first[0] + periodPs, first[1]]] as const
  const times = Float64Array.from(all, ([atPs]) => atPs)
  const multiples = Float64Array.from(all, ([, multiple]) => multiple)
  const nextAfter = (inPeriodPs: number) => {
    let next = 1
    while (times[next]! <= inPeriodPs) next++
    return next
  }
  const multipleAt = (inPeriodPs: number, next: number) => {
    const [from, to] = [times[next - 1]!, times[next]!]
    const share = (inPeriodPs - from) / (to - from)
    return multiples[next - 1]! * (1 - share) + multiples[next]! * share
  }
  const at = (timePs: number) => {
    const inPeriodPs = (timePs + phasePs) % periodPs
    return multipleAt(inPeriodPs, nextAfter(inPeriodPs))
  }
  /** Area from the first time of all, which is before the period, to one in it. */
  const areaTo = (inPeriodPs: number) => {
    const next = nextAfter(inPeriodPs)
    let area = 0
    for (let i = 1; i < next; i++)
      area += ((multiples[i - 1]! + multiples[i]!) / 2) * (times[i]! - times[i - 1]!)
    const mean = (multiples[next - 1]! + multipleAt(inPeriodPs, next)) / 2
    return area + mean * (inPeriodPs - times[next - 1]!)
  }
  let area = 0
  for (let i = 2; i < all.length; i++)
    area += ((multiples[i - 1]! + multiples[i]!) / 2) * (times[i]! - times[i - 1]!)
  const mean = area / periodPs
  const meanBetween = (fromPs: number, toPs: number) => {
    const [from, to] = [fromPs + phasePs, toPs + phasePs]
    const periods = Math.floor(to / periodPs) - Math.floor(from / periodPs)
    return (periods * area + areaTo(to % periodPs) - areaTo(from % periodPs)) / (toPs - fromPs)
  }
  return { max: multiples.reduce((a, b) => Math.max(a, b)), mean, at, meanBetween }
}

function checkPoints({
  periodPs,
  points,
  phasePs = 0,
}: Extract<RateProfile, { kind: 'piecewise-linear' }>): void {
  if (points.length === 0) refuse('points', 'a profile has at least one point')
  if (!(phasePs >= 0 && phasePs < periodPs))
    refuse(
      'phasePs',
      `got ${phasePs}; expected a time from 0 up to but not including the period, ${periodPs} ps`,
    )
  let beforePs = 0
  for (const [atPs, multiple] of points) {
    if (!(atPs >= beforePs && atPs <= periodPs)) {
      refuse(
        'points',
        `time ${atPs} ps; expected one from ${beforePs} ps to the period's end, ${periodPs} ps`,
      )
    }
    if (!(multiple >= 0 && Number.isFinite(multiple)))
      refuse('points', `multiple ${multiple} at ${atPs} ps; expected a finite number of 0 or more`)
    beforePs = atPs
  }
}
