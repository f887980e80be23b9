import { type Html, html } from '../html.ts'
import { axisLook, seriesColour } from './axes.ts'
import { type PlotSize, renderPlot } from './render.ts'

export interface LinePlot {
  readonly id: string
  readonly title: string
  /** For readers who cannot see it. */
  readonly summary: string
  readonly note?: string
  readonly lines: readonly PlotLine[]
  readonly x: PlotAxis
  readonly y: PlotAxis
  /** Pixels for the labels of the y axis; default 58. */
  readonly left?: number
  /** Lines across at these heights. */
  readonly limits?: readonly { readonly at: number; readonly text: string; readonly isDashed?: boolean }[]
  /** Points with a text beside them; texts are numbers and dates. */
  readonly points?: readonly {
    readonly at: readonly [number, number]
    readonly text: string
    readonly colour: number
  }[]
}

export interface PlotLine {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
  readonly colour: number
  readonly isDashed?: boolean
  readonly isStep?: boolean
}

export interface PlotAxis {
  readonly name?: string
  readonly min: number
  readonly max: number
  readonly interval?: number
  readonly isLog?: boolean
  readonly isInverse?: boolean
  readonly print: (value: number) => string
}

const SIZES: Readonly<Record<'wide' | 'narrow', PlotSize>> = {
  wide: { width: 1100, height: 320 },
  narrow: { width: 348, height: 280 },
}

/** Lines over a value: growth over years, availability over demand. */
export function linePlot(plot: LinePlot): Html {
  const { id, title, summary, note, lines, limits = [] } = plot
  const keys = [
    ...lines.map(({ name, colour, isDashed }) => key(name, seriesColour(colour), isDashed === true)),
    ...limits.map(({ text, isDashed }) => key(text, 'var(--bad)', isDashed === true)),
  ]
  const drawn = (['wide', 'narrow'] as const).map(
    (size) => html`<div class="${size}">${renderPlot(optionOf(plot), SIZES[size], `${id}-${size}`)}</div>`,
  )
  return html`<figure class="plot full" role="img" aria-label="${summary}">
<figcaption><b>${title}</b>${note !== undefined && html`<span class="note">${note}</span>`}<span class="keys">${keys}</span></figcaption>
${drawn}</figure>`
}

const key = (name: string, colour: string, isDashed: boolean) =>
  html`<span class="key"><i class="swatch${isDashed && ' dashed'}" style="--c:${colour}"></i>${name}</span>`

function optionOf({ lines, x, y, left = 58, limits = [], points = [] }: LinePlot) {
  return {
    grid: { left, right: 26, top: 20, bottom: x.name === undefined ? 26 : 42 },
    xAxis: { ...axisOf(x), nameLocation: 'middle', nameGap: 26, splitLine: { show: false } },
    yAxis: { ...axisOf(y), axisLine: { show: false } },
    series: [
      ...lines.map(({ points: data, colour, isDashed, isStep }) => ({
        type: 'line',
        silent: true,
        showSymbol: false,
        clip: true,
        step: isStep === true ? 'end' : undefined,
        data: data.map((point) => [...point]),
        lineStyle: {
          color: seriesColour(colour),
          width: isDashed === true ? 1.3 : 2,
          type: isDashed === true ? [5, 4] : 'solid',
        },
      })),
      ...limits.map(({ at, isDashed }) => limitLine([x.min, x.max], at, isDashed === true)),
      {
        type: 'scatter',
        silent: true,
        symbolSize: 9,
        clip: false,
        data: points.map(({ at, text, colour }) => ({
          value: [...at],
          itemStyle: { color: seriesColour(colour), borderColor: 'var(--sheet)', borderWidth: 1.5 },
          label: {
            show: true,
            formatter: text,
            // lines rise: up and to the left there is room
            position: at[0] > x.min + 0.12 * (x.max - x.min) ? 'left' : 'right',
            offset: [0, -11],
            distance: 3,
            color: 'var(--ink)',
            fontSize: 11.5,
            fontWeight: 600,
            textBorderWidth: 0,
          },
        })),
      },
    ],
  }
}

/** A line of its own: marks of other lines are not drawn on logarithmic axes. */
const limitLine = (ends: readonly [number, number], at: number, isDashed: boolean) => ({
  type: 'line',
  silent: true,
  showSymbol: false,
  data: ends.map((end) => [end, at]),
  lineStyle: { color: 'var(--bad)', width: 1.3, type: isDashed ? [5, 4] : 'solid' },
})

const axisOf = ({ name, min, max, interval, isLog, isInverse, print }: PlotAxis) => ({
  type: isLog === true ? 'log' : 'value',
  min,
  max,
  inverse: isInverse === true,
  ...(interval !== undefined && { interval }),
  ...(name !== undefined && { name }),
  ...axisLook,
  axisLabel: { ...axisLook.axisLabel, formatter: print },
})
