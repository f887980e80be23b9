import { ConfigError, InvariantError, randomStream, SECOND } from '@weft/core'
import type {
  OfferedBlueprint,
  PassedOn,
  RateProfile,
  SizesBlueprint,
  TcpOptions,
  TrafficBlueprint,
} from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { checkNames } from '../../names/name-lookups.ts'
import type { AddressShare } from '../../names/name-shares.ts'
import { askedAt } from '../../ingress/controller/asked-at.ts'
import { withUpstream } from '../../ingress/controller/upstream-traffic.ts'
import { canonicalAddress } from '../../model/address-table.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../model/packet-table.ts'
import type { Topology } from '../../routing/topology.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import { calledEndpoints } from '../called-endpoints.ts'
import { type FlowPackets, type SegmentCounts, tcpPackets } from '../expected-packets.ts'
import { meanSegments } from '../expected-segments.ts'
import { tlsPackets } from '../tls-packets.ts'
import { type Pairs, resolvePairs } from '../pairs.ts'
import { rateCurve } from '../rate-curve.ts'
import { senderRateBps } from '../sender-rate.ts'
import { servicePort } from '../traffic-flows.ts'
import { senderFlowsPerSecond } from '../traffic-sources.ts'
import { type DemandMatrix, emptyDemand, joinDemands } from './demand-matrix.ts'
import { BACK, FlowDemand } from './flow-demand.ts'

export interface TrafficDemandOptions {
  /** How long traffic arrives: what lists and bursts are averaged over. Picoseconds, above 0. */
  readonly forPs: number
  /** What of a rate that follows a profile counts. Default the mean over its period. */
  readonly rates?: ProfileRates
}

/** Of rates that follow profiles: their means, what each is at its own peak, or what all are at an instant of the run. */
export type ProfileRates = 'mean' | 'peak' | { readonly atPs: number }

