import { isLoss } from '../../result/change-words.ts'
import type { ChangeAction, ScenarioResult, SeriesResult } from '../../result/result.ts'
import { count, duration, percent, rate, short } from '../format.ts'
import { type Html, html } from '../html.ts'
import { axisLook, roundAxis, seriesColour, timeStep } from './axes.ts'
import { type PlotSize, plotSizes, renderPlot } from './render.ts'

export type ValueKind = 'rate' | 'share' | 'count' | 'packets'

export interface TimeSeries {
  readonly name: string
  readonly values: readonly number[]
  readonly colour?: number
  readonly isDashed?: boolean
}

export interface TimePlot {
  readonly id: string
  readonly title: string
  readonly note?: string
  readonly kind: ValueKind
  readonly series: readonly TimeSeries[]
  /** Areas on top of each other instead of lines. */
  readonly isStacked?: boolean
  /** What to say when all values are 0, instead of an empty plot. */
  readonly whenEmpty: string
  /** Shows the name of a lone series too. */
  readonly isNamed?: boolean
}

/** What the page's script needs to read values off a plot. */
export interface PlotReading {
  readonly id: string
  readonly kind: ValueKind
  readonly left: number
  readonly right: number
  readonly names: readonly string[]
  readonly colours: readonly string[]
  readonly values: readonly (readonly number[])[]
}

type Window = Pick<SeriesResult, 'startPs' | 'windowPs'>

const GRID = { left: 58, right: 14, top: 20, bottom: 26 } as const
/** Numbers from here on are too long for an axis. */
const LONG = 1e6
/** With more failures and repairs than this their numbers would run into each other. */
const NUMBERED_CHANGES_MAX = 12
/** With more than this there would be nothing else to see. */
export const MARKED_CHANGES_MAX = 100

const printers: Readonly<Record<ValueKind, (value: number) => string>> = {
  rate,
  share: percent,
  count,
  packets: count,
}

/** Times that are marked on every plot. */
export interface Marks {
  readonly changes: ScenarioResult['changes']
  readonly warmupPs: number
}

export function timePlot(
  plot: TimePlot,
  window: Window,
  marks: Marks,
): { html: Html; reading: PlotReading | null } {
  const isEmpty = plot.series.every((series) => series.values.every((value) => value === 0))
  const note = plot.note === undefined ? null : html`<span class="note">${plot.note}</span>`
  if (isEmpty || window.startPs.length === 0) {
    const head = html`<figcaption><b>${plot.title}</b>${note}</figcaption>`
    return {
      html: html`<figure class="plot">${head}<p class="empty">${plot.whenEmpty}</p></figure>`,
      reading: null,
    }
  }
  const colours = plot.series.map((series, index) => seriesColour(series.colour ?? index))
  const legend = plot.series.map((series, index) => {
    const dash = series.isDashed === true ? ' dashed' : ''
    const swatch = html`<i class="swatch${dash}" style="--c:${colours[index]}"></i>`
    return html`<span class="key">${swatch}${series.name}</span>`
  })
  const hasLegend = plot.series.length > 1 || plot.isNamed === true
  const drawn = (['wide', 'narrow'] as const).map((size) => {
    const option = optionOf(plot, window, marks, plotSizes[size], colours)
    return html`<div class="${size}">${renderPlot(option, plotSizes[size], `${plot.id}-${size}`)}</div>`
  })
  const label = `${plot.title} over time`
  return {
    html: html`<figure class="plot" data-plot="${plot.id}" role="img" aria-label="${label}">
<figcaption><b>${plot.title}</b>${note}<span class="keys">${hasLegend && legend}</span></figcaption>
${drawn}</figure>`,
    reading: {
      id: plot.id,
      kind: plot.kind,
      left: GRID.left,
      right: GRID.right,
      names: plot.series.map((series) => series.name),
      colours,
      values: plot.series.map((series) => series.values.map((value) => Number(value.toPrecision(4)))),
    },
  }
}

