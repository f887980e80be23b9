import type { FlowIndex } from '@weft/fabric'
import type { Expectation, Statistic } from '../compile/questions/expect.ts'
import { probabilityOf } from '../result/percentile.ts'
import type { Delays } from '../run/running-clock.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { streamSpan } from '../run/stream-span.ts'
import { hostOf } from './demands.ts'
import { excess, type Measurement, NOTHING, type Span } from './measurement.ts'

/** The worst stream: each is measured by itself, over the packets that it sent in the expectation's time. */
export function measureStreams(expectation: Expectation, run: ScenarioRun): Measurement {
  const { traffic } = run.engine.blueprint
  const wanted = expectation.filter.traffic
  let worst: { value: number; flow: FlowIndex; span: Span } | undefined
  let samples = 0
  run.clock.streams.rows.forEach((flow, row) => {
    if (wanted !== undefined && traffic[run.engine.flows.traffic[flow]!]!.name !== wanted) return
    const span = measuredSpan(expectation, flow, run)
    const value = streamValue(expectation, { flow, row, span }, run)
    if (value === undefined) return
    samples++
    if (worst === undefined || excess(expectation, value) > excess(expectation, worst.value))
      worst = { value, flow, span }
  })
  return worst === undefined ? NOTHING : { ...worst, samples, object: nameOf(worst.flow, run) }
}

interface Stream {
  readonly flow: FlowIndex
  /** Its place among all streams. */
  readonly row: number
  readonly span: Span
}

/** Undefined where the stream sent nothing in that time; for delays, where nothing of that arrived. */
function streamValue(
  expectation: Expectation,
  { flow, row, span }: Stream,
  run: ScenarioRun,
): number | undefined {
  const { metric, statistic, bounds, fromPs, toPs } = expectation
  const sent = run.clock.streams.sentBetween(row, fromPs, toPs)
  if (sent === 0) return undefined
  const tally = run.clock.streams.tally(expectation, flow)
  switch (metric) {
    case 'stream.loss':
      return bounds.some(({ unit }) => unit === 'share') ? tally.lost / sent : tally.lost
    case 'stream.goodput':
      return (tally.payloadBytes * 8e12) / (span.toPs - span.fromPs)
    case 'stream.delay':
      return delayStatistic(tally.delayPs, statistic)
    default:
      return run.clock.streams.jitterPsOf(flow)
  }
}

/** When the stream sent, as far as the expectation looks at it. */
function measuredSpan({ fromPs, toPs }: Expectation, flow: FlowIndex, run: ScenarioRun): Span {
  const { blueprint, flows } = run.engine
  const { offered } = blueprint.traffic[flows.traffic[flow]!]!
  if (offered.kind !== 'stream') return { fromPs, toPs }
  const life = streamSpan(offered, run.scenario.run, run.nowPs)
  return { fromPs: Math.max(fromPs, life.fromPs), toPs: Math.min(toPs, life.toPs) }
}

function delayStatistic(delays: Delays, statistic: Statistic): number | undefined {
  if (delays.count === 0) return undefined
  if (statistic.kind === 'percentile') return delays.quantile(probabilityOf(statistic.percent))
  if (statistic.kind === 'mean') return delays.mean
  return statistic.kind === 'min' ? delays.min : delays.max
}

/** `a → b, voice`. */
function nameOf(flow: FlowIndex, run: ScenarioRun): string {
  const { flows, blueprint } = run.engine
  const [from, to] = [hostOf(run, flows.source[flow]!), hostOf(run, flows.destination[flow]!)]
  return `${from} → ${to}, ${blueprint.traffic[flows.traffic[flow]!]!.name}`
}
