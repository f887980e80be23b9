import type { RateProfile } from '../blueprint/traffic.ts'

const HOUR_PS = 3_600e12
const DAY_PS = 24 * HOUR_PS

/** Hours and percent of the load. */
type Hours = readonly (readonly [hour: number, percent: number])[]

const OFFICE_DAY: Hours = [
  [0, 15],
  [6, 15],
  [9, 90],
  [11, 100],
  [12.5, 80],
  [14, 100],
  [17, 85],
  [19, 35],
  [22, 15],
]

/** Monday to Friday alike, Saturday and Sunday as quiet as a night. */
const OFFICE_WEEK: Hours = [0, 1, 2, 3, 4].flatMap((day) =>
  OFFICE_DAY.map(([hour, percent]) => [24 * day + hour, percent] as const),
)

const HOME_DAY: Hours = [
  [0, 60],
  [2, 35],
  [4.5, 20],
  [7, 30],
  [9, 45],
  [16, 60],
  [19, 90],
  [21, 100],
  [22.5, 90],
]

const profileOf = (periodPs: number, hours: Hours): RateProfile => ({
  kind: 'piecewise-linear',
  periodPs,
  points: hours.map(([hour, percent]) => [hour * HOUR_PS, percent / 100] as const),
})

/**
 * Shapes to begin with: round numbers of ours, measured nowhere. Networks differ; give the points of your own counters
 * where there are any. All peak at the load.
 */
export const namedProfiles = {
  'business-hours': profileOf(7 * DAY_PS, OFFICE_WEEK),
  evening: profileOf(DAY_PS, HOME_DAY),
} satisfies Readonly<Record<string, RateProfile>>
