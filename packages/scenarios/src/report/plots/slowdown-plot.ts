import type { Percentile, SizeBinResult, TrafficResult } from '../../result/result.ts'
import { significant, size } from '../format.ts'
import { type Html, html } from '../html.ts'
import { axisLook, seriesColour } from './axes.ts'
import { type PlotSize, renderPlot } from './render.ts'

const sizes: Readonly<Record<'wide' | 'narrow', PlotSize>> = {
  wide: { width: 1100, height: 380 },
  narrow: { width: 348, height: 300 },
}

export const percentiles = ['p50', 'p95', 'p99'] as const
const CLOUD_COLOUR = 'var(--cloud)'
const WHISKER_CAP = 5

interface Segment {
  readonly fromBytes: number
  readonly toBytes: number
  readonly percentile: Percentile
  readonly colour: string
}

/**
 * Slowdown over flow size, both logarithmic: a dot per sampled flow, a line per percentile and size bin;
 * dashed where flows that did not complete bias it, with its confidence interval where the sample is too small for it.
 */
export function slowdownPlot(traffic: TrafficResult, id: string): Html {
  const keys = percentiles.map(
    (name, index) =>
      html`<span class="key"><i class="swatch" style="--c:${seriesColour(index)}"></i>${name}</span>`,
  )
  const drawn = (['wide', 'narrow'] as const).map((width) => {
    const option = optionOf(traffic, width === 'narrow')
    return html`<div class="${width}">${renderPlot(option, sizes[width], `${id}-${width}`)}</div>`
  })
  return html`<figure class="plot full" role="img" aria-label="Slowdown by flow size of ${traffic.traffic}">
<figcaption><b>Slowdown by flow size</b><span class="keys">${keys}
<span class="key"><i class="swatch dot"></i>completed flow</span>
<span class="key"><i class="swatch dashed" style="--c:var(--soft)"></i>lower bound: flows that did not complete are
missing</span>
<span class="key"><i class="swatch whisker"></i>95% interval, where the sample is small</span></span>
</figcaption>
${drawn}</figure>`
}

function optionOf(traffic: TrafficResult, isNarrow: boolean) {
  const segments = segmentsOf(traffic)
  const bytes = [...traffic.points.map(([x]) => x), ...segments.map((segment) => segment.fromBytes)]
  const slowdowns = [
    ...traffic.points.map(([, y]) => y),
    ...segments.map((segment) => segment.percentile.value!),
  ]
  const most = slowdowns.reduce((a, b) => Math.max(a, b), 2)
  const isTall = most > 200
  const highestBytes = bytes.reduce((a, b) => Math.max(a, b), 10)
  return {
    grid: { left: 44, right: 16, top: 12, bottom: 40 },
    xAxis: {
      type: 'log',
      min: bytes.reduce((a, b) => Math.min(a, b), highestBytes) * 0.8,
      max: highestBytes * 1.25,
      name: 'flow size',
      nameLocation: 'middle',
      nameGap: 24,
      ...axisLook,
      axisLabel: { ...axisLook.axisLabel, formatter: size, showMinLabel: false, showMaxLabel: false },
    },
    yAxis: {
      type: 'log',
      logBase: isTall ? 10 : 2,
      min: Math.min(1, ...segments.map((segment) => segment.percentile.value!)) < 0.99 ? 0.5 : 1,
      max: (isTall ? 10 : 2) ** Math.ceil(Math.log(most * 1.02) / Math.log(isTall ? 10 : 2)),
      ...axisLook,
      axisLabel: { ...axisLook.axisLabel, formatter: (value: number) => `${significant(value)}×` },
    },
    series: [
      {
        type: 'scatter',
        silent: true,
        large: true,
        largeThreshold: 1,
        symbolSize: isNarrow ? 2 : 2.6,
        itemStyle: { color: CLOUD_COLOUR },
        data: traffic.points.map(([x, y]) => [x, Math.max(y, 1e-3)]),
      },
      {
        type: 'custom',
        silent: true,
        clip: true,
        data: segments.map((segment, index) => [index, segment.fromBytes, segment.percentile.value]),
        encode: { x: 1, y: 2 },
        renderItem: (_: unknown, api: DrawingApi) => drawSegment(segments[api.value(0)]!, api),
      },
    ],
  }
}

/** The part of ECharts' custom series that is used here. */
interface DrawingApi {
  value(dimension: number): number
  coord(point: readonly [number, number]): [number, number]
}

function drawSegment(segment: Segment, api: DrawingApi) {
  const { fromBytes, toBytes, percentile, colour } = segment
  const [x1, y] = api.coord([fromBytes, percentile.value!])
  const [x2] = api.coord([toBytes, percentile.value!])
  const style = { stroke: colour, lineWidth: 2.6, lineDash: percentile.biased ? [6, 4] : null }
  const children: unknown[] = [{ type: 'line', shape: { x1: x1 + 1.5, y1: y, x2: x2 - 1.5, y2: y }, style }]
  const [low, high] = percentile.interval
  if (!percentile.supported) {
    const [x, yLow] = api.coord([Math.sqrt(fromBytes * toBytes), low ?? 1])
    const yHigh = high === null ? 12 : api.coord([fromBytes, high])[1]
    const lines = [
      [x, yLow, x, yHigh],
      [x - WHISKER_CAP, yLow, x + WHISKER_CAP, yLow],
    ]
    if (high !== null) lines.push([x - WHISKER_CAP, yHigh, x + WHISKER_CAP, yHigh])
    for (const [a, b, c, d] of lines) {
      children.push({
        type: 'line',
        shape: { x1: a, y1: b, x2: c, y2: d },
        style: { stroke: colour, lineWidth: 1.4 },
      })
    }
  }
  return { type: 'group', children }
}

function segmentsOf(traffic: TrafficResult): Segment[] {
  const largest = traffic.bins.find(({ toBytes }) => toBytes === null)
  // bins within the largest one would lie on top of it
  const apart = traffic.bins.filter((bin) => bin.toBytes !== null || bin === largest)
  return apart.flatMap((bin) =>
    percentiles.flatMap((name, index) => {
      const percentile = bin.slowdown[name]
      if (percentile.value === null) return []
      return [{ ...spanOf(bin, traffic), percentile, colour: seriesColour(index) }]
    }),
  )
}

/** Where a bin lies on the axis: open ends reach to the smallest and largest flow that was sampled. */
function spanOf(bin: SizeBinResult, { points }: TrafficResult): { fromBytes: number; toBytes: number } {
  const own = points
    .map(([x]) => x)
    .filter((x) => x >= bin.fromBytes && x < (bin.toBytes ?? Number.POSITIVE_INFINITY))
  const smallest = own.reduce(
    (a, b) => Math.min(a, b),
    bin.toBytes === null ? bin.fromBytes * 2 : bin.toBytes / 2,
  )
  const largest = own.reduce((a, b) => Math.max(a, b), bin.fromBytes * 2)
  return {
    fromBytes: bin.fromBytes === 0 ? Math.max(1, smallest) : bin.fromBytes,
    toBytes: bin.toBytes ?? Math.max(largest, bin.fromBytes * 2),
  }
}
