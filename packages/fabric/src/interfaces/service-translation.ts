import { HostBalancers, type HostBalancersContext } from '../load-balancer/host-balancers.ts'
import { type NodePort, NO_SERVICE, type ServicePorts } from '../load-balancer/service-ports.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { InterfacesMode } from './mode.ts'
import { rewriteDestination } from './rewrite.ts'

/** Answers of `translate` in place of an endpoint's place. */
export const NOT_A_SERVICE = -1
export const NO_ENDPOINT = -2
export const NO_LOCAL_ENDPOINT = -3

/** A connection that a balancer counts until it ends. */
interface Counted {
  readonly port: number
  readonly place: number
}

export interface ServiceTranslationContext extends HostBalancersContext {
  /** The host's, where there are several. */
  readonly cluster?: string | undefined
}

/** Gives packets to a service's address the address and port of one of its endpoints, at the client's host. */
export class ServiceTranslation {
  readonly #packets: PacketTable
  readonly #ports: ServicePorts
  readonly #cluster: string | undefined
  readonly #balancers: HostBalancers
  readonly #mode: InterfacesMode
  /** By row of the connection table. */
  readonly #counted = new Map<number, Counted>()
  #last: Counted = { port: NO_SERVICE, place: 0 }

  constructor(
    host: string,
    packets: PacketTable,
    ports: ServicePorts,
    mode: InterfacesMode,
    context: ServiceTranslationContext,
  ) {
    this.#packets = packets
    this.#ports = ports
    this.#cluster = context.cluster
    this.#mode = mode
    this.#balancers = new HostBalancers(host, ports, context)
  }

  /** Chooses an endpoint for a packet that opens a connection, and rewrites its destination: 0 or more if it did. */
  translate(packet: PacketHandle, isProbe: boolean): number {
    const { destination, destinationPort, protocol } = this.#packets
    const index = this.#ports.find(
      destination[packet]!,
      protocol[packet]!,
      destinationPort[packet]!,
      this.#cluster,
    )
    return index === NO_SERVICE ? NOT_A_SERVICE : this.#lead(packet, index, isProbe)
  }

  /** As `translate`, for a packet to an address of the server: of who comes from elsewhere, or from this server. */
  translateNodePort(packet: PacketHandle, isInside: boolean, isProbe: boolean): number {
    const port = this.#nodePortOf(packet)
    return port === undefined
      ? NOT_A_SERVICE
      : this.#lead(packet, isInside ? port.inside : port.outside, isProbe)
  }

  /** Whether a packet to an address of the server goes to a node port. */
  isNodePort(packet: PacketHandle): boolean {
    return this.#nodePortOf(packet) !== undefined
  }

  /** Whether clients that call what a packet goes to keep their address; undefined where that is no node port of the server. */
  keepsNodePortClients(packet: PacketHandle): boolean | undefined {
    const port = this.#nodePortOf(packet)
    return port && !this.#ports.ports[port.inside]!.isMasked
  }

  /** Whether this is an address of a service where the client's server stands for it. */
  isMasked(address: number, protocol: number, port: number): boolean {
    const index = this.#ports.find(address, protocol, port, this.#cluster)
    return index !== NO_SERVICE && this.#ports.ports[index]!.isMasked
  }

  /** Whether any service has such an address. */
  get hasMasked(): boolean {
    return this.#ports.hasMasked
  }

  /** Whether any service lets clients of node ports keep their address. */
  get keepsClients(): boolean {
    return this.#ports.keepsClients
  }

  /** Of the last translation: the server stands for the client. */
  get masksClient(): boolean {
    return this.#ports.ports[this.#last.port]!.isMasked
  }

  #nodePortOf(packet: PacketHandle): NodePort | undefined {
    const { destination, destinationPort, protocol } = this.#packets
    return this.#ports.findNodePort(
      destination[packet]!,
      protocol[packet]!,
      destinationPort[packet]!,
      this.#cluster,
    )
  }

  #lead(packet: PacketHandle, index: number, isProbe: boolean): number {
    const packets = this.#packets
    const { places, without } = this.#balancers.usable(index)
    if (without !== undefined) return without === 'service-no-endpoint' ? NO_ENDPOINT : NO_LOCAL_ENDPOINT
    const client = packets.source[packet]!
    const place = isProbe
      ? this.#wayOf(index, places)
      : this.#balancers.choose(index, packets.tupleHash[packet]!, client)
    if (place === undefined) return NO_ENDPOINT
    const endpoint = this.#ports.ports[index]!.endpoints[place]!
    this.#last = { port: index, place }
    rewriteDestination(packets, packet, endpoint.address, endpoint.port)
    return place
  }

  /** The connection of the last translation is entered in this row. */
  entered(row: number): void {
    this.#counted.set(row, this.#last)
  }

  /** The connection of the last translation is not entered. */
  abandoned(): void {
    this.#balancers.ended(this.#last.port, this.#last.place)
  }

  /** The connection in this row has ended. */
  ended(row: number): void {
    const counted = this.#counted.get(row)
    if (counted === undefined) return
    this.#counted.delete(row)
    this.#balancers.ended(counted.port, counted.place)
  }

  /** The place for a probe; undefined where it is to go to an endpoint that new connections do not go to. */
  #wayOf(index: number, places: readonly number[]): number | undefined {
    const mode = this.#mode
    const { service, endpoints } = this.#ports.ports[index]!
    if (mode.endpoint !== undefined)
      return places.find((place) => endpoints[place]!.address === mode.endpoint)
    const place = places[mode.way]!
    mode.ways = places.length
    mode.share = this.#balancers.share(index, place)
    mode.service = service.name
    return place
  }
}
