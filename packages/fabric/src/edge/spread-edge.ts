import { ConfigError } from '@weft/core'
import { HostBalancers } from '../load-balancer/host-balancers.ts'
import { NO_SERVICE, type ServicePorts } from '../load-balancer/service-ports.ts'
import { ANSWERING, OPENING } from '../interfaces/mode.ts'
import { rewriteDestination } from '../interfaces/rewrite.ts'
import { rewriteBack } from '../interfaces/rewrite-back.ts'
import { type Decision, dropDecision, PORT_UNREACHABLE, refuseDecision } from '../model/decision.ts'
import { hashTuple } from '../model/five-tuple.ts'
import { isIcmp } from '../model/icmp-error.ts'
import { type InterfaceStage, PASS } from '../model/interface-stage.ts'
import type { PacketHandle } from '../model/packet-table.ts'
import { NO_PART, PoolParts, splitPool } from '../nat/split-pool.ts'
import { PRIVATE } from './address-scopes.ts'
import type { EdgeBlueprint } from './edge-blueprint.ts'
import type { EdgeContext } from './edge-context.ts'
import { type EdgePools, FAMILIES, makeTranslator } from './make-translator.ts'
import { type OwnedAddress, RegionEdge } from './region-edge.ts'
import type { Translator } from './translator.ts'
import { Tunnels } from './tunnels.ts'

const SHARE_SIZE = 64

/** A host of the region, and the node that stands before its workloads. */
export interface EdgeHost {
  readonly host: string
  readonly vswitch: string
  /** Addresses of what it carries; absent: nobody asks. */
  readonly inside?: ReadonlySet<string>
}

/**
 * A region whose hosts translate, each for its own workloads with its share of the pool's ports. Gateways keep no state: an
 * external port tells them whose it is, a hash of the connection which endpoint serves it.
 */
export class SpreadEdge extends RegionEdge {
  readonly translators: ReadonlyMap<string, Translator>
  readonly owned: readonly OwnedAddress[]
  private readonly parts: PoolParts
  private readonly poolAddresses: ReadonlySet<number>
  private readonly tunnels: Tunnels
  private readonly services: ServicePorts
  private readonly balancers: HostBalancers
  private readonly hostNumber: ReadonlyMap<string, number>
  private readonly noMapping: Decision
  private readonly noEndpoint: Decision

  /** Tunnels of other regions have so many addresses. */
  constructor(
    blueprint: EdgeBlueprint,
    context: EdgeContext,
    hosts: readonly EdgeHost[],
    otherTunnels: number,
  ) {
    super(blueprint, context)
    const { sim, ledger, addresses } = context
    const shares = sharesOf(blueprint, this.pools, hosts)
    this.parts = new PoolParts(shares.map(({ ipv4, ipv6 }) => [...ipv4, ...ipv6]))
    this.poolAddresses = new Set(
      FAMILIES.flatMap((family) => this.pools[family].map(({ address }) => address)),
    )
    this.services = this.servicesUnder('cluster', true)
    const random = (name: string) => sim.random(name)
    this.balancers = new HostBalancers(`${blueprint.region} gateways`, this.services, { random })
    this.hostNumber = new Map(hosts.map(({ host }, number) => [host, number]))
    const local = this.servicesUnder('local', false)
    this.translators = new Map(
      hosts.map(({ host, inside }, i) => [
        host,
        makeTranslator(host, blueprint, shares[i]!, local, context, inside),
      ]),
    )
    this.tunnels = new Tunnels(addresses, otherTunnels)
    this.owned = [
      ...this.taken.map((address) => ({ address, nodes: blueprint.gateways })),
      ...hosts.flatMap(({ vswitch }, number) =>
        this.tunnels.add(number, this.translated).map((address) => ({ address, nodes: [vswitch] })),
      ),
    ]
    this.noMapping = dropDecision(ledger.reason('nat-no-mapping'))
    this.noEndpoint = refuseDecision(ledger.reason('service-no-endpoint'), PORT_UNREACHABLE)
  }

  /** The public address that packets to a host are for which its gateways address to it; undefined for any other address. */
  publicOf(address: number): number | undefined {
    return this.tunnels.publicOf(address)
  }

  get tunnelCount(): number {
    return this.tunnels.size
  }

  hostStages(host: string): readonly InterfaceStage[] {
    const translator = this.translators.get(host)
    if (translator === undefined) return []
    const { packets, scopes, mode } = this.context
    return [
      {
        leave: (packet) => {
          const destination = packets.destination[packet]!
          if (!this.leads(destination)) return PASS
          // answers to a public source of a workload's own would not pass who translates what it calls
          if (scopes.of(packets.source[packet]!) !== PRIVATE && !this.owns(destination)) return PASS
          return translator.outbound(packet, this.isForMapping(packet))
        },
        enter: () => PASS,
        arrive: (packet) => {
          const address = this.tunnels.publicOf(packets.destination[packet]!)
          if (address === undefined) return PASS
          rewriteDestination(packets, packet, address, packets.destinationPort[packet]!)
          if (mode.packets === ANSWERING && rewriteBack(packets, packet, mode, host)) return PASS
          return translator.inbound(packet)
        },
      },
    ]
  }

