import { ConfigError, nearest, parseDuration } from '@weft/core'
import {
  type AddressShare,
  calledEndpoints,
  goesToAddress,
  type Network,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type Pairs,
  profileMultiple,
  resolvePairs,
  senderFlowsPerSecond,
  senderRateBps,
  servicePort,
  sizeDistribution,
  type TrafficBlueprint,
  walk,
} from '@weft/fabric'
import { patternOf } from '../compile/selectors/selectors.ts'
import { FLOW_HORIZON_PS } from '../schema/quantity.ts'
import { type NetworkAt, networkAt, type PlayedScenario } from './network-at.ts'

/** What is expected to load a link, both directions. */
export interface LinkLoad {
  readonly schema: 1
  readonly link: string
  readonly atPs: number
  /** Traffic whose rate follows a profile, and the share of its load that it has at that instant. */
  readonly profiles: readonly { readonly traffic: string; readonly ofLoad: number }[]
  readonly directions: readonly DirectionLoad[]
}

export interface DirectionLoad {
  /** `a → b`. */
  readonly name: string
  readonly rateBps: number
  readonly up: boolean
  /** Payload bit/s offered on the mean, from flows and streams; what exceeds the rate cannot be carried. */
  readonly offeredBps: number
  /** The groups of hosts that offer it, largest first. */
  readonly demands: readonly LinkDemand[]
}

/** All pairs from the hosts behind some switches to those behind others. */
export interface LinkDemand {
  readonly traffic: string
  readonly from: string
  readonly to: string
  readonly pairs: number
  readonly offeredBps: number
  /** Of the direction's offered load. */
  readonly share: number
}

const PROBE_BYTES = 1500
const PORT = 5001
const DEMANDS_SHOWN = 10

/**
 * What a scenario's traffic puts on a link on the mean at an instant: every pair's rate, at what its profile says then,
 * split over ECMP members by weight. Bursts and lists of flows have no rate and are left out. Throws ConfigError on an unknown link.
 */
export function explainLink(
  scenario: PlayedScenario,
  question: { readonly link: string; readonly at: string },
): LinkLoad {
  const atPs = instantOf(question.at)
  const { blueprint } = scenario
  const at = networkAt(scenario, atPs)
  const link = findLink(at.network, question.link)
  const loads = [new Map<string, LinkDemand>(), new Map<string, LinkDemand>()] as const
  for (const [index, traffic] of blueprint.traffic.entries())
    addTraffic(at, atPs, traffic, index, link, loads)
  const { topology } = at.network
  return {
    schema: 1,
    link: topology.links[link]!.name,
    atPs,
    profiles: blueprint.traffic.flatMap(({ name, offered }) =>
      offered.kind === 'flows' && offered.profile !== undefined
        ? [{ traffic: name, ofLoad: profileMultiple(offered.profile, { atPs }) }]
        : [],
    ),
    directions: ([0, 1] as const).map((end) => {
      const demands = [...loads[end].values()].sort((a, b) => b.offeredBps - a.offeredBps)
      const offeredBps = demands.reduce((sum, demand) => sum + demand.offeredBps, 0)
      return {
        name: topology.directionName(link, end),
        rateBps: topology.links[link]!.rateBps,
        up: at.linkUp(link),
        offeredBps,
        demands: demands
          .slice(0, DEMANDS_SHOWN)
          .map((demand) => ({ ...demand, share: demand.offeredBps / offeredBps })),
      }
    }),
  }
}

function instantOf(text: string): number {
  const parsed = parseDuration(text, { max: FLOW_HORIZON_PS, maxReason: 'no clock goes on for longer' })
  if (!parsed.ok) throw new ConfigError([{ path: ['at'], message: parsed.message }])
  return parsed.value
}

function findLink({ topology }: Network, name: string): number {
  const names = topology.links.map((link) => link.name)
  const matches = patternOf(name)
  const index = names.findIndex((each) => matches(each))
  if (index >= 0) return index
  const hint = nearest(name, names)
  const help = hint === undefined ? `links are named as in "${names[0]}"` : `did you mean "${hint}"?`
  throw new ConfigError([{ path: ['link'], message: `unknown link "${name}"; ${help}` }])
}

function addTraffic(
  at: NetworkAt,
  atPs: number,
  traffic: TrafficBlueprint,
  index: number,
  link: number,
  loads: readonly [Map<string, LinkDemand>, Map<string, LinkDemand>],
): void {
  const { network } = at
  if (traffic.offered.kind === 'list' || traffic.offered.kind === 'burst') return
  // the same stream as the run's own, so that a permutation is the same one
  const pairs = resolvePairs(traffic.pairs, network.sim.random(`${traffic.name}/pairs`))
  const shares = new ShareFinder(at, traffic, link)
  for (const [sender, from] of pairs.senders.entries()) {
    const [thereBps, backBps] = senderOffer(traffic, network, from, pairs.senders.length, atPs)
    for (const { to, share } of receiversOf(network, traffic, index, pairs, sender)) {
      load(from, to, thereBps * share)
      load(to, from, backBps * share)
    }
  }

  function load(from: string, to: string, offeredBps: number): void {
    if (offeredBps === 0) return
    const found = shares.of(from, to)
    for (const end of [0, 1] as const)
      if (found[end] > 0) add(loads[end], at, traffic, from, to, offeredBps * found[end])
  }
}

