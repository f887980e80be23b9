import { NEVER, PROTOCOL_TCP, PROTOCOL_UDP, walk } from '@weft/fabric'
import { networkAt } from '../explain/network-at.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { streamSpan } from '../run/stream-span.ts'
import { steadyDemands } from './steady-demands.ts'

/** What one pair of hosts put on a link, as a share of all that crossed it in a window. */
export interface Demand {
  readonly from: string
  readonly to: string
  readonly share: number
}

const DEMANDS_SHOWN = 3
/** Flows that are followed: the largest of the window. More would add nothing to the top of the list. */
const FLOWS_MAX = 5_000
const PROBE_BYTES = 1500

/**
 * The pairs that loaded a direction most in a window. Each flow's bytes are spread evenly over its life, and it is
 * taken to have gone where its five-tuple goes by the routes in force when the window began.
 */
export function topDemands(
  run: ScenarioRun,
  direction: number,
  window: { fromPs: number; toPs: number },
): Demand[] {
  const { steady } = run.clock
  if (steady !== undefined) return steadyDemands(run, steady, direction, window, DEMANDS_SHOWN)
  const { flows } = run.engine
  const { network, linkUp, nodeUp } = networkAt(run.scenario, window.fromPs)
  const { link, from } = run.links.directions[direction]!
  const sender = network.topology.nodeIndex(from)
  const totals = new Map<string, number>()
  let sum = 0
  for (const { flow, bytes } of largestFlows(run, window)) {
    const probe = {
      source: flows.source[flow]!,
      destination: flows.receiverOf(flow),
      protocol: flows.bytes[flow] === Infinity ? PROTOCOL_UDP : PROTOCOL_TCP,
      sourcePort: flows.sourcePort[flow]!,
      destinationPort: flows.portOf(flow),
      sizeBytes: PROBE_BYTES,
      // what was sent has been let through
      isAnswer: true,
    }
    const hop = walk(network, probe, linkUp, nodeUp).hops.find(({ node }) => node === sender)
    if (hop?.outcome.kind !== 'forwarded') continue
    const member = hop.outcome.members.find(
      ({ port }) => network.topology.ports[sender]![port]!.link === link,
    )
    if (member === undefined || member.share === 0) continue
    const pair = `${hostOf(run, probe.source)}\n${hostOf(run, flows.destination[flow]!)}`
    totals.set(pair, (totals.get(pair) ?? 0) + bytes * member.share)
    sum += bytes * member.share
  }
  return [...totals]
    .sort((a, b) => b[1] - a[1])
    .slice(0, DEMANDS_SHOWN)
    .map(([pair, bytes]) => {
      const [source, destination] = pair.split('\n') as [string, string]
      return { from: source, to: destination, share: bytes / sum }
    })
}

function largestFlows(
  run: ScenarioRun,
  window: { fromPs: number; toPs: number },
): { flow: number; bytes: number }[] {
  const { flows } = run.engine
  const overlapping: { flow: number; bytes: number }[] = []
  for (let flow = 0; flow < flows.size; flow++) {
    if (flows.isLeg(flow)) continue
    const [start, end] = lifeOf(flow, run)
    const overlap = Math.min(end, window.toPs) - Math.max(start, window.fromPs)
    if (overlap > 0)
      overlapping.push({ flow, bytes: (flows.bytesDelivered[flow]! * overlap) / (end - start) })
  }
  return overlapping.sort((a, b) => b.bytes - a.bytes).slice(0, FLOWS_MAX)
}

function lifeOf(
  flow: number,
  { engine: { flows, blueprint }, scenario, nowPs }: ScenarioRun,
): readonly [number, number] {
  const { offered } = blueprint.traffic[flows.traffic[flow]!]!
  if (offered.kind === 'stream') {
    const { fromPs, toPs } = streamSpan(offered, scenario.run, nowPs)
    return [fromPs, toPs]
  }
  const completedPs = flows.completedPs[flow]!
  return [flows.startPs[flow]!, completedPs === NEVER ? nowPs : completedPs]
}

/** The host that has this address, or the service that is called by it; the address itself where there is none. */
export function hostOf({ engine: { network } }: ScenarioRun, address: number): string {
  return network.nameOf(address)
}
