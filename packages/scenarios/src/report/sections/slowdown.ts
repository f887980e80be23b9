import type {
  Percentile,
  ScenarioResult,
  SizeBinResult,
  StreamResult,
  TrafficResult,
} from '../../result/result.ts'
import { shownBins } from '../../result/reading.ts'
import { count, duration, failuresText, many, rate, share, significant, size } from '../format.ts'
import { type Html, html } from '../html.ts'
import { slowdownPlot } from '../plots/slowdown-plot.ts'

/** Completion of flows by traffic: a plot over flow size, and the same in numbers. */
export function slowdownSection({ flows, streams }: ScenarioResult): Html {
  const shown = flows.filter(({ started }) => started > 0)
  const streamBlock = streams.length > 0 && streamTable(streams)
  if (shown.length === 0) {
    return streamBlock || html`<p class="empty">No flow started after the warm-up.</p>`
  }
  const alike = shown.filter(isOfOneSize)
  const varied = shown.filter((traffic) => !isOfOneSize(traffic))
  return html`${streamBlock}${alike.length > 0 && oneSizeTable(alike)}${varied.map(trafficBlock)}
<p class="note">Slowdown: completion time over the time the same bytes need on the same path when it is empty;
1× is ideal. <span class="flag low">≥</span> a lower bound, since flows of this size that did not complete are missing
from the sample. <span class="flag few">few</span> too few flows for a percentile this far out: the 95%
confidence interval is given.</p>`
}

/** A plot over flow size would tell no more than a row does. */
const isOfOneSize = ({ points, bins }: TrafficResult): boolean =>
  bins.length === 1 && new Set(points.map(([bytes]) => bytes)).size === 1

function oneSizeTable(traffics: readonly TrafficResult[]): Html {
  const hasFailed = traffics.some(({ failed }) => failed > 0)
  return html`<h3>Flows of one size</h3>${flowTable(
    'Traffic',
    traffics.map((traffic) => ({
      name: `${traffic.traffic}, ${size(traffic.points[0]![0])}`,
      bin: traffic.all,
    })),
    hasFailed,
  )}<ul class="note">${traffics.map(
    (traffic) => html`<li>${traffic.traffic}: ${factsOf(traffic).join(' · ')}</li>`,
  )}</ul>`
}

/** Open-loop traffic: what arrived of it, how fast and how late. */
function streamTable(streams: readonly StreamResult[]): Html {
  const idle =
    streams.every(({ jitterPs }) => jitterPs === null) && ', over idle links: without waiting in queues'
  return html`<h3>Streams</h3><p class="note">UDP at rates of their own, over the whole run; delays are one
way${idle}.</p>
<div class="scroll"><table class="numbers"><thead><tr><th>Traffic</th><th>Streams</th><th>Packets sent</th><th>Lost</th>
<th>Goodput</th><th>Delay p50</th><th>p99</th><th>max</th><th>Jitter</th></tr></thead>
<tbody>${streams.map(streamRow)}</tbody></table></div>`
}

function streamRow(stream: StreamResult): Html {
  const { packetsSent, packetsLost, delayPs } = stream
  const lost = packetsLost === 0 ? '0' : `${count(packetsLost)} (${share(packetsLost, packetsSent)})`
  const delays = delayPs === null ? ['–', '–', '–'] : [delayPs.p50, delayPs.p99, delayPs.max].map(duration)
  return html`<tr><th scope="row">${stream.traffic}</th><td>${count(stream.streams)}</td>
<td>${count(packetsSent)}</td><td${packetsLost > 0 ? html` class="warn"` : ''}>${lost}</td>
<td>${rate(stream.goodputBps)}</td>${delays.map((delay) => html`<td>${delay}</td>`)}
<td>${stream.jitterPs === null ? '–' : duration(stream.jitterPs)}</td></tr>`
}

/** What keeps unfinished flows from their connections. */
const tryingText = ({ trying }: TrafficResult): string =>
  trying.length === 0 ? '' : `, last dropped: ${failuresText(trying)}`

function factsOf(traffic: TrafficResult): string[] {
  return [
    `${traffic.transport}`,
    `${many(traffic.started, 'flow')} started, ${share(traffic.completed, traffic.started)} completed`,
    traffic.unfinished > 0 ? `${count(traffic.unfinished)} unfinished${tryingText(traffic)}` : null,
    traffic.failed > 0 ? `${count(traffic.failed)} failed: ${failuresText(traffic.failures)}` : null,
    traffic.retransmissions === null ? null : many(traffic.retransmissions, 'retransmission'),
    traffic.timeouts === null ? null : many(traffic.timeouts, 'timeout'),
  ].filter((fact) => fact !== null)
}

function trafficBlock(traffic: TrafficResult, index: number): Html {
  const plot =
    traffic.completed === 0
      ? html`<p class="empty">No flow completed: there is no slowdown to show.</p>`
      : slowdownPlot(traffic, `slowdown-${index}`)
  return html`<h3>${traffic.traffic}</h3><p class="note">${factsOf(traffic).join(' · ')}</p>${plot}${table(traffic)}`
}

function table(traffic: TrafficResult): Html {
  const rows = shownBins(traffic).map((bin) => ({ name: bin.label, bin, isTotal: bin === traffic.all }))
  return flowTable('Flow size', rows, traffic.failed > 0)
}

interface FlowRow {
  readonly name: string
  readonly bin: SizeBinResult
  readonly isTotal?: boolean
}

function flowTable(title: string, rows: readonly FlowRow[], hasFailed: boolean): Html {
  const failedHead = hasFailed && html`<th rowspan="2">Failed</th>`
  return html`<div class="scroll"><table class="numbers">
<thead><tr><th rowspan="2">${title}</th><th rowspan="2">Flows</th><th rowspan="2">Unfinished</th>
${failedHead}<th colspan="4" class="group">Slowdown</th><th colspan="2" class="group">Completion time</th></tr>
<tr><th>p50</th><th>p95</th><th>p99</th><th>mean</th><th>p50</th><th>p99</th></tr></thead>
<tbody>${rows.map((each) => row(each, hasFailed))}</tbody></table></div>`
}

function row({ name, bin, isTotal = false }: FlowRow, hasFailed: boolean): Html {
  const { slowdown, fctPs } = bin
  const times = (value: number) => `${significant(value)}×`
  const look = isTotal ? html` class="total"` : null
  return html`<tr${look}><th scope="row">${name}</th><td>${count(bin.flows)}</td>
${missing(bin.unfinished, bin.flows)}${hasFailed && missing(bin.failed, bin.flows)}
${[slowdown.p50, slowdown.p95, slowdown.p99].map((percentile) => cell(percentile, times))}
<td>${slowdown.mean === null ? '–' : times(slowdown.mean)}</td>
${[fctPs.p50, fctPs.p99].map((percentile) => cell(percentile, duration))}</tr>`
}

const missing = (flows: number, of: number): Html =>
  flows === 0 ? html`<td>0</td>` : html`<td class="warn">${count(flows)} (${share(flows, of)})</td>`

function cell({ value, interval, supported, biased }: Percentile, print: (value: number) => string): Html {
  if (value === null) return html`<td>–</td>`
  const low = interval[0] === null ? '' : print(interval[0])
  const high = interval[1] === null ? '∞' : print(interval[1])
  const bound =
    biased && html`<span class="flag low" title="flows that did not complete are missing">≥</span>`
  const few = !supported && html`<br><span class="flag few">few</span><small>${low} to ${high}</small>`
  return html`<td>${bound} ${print(value)}${few}</td>`
}
