import { ConfigError, InvariantError, randomStream, SECOND } from '@weft/core'
import type { OfferedBlueprint, TcpOptions, TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { withUpstream } from '../../ingress/controller/upstream-traffic.ts'
import { PROTOCOL_UDP } from '../../model/packet-table.ts'
import { checkNames } from '../../names/name-lookups.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import { servicePort } from '../traffic-flows.ts'
import { type DemandMatrix, emptyDemand, joinDemands } from './demand-matrix.ts'
import { BACK, FlowDemand } from './flow-demand.ts'
import { expectedFlow, flowOf, packetsByCalled } from './mean-flows.ts'
import { arrivalsPerPair, type ProfileRates } from './profile-rates.ts'
import { pairsOf, partOf, type ReceiverShare, receiversOf, takersOf } from './receiver-shares.ts'

export interface TrafficDemandOptions {
  /** How long traffic arrives: what lists and bursts are averaged over. Picoseconds, above 0. */
  readonly forPs: number
  /** What of a rate that follows a profile counts. Default the mean over its period. */
  readonly rates?: ProfileRates
}

/** Two entries per pair of hosts, 36 bytes each, and 44 more where the steady clock follows them. */
const PAIRS_MAX = 8_000_000

/** The traffic that a class of `demandOfTraffic` belongs to: both of TCP's, what it sends and what comes back. */
export const trafficOfClass = (name: string): string =>
  name.endsWith(BACK) ? name.slice(0, -BACK.length) : name

/**
 * What a blueprint's traffic is expected to send: IP bits with headers, handshakes and acknowledgements, packets, new
 * connections. A class per traffic, called as it is, and of flows a second one for what comes back.
 *
 * Flows that arrive, and streams, count at the rate that they have while they last, whenever that is, and where it follows
 * a profile at what `rates` says; lists and bursts have no rate and count as their average over `forPs`. Permutations and
 * the receivers of streams are those that clocks draw, so the network's simulation must have the blueprint's seed. Nothing
 * is lost or sent again. Last segments count with their mean size, which leaves out what padding to a link's least slot
 * adds to the shortest of them.
 *
 * Requests to ingress controllers count twice: to the controller, and passed on to backends, as `withUpstream` has it.
 *
 * Workloads that do not run now send nothing, but for lists; calls of services go to the endpoints of now.
 *
 * Throws ConfigError where there are more pairs of hosts than a matrix holds.
 */
export function demandOfTraffic(
  network: Network,
  traffic: readonly TrafficBlueprint[],
  options: TrafficDemandOptions,
): DemandMatrix {
  checkNames(network, traffic)
  const all = withUpstream(traffic, options.forPs)
  return joinDemands(all.flatMap((each, index) => demandOf(network, each, index, options)))
}

function demandOf(
  network: Network,
  traffic: TrafficBlueprint,
  index: number,
  { forPs, rates = 'mean' }: TrafficDemandOptions,
): DemandMatrix[] {
  const { name, offered, transport, family } = traffic
  if (offered.kind === 'stream') return [streamDemand(network, traffic, index, offered)]
  if (transport.kind !== 'tcp') throw new InvariantError(`traffic "${name}" sends flows over UDP`)
  const { topology } = network
  const tcp = resolveTcpOptions(transport.options)
  if (offered.kind === 'list') return listDemand(network, traffic, index, offered, tcp, forPs)
  const pairs = pairsOf(network, traffic)
  const receivers = receiversOf(network, traffic, servicePort(traffic, index), pairs, rates)
  const sends = (sender: number) => !network.isStopped(pairs.senders[sender]!)
  const count = pairs.senders.reduce(
    (sum, _, sender) => (sends(sender) ? sum + receivers(sender).length : sum),
    0,
  )
  if (count > PAIRS_MAX) refuseMany(name, index, count)
  const demand = new FlowDemand(count)
  const plain =
    offered.kind === 'burst' ? flowOf(offered.bytes, tcp, family) : expectedFlow(offered, tcp, family)
  const packetsTo = packetsByCalled(traffic, plain, tcp)
  const part = traffic.passedOn === undefined ? 1 : partOf(network, traffic.passedOn, rates)
  const perPair =
    offered.kind === 'burst'
      ? () => SECOND / forPs
      : arrivalsPerPair(topology, offered, pairs.senders.length, rates)
  pairs.senders.forEach((from, sender) => {
    const called = pairs.receiversOf(sender).length
    if (called === 0 || !sends(sender)) return
    const source = topology.nodeIndex(from)
    const flowsPerSecond = perPair(from, called)
    for (const { node, share, called: by } of receivers(sender))
      demand.addFlows(demand.addPair(source, node, by), flowsPerSecond * share * part, packetsTo(by))
  })
  return demand.matrices(traffic, servicePort(traffic, index))
}

function refuseMany(name: string, index: number, pairs: number): never {
  const [joined, most] = [pairs, PAIRS_MAX].map((number) => number.toLocaleString('en-US'))
  const message = `"${name}" joins ${joined} pairs of hosts; a matrix holds at most ${most}, so name fewer hosts`
  throw new ConfigError([{ path: ['traffic', index], message }])
}

function listDemand(
  network: Network,
  traffic: TrafficBlueprint,
  index: number,
  { flows }: Extract<OfferedBlueprint, { kind: 'list' }>,
  tcp: TcpOptions,
  forPs: number,
): DemandMatrix[] {
  const { topology } = network
  const port = servicePort(traffic, index)
  const takers = takersOf(network, traffic, port)
  const shares = flows.map(({ from, to }) => takers(from, to))
  const keyOf = (from: string, { node, called = '' }: ReceiverShare) => `${from} ${node} ${called}`
  const pairs = new Set(flows.flatMap(({ from }, i) => shares[i]!.map((each) => keyOf(from, each))))
  const entries = new Map<string, number>()
  const demand = new FlowDemand(pairs.size)
  flows.forEach(({ from, bytes }, i) => {
    for (const each of shares[i]!) {
      const key = keyOf(from, each)
      let entry = entries.get(key)
      if (entry === undefined) {
        entry = demand.addPair(topology.nodeIndex(from), each.node, each.called)
        entries.set(key, entry)
      }
      demand.addFlows(entry, (each.share * SECOND) / forPs, flowOf(bytes, tcp, traffic.family))
    }
  })
  return demand.matrices(traffic, port)
}

/**
 * Every sender's stream goes to the receiver that is the first draw of its own random stream; of an address, to its endpoints
 * by their shares.
 */
function streamDemand(
  network: Network,
  traffic: TrafficBlueprint,
  index: number,
  { packetBytes, rateBps }: Extract<OfferedBlueprint, { kind: 'stream' }>,
): DemandMatrix {
  const { sim, topology } = network
  const { name, family } = traffic
  const pairs = pairsOf(network, traffic)
  const packetSizes = [{ sizeBytes: packetBytes, share: 1 }]
  const port = servicePort(traffic, index)
  const called = traffic.pairs.kind === 'to-address' ? { address: traffic.pairs.address } : {}
  const connections = { protocol: PROTOCOL_UDP, port, isAnswer: false, ...called }
  const receivers = receiversOf(network, traffic, port, pairs, 'mean')
  const streams = pairs.senders.flatMap((from, sender) => {
    const source = topology.nodeIndex(from)
    if (network.isStopped(from)) return []
    if (traffic.pairs.kind === 'to-address') return receivers(sender).map((each) => ({ source, ...each }))
    const to = pairs.draw(sender, randomStream(sim.seed, `${name}/${from}`))
    return [{ source, node: topology.nodeIndex(to), share: 1 }]
  })
  const matrix = emptyDemand(streams.length, [{ name, family, packetSizes, connections }])
  streams.forEach(({ source, node, share }, entry) => {
    matrix.source[entry] = source
    matrix.destination[entry] = node
    matrix.ipBps[entry] = rateBps * share
    matrix.packetsPerSecond[entry] = (rateBps * share) / (8 * packetBytes)
  })
  return matrix
}
