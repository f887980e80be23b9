import type { ConntrackPacket } from '../conntrack/conntrack-packet.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import { isIcmp } from '../model/icmp-error.ts'
import { NO_ROW } from '../state-table/expiry-lists.ts'
import type { ServerAddresses } from './masquerade.ts'
import type { ServiceTranslation } from './service-translation.ts'

/** No workload. */
const NOBODY = -1
/** A caller, the server, an endpoint. */
const ZONES_MAX = 3

export interface OtherZonesParts {
  readonly conntrack: Conntrack
  readonly server: ServerAddresses
  readonly services?: ServiceTranslation
}

/**
 * Linux has one entry where a connection between workloads of one server, or by way of the server, is in several zones here. It
 * remembers numbers of segments that it takes to be invalid, so what one zone refuses is shown to those behind it.
 */
export class OtherZones {
  private readonly parts: OtherZonesParts

  constructor(parts: OtherZonesParts) {
    this.parts = parts
  }

  /** Of a packet that the zone in its header has just refused; the header is not what it was afterwards. */
  show(header: ConntrackPacket, isLeaving: boolean): void {
    if (isIcmp(header.protocol)) return
    const { conntrack } = this.parts
    const sender = isLeaving ? header.zone : NOBODY
    conntrack.find(header)
    for (let zones = 1; zones < ZONES_MAX && conntrack.row !== NO_ROW; zones++) {
      this.turn(header, conntrack.row)
      const zone = this.zoneBehind(header, isLeaving)
      // what is led back to its sender meets one zone alone
      if (zone === NOBODY || (zones === 1 && zone === sender)) return
      header.zone = zone
      conntrack.heed(header)
    }
  }

  /** What the packet would bear behind the entry that was found. */
  private turn(header: ConntrackPacket, row: number): void {
    const { conntrack } = this.parts
    const other = 1 - conntrack.direction
    header.source = conntrack.destinationOf(row, other)
    header.sourcePort = conntrack.destinationPortOf(row, other)
    header.destination = conntrack.sourceOf(row, other)
    header.destinationPort = conntrack.sourcePortOf(row, other)
  }

  private zoneBehind({ destination, destinationPort, protocol, zone }: ConntrackPacket, isLeaving: boolean) {
    const { server, services } = this.parts
    if (server.addresses.includes(destination)) return server.node
    const workload = server.workloadAt(destination)
    if (workload !== NOBODY || !isLeaving || zone === server.node || services === undefined) return workload
    // answers to clients of node ports that kept their address, and what the server leads on though it is not addressed to it
    const isOnTheWay = services.keepsClients || services.isMasked(destination, protocol, destinationPort)
    return isOnTheWay ? server.node : NOBODY
  }
}
