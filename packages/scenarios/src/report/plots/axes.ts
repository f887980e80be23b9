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

/** A round number of 1, 2, 2.5 or 5 times a power of ten that is at least the value. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  for (const factor of [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]) {
    if (factor * power >= value * 0.9999) return factor * power
  }
  return 10 * power
}
