import type { QueueRecorder } from '../run/packet-clock/queue-recorder.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { dropSeries } from './drop-results.ts'
import type { SeriesResult } from './result.ts'

/** Directions whose series are kept: the busiest and the deepest. */
const SERIES_LINKS = 8

export function seriesResult(run: ScenarioRun): SeriesResult {
  const { links, windowStarts, engine, flows } = run
  const queues = run.clock.packets?.queues
  return {
    windowPs: run.scenario.run.windowPs,
    startPs: windowStarts,
    goodputBps: engine.blueprint.traffic.map(({ name }, i) => ({
      traffic: name,
      values: flows.goodputBps[i]!,
    })),
    activeFlows: flows.active,
    drops: dropSeries(run),
    links: notableDirections(run, queues).map((direction) => ({
      name: links.directions[direction]!.name,
      utilization: rounded(links.utilization(direction)),
      queuePeakPackets: queues === undefined ? null : [...queues.peakPackets(direction)],
    })),
    tiers: [...directionsByTier(run)].map(([tier, directions]) => ({
      tier,
      ...tierUtilization(run, directions),
      queuePeakPackets: queues === undefined ? null : tierPeaks(run, queues, directions),
    })),
  }
}

function notableDirections({ links }: ScenarioRun, queues: QueueRecorder | undefined): number[] {
  const all = links.directions.map((_, direction) => direction)
  const top = (scoreOf: (direction: number) => number) => {
    const scores = all.map(scoreOf)
    return [...all].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, SERIES_LINKS)
  }
  const busiest = top((direction) => links.utilization(direction).reduce((a, b) => a + b, 0))
  if (queues === undefined) return busiest
  const deepest = top((direction) => queues.peakPackets(direction).reduce((a, b) => Math.max(a, b), 0))
  return [...new Set([...busiest, ...deepest])]
}

function directionsByTier({ links, engine }: ScenarioRun): Map<string, number[]> {
  const byTier = new Map<string, number[]>()
  links.directions.forEach(({ link }, direction) => {
    const { tier } = engine.network.topology.links[link]!
    const known = byTier.get(tier)
    if (known === undefined) byTier.set(tier, [direction])
    else known.push(direction)
  })
  return byTier
}

function tierUtilization({ links, windowStarts }: ScenarioRun, directions: readonly number[]) {
  const mean = new Float64Array(windowStarts.length)
  const max = new Float64Array(windowStarts.length)
  for (const direction of directions) {
    links.utilization(direction).forEach((utilization, window) => {
      mean[window]! += utilization / directions.length
      max[window] = Math.max(max[window]!, utilization)
    })
  }
  return { utilizationMean: rounded(mean), utilizationMax: rounded(max) }
}

function tierPeaks({ windowStarts }: ScenarioRun, queues: QueueRecorder, directions: readonly number[]) {
  const deepest = new Uint32Array(windowStarts.length)
  for (const direction of directions) {
    queues.peakPackets(direction).forEach((peak, window) => {
      deepest[window] = Math.max(deepest[window]!, peak)
    })
  }
  return [...deepest]
}

/** Six digits: what single precision holds, without its dust. */
const rounded = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Math.round(value * 1e6) / 1e6)
