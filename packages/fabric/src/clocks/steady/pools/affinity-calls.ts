import type { TrafficBlueprint } from '../../../blueprint/traffic.ts'
import type { Network } from '../../../build/network.ts'
import { servedBy } from '../../../edge/make-translator.ts'
import type { ClientAffinity } from '../../../load-balancer/client-affinity.ts'
import type { ServiceBlueprint } from '../../../load-balancer/service-blueprint.ts'
import type { LinkState } from '../../../routing/topology.ts'
import type { DemandMatrix } from '../../../traffic/demand/demand-matrix.ts'
import type { Hop } from '../../walk/probe.ts'
import { walk } from '../../walk/walk.ts'
import { serverOf, type TranslatedPart } from './translations.ts'

/** A client of a port of a service, at a place that remembers it. */
export interface AffinityCall {
  /** Index of the place's table. */
  readonly table: number
  /** Of the client and the port: the same for the same entry of the table. */
  readonly entry: string
  readonly timeoutPs: number
  /** The chance that the client is at this place with all that it calls: below 1 where gateways that keep no state choose by the client. */
  readonly chance: number
  /** Index of the demand that it is of, counted once. */
  readonly part: number
  readonly connectionsPerSecond: number
  /** Streams, each of which opens one connection when it starts. */
  readonly streams: number
}

/** The table in which a client is remembered, and whether it was by the client alone that the place was chosen. */
interface Remembering {
  readonly table: number
  readonly timeoutPs: number
  readonly isByClient: boolean
}

/** What one host opens to one address. */
interface Opened {
  readonly source: number
  readonly of: number
  perSecond: number
  streams: number
}

/** Who is remembered where, as the walk has it: whoever calls a service with `affinityPs`, where it gets an endpoint. */
export class AffinityCalls {
  /** Of every place that balances such services. */
  readonly tables: readonly ClientAffinity[]
  readonly #network: Network
  readonly #tableOf: ReadonlyMap<string, number>
  /** By place, and its cluster where there are several: timeouts by service. */
  readonly #timeouts: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Ids of addresses of such services; undefined where servers stand for one of them too. */
  readonly #called: ReadonlySet<number> | undefined

