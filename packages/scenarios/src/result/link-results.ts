import type { PacketRecords } from '../run/running-clock.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { LinkResult } from './result.ts'

/** Every direction: load from the warm-up to the end of arrivals. */
export function linkResults(run: ScenarioRun): LinkResult[] {
  return run.links.directions.map((_, direction) => linkResult(run, direction))
}

function linkResult(run: ScenarioRun, direction: number): LinkResult {
  const { name, link, from, to } = run.links.directions[direction]!
  const { warmupPs, forPs } = run.scenario.run
  const blueprint = run.engine.network.topology.links[link]!
  const untilPs = Math.min(forPs, run.nowPs)
  const { wireBytes, busyPs } = run.links.loadBetween(direction, warmupPs, untilPs)
  return {
    name,
    link: blueprint.name,
    from,
    to,
    tier: blueprint.tier,
    rateBps: blueprint.rateBps,
    utilization: {
      mean: untilPs > warmupPs ? busyPs / (untilPs - warmupPs) : 0,
      ...busiestWindow(run, direction, warmupPs, untilPs),
    },
    wireBytes: Math.round(wireBytes),
    ...packetCounts(run.clock.packets, direction, name, warmupPs, untilPs),
  }
}

/** Of the whole windows in this time. */
function busiestWindow(
  { links, windowStarts, scenario }: ScenarioRun,
  direction: number,
  fromPs: number,
  untilPs: number,
): { max: number; maxFromPs: number } {
  const { windowPs } = scenario.run
  const utilization = links.utilization(direction)
  let busiest = -1
  windowStarts.forEach((startPs, window) => {
    if (startPs < fromPs || startPs + windowPs > untilPs) return
    if (busiest < 0 || utilization[window]! > utilization[busiest]!) busiest = window
  })
  return busiest < 0
    ? { max: 0, maxFromPs: 0 }
    : { max: utilization[busiest]!, maxFromPs: windowStarts[busiest]! }
}

function packetCounts(
  records: PacketRecords | undefined,
  direction: number,
  name: string,
  fromPs: number,
  untilPs: number,
): Pick<LinkResult, 'packets' | 'marked' | 'dropped' | 'queuePeakPackets'> {
  if (records === undefined) return { packets: null, marked: null, dropped: null, queuePeakPackets: null }
  const { packets, marked } = records.queues.countsBetween(direction, fromPs, untilPs)
  return {
    packets,
    marked,
    dropped: records.drops.droppedAt(name),
    queuePeakPackets: highest(records.queues.peakPackets(direction)),
  }
}

const highest = (values: Uint32Array): number => values.reduce((a, b) => Math.max(a, b), 0)
