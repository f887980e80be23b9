import type { Expectation } from '../compile/questions/expect.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { directionsOf } from './directions.ts'
import { measureDrops } from './measure-drops.ts'
import { measureFlows } from './measure-flows.ts'
import { measureExpired, measureIngress } from './measure-ingress.ts'
import { measureNames } from './measure-names.ts'
import { measurePools } from './measure-pools.ts'
import { measureStreams } from './measure-streams.ts'
import { excess, type Measurement, NOTHING } from './measurement.ts'
import { packetsOf } from './packets-of.ts'
import { statisticOf } from './statistic.ts'

export function measure(expectation: Expectation, run: ScenarioRun): Measurement {
  switch (expectation.metric) {
    case 'link.utilization':
      return measureWindows(expectation, run, (direction) => run.links.utilization(direction))
    case 'queue.depth':
      return measureQueues(expectation, run)
    case 'link.marks':
      return measureMarks(expectation, run)
    case 'drops':
      return measureDrops(expectation, run)
    case 'pool.refused':
    case 'pool.evicted':
      return measurePools(expectation, run)
    case 'ingress.refused':
      return measureIngress(expectation, run)
    case 'certificate.expired':
      return measureExpired(expectation, run)
    case 'dns.stale':
    case 'dns.failed':
      return measureNames(expectation, run)
    case 'stream.loss':
    case 'stream.delay':
    case 'stream.goodput':
    case 'stream.jitter':
      return measureStreams(expectation, run)
    default:
      return measureFlows(expectation, run)
  }
}

function measureQueues(expectation: Expectation, run: ScenarioRun): Measurement {
  const { queues } = packetsOf(expectation, run)
  const inBytes = expectation.bounds[0]!.unit === 'bytes'
  return measureWindows(expectation, run, (direction) =>
    inBytes ? queues.peakBytes(direction) : queues.peakPackets(direction),
  )
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
  let worst = NOTHING
  for (const direction of directionsOf(expectation, run)) {
    const all = valuesOf(direction)
    const values = windows.map((window) => all[window]!)
    const value = statisticOf(Float64Array.from(values).sort(), expectation.statistic)
    if (value === undefined) continue
    if (worst.value !== undefined && excess(expectation, value) <= excess(expectation, worst.value)) continue
    const object = run.links.directions[direction]!.name
    worst = { value, samples: values.length, object, timeline: { startPs, values, windowPs }, direction }
  }
  return worst
}

/** Whole windows within the time asked about; if it is shorter than one, those that overlap it. */
function windowsWithin(
  { fromPs, toPs }: Expectation,
  { windowStarts, scenario, recordedToPs }: ScenarioRun,
): number[] {
  const { windowPs } = scenario.run
  const all = windowStarts.map((_, window) => window)
  const untilPs = Math.min(toPs, recordedToPs)
  const whole = all.filter(
    (window) => windowStarts[window]! >= fromPs && windowStarts[window]! + windowPs <= untilPs,
  )
  if (whole.length > 0) return whole
  return all.filter((window) => windowStarts[window]! < toPs && windowStarts[window]! + windowPs > fromPs)
}

function measureMarks(expectation: Expectation, run: ScenarioRun): Measurement {
  const { fromPs, toPs } = expectation
  const { queues } = packetsOf(expectation, run)
  let total = 0
  let most = { marked: 0, direction: -1 }
  for (const direction of directionsOf(expectation, run)) {
    const { marked } = queues.countsBetween(direction, fromPs, toPs)
    total += marked
    if (marked > most.marked) most = { marked, direction }
  }
  if (total === 0) return { value: 0, samples: 0 }
  const { direction } = most
  const object = run.links.directions[direction]!.name
  return {
    value: total,
    samples: total,
    object,
    direction,
    span: { fromPs, toPs: Math.min(toPs, run.nowPs) },
  }
}