  constructor(network: Network) {
    const { pools, blueprint, addresses } = network
    const { interfaces, edges = [] } = blueprint
    this.#network = network
    this.tables = pools.all.flatMap(({ owner, kind }) =>
      kind === 'session-affinity' ? [pools.find(owner, kind)!] : [],
    )
    this.#tableOf = new Map(this.tables.map(({ owner }, table) => [owner, table]))
    const inside = interfaces?.services ?? []
    const clusters = new Set(inside.map(({ cluster }) => cluster))
    this.#timeouts = new Map([
      ...[...clusters, undefined].map((cluster) => {
        const own = cluster === undefined ? inside : inside.filter((each) => each.cluster === cluster)
        return [ofCluster(cluster), timeoutsOf(own)] as const
      }),
      ...edges.map((edge) => [ofRegion(edge.region), timeoutsOf(servedBy(edge))] as const),
    ])
    const remembering = [...inside, ...edges.flatMap(servedBy)].filter(
      ({ affinityPs }) => affinityPs !== undefined,
    )
    const hasNodePorts = remembering.some(({ ports }) => ports.some(({ nodePort }) => nodePort !== undefined))
    this.#called = hasNodePorts
      ? undefined
      : new Set(remembering.flatMap((each) => each.addresses.map((text) => addresses.intern(text))))
  }

  /** Of these demands, while this is up, by the routes that are installed. */
  calls(parts: readonly TranslatedPart[], state: LinkState): AffinityCall[] {
    if (this.tables.length === 0) return []
    return parts.flatMap(({ traffic, demand }, part) =>
      traffic === undefined
        ? []
        : openedBy(demand, traffic).flatMap((opened) => this.#callsOf(part, demand, opened, state)),
    )
  }

  #callsOf(
    part: number,
    { classes }: DemandMatrix,
    { source, of, perSecond, streams }: Opened,
    state: LinkState,
  ): AffinityCall[] {
    const network = this.#network
    const { family, connections } = classes[of]!
    if (connections?.address === undefined) return []
    const { protocol, port } = connections
    const destination = network.addresses.intern(connections.address)
    if (this.#called?.has(destination) === false) return []
    const from = network.addressOf(network.topology.nodes[source]!.name, family)
    if (from === undefined) return []
    const { hops } = walk(
      network,
      { source: from, destination, protocol, destinationPort: port, sizeBytes: 0 },
      (link) => state.usable(link),
      (node) => state.nodeUp[node] === 1,
    )
    const remembered = hops.flatMap((hop) => {
      const found = this.#rememberedAt(hop)
      if (found === undefined) return []
      const { source: client, destination: called, destinationPort } = hop.before!
      return [{ ...found, share: hop.share, entry: [client, called, protocol, destinationPort].join('/') }]
    })
    const placeOf = ({ table, entry }: (typeof remembered)[number]) => `${table} ${entry}`
    return [...new Set(remembered.map(placeOf))].map((place) => {
      const here = remembered.filter((each) => placeOf(each) === place)
      const { table, entry, timeoutPs, isByClient } = here[0]!
      const all = isByClient ? remembered.filter((each) => each.entry === entry) : here
      const share = shareOf(all)
      const common = { table, entry, timeoutPs, chance: shareOf(here) / share, part }
      return { ...common, connectionsPerSecond: perSecond * share, streams: streams * share }
    })
  }

  #rememberedAt({ node, service, translated }: Hop): Remembering | undefined {
    if (service === undefined) return undefined
    const { topology, edges, interfaces } = this.#network
    const at = topology.nodes[node]!
    if (at.kind === 'vswitch') return this.#at(at.host, ofCluster(interfaces?.clusterOf(at.host)), service)
    const edge = at.kind === 'gateway' ? edges?.of(at.name) : undefined
    if (edge === undefined) return undefined
    // gateways that keep no state lead to the endpoint's host, which does
    const place =
      edge.place === 'gateways'
        ? [...edge.translators.keys()][0]
        : serverOf(this.#network, translated!.destination)
    const isByClient = edge.place === 'hosts'
    return place === undefined ? undefined : this.#at(place, ofRegion(edge.region), service, isByClient)
  }

  #at(place: string, known: string, service: string, isByClient = false): Remembering | undefined {
    const table = this.#tableOf.get(place)
    const timeoutPs = this.#timeouts.get(known)?.get(service)
    return table === undefined || timeoutPs === undefined ? undefined : { table, timeoutPs, isByClient }
  }
}

const shareOf = (hops: readonly { readonly share: number }[]): number =>
  hops.reduce((sum, { share }) => sum + share, 0)

const ofCluster = (cluster: string | undefined): string => `cluster ${cluster ?? ''}`
const ofRegion = (region: string): string => `region ${region}`

const timeoutsOf = (services: readonly ServiceBlueprint[]): Map<string, number> =>
  new Map(
    services.flatMap(({ name, affinityPs }) =>
      affinityPs === undefined ? [] : [[name, affinityPs] as const],
    ),
  )

/** By host and address that is called: entries of a matrix tell endpoints apart. */
function openedBy(
  { source, classOf, ipBps, connectionsPerSecond }: DemandMatrix,
  { offered }: Pick<TrafficBlueprint, 'offered'>,
): Opened[] {
  const all = new Map<string, Opened>()
  source.forEach((from, entry) => {
    const of = classOf[entry]!
    const key = `${from}/${of}`
    const known = all.get(key) ?? { source: from, of, perSecond: 0, streams: 0 }
    all.set(key, known)
    if (offered.kind === 'stream') known.streams += ipBps[entry]! / offered.rateBps
    else known.perSecond += connectionsPerSecond[entry]!
  })
  return [...all.values()]
}
