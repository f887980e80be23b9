import { printDuration } from '@weft/core'
import { oversubscription } from '@weft/fabric'
import { evaluate } from '../expect/evaluate.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { VERSION } from '../version.ts'
import { trafficResult } from './flow-statistics.ts'
import { streamResults } from './stream-statistics.ts'
import type {
  DropResult,
  LinkResult,
  NetworkResult,
  ScenarioResult,
  SeriesResult,
  TrafficResult,
} from './result.ts'

export interface ResultContext {
  /** SHA-256 of the inputs, hexadecimal. */
  readonly inputs: string
  readonly partial: boolean
  readonly wallSeconds: number
  readonly warnings: readonly string[]
  /** The scenario's file as the user named it. */
  readonly source?: string
}

/** Directions whose series are kept: the busiest and the deepest. */
const SERIES_LINKS = 8

/** The document that a run answers with. */
export function buildResult(run: ScenarioRun, context: ResultContext): ScenarioResult {
  const { scenario, packetRun } = run
  const { ledger, packets } = packetRun.network
  const warnings = [...context.warnings]
  if (run.drops.summed > 0) {
    warnings.push(
      `${run.drops.summed} drops came after the first ${run.drops.size} and are not in the time series`,
    )
  }
  if (run.recordedToPs < run.nowPs) {
    const windows = run.windowStarts.length
    warnings.push(`the time series ends at ${printDuration(run.recordedToPs)}, after ${windows} windows`)
  }
  return {
    schema: 1,
    weft: VERSION,
    name: scenario.blueprint.name,
    ...(context.source === undefined ? {} : { source: context.source }),
    clock: 'packet',
    seed: scenario.blueprint.seed,
    inputs: context.inputs,
    digest: packetRun.sim.digest.toString(),
    partial: context.partial,
    simulatedPs: run.nowPs,
    arrivalsEndPs: scenario.run.forPs,
    horizonPs: run.endPs,
    warmupPs: scenario.run.warmupPs,
    wallSeconds: context.wallSeconds,
    events: packetRun.sim.eventsRun,
    network: networkResult(run),
    links: run.links.directions.map((_, direction) => linkResult(run, direction)),
    series: seriesResult(run),
    flows: flowsResult(run),
    streams: streamResults(run),
    drops: dropResults(run),
    packets: {
      originated: ledger.originated,
      delivered: ledger.delivered,
      dropped: ledger.dropped,
      inFlight: packets.live,
    },
    changes: packetRun.failures.changes.filter(({ atPs }) => atPs <= run.nowPs),
    expectations: scenario.expectations.map((expectation) => evaluate(expectation, run, context.source)),
    warnings,
  }
}

function networkResult({ packetRun }: ScenarioRun): NetworkResult {
  const { topology, blueprint } = packetRun.network
  return {
    nodes: topology.nodes.map((node) => {
      return { name: node.name, kind: node.kind, tier: node.kind === 'host' ? 'host' : node.tier }
    }),
    links: topology.links.map(({ name, ends, tier, rateBps, delayPs }) => ({
      name,
      ends,
      tier,
      rateBps,
      delayPs,
    })),
    oversubscription: oversubscription(blueprint).map(({ tier, min, max }) => ({ tier, min, max })),
  }
}

function linkResult(run: ScenarioRun, direction: number): LinkResult {
  const { transmitter, link, from, to } = run.links.directions[direction]!
  const { warmupPs, forPs, windowPs } = run.scenario.run
  const blueprint = run.packetRun.network.topology.links[link]!
  const untilPs = Math.min(forPs, run.nowPs)
  const { packets, wireBytes, marked, busyPs } = run.links.countsBetween(direction, warmupPs, untilPs)
  const utilization = run.links.utilization(direction)
  let busiest = -1
  run.windowStarts.forEach((startPs, window) => {
    if (startPs < warmupPs || startPs + windowPs > untilPs) return
    if (busiest < 0 || utilization[window]! > utilization[busiest]!) busiest = window
  })
  return {
    name: transmitter.name,
    link: blueprint.name,
    from,
    to,
    tier: blueprint.tier,
    rateBps: blueprint.rateBps,
    utilization: {
      mean: untilPs > warmupPs ? busyPs / (untilPs - warmupPs) : 0,
      max: busiest < 0 ? 0 : utilization[busiest]!,
      maxFromPs: busiest < 0 ? 0 : run.windowStarts[busiest]!,
    },
    packets,
    wireBytes,
    marked,
    dropped: run.drops.droppedAt(transmitter.name),
    queuePeakPackets: run.links.peakPackets(direction).reduce((a, b) => Math.max(a, b), 0),
  }
}

