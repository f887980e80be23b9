import type { Change } from '../../diff/changes.ts'
import { rate } from '../format.ts'
import { type Html, html } from '../html.ts'

/** Two bars, one below the other, on the scale of all. */
export function besideCell(
  { before, after }: { before: number | null; after: number | null },
  max: number,
  print: (value: number) => string,
): Html {
  const bar = (value: number | null, look: string) =>
    html`<span class="track ${look}" aria-hidden="true"><i style="width:${(Math.min(1, (value ?? 0) / max) * 100).toFixed(1)}%"></i></span><small>${value === null ? 'none' : print(value)}</small>`
  return html`<span class="beside">${bar(before, 'before')}${bar(after, 'after')}</span>`
}

/** IP bit/s. */
export const bps = (value: number): string => (value === 0 ? '0' : rate(Math.round(value)))

/** One where both print alike. */
export function changeText({ before, after }: Change, print: (value: number) => string): string {
  const [was, is] = [print(before), print(after)]
  return was === is ? is : `${was} → ${is}`
}

/** Percentage points. */
export function points(change: number): string {
  const text = (Math.abs(change) * 100).toFixed(1)
  return `${change < 0 ? '−' : '+'}${text} pp`
}
