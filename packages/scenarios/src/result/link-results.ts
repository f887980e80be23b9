import type { ScenarioRun } from '../run/scenario-run.ts'
import type { LinkResult, SteadyLink } from './result.ts'
import { steadyLinks } from './steady-result.ts'

/** Every direction: load from the warm-up to the end of arrivals. */
export function linkResults(run: ScenarioRun): LinkResult[] {
  const steady = steadyLinks(run)
  return run.links.directions.map((_, direction) => linkResult(run, direction, steady?.[direction] ?? null))
}

function linkResult(run: ScenarioRun, direction: number, steady: SteadyLink | null): LinkResult {
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
    ...packetCounts(run, direction, name, warmupPs, untilPs),
    steady,
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
  { clock }: ScenarioRun,
  direction: number,
  name: string,
  fromPs: number,
  untilPs: number,
): Pick<LinkResult, 'packets' | 'marked' | 'dropped' | 'queuePeakPackets'> {
  const dropped = clock.losses?.droppedAt(name) ?? null
  if (clock.packets === undefined) {
    const packets = clock.steady?.books.between('packets', direction, fromPs, untilPs)
    return {
      packets: packets === undefined ? null : Math.round(packets),
      marked: null,
      dropped,
      queuePeakPackets: null,
    }
  }
  const { queues } = clock.packets
  const { packets, marked } = queues.countsBetween(direction, fromPs, untilPs)
  return { packets, marked, dropped, queuePeakPackets: highest(queues.peakPackets(direction)) }
}

const highest = (values: Uint32Array): number => values.reduce((a, b) => Math.max(a, b), 0)
