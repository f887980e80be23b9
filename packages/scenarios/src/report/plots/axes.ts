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
