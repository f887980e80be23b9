import { SECOND } from '@weft/core'
import type { TrafficBlueprint } from '../../../blueprint/traffic.ts'
import type { Network } from '../../../build/network.ts'
import { timeoutClass } from '../../../conntrack/timeouts.ts'
import type { EdgePlace } from '../../../edge/edge-blueprint.ts'
import { PROTOCOL_TCP } from '../../../model/packet-table.ts'
import type { ConnectionTable } from '../../../pools/connection-table.ts'
import { isNatPool, type NatPool } from '../../../pools/nat-mappings.ts'
import type { MappingEnds } from '../../../pools/nat-parts.ts'
import type { LinkState } from '../../../routing/topology.ts'
import type { DemandMatrix } from '../../../traffic/demand/demand-matrix.ts'
import { meanFlowBytes, meanHoldPs } from '../../../traffic/mean-flow-bytes.ts'
import { senderRateBps } from '../../../traffic/sender-rate.ts'
import { resolveTcpOptions } from '../../../transport/tcp/options.ts'
import type { Hop } from '../../walk/probe.ts'
import { walk } from '../../walk/walk.ts'

/** Where addresses are translated with one state: a region's gateways together, or a host. */
export interface TranslatingPlace {
  readonly name: string
  readonly at: EdgePlace
  readonly table: ConnectionTable
  readonly pools: readonly NatPool[]
}

/** What is translated, in the order of a mix's demands: nothing, where it is what comes back. */
export interface TranslatedPart {
  readonly traffic: Pick<TrafficBlueprint, 'offered' | 'transport'> | undefined
  readonly demand: DemandMatrix
}

/** Connections of one demand that are translated alike at a node, the demand counted once. */
export interface Crossing {
  /** Index of the demand that they are of, entry of its matrix, and the share of that. */
  readonly part: number
  readonly entry: number
  readonly share: number
  /** Index of the place, and of the node at which one is lost that finds no room. */
  readonly place: number
  readonly node: number
  /** New ones; those of SYNs that are sent again not counted. */
  readonly connectionsPerSecond: number
  /** How long each has its entry: as it would last alone at the rates of its ends, or as long as it is held, and then TIME_WAIT. */
  readonly holdPs: number
  readonly retries: number
  readonly rtoPs: number
  /** Streams, which have theirs for as long as they last. */
  readonly standing: number
  /** By index of the place's pools; absent: no port stands for its sender. */
  readonly mapping?: MappingEnds & { readonly pool: number }
}

/** Shares below this are rounding. */
const DUST = 1e-12
/** Nodes crossed before it: the sender. */
const SENDERS_VSWITCH = 1

/** Which connections are translated where, as the walk has it: those that arrive. */
export class Translations {
  readonly places: readonly TranslatingPlace[]
  readonly #network: Network
  readonly #placeOf: ReadonlyMap<string, number>

  constructor(network: Network) {
    const { edges, pools } = network
    const nats = pools.all.filter(isNatPool)
    this.#network = network
    this.places = (edges?.regions ?? []).flatMap(({ place: at, translators }) =>
      [...translators.keys()].map((name) => ({
        name,
        at,
        table: pools.find(name, 'nat-connections')!,
        pools: nats.filter(({ place }) => place === name || place === `${name}/inside`),
      })),
    )
    this.#placeOf = new Map(this.places.map(({ name }, place) => [name, place]))
  }

  /** Of these demands, while this is up, by the routes that are installed. */
  crossings(parts: readonly TranslatedPart[], state: LinkState): Crossing[] {
    if (this.places.length === 0) return []
    return parts.flatMap(({ traffic, demand }, part) =>
      traffic === undefined
        ? []
        : Array.from(demand.source.keys()).flatMap((entry) =>
            this.#crossingsOf(part, traffic, demand, entry, state),
          ),
    )
  }

