import { readIcmpError } from '../model/icmp-error.ts'
import { type PacketHandle, type PacketTable, SACK_BLOCKS_MAX } from '../model/packet-table.ts'
import { OPTION_SACK_PERMITTED } from '../model/tcp-flags.ts'

/** A SYN without the window scale option. */
export const NO_WINDOW_SCALE = -1

/**
 * What connection tracking reads of a packet: one such object is filled anew for each packet. All fields are 32-bit
 * integers; sequence and acknowledgement numbers wrap as on the wire (`| 0` of any number does that).
 */
export class ConntrackPacket {
  /** Interned addresses. */
  source = 0
  destination = 0
  /** Of ICMP queries, `sourcePort` is the identifier. */
  sourcePort = 0
  destinationPort = 0
  protocol = 0
  /** Connections of different zones, 0 to 2^23 - 1, know nothing of each other: overlapping networks, interfaces. */
  zone = 0

  /** Control bits as in the header; read for TCP alone, as are the next ones. */
  tcpFlags = 0
  /** Read where windows are tracked, as are the next ones. */
  sequence = 0
  acknowledgement = 0
  /** The field as on the wire, which the scale of the SYN applies to; or bytes, where no SYN tells a scale. */
  windowBytes = 0
  payloadBytes = 0
  /** Options of a SYN, and whether its header has any at all; nearly every one tells its segment size. */
  hasOptions = 1
  windowScale = NO_WINDOW_SCALE
  isSackPermitted = 0
  /** The highest right edge of a SACK block; the acknowledgement where there is none. */
  sackEnd = 0

  /** Read for ICMP and ICMPv6. */
  icmpType = 0
  icmpCode = 0
  /** The packet that an ICMP error is about, as far as the error quotes it, as it was where the error was sent. */
  quotedSource = 0
  quotedDestination = 0
  quotedSourcePort = 0
  quotedDestinationPort = 0
  quotedProtocol = 0
  quotedIcmpType = 0
  quotedIcmpCode = 0

  /** Type of the packet's first chunk, RFC 9260 §3.2; read for SCTP. */
  sctpChunk = 0

  /** Takes over a TCP or UDP packet of a packet table, in zone 0. */
  read(packets: PacketTable, packet: PacketHandle): void {
    this.source = packets.source[packet]!
    this.destination = packets.destination[packet]!
    this.sourcePort = packets.sourcePort[packet]!
    this.destinationPort = packets.destinationPort[packet]!
    this.protocol = packets.protocol[packet]!
    this.tcpFlags = packets.tcpFlags[packet]! & 0xff
  }

  /** Takes over an ICMP error of a packet table, in zone 0. */
  readError(packets: PacketTable, packet: PacketHandle): void {
    const error = readIcmpError(packets, packet)
    this.source = packets.source[packet]!
    this.destination = packets.destination[packet]!
    this.protocol = packets.protocol[packet]!
    this.icmpType = error.type
    this.icmpCode = error.code
    this.quotedSource = error.source
    this.quotedDestination = error.destination
    this.quotedSourcePort = error.sourcePort
    this.quotedDestinationPort = error.destinationPort
    this.quotedProtocol = error.protocol
  }

  /** Takes over what window tracking reads of a TCP segment besides, whose windows are bytes. */
  readWindow(packets: PacketTable, packet: PacketHandle): void {
    this.sequence = packets.sequence[packet]! | 0
    this.acknowledgement = packets.acknowledgement[packet]! | 0
    this.windowBytes = packets.windowBytes[packet]! | 0
    this.payloadBytes = packets.payloadBytes[packet]!
    this.hasOptions = 1
    this.windowScale = NO_WINDOW_SCALE
    this.isSackPermitted = packets.tcpFlags[packet]! & OPTION_SACK_PERMITTED ? 1 : 0
    this.sackEnd = this.acknowledgement
    const first = packet * 2 * SACK_BLOCKS_MAX
    for (let block = 0; block < packets.sackCount[packet]!; block++) {
      const edge = packets.sackEdges[first + 2 * block + 1]! | 0
      if (((edge - this.sackEnd) | 0) > 0) this.sackEnd = edge
    }
  }
}