/** Who takes a sender's traffic, and which share: receivers alike, endpoints of a service by its balancer. */
function receiversOf(
  network: Network,
  traffic: TrafficBlueprint,
  index: number,
  pairs: Pairs,
  sender: number,
): { readonly to: string; readonly share: number }[] {
  const called = pairs.receiversOf(sender)
  if (!goesToAddress(traffic)) return called.map((to) => ({ to, share: 1 / called.length }))
  const from = pairs.senders[sender]!
  const addresses =
    traffic.pairs.kind === 'to-name'
      ? network.names!.shares.of(network.names!.groupOf(from)!, traffic.pairs.name, traffic.family, Infinity)
      : called.map((address) => ({ address, share: 1 }))
  return addresses.flatMap((each) => endpointsOf(network, traffic, index, from, each))
}

function endpointsOf(
  network: Network,
  traffic: TrafficBlueprint,
  index: number,
  from: string,
  { address, share: of }: AddressShare,
): { readonly to: string; readonly share: number }[] {
  const destination = network.addresses.intern(address)
  const call = {
    source: network.addressOf(from, traffic.family)!,
    destination,
    protocol: traffic.transport.kind === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP,
    port: servicePort(traffic, index),
  }
  return calledEndpoints(network, call).map(({ node, share }) => ({
    to: network.topology.nodes[node]!.name,
    share: share * of,
  }))
}

/** Mean payload bit/s of one of so many senders at an instant, and of what it is answered. */
function senderOffer(
  { offered }: TrafficBlueprint,
  { topology }: Network,
  from: string,
  senders: number,
  atPs: number,
): readonly [thereBps: number, backBps: number] {
  if (offered.kind === 'stream') return [offered.rateBps, 0]
  if (offered.kind !== 'flows') return [0, 0]
  const { sizes, response, profile } = offered
  const flowsPerSecond =
    senderFlowsPerSecond(offered, senderRateBps(topology, from), senders) * profileMultiple(profile, { atPs })
  const bpsOf = (mean: number) => 8 * mean * flowsPerSecond
  return [
    bpsOf(sizeDistribution(sizes).mean),
    response === undefined ? 0 : bpsOf(sizeDistribution(response).mean),
  ]
}

type Shares = readonly [fromFirstEnd: number, fromSecondEnd: number]

/** The shares of pairs' traffic that cross one link. Pairs that hang off the same switches share their ways between these. */
class ShareFinder {
  readonly #at: NetworkAt
  readonly #traffic: TrafficBlueprint
  readonly #link: number
  readonly #isHostLink: boolean
  readonly #known = new Map<string, Shares>()

  constructor(at: NetworkAt, traffic: TrafficBlueprint, link: number) {
    this.#at = at
    this.#traffic = traffic
    this.#link = link
    const { topology } = at.network
    this.#isHostLink = topology.linkNodes[link]!.some((node) => topology.isHost(node))
  }

  of(from: string, to: string): Shares {
    if (this.#isHostLink) {
      const { ends } = this.#at.network.topology.links[this.#link]!
      return ends.includes(from) || ends.includes(to) ? this.#walk(from, to) : [0, 0]
    }
    const key = `${this.#attachment(from)}\n${this.#attachment(to)}`
    let shares = this.#known.get(key)
    if (shares === undefined) {
      shares = this.#walk(from, to)
      this.#known.set(key, shares)
    }
    return shares
  }

  /** The links that are up tell hosts apart whose uplinks are not all there. */
  #attachment(host: string): string {
    const { topology } = this.#at.network
    const ports = topology.ports[topology.nodeIndex(host)]!
    return ports.map(({ link, neighbour }) => (this.#at.linkUp(link) ? neighbour : '-')).join()
  }

  #walk(from: string, to: string): Shares {
    const { network, linkUp, nodeUp } = this.#at
    const { family } = this.#traffic
    const source = network.addressOf(from, family)!
    const destination = network.addressOf(to, family)!
    const probe = {
      source,
      destination,
      protocol: PROTOCOL_TCP,
      destinationPort: PORT,
      sizeBytes: PROBE_BYTES,
      isAnswer: true,
    }
    const shares: [number, number] = [0, 0]
    for (const { node, outcome } of walk(network, probe, linkUp, nodeUp).hops) {
      if (outcome.kind !== 'forwarded') continue
      for (const { port, share } of outcome.members) {
        if (network.topology.ports[node]![port]!.link !== this.#link) continue
        shares[network.topology.linkNodes[this.#link]![0] === node ? 0 : 1] += share
      }
    }
    return shares
  }
}

function add(
  load: Map<string, LinkDemand>,
  { network }: NetworkAt,
  { name }: TrafficBlueprint,
  from: string,
  to: string,
  offeredBps: number,
): void {
  const [fromGroup, toGroup] = [groupOf(network, from), groupOf(network, to)]
  const key = `${name}\n${fromGroup}\n${toGroup}`
  const known = load.get(key)
  load.set(key, {
    traffic: name,
    from: fromGroup,
    to: toGroup,
    pairs: (known?.pairs ?? 0) + 1,
    offeredBps: (known?.offeredBps ?? 0) + offeredBps,
    share: 0,
  })
}

/** The switch that a host hangs off. */
function groupOf({ topology }: Network, host: string): string {
  const [first] = topology.ports[topology.nodeIndex(host)]!
  return first === undefined ? host : `hosts of ${topology.nodes[first.neighbour]!.name}`
}
