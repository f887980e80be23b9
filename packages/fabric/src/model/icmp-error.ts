import { hashTuple } from './five-tuple.ts'
import type { PacketHandle, PacketTable } from './packet-table.ts'

export const PROTOCOL_ICMP = 1
export const PROTOCOL_ICMPV6 = 58

export function isIcmp(protocol: number): boolean {
  return protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6
}

/** What an ICMP error says of the packet that it is about, which it quotes as far as ports. */
export interface IcmpError {
  readonly type: number
  readonly code: number
  /** Addresses by id. */
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
}

const PORTS = 1 << 16

/**
 * Writes an error into the columns that other packets have for TCP: an ICMP packet has no ports of its own. The packet's
 * addresses and protocol must be written before.
 */
export function writeIcmpError(packets: PacketTable, packet: PacketHandle, error: IcmpError): void {
  packets.sourcePort[packet] = 0
  packets.destinationPort[packet] = 0
  packets.tcpFlags[packet] = (error.type << 8) | error.code
  packets.mssBytes[packet] = error.protocol
  packets.sequence[packet] = error.source
  packets.acknowledgement[packet] = error.destination
  packets.windowBytes[packet] = error.sourcePort * PORTS + error.destinationPort
  packets.tupleHash[packet] = hashTuple(
    packets.source[packet]!,
    packets.destination[packet]!,
    packets.protocol[packet]!,
    0,
    0,
  )
}

export function readIcmpError(packets: PacketTable, packet: PacketHandle): IcmpError {
  const kind = packets.tcpFlags[packet]!
  const ports = packets.windowBytes[packet]!
  return {
    type: kind >> 8,
    code: kind & 0xff,
    source: packets.sequence[packet]!,
    destination: packets.acknowledgement[packet]!,
    protocol: packets.mssBytes[packet]!,
    sourcePort: Math.floor(ports / PORTS),
    destinationPort: ports % PORTS,
  }
}
