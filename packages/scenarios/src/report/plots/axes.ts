import { DAY_PS, HOUR_PS, MINUTE_PS } from '../format.ts'

/** What all axes have in common. */
export const axisLook = {
  axisLine: { show: true, lineStyle: { color: 'var(--rule)' } },
  axisTick: { show: false },
  splitLine: { show: true, lineStyle: { color: 'var(--grid)' } },
  axisLabel: { color: 'var(--soft)', fontSize: 11, hideOverlap: true },
  nameTextStyle: { color: 'var(--soft)', fontSize: 11 },
} as const

/** Colours of series, `--s0` up, defined by the page's style sheet for both colour schemes. */
export const SERIES_COLOURS = 8
export const seriesColour = (index: number) => `var(--s${index % SERIES_COLOURS})`

/** Ends of axes up to a power of ten, each with a step that divides it. */
const ROUND: readonly (readonly [end: number, step: number])[] = [
  [1, 0.25],
  [1.2, 0.3],
  [1.5, 0.5],
  [2, 0.5],
  [2.5, 0.5],
  [3, 1],
  [4, 1],
  [5, 1],
  [6, 2],
  [8, 2],
  [10, 2.5],
]

/** Steps of axes on which minutes, hours and days are counted. */
const TIME_STEPS_PS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_PS),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_PS),
  ...[1, 2, 5, 10, 20].map((days) => days * DAY_PS),
]

/** A step for an axis of so much time in about so many parts; undefined where round numbers of seconds do. */
export function timeStep(lengthPs: number, parts: number): number | undefined {
  const leastPs = lengthPs / parts
  if (leastPs < TIME_STEPS_PS[0]! / 2) return undefined
  return TIME_STEPS_PS.find((stepPs) => stepPs >= leastPs) ?? TIME_STEPS_PS.at(-1)!
}

/** A round end that is at least the value, and the step between ticks; up to 4 things are counted by ones. */
export function roundAxis(
  value: number,
  isWhole: boolean,
): { readonly max: number; readonly interval: number } {
  if (isWhole && value <= 4) return { max: 4, interval: 1 }
  if (!(value > 0)) return { max: 1, interval: 0.25 }
  const power = 10 ** Math.floor(Math.log10(value))
  // The smallest excess over an end is rounding, not data.
  const [end, step] = ROUND.find(([candidate]) => candidate * power >= value * 0.9999)!
  return { max: end * power, interval: step * power }
}
