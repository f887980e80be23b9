import { printSize } from '@weft/core'
import type { Expectation } from '../compile/questions/expect.ts'
import type { FlowRow } from '../result/flow-statistics.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { hostOf } from './demands.ts'
import { excess, type Measurement } from './measurement.ts'
import { statisticOf } from './statistic.ts'

export function measureFlows(expectation: Expectation, run: ScenarioRun): Measurement {
  const { filter, fromPs, toPs, metric } = expectation
  const rows = run.flows.rows(fromPs, toPs).filter(({ traffic, bytes }) => {
    const { sizes } = filter
    if (filter.traffic !== undefined && run.engine.blueprint.traffic[traffic]!.name !== filter.traffic)
      return false
    return sizes === undefined || (bytes >= sizes.minBytes && bytes < sizes.belowBytes)
  })
  const { retransmissions, timeouts } = run.engine.flows
  switch (metric) {
    case 'flow.unfinished':
      return measureThose(expectation, rows, (row) => row.fctPs === undefined, run)
    case 'flow.failed':
      return measureThose(expectation, rows, ({ failure }) => failure !== undefined, run)
    case 'flow.retransmissions':
      return sumOf(rows, (row) => retransmissions[row.flow]!, run)
    case 'flow.timeouts':
      return sumOf(rows, (row) => timeouts[row.flow]!, run)
    default:
      return measureCompleted(expectation, rows, run)
  }
}

/** Percentiles and extremes are values of one flow, which is named; a mean is nobody's. */
function measureCompleted(
  { metric, statistic }: Expectation,
  rows: readonly FlowRow[],
  run: ScenarioRun,
): Measurement {
  const completed = rows.filter((row) => flowValue(metric, row) !== undefined)
  const values = Float64Array.from(completed, (row) => flowValue(metric, row)!).sort()
  const value = statisticOf(values, statistic)
  const owner =
    statistic.kind === 'mean' ? undefined : completed.find((row) => flowValue(metric, row) === value)
  return { value, samples: values.length, ...(owner !== undefined && named(owner, run)) }
}

/** Undefined where a flow has none: while it is unfinished, say. */
function flowValue(metric: Expectation['metric'], { slowdown, fctPs, bytes }: FlowRow): number | undefined {
  if (metric === 'flow.slowdown') return slowdown
  return metric === 'flow.fct' || fctPs === undefined ? fctPs : (bytes * 8e12) / fctPs
}

/** How many flows are so, or which share of those that started; the first is named. */
function measureThose(
  expectation: Expectation,
  rows: readonly FlowRow[],
  isSo: (row: FlowRow) => boolean,
  run: ScenarioRun,
): Measurement {
  const those = rows.filter(isSo)
  const share = expectation.bounds.some(({ unit }) => unit === 'share')
  const value = share ? those.length / Math.max(rows.length, 1) : those.length
  const [first] = those
  const isToo = first !== undefined && excess(expectation, value) >= excess(expectation, 0)
  return { value, samples: rows.length, ...(isToo && named(first, run)) }
}

/** The flow with the most is named. */
function sumOf(rows: readonly FlowRow[], value: (row: FlowRow) => number, run: ScenarioRun): Measurement {
  const sum = rows.reduce((total, row) => total + value(row), 0)
  if (sum === 0) return { value: 0, samples: rows.length }
  const most = rows.reduce((a, b) => (value(b) > value(a) ? b : a))
  return { value: sum, samples: rows.length, ...named(most, run) }
}

/** `a → b, 45kB`, with the endpoint where a service gave it one, why it failed if it did; and its lifetime. */
function named(
  { flow, bytes, startPs, fctPs }: FlowRow,
  run: ScenarioRun,
): Pick<Measurement, 'object' | 'span' | 'flow'> {
  const { flows } = run.engine
  const { source, destination } = flows
  const [from, to] = [hostOf(run, source[flow]!), hostOf(run, destination[flow]!)]
  const taker = hostOf(run, flows.receiverOf(flow))
  const by = taker === to ? '' : ` (${taker})`
  const failure = flows.failureOf(flow)
  const why = failure === undefined ? '' : `: ${failure}`
  const toPs = fctPs === undefined ? run.nowPs : startPs + fctPs
  return { object: `${from} → ${to}${by}, ${printSize(bytes)}${why}`, span: { fromPs: startPs, toPs }, flow }
}