function seriesResult(run: ScenarioRun): SeriesResult {
  const { links, windowStarts, packetRun, flows } = run
  const { windowPs } = run.scenario.run
  return {
    windowPs,
    startPs: windowStarts,
    goodputBps: packetRun.blueprint.traffic.map(({ name }, i) => ({
      traffic: name,
      values: flows.goodputBps[i]!,
    })),
    activeFlows: flows.active,
    drops: dropSeries(run),
    links: notableDirections(run).map((direction) => ({
      name: links.directions[direction]!.transmitter.name,
      utilization: rounded(links.utilization(direction)),
      queuePeakPackets: [...links.peakPackets(direction)],
    })),
    tiers: tierSeries(run),
  }
}

function notableDirections({ links }: ScenarioRun): number[] {
  const all = links.directions.map((_, direction) => direction)
  const mean = all.map((direction) => links.utilization(direction).reduce((a, b) => a + b, 0))
  const deepest = all.map((direction) => links.peakPackets(direction).reduce((a, b) => Math.max(a, b), 0))
  const top = (score: readonly number[]) =>
    [...all].sort((a, b) => score[b]! - score[a]! || a - b).slice(0, SERIES_LINKS)
  return [...new Set([...top(mean), ...top(deepest)])]
}

function tierSeries({ links, packetRun, windowStarts }: ScenarioRun): SeriesResult['tiers'] {
  const byTier = new Map<string, number[]>()
  links.directions.forEach(({ link }, direction) => {
    const { tier } = packetRun.network.topology.links[link]!
    const known = byTier.get(tier)
    if (known === undefined) byTier.set(tier, [direction])
    else known.push(direction)
  })
  return [...byTier].map(([tier, directions]) => {
    const utilizationMean = new Float64Array(windowStarts.length)
    const utilizationMax = new Float64Array(windowStarts.length)
    const queuePeakPackets = new Uint32Array(windowStarts.length)
    for (const direction of directions) {
      const peaks = links.peakPackets(direction)
      links.utilization(direction).forEach((utilization, window) => {
        utilizationMean[window]! += utilization / directions.length
        utilizationMax[window] = Math.max(utilizationMax[window]!, utilization)
        queuePeakPackets[window] = Math.max(queuePeakPackets[window]!, peaks[window]!)
      })
    }
    return {
      tier,
      utilizationMean: rounded(utilizationMean),
      utilizationMax: rounded(utilizationMax),
      queuePeakPackets: [...queuePeakPackets],
    }
  })
}

/** Six digits: what single precision holds, without its dust. */
const rounded = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Math.round(value * 1e6) / 1e6)

function dropSeries(run: ScenarioRun): SeriesResult['drops'] {
  const { windowPs } = run.scenario.run
  const byReason = new Map<string, number[]>()
  for (const { firstPs, packets, reason } of run.drops.rows()) {
    // sums of many drops are of no one window
    if (packets > 1) continue
    let values = byReason.get(reason)
    if (values === undefined) {
      values = run.windowStarts.map(() => 0)
      byReason.set(reason, values)
    }
    const window = Math.floor(firstPs / windowPs)
    if (window < values.length) values[window]!++
  }
  return [...byReason]
    .map(([reason, values]) => ({ reason, values }))
    .sort((a, b) => (a.reason < b.reason ? -1 : 1))
}

function dropResults(run: ScenarioRun): DropResult[] {
  const times = new Map<string, { firstPs: number; lastPs: number }>()
  for (const { firstPs, lastPs, reason, place } of run.drops.rows()) {
    const known = times.get(`${reason}\n${place}`)
    if (known === undefined) times.set(`${reason}\n${place}`, { firstPs, lastPs })
    else known.lastPs = lastPs
  }
  return run.packetRun.network.ledger
    .drops()
    .map((row) => ({ ...row, ...times.get(`${row.reason}\n${row.place}`)! }))
    .sort((a, b) => b.packets - a.packets || (a.place < b.place ? -1 : 1))
}

function flowsResult(run: ScenarioRun): TrafficResult[] {
  const { warmupPs, forPs } = run.scenario.run
  const rows = run.flows.rows(warmupPs, forPs)
  return run.packetRun.blueprint.traffic.map(({ name, transport }, index) => {
    const label = transport.kind === 'tcp' ? (transport.options.control ?? 'newreno') : 'udp'
    const own = rows.filter((row) => row.traffic === index)
    return trafficResult({ name, transport: label }, own, run.packetRun.flows)
  })
}
