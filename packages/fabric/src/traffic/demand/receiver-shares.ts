import { InvariantError, randomStream } from '@weft/core'
import type { PassedOn, TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { canonicalAddress } from '../../model/address-table.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../model/packet-table.ts'
import type { AddressShare } from '../../names/name-shares.ts'
import { calledEndpoints } from '../called-endpoints.ts'
import { type Pairs, resolvePairs } from '../pairs.ts'
import { arrivalsPerPair, type ProfileRates } from './profile-rates.ts'

/** A receiver, and its share of the flows to the one that is called. */
export interface ReceiverShare {
  readonly node: number
  readonly share: number
  /** The address that is called, where that is not a host's that traffic names. */
  readonly called?: string
}

/** Shares below this are rounding. */
const DUST = 1e-12

/** Who takes a sender's flows: each receiver that it may draw; of addresses, the endpoints that these stand for to this sender. */
export function receiversOf(
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
    // who hears nothing connects to nobody
    if (names.lossOf(sender) !== undefined) return []
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

/** Who takes a listed flow: its host, or the endpoints of the address that all of them go to. */
export function takersOf(
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

/** The part of requests to a name that goes to these addresses now: all senders ask as often. */
export function partOf(network: Network, { of, addresses }: PassedOn, rates: ProfileRates): number {
  const pairs = pairsOf(network, of)
  const addressesOf = calledAddresses(network, of, pairs, rates)!
  const shares = pairs.senders.flatMap((sender) =>
    addressesOf(sender).map(({ address, share }) =>
      addresses.includes(canonicalAddress(address)) ? share : 0,
    ),
  )
  return shares.reduce((sum, share) => sum + share, 0) / pairs.senders.length
}

/** Permutations are those that clocks draw. */
export const pairsOf = ({ sim }: Network, { name, pairs }: TrafficBlueprint): Pairs =>
  resolvePairs(pairs, randomStream(sim.seed, `${name}/pairs`))