  /** Whether it is addressed to an external endpoint of the region's NATs, rather than to a service. */
  private isForMapping(packet: PacketHandle): boolean {
    const { destination, destinationPort, protocol } = this.context.packets
    const address = destination[packet]!
    if (!this.poolAddresses.has(address)) return false
    return this.services.find(address, protocol[packet]!, destinationPort[packet]!) === NO_SERVICE
  }

  protected turnRound(packet: PacketHandle): Decision {
    const { source, protocol } = this.context.packets
    // answers to whom no host has stood for would not pass who translates
    const isStoodFor = this.owns(source[packet]!) || isIcmp(protocol[packet]!)
    return isStoodFor ? this.inbound(packet) : this.sourceNotPublic
  }

  protected inbound(packet: PacketHandle): Decision {
    const { packets } = this.context
    const [protocol, port] = [packets.protocol[packet]!, packets.destinationPort[packet]!]
    const address = packets.destination[packet]!
    const service = this.services.find(address, protocol, port)
    if (service !== NO_SERVICE) return this.toEndpoint(packet, service)
    const part = this.parts.partOf(protocol, address, port)
    if (part === NO_PART) return this.noMapping
    rewriteDestination(packets, packet, this.tunnels.to(part, address), port)
    return PASS
  }

  /** To the host that gave the sender this public address. */
  protected override passAnswer(packet: PacketHandle): Decision {
    const { packets, mode } = this.context
    const [address, port] = [packets.destination[packet]!, packets.destinationPort[packet]!]
    const given = mode.rewrites.find(
      ({ place, after }) =>
        this.hostNumber.has(place) && after.source === address && after.sourcePort === port,
    )
    if (given === undefined) return PASS
    rewriteDestination(packets, packet, this.tunnels.to(this.hostNumber.get(given.place)!, address), port)
    return PASS
  }

  protected outbound(_: PacketHandle, refused: Decision): Decision {
    return refused
  }

  /** All that one client sends to a port of a service has the same, so that he keeps his endpoint and no gateway need remember him. */
  private keyOfClient(packet: PacketHandle): number {
    const { source, destination, protocol, destinationPort } = this.context.packets
    return hashTuple(source[packet]!, destination[packet]!, protocol[packet]!, 0, destinationPort[packet]!)
  }

  /** To the host of the endpoint that the hash of the connection, or of the client, says; a probe goes to the endpoint itself. */
  private toEndpoint(packet: PacketHandle, service: number): Decision {
    const { packets, mode } = this.context
    const { places } = this.balancers.usable(service)
    if (places.length === 0) return this.noEndpoint
    const { endpoints, service: blueprint } = this.services.ports[service]!
    if (mode.packets === OPENING) {
      const { way, endpoint } = mode
      const place =
        endpoint === undefined ? places[way] : places.find((each) => endpoints[each]!.address === endpoint)
      if (place === undefined) return this.noEndpoint
      if (endpoint === undefined) {
        mode.ways = places.length
        mode.share = this.balancers.share(service, place)
        mode.service = blueprint.name
      }
      const { address, port } = endpoints[place]!
      rewriteDestination(packets, packet, address, port)
      return PASS
    }
    const key = blueprint.affinityPs === undefined ? packets.tupleHash[packet]! : this.keyOfClient(packet)
    const place = this.balancers.choose(service, key, packets.source[packet]!)
    const host = this.hostNumber.get(endpoints[place]!.node ?? '')
    if (host === undefined) return this.noEndpoint
    const address = packets.destination[packet]!
    rewriteDestination(packets, packet, this.tunnels.to(host, address), packets.destinationPort[packet]!)
    return PASS
  }
}

/** Each host's share of the pool. */
export function sharesOf(
  blueprint: EdgeBlueprint,
  pools: EdgePools,
  hosts: readonly EdgeHost[],
): EdgePools[] {
  const { region, nat } = blueprint
  if (hosts.length === 0)
    throw new ConfigError([
      {
        path: ['edges', region],
        message: `no host of region ${region} has a vswitch, expected one that translates`,
      },
    ])
  const shares = FAMILIES.map((family) =>
    pools[family].length === 0
      ? hosts.map(() => [])
      : splitPool(pools[family], hosts.length, nat?.shareSize ?? SHARE_SIZE),
  )
  return hosts.map((_, host) => ({ ipv4: shares[0]![host]!, ipv6: shares[1]![host]! }))
}