/** The multiple of its rate that a profile comes to; without a profile 1. */
export function profileMultiple(profile: RateProfile | undefined, rates: ProfileRates): number {
  if (profile === undefined) return 1
  const curve = rateCurve(profile)
  if (rates === 'peak') return curve.max
  return rates === 'mean' ? curve.mean : curve.at(rates.atPs)
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

/** Of a flow to an address: with TLS where a controller ends it. */
function packetsByCalled(
  { request, family }: TrafficBlueprint,
  plain: FlowPackets,
  tcp: TcpOptions,
): (called: string | undefined) => FlowPackets {
  if (request === undefined) return () => plain
  const known = new Map<string | undefined, FlowPackets>()
  return (called) => {
    let packets = known.get(called)
    if (packets === undefined) {
      const tls = askedAt(request, called)?.tls
      packets = tls === undefined ? plain : joined(plain, tlsPackets(tls, tcp, family))
      known.set(called, packets)
    }
    return packets
  }
}

/** The part of requests to a name that goes to these addresses now: all senders ask as often. */
function partOf(network: Network, { of, addresses }: PassedOn, rates: ProfileRates): number {
  const pairs = pairsOf(network, of)
  const addressesOf = calledAddresses(network, of, pairs, rates)!
  const shares = pairs.senders.flatMap((sender) =>
    addressesOf(sender).map(({ address, share }) =>
      addresses.includes(canonicalAddress(address)) ? share : 0,
    ),
  )
  return shares.reduce((sum, share) => sum + share, 0) / pairs.senders.length
}

const joined = (a: FlowPackets, b: FlowPackets): FlowPackets => ({
  forward: [...a.forward, ...b.forward],
  back: [...a.back, ...b.back],
})

/** A receiver, and its share of the flows to the one that is called. */
interface ReceiverShare {
  readonly node: number
  readonly share: number
  /** The address that is called, where that is not a host's that traffic names. */
  readonly called?: string
}

/** Shares below this are rounding. */
const DUST = 1e-12

/** Who takes a sender's flows: each receiver that it may draw; of addresses, the endpoints that these stand for to this sender. */
function receiversOf(
  network: Network,
  traffic: TrafficBlueprint,
  port: number,
  pairs: Pairs,
  rates: ProfileRates,
): (sender: number) => readonly ReceiverShare[] {
  const { topology } = network
  const addressesOf = calledAddresses(network, traffic, pairs, rates)
  if (addressesOf === undefined)
    return (sender) => pairs.receiversOf(sender).map((name) => ({ node: topology.nodeIndex(name), share: 1 }))
  const protocol = traffic.transport.kind === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP
  const known: (readonly ReceiverShare[])[] = []
  const ofAddress = (name: string, source: number, { address: called, share: of }: AddressShare) => {
    const destination = network.addresses.intern(called)
    const endpoints = calledEndpoints(network, { source, destination, protocol, port })
    const own = network.hostOf(destination)
    // a host's own address leads elsewhere at its node ports alone
    const isOwn = own !== undefined && endpoints.length === 0
    const all = isOwn ? [{ node: own, share: 1 }] : served(endpoints, topology.nodeIndex(name))
    return all.map(({ node, share }) => ({ node, share: share * of, called }))
  }
  return (sender) => {
    const name = pairs.senders[sender]!
    const source = network.addressOf(name, traffic.family)
    if (source === undefined) throw new InvariantError(`${name} has no ${traffic.family} address`)
    known[sender] ??= addressesOf(name).flatMap((each) => ofAddress(name, source, each))
    return known[sender]
  }
}

/** Addresses that a sender calls, or that the name stands for to it; undefined where traffic goes to hosts. */
function calledAddresses(
  network: Network,
  { pairs: given, offered, family }: TrafficBlueprint,
  { senders }: Pairs,
  rates: ProfileRates,
): ((sender: string) => readonly AddressShare[]) | undefined {
  if (given.kind === 'to-address') return () => [{ address: given.address, share: 1 }]
  if (given.kind !== 'to-name') return undefined
  const names = network.names!
  const groups = senders.map((sender) => names.groupOf(sender)!)
  const perSecond =
    offered.kind === 'flows' ? arrivalsPerPair(network.topology, offered, senders.length, rates) : undefined
  const known = new Map<number, readonly AddressShare[]>()
  return (sender) => {
    const group = names.groupOf(sender)!
    const before = known.get(group)
    if (before !== undefined) return before
    // a burst asks at once, and finds whatever caches have
    const own = senders.filter((_, i) => groups[i] === group)
    const lookups = own.reduce((sum, each) => sum + (perSecond?.(each, 1) ?? Infinity), 0)
    const shares = names.shares.of(group, given.name, family, lookups / names.resolversFor(group, own.length))
    known.set(group, shares)
    return shares
  }
}

/** What nobody serves is refused where it is sent. */
function served(
  endpoints: readonly Pick<ReceiverShare, 'node' | 'share'>[],
  sender: number,
): readonly Pick<ReceiverShare, 'node' | 'share'>[] {
  const left = endpoints.reduce((rest, { share }) => rest - share, 1)
  return left > DUST ? [...endpoints, { node: sender, share: left }] : endpoints
}

const pairsOf = ({ sim }: Network, { name, pairs }: TrafficBlueprint): Pairs =>
  resolvePairs(pairs, randomStream(sim.seed, `${name}/pairs`))

function refuseMany(name: string, index: number, pairs: number): never {
  const [joined, most] = [pairs, PAIRS_MAX].map((number) => number.toLocaleString('en-US'))
  const message = `"${name}" joins ${joined} pairs of hosts; a matrix holds at most ${most}, so name fewer hosts`
  throw new ConfigError([{ path: ['traffic', index], message }])
}

/** Flows per second from a sender to each of so many receivers. */
function arrivalsPerPair(
  topology: Topology,
  offered: Extract<OfferedBlueprint, { kind: 'flows' }>,
  senders: number,
  rates: ProfileRates,
): (from: string, receivers: number) => number {
  const multiple = profileMultiple(offered.profile, rates)
  return (from, receivers) =>
    (multiple * senderFlowsPerSecond(offered, senderRateBps(topology, from), senders)) / receivers
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

/** Who takes a listed flow: its host, or the endpoints of the address that all of them go to. */
function takersOf(
  network: Network,
  traffic: TrafficBlueprint,
  port: number,
): (from: string, to: string) => readonly ReceiverShare[] {
  if (traffic.pairs.kind !== 'to-address')
    return (_, to) => [{ node: network.topology.nodeIndex(to), share: 1 }]
  const pairs = pairsOf(network, traffic)
  const receivers = receiversOf(network, traffic, port, pairs, 'mean')
  const sender = new Map(pairs.senders.map((name, i) => [name, i]))
  return (from) => receivers(sender.get(from)!)
}

function flowOf(bytes: number, tcp: TcpOptions, family: 'ipv4' | 'ipv6'): FlowPackets {
  const segments = Math.max(1, Math.ceil(bytes / tcp.mssBytes))
  const acknowledgements = Math.ceil(segments / tcp.delayedAckSegments)
  return tcpPackets({ bytes, segments, acknowledgements }, tcp, family)
}

function expectedFlow(
  { sizes, response, hold }: Extract<OfferedBlueprint, { kind: 'flows' }>,
  tcp: TcpOptions,
  family: 'ipv4' | 'ipv6',
): FlowPackets {
  const asked = meanCounts(sizes, tcp)
  if (response === undefined && hold === undefined) return tcpPackets(asked, tcp, family)
  const answered = response === undefined ? {} : { response: meanCounts(response, tcp) }
  return tcpPackets(asked, tcp, family, { ...answered, isHeld: hold !== undefined })
}

function meanCounts(sizes: SizesBlueprint, { mssBytes, delayedAckSegments }: TcpOptions): SegmentCounts {
  return {
    bytes: meanSegments(sizes, 1),
    segments: meanSegments(sizes, mssBytes),
    acknowledgements: meanSegments(sizes, mssBytes * delayedAckSegments),
  }
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
