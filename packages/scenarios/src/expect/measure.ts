import { exactQuantile } from '@weft/core'
import type { Expectation, Statistic } from '../compile/expect.ts'
import type { FlowRow } from '../result/flow-statistics.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'

/** What an expectation is held against: the worst value of its metric, and where it was found. */
export interface Measurement {
  /** In the unit of the bounds; undefined where there was nothing to measure. */
  readonly value: number | undefined
  /** Number of observations behind it. */
  readonly samples: number
  /** The direction, queue, place or flow that has the worst value. */
  readonly object: string | undefined
  /** Values of that object over time, for telling when a bound was broken: window starts and values. */
  readonly timeline?: { readonly startPs: readonly number[]; readonly values: ArrayLike<number>; readonly windowPs: number }
  /** Index of the direction, where the object is one. */
  readonly direction?: number
}

/** Whether large values are the bad ones: then the worst object is the one with the largest value. */
const worstIsLargest = ({ bounds }: Expectation): boolean =>
  bounds.some(({ relation }) => relation === 'below' || relation === 'atMost' || relation === 'equals')

export function measure(expectation: Expectation, run: ScenarioRun): Measurement {
  switch (expectation.metric) {
    case 'link.utilization':
      return measureWindows(expectation, run, (direction) => run.links.utilization(direction))
    case 'queue.depth':
      return measureWindows(expectation, run, (direction) =>
        expectation.bounds[0]!.unit === 'bytes' ? run.links.peakBytes(direction) : run.links.peakPackets(direction),
      )
    case 'link.marks':
      return measureMarks(expectation, run)
    case 'drops':
      return measureDrops(expectation, run)
    default:
      return measureFlows(expectation, run)
  }
}

/** Directions that the filter lets through: of these links, sent by these switches. */
function directionsOf({ filter }: Expectation, run: ScenarioRun): number[] {
  const { links } = run.packetRun.network.topology
  const allowedLinks = filter.links === undefined ? undefined : new Set(filter.links)
  const allowedSwitches = filter.switches === undefined ? undefined : new Set(filter.switches)
  return run.links.directions.flatMap(({ link, from }, index) => {
    const fits = (allowedLinks?.has(links[link]!.name) ?? true) && (allowedSwitches?.has(from) ?? true)
    return fits ? [index] : []
  })
}

/** The worst direction's statistic over the windows that lie in the expectation's time. */
function measureWindows(
  expectation: Expectation,
  run: ScenarioRun,
  valuesOf: (direction: number) => ArrayLike<number>,
): Measurement {
  const { windowPs } = run.scenario.run
  const windows = windowsWithin(expectation, run)
  const startPs = windows.map((window) => run.windowStarts[window]!)
  const largest = worstIsLargest(expectation)
  let worst: Measurement = { value: undefined, samples: 0, object: undefined }
  for (const direction of directionsOf(expectation, run)) {
    const all = valuesOf(direction)
    const values = windows.map((window) => all[window]!)
    const value = statisticOf(Float64Array.from(values).sort(), expectation.statistic)
    if (value === undefined) continue
    if (worst.value !== undefined && (largest ? value <= worst.value : value >= worst.value)) continue
    const object = run.links.directions[direction]!.transmitter.name
    worst = { value, samples: values.length, object, timeline: { startPs, values, windowPs }, direction }
  }
  return worst
}

/** Whole windows within the time asked about; if it is shorter than one, those that overlap it. */
function windowsWithin({ fromPs, toPs }: Expectation, run: ScenarioRun): number[] {
  const { windowPs } = run.scenario.run
  const all = run.windowStarts.map((_, window) => window)
  const whole = all.filter((w) => run.windowStarts[w]! >= fromPs && run.windowStarts[w]! + windowPs <= toPs)
  if (whole.length > 0) return whole
  return all.filter((w) => run.windowStarts[w]! < toPs && run.windowStarts[w]! + windowPs > fromPs)
}

function statisticOf(sorted: Float64Array, statistic: Statistic): number | undefined {
  if (sorted.length === 0) return undefined
  if (statistic.kind === 'percentile') return exactQuantile(sorted, statistic.percent / 100)
  if (statistic.kind === 'max') return sorted[sorted.length - 1]!
  if (statistic.kind === 'min') return sorted[0]!
  return sorted.reduce((a, b) => a + b) / sorted.length
}

