import type { ScenarioResult } from '../../result/result.ts'
import { duration, instant } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type PlotReading, type TimePlot, type TimeSeries, timePlot } from '../plots/time-plot.ts'
import { changesKey } from './changes.ts'

type Series = ScenarioResult['series']

/** Lines that one plot can show without turning to spaghetti. */
const LINES_MAX = 4

/** Everything over time, with marks at failures and repairs; and the values for the page's script. */
export function seriesSection(result: ScenarioResult): { html: Html; readings: PlotReading[] } {
  const { series } = result
  const plots = plotsOf(series)
  const drawn = plots.map((plot) => timePlot(plot, series, result))
  return {
    html: html`${changesKey(result)}<p class="note">${phases(result)}</p>
<div class="plots">${drawn.map((plot) => plot.html)}</div>`,
    readings: drawn.flatMap(({ reading }) => (reading === null ? [] : [reading])),
  }
}

function phases({ warmupPs, arrivalsEndPs, series }: ScenarioResult): string {
  const warmup = warmupPs > 0 ? 'Grey: warm-up, left out of utilisation and of flow statistics. ' : ''
  return `${warmup}Arrivals end at ${instant(arrivalsEndPs)}. One window is ${duration(series.windowPs)}.`
}

function plotsOf(series: Series): TimePlot[] {
  const { drops } = series
  const hasQueues = series.tiers.some(({ queuePeakPackets }) => queuePeakPackets !== null)
  return [
    ...loadPlots(series),
    ...(hasQueues ? [] : [busiestPlot(series)]),
    ...(drops === null ? [] : [dropsPlot(drops)]),
    ...(hasQueues ? queuePlots(series) : []),
  ]
}

function loadPlots(series: Series): TimePlot[] {
  return [
    {
      id: 'goodput',
      title: 'Goodput',
      note: hasFlows(series) ? 'payload that receivers took in order' : 'payload that arrives',
      kind: 'rate',
      isStacked: series.goodputBps.length > 1,
      isNamed: true,
      series: largest(series.goodputBps.map(({ traffic, values }) => ({ name: traffic, values }))),
      whenEmpty: 'No payload was delivered.',
    },
    ...(hasFlows(series) ? [activePlot(series)] : []),
    {
      id: 'utilization',
      title: 'Link utilisation by tier',
      note: 'solid: mean; dashed: busiest link',
      kind: 'share',
      series: series.tiers.flatMap(({ tier, utilizationMean, utilizationMax }, index) => [
        { name: `${tier} mean`, values: utilizationMean, colour: index },
        { name: `${tier} max`, values: utilizationMax, colour: index, isDashed: true },
      ]),
      whenEmpty: 'No link carried anything.',
    },
  ]
}

/** Under clocks that tell flows apart. */
const hasFlows = ({ activeFlows, startPs }: Series): boolean => activeFlows.length > 0 || startPs.length === 0

function activePlot({ activeFlows }: Series): TimePlot {
  return {
    id: 'active',
    title: 'Active flows',
    kind: 'count',
    series: [{ name: 'flows', values: activeFlows, colour: 4 }],
    whenEmpty: 'No flow was ever active.',
  }
}

function busiestPlot({ links }: Series): TimePlot {
  return {
    id: 'busiest',
    title: 'Busiest links',
    note: 'the directions with the highest mean',
    kind: 'share',
    series: links.slice(0, LINES_MAX).map(({ name, utilization }) => ({ name, values: utilization })),
    whenEmpty: 'No link carried anything.',
  }
}

function dropsPlot(drops: NonNullable<Series['drops']>): TimePlot {
  return {
    id: 'drops',
    title: 'Packets lost',
    note: 'per window, by reason',
    kind: 'count',
    isStacked: true,
    series: largest(drops.map(({ reason, values }) => ({ name: reason, values }))),
    whenEmpty: 'No packet was lost.',
  }
}

/** For clocks with packets: queues have depths. */
function queuePlots(series: Series): TimePlot[] {
  return [
    {
      id: 'tier-queues',
      title: 'Deepest queue by tier',
      note: 'most packets waiting in each window',
      kind: 'packets',
      series: series.tiers.map(({ tier, queuePeakPackets }) => ({ name: tier, values: queuePeakPackets! })),
      whenEmpty: 'No packet ever waited.',
    },
    {
      id: 'queues',
      title: 'Deepest queues',
      note: 'the directions that ever held most',
      kind: 'packets',
      series: largest(
        series.links.map(({ name, queuePeakPackets }) => ({ name, values: queuePeakPackets! })),
      ),
      whenEmpty: 'No packet ever waited.',
    },
  ]
}

const peak = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0)

function largest(all: readonly TimeSeries[]): TimeSeries[] {
  return [...all].sort((a, b) => peak(b.values) - peak(a.values)).slice(0, LINES_MAX)
}
