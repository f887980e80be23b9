import { rampStep } from '../../draw/ramp.ts'
import { count, percent } from '../format.ts'
import { type Html, html } from '../html.ts'
import { binsOf } from '../../pictures/fold.ts'
import { roundAxis } from './axes.ts'
import type { PlotSize } from './render.ts'

export interface StripBar {
  readonly name: string
  /** How many there are like it: as wide. */
  readonly alike: number
  readonly utilization: number
  /** Under the failure that loads it most; null where none does. */
  readonly worst: number | null
}

export interface Strip {
  readonly bars: readonly StripBar[]
  /** Lines across: shares of the rate. */
  readonly limits: readonly { readonly text: string; readonly at: number; readonly isDashed: boolean }[]
}

const SIZES: Readonly<Record<'wide' | 'narrow', PlotSize>> = {
  wide: { width: 1100, height: 260 },
  narrow: { width: 348, height: 220 },
}
/** A failure that adds less than this adds nothing that can be seen. */
const MORE = 1.002
const GRID = { left: 44, right: 14, top: 16, bottom: 30 } as const

/** All directions of links, the fullest first: a bar each, or for as many as a bar has to stand for. */
export function utilizationStrip(strip: Strip): Html {
  const total = strip.bars.reduce((sum, { alike }) => sum + alike, 0)
  if (total === 0) return html`<p class="empty">The network has no links.</p>`
  const drawn = (['wide', 'narrow'] as const).map(
    (width) => html`<div class="${width}">${drawStrip(strip, SIZES[width])}</div>`,
  )
  const highest = strip.bars.reduce((most, { utilization }) => Math.max(most, utilization), 0)
  const label = `Utilisation of ${count(total)} directions of links, fullest first: from ${percent(highest)} down to ${percent(strip.bars.reduce((least, { utilization }) => Math.min(least, utilization), highest))}`
  return html`<figure class="plot full" role="img" aria-label="${label}">
<figcaption><b>Every direction of every link, the fullest first</b><span class="keys">
<span class="key"><i class="swatch block b5"></i>now</span>
<span class="key"><i class="swatch" style="--c:var(--soft)"></i>under the failure that loads it more</span>
${strip.limits.map(({ text, isDashed }) => html`<span class="key"><i class="swatch${isDashed && ' dashed'}" style="--c:var(--bad)"></i>${text}</span>`)}
</span></figcaption>${drawn}</figure>`
}

function drawStrip({ bars, limits }: Strip, { width, height }: PlotSize): Html {
  const sorted = [...bars].sort((a, b) => b.utilization - a.utilization)
  const total = sorted.reduce((sum, { alike }) => sum + alike, 0)
  const inner = { width: width - GRID.left - GRID.right, height: height - GRID.top - GRID.bottom }
  const most = sorted.reduce((sum, { utilization, worst }) => Math.max(sum, utilization, worst ?? 0), 1)
  const { max, interval } = roundAxis(most, false)
  const y = (share: number) => GRID.top + inner.height * (1 - share / max)
  const ends = binsOf(total, Math.floor(inner.width / 2))
  const heights = binHeights(sorted, ends)
  const isApart = inner.width / heights.length > 4
  const marks = (isApart ? heights : joined(heights)).map(({ utilization, worst, from, to }) => {
    const x = GRID.left + (from / total) * inner.width
    const each = ((to - from) / total) * inner.width
    const top = y(utilization)
    const bar = html`<rect class="f${rampStep(utilization)}" x="${px(x)}" y="${px(top)}" width="${px(Math.max(0.6, each - (isApart ? 1 : 0)))}" height="${px(GRID.top + inner.height - top)}"/>`
    return worst === null || worst <= utilization * MORE
      ? bar
      : html`${bar}<path class="worst" d="M${px(x)} ${px(y(worst))}h${px(each)}"/>`
  })
  const ticks = Array.from({ length: Math.round(max / interval) + 1 }, (_, tick) => tick * interval)
  const grid = ticks.map(
    (tick) =>
      html`<path class="rule" d="M${GRID.left} ${px(y(tick))}h${inner.width}"/><text x="${GRID.left - 6}" y="${px(y(tick) + 4)}" text-anchor="end">${percent(tick)}</text>`,
  )
  const lines = limits.map(
    ({ at, isDashed }) =>
      at <= max &&
      html`<path class="limit${isDashed && ' dashed'}" d="M${GRID.left} ${px(y(at))}h${inner.width}"/>`,
  )
  const last = html`<text x="${width - GRID.right}" y="${height - 10}" text-anchor="end">${count(total)} directions</text>`
  return html`<svg class="strip" viewBox="0 0 ${width} ${height}" aria-hidden="true">${grid}${marks}${lines}
<text x="${GRID.left}" y="${height - 10}">fullest</text>${last}</svg>`
}

interface Bin {
  /** Ranks of the first direction and of the one behind the last. */
  readonly from: number
  readonly to: number
  readonly utilization: number
  readonly worst: number | null
}

/** The highest of all that a bar stands for. */
function binHeights(sorted: readonly StripBar[], ends: readonly number[]): Bin[] {
  let at = 0
  let passed = 0
  return ends.slice(1).map((to, bin) => {
    let utilization = 0
    let worst: number | null = null
    for (;;) {
      const bar = sorted[at]!
      utilization = Math.max(utilization, bar.utilization)
      if (bar.worst !== null) worst = Math.max(worst ?? 0, bar.worst)
      if (passed + bar.alike > to || at === sorted.length - 1) break
      passed += bar.alike
      at++
      if (passed === to) break
    }
    return { from: ends[bin]!, to, utilization, worst }
  })
}

/** Neighbours of one height as one bar: thin ones beside each other shimmer. */
function joined(bins: readonly Bin[]): Bin[] {
  const runs: Bin[] = []
  for (const bin of bins) {
    const last = runs.at(-1)
    const isSame = last !== undefined && last.utilization === bin.utilization && last.worst === bin.worst
    if (isSame) runs[runs.length - 1] = { ...last, to: bin.to }
    else runs.push(bin)
  }
  return runs
}

const px = (value: number): number => Math.round(value * 10) / 10