function measureMarks(expectation: Expectation, run: ScenarioRun): Measurement {
  let total = 0
  let most = { marked: 0, object: undefined as string | undefined, direction: -1 }
  for (const direction of directionsOf(expectation, run)) {
    const { marked } = run.links.countsBetween(direction, expectation.fromPs, expectation.toPs)
    total += marked
    if (marked > most.marked) most = { marked, object: run.links.directions[direction]!.transmitter.name, direction }
  }
  return { value: total, samples: total, object: most.object, ...(most.direction >= 0 && { direction: most.direction }) }
}

function measureDrops(expectation: Expectation, run: ScenarioRun): Measurement {
  const { filter, fromPs, toPs, bounds } = expectation
  const places = placesOf(expectation, run)
  const byPlace = new Map<string, number>()
  const times: number[] = []
  for (const { atPs, reason, place, flow } of run.drops.rows()) {
    if (atPs < fromPs || atPs >= toPs || (filter.reason !== undefined && reason !== filter.reason)) continue
    if (places !== undefined && !places.has(place)) continue
    if (filter.traffic !== undefined && trafficOf(run, flow) !== filter.traffic) continue
    byPlace.set(place, (byPlace.get(place) ?? 0) + 1)
    times.push(atPs)
  }
  const total = times.length
  const [object] = [...byPlace].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as [string, number])
  const { originated } = run.packetRun.network.ledger
  const share = bounds.some(({ unit }) => unit === 'share')
  return {
    value: share ? (originated === 0 ? 0 : total / originated) : total,
    samples: originated,
    object: object === '' ? undefined : object,
    ...(total > 0 && { timeline: { startPs: [times[0]!, times.at(-1)!], values: [Infinity, Infinity], windowPs: 0 } }),
  }
}

function trafficOf(run: ScenarioRun, flow: number): string | undefined {
  const { flows, blueprint } = run.packetRun
  return flow < 0 ? undefined : blueprint.traffic[flows.traffic[flow]!]!.name
}

/** Names of the places that count; undefined for all. */
function placesOf(expectation: Expectation, run: ScenarioRun): Set<string> | undefined {
  const { filter } = expectation
  if (filter.links === undefined && filter.switches === undefined) return undefined
  const names = directionsOf(expectation, run).map((direction) => run.links.directions[direction]!.transmitter.name)
  // a switch drops by itself too: no route, TTL expired
  return new Set(filter.links === undefined ? [...names, ...filter.switches!] : names)
}

function measureFlows(expectation: Expectation, run: ScenarioRun): Measurement {
  const { filter, fromPs, toPs, metric } = expectation
  const rows = run.flows.rows(fromPs, toPs).filter(({ traffic, bytes }) => {
    const { sizes } = filter
    if (filter.traffic !== undefined && run.packetRun.blueprint.traffic[traffic]!.name !== filter.traffic) return false
    return sizes === undefined || (bytes >= sizes.minBytes && bytes < sizes.belowBytes)
  })
  if (metric === 'flow.unfinished') return measureUnfinished(expectation, rows)
  const { flows } = run.packetRun
  if (metric === 'flow.retransmissions') return sumOf(rows, (row) => flows.retransmissions[row.flow]!)
  if (metric === 'flow.timeouts') return sumOf(rows, (row) => flows.timeouts[row.flow]!)
  const values = Float64Array.from(rows.filter((row) => row.fctPs !== undefined), (row) => flowValue(metric, row)).sort()
  return { value: statisticOf(values, expectation.statistic), samples: values.length, object: undefined }
}

function flowValue(metric: Expectation['metric'], { slowdown, fctPs, bytes }: FlowRow): number {
  if (metric === 'flow.slowdown') return slowdown!
  return metric === 'flow.fct' ? fctPs! : (bytes * 8e12) / fctPs!
}

function measureUnfinished({ bounds }: Expectation, rows: readonly FlowRow[]): Measurement {
  const unfinished = rows.filter((row) => row.fctPs === undefined).length
  const share = bounds.some(({ unit }) => unit === 'share')
  const value = share ? (rows.length === 0 ? 0 : unfinished / rows.length) : unfinished
  return { value, samples: rows.length, object: undefined }
}

function sumOf(rows: readonly FlowRow[], value: (row: FlowRow) => number): Measurement {
  return { value: rows.reduce((sum, row) => sum + value(row), 0), samples: rows.length, object: undefined }
}