function optionOf(plot: TimePlot, window: Window, marks: Marks, size: PlotSize, colours: readonly string[]) {
  const { startPs, windowPs } = window
  const from = startPs[0]!
  const to = startPs.at(-1)! + windowPs
  const print = printers[plot.kind]
  const isLong = (value: number) => plot.kind !== 'rate' && value >= LONG
  const parts = size.width < 400 ? 4 : 7
  const step = timeStep(to - from, parts)
  return {
    grid: GRID,
    xAxis: {
      type: 'value',
      min: from,
      max: to,
      splitNumber: parts,
      ...(step !== undefined && { interval: step }),
      ...axisLook,
      splitLine: { show: false },
      axisLabel: {
        ...axisLook.axisLabel,
        formatter: (value: number) => (value === 0 ? '0' : duration(value)),
        showMaxLabel: false,
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      ...(plot.kind === 'share'
        ? { max: 1, interval: 0.25 }
        : roundAxis(highest(plot), plot.kind !== 'rate')),
      ...axisLook,
      axisLine: { show: false },
      axisLabel: {
        ...axisLook.axisLabel,
        formatter: (value: number) => (value === 0 ? '0' : isLong(value) ? short(value) : print(value)),
      },
    },
    series: [
      ...plot.series.map((series, index) => ({
        type: 'line',
        silent: true,
        showSymbol: false,
        stack: plot.isStacked === true ? 'all' : undefined,
        step: plot.isStacked === true ? 'middle' : undefined,
        data: series.values.map((value, position) => [startPs[position]! + windowPs / 2, value]),
        lineStyle: {
          color: colours[index],
          width: plot.isStacked === true ? 0 : series.isDashed === true ? 1.2 : 1.7,
          type: dash(series),
        },
        areaStyle: plot.isStacked === true ? { color: colours[index], opacity: 0.7 } : undefined,
      })),
      markers(marks, from, to),
    ],
  }
}

const dash = (series: TimeSeries) => (series.isDashed === true ? [4, 3] : 'solid')

/** The warm-up shaded; numbered lines at failures and repairs, and from each to its new routes a band; none where they are too many. */
function markers({ changes: all, warmupPs }: Marks, from: number, to: number) {
  const changes = all.length <= MARKED_CHANGES_MAX ? all : []
  const isNumbered = changes.length <= NUMBERED_CHANGES_MAX
  const colour = (action: ChangeAction) => (isLoss(action) ? 'var(--bad)' : 'var(--good)')
  return {
    type: 'line',
    data: [],
    silent: true,
    markArea: {
      silent: true,
      itemStyle: { color: 'var(--band)' },
      data: [
        [{ xAxis: from, itemStyle: { color: 'var(--idle)' } }, { xAxis: Math.min(to, warmupPs) }],
        ...changes.map(({ atPs, routedPs }) => [{ xAxis: atPs }, { xAxis: Math.min(to, routedPs ?? to) }]),
      ],
    },
    markLine: {
      silent: true,
      z: 1,
      symbol: 'none',
      data: changes.map(({ atPs, action }, index) => ({
        xAxis: atPs,
        lineStyle: { color: colour(action), width: 1.3, type: isLoss(action) ? 'solid' : [3, 3] },
        label: {
          show: isNumbered,
          formatter: `${index + 1}`,
          color: colour(action),
          fontSize: 11,
          fontWeight: 700,
          distance: 3,
          textBorderWidth: 0,
        },
      })),
    },
  }
}

function highest(plot: TimePlot): number {
  const length = plot.series[0]!.values.length
  let most = 0
  for (let position = 0; position < length; position++) {
    const values = plot.series.map((series) => series.values[position] ?? 0)
    const value = plot.isStacked === true ? values.reduce((a, b) => a + b) : Math.max(...values)
    if (value > most) most = value
  }
  return most
}
