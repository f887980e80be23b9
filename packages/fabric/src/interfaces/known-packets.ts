import { ConntrackPacket } from '../conntrack/conntrack-packet.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import * as conntrackVerdict from '../conntrack/verdict.ts'
import type { Verdict } from '../conntrack/verdict.ts'
import { isIcmp } from '../model/icmp-error.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import * as expiryLists from '../state-table/expiry-lists.ts'
import type { ServerAddresses } from './masquerade.ts'
import { rewriteDestination, rewriteError, rewriteKnown, rewriteSource } from './rewrite.ts'
import type { ServiceTranslation } from './service-translation.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { RELATED } = conntrackVerdict
const { NO_ROW } = expiryLists

export interface KnownPacketsParts {
  readonly packets: PacketTable
  readonly conntrack: Conntrack
  /** Whether that table looks at sequence numbers and windows. */
  readonly tracksWindows: boolean
  readonly server: ServerAddresses
  /** Absent where there are no services: then nothing is rewritten. */
  readonly services?: ServiceTranslation
}

/** Reads packets as the connection table sees them, and rewrites them as its entries say. */
export class KnownPackets {
  /** Of the packet that was read last, as it came in. */
  readonly header = new ConntrackPacket()
  private readonly packets: PacketTable
  private readonly conntrack: Conntrack
  private readonly tracksWindows: boolean
  private readonly server: ServerAddresses
  private readonly services: ServiceTranslation | undefined

  constructor({ packets, conntrack, tracksWindows, server, services }: KnownPacketsParts) {
    this.packets = packets
    this.conntrack = conntrack
    this.tracksWindows = tracksWindows
    this.server = server
    this.services = services
  }

  read(packet: PacketHandle, zone: number): void {
    const { packets, header } = this
    header.zone = zone
    if (isIcmp(packets.protocol[packet]!)) {
      header.readError(packets, packet)
      return
    }
    header.read(packets, packet)
    if (this.tracksWindows) header.readWindow(packets, packet)
  }

  /** As the entry says that the packet is of, the packet's last one too. */
  rewrite(packet: PacketHandle, state: Verdict): void {
    const { packets, conntrack, services } = this
    const { matched } = conntrack
    if (services === undefined || matched === NO_ROW) return
    if (state === RELATED) rewriteError(packets, packet, conntrack, matched)
    else rewriteKnown(packets, packet, conntrack, matched)
  }

  /** As an answer in this zone, if its entry is there still: a packet that was refused as it left has entered nothing. */
  rewriteAnswer(packet: PacketHandle, zone: number): void {
    const { conntrack } = this
    this.read(packet, zone)
    conntrack.find(this.header)
    if (conntrack.row !== NO_ROW) this.rewrite(packet, conntrack.inspect(this.header))
  }

  /** Answers of an endpoint to clients that came to a node port of this server and kept their address. */
  rewriteByServer(packet: PacketHandle): void {
    const { packets, server, services } = this
    if (services === undefined || !services.keepsClients) return
    // what the server stands for comes to it, and is rewritten there
    if (!server.addresses.includes(packets.destination[packet]!)) this.rewriteAnswer(packet, server.node)
  }

  /** A refused packet is answered as it came in. */
  restore(packet: PacketHandle): void {
    const { packets } = this
    const { destination, destinationPort, source, sourcePort } = this.header
    if (packets.destination[packet] !== destination || packets.destinationPort[packet] !== destinationPort)
      rewriteDestination(packets, packet, destination, destinationPort)
    if (packets.source[packet] !== source || packets.sourcePort[packet] !== sourcePort)
      rewriteSource(packets, packet, source, sourcePort)
  }
}