  #crossingsOf(
    part: number,
    { offered, transport }: NonNullable<TranslatedPart['traffic']>,
    demand: DemandMatrix,
    entry: number,
    state: LinkState,
  ): Crossing[] {
    const { topology } = this.#network
    const isStream = offered.kind === 'stream'
    const perSecond = demand.connectionsPerSecond[entry]!
    const streams = isStream ? demand.ipBps[entry]! / offered.rateBps : 0
    if (perSecond + streams === 0) return []
    const ends = [demand.source[entry]!, demand.destination[entry]!].map((node) => topology.nodes[node]!.name)
    const rateBps = Math.min(...ends.map((host) => senderRateBps(topology, host)))
    const lifePs = isStream
      ? 0
      : Math.max(((8 * meanFlowBytes(offered)) / rateBps) * SECOND, meanHoldPs(offered))
    const { synRetries: retries, initialRtoPs: rtoPs } =
      transport.kind === 'tcp' ? resolveTcpOptions(transport.options) : { synRetries: 0, initialRtoPs: 0 }
    return this.#translatedAt(demand, entry, state).map(({ place, node, share, mapping }) => ({
      part,
      entry,
      share,
      place,
      node,
      connectionsPerSecond: perSecond * share,
      holdPs: lifePs + (isStream ? 0 : this.#closingPs(place)),
      retries,
      rtoPs,
      standing: streams * share,
      ...(mapping !== undefined && { mapping }),
    }))
  }

  #closingPs(place: number): number {
    const { table } = this.places[place]!.table.conntrack.entries
    return table.timeoutOf(timeoutClass('tcpTimeWait'))
  }

  /** Where what a pair of hosts opens is translated, and the share of it that is and arrives. */
  #translatedAt(
    { source: from, destination: to, classes, classOf }: DemandMatrix,
    entry: number,
    state: LinkState,
  ): (Pick<Crossing, 'place' | 'node' | 'mapping'> & { readonly share: number })[] {
    const network = this.#network
    const { topology, addresses } = network
    const { family, connections } = classes[classOf[entry]!]!
    if (connections === undefined) return []
    const [source, receiver] = [from[entry]!, to[entry]!].map(
      (node) => network.addressOf(topology.nodes[node]!.name, family)!,
    ) as [number, number]
    const called = connections.address === undefined ? receiver : addresses.intern(connections.address)
    if (!network.edges!.leadsAcross(network.facing(called, source))) return []
    const { protocol, port } = connections
    const { hops, delivered, drops } = walk(
      network,
      {
        source,
        destination: called,
        protocol,
        destinationPort: port,
        sizeBytes: 0,
        ...(called !== receiver && { endpoint: receiver }),
      },
      (link) => state.usable(link),
      (node) => state.nodeUp[node] === 1,
    )
    const sent = drops.reduce((sum, { share }) => sum + share, delivered)
    const arriving = delivered / sent
    if (!(arriving > DUST)) return []
    const inside = network.facing(source, called)
    return hops.flatMap((hop) => {
      const found = this.#placeAt(hop)
      if (found === undefined) return []
      const { translated } = hop
      const { pools } = this.places[found]!
      const kind = protocol === PROTOCOL_TCP ? 'tcp' : 'udp'
      const pool = pools.findIndex(
        (each) => each.nat.isExternal(translated!.source) && (each.protocol ?? kind) === kind,
      )
      const { destination: remote, destinationPort: remotePort } = translated!
      const mapping =
        pool < 0 ? {} : { mapping: { pool, protocol: kind, inside, remote, remotePort } as const }
      return [{ place: found, node: hop.node, share: (hop.share / sent) * arriving, ...mapping }]
    })
  }

  /** The place that has an entry for what is translated at a node; undefined where none has. */
  #placeAt({ node, depth, translated }: Hop): number | undefined {
    if (translated === undefined) return undefined
    const { topology, edges } = this.#network
    const at = topology.nodes[node]!
    if (at.kind === 'vswitch') {
      const place = depth === SENDERS_VSWITCH ? this.#placeOf.get(at.host) : undefined
      const isOwn = place !== undefined && isExternal(this.places[place]!, translated.source)
      return isOwn ? place : undefined
    }
    const edge = at.kind === 'gateway' ? edges!.of(at.name) : undefined
    if (edge === undefined) return undefined
    if (edge.place === 'gateways') return this.#placeOf.get([...edge.translators.keys()][0]!)
    // a gateway that keeps no state leads to the endpoint's host, which does
    const host = serverOf(this.#network, translated.destination)
    return host === undefined ? undefined : this.#placeOf.get(host)
  }
}

const isExternal = ({ pools }: TranslatingPlace, address: number): boolean =>
  pools.some(({ nat }) => nat.isExternal(address))

/** The host that a workload runs on, by an address of the workload. */
export function serverOf(network: Network, address: number): string | undefined {
  const { topology } = network
  const workload = network.hostOf(address)
  const before = workload === undefined ? undefined : topology.ports[workload]![0]
  const node = before === undefined ? undefined : topology.nodes[before.neighbour]!
  return node?.kind === 'vswitch' ? node.host : undefined
}
