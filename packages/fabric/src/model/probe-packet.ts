import { hashTuple } from './five-tuple.ts'
import { NOT_ECT, type PacketHandle, type PacketTable, PROTOCOL_TCP } from './packet-table.ts'
import { SYN } from './tcp-flags.ts'

/** Initial TTL or hop limit, RFC 1700. */
const INITIAL_TTL = 64

/** What the packets of a flow have in common. */
export interface FiveTuple {
  /** Address ids. */
  source: number
  destination: number
  protocol: number
  sourcePort: number
  destinationPort: number
}

/** A packet that nobody sent, the first of a connection, to ask nodes what they would do with one like it; the caller frees it. */
export function probePacket(packets: PacketTable, tuple: FiveTuple, sizeBytes: number): PacketHandle {
  const { source, destination, protocol, sourcePort, destinationPort } = tuple
  const packet = packets.allocate()
  packets.source[packet] = source
  packets.destination[packet] = destination
  packets.protocol[packet] = protocol
  packets.sourcePort[packet] = sourcePort
  packets.destinationPort[packet] = destinationPort
  packets.tupleHash[packet] = hashTuple(source, destination, protocol, sourcePort, destinationPort)
  packets.ttl[packet] = INITIAL_TTL
  packets.ecn[packet] = NOT_ECT
  packets.dscp[packet] = 0
  packets.priority[packet] = 0
  packets.sizeBytes[packet] = sizeBytes
  packets.tcpFlags[packet] = protocol === PROTOCOL_TCP ? SYN : 0
  packets.sequence[packet] = 0
  packets.acknowledgement[packet] = 0
  packets.windowBytes[packet] = 0
  packets.payloadBytes[packet] = 0
  packets.sackCount[packet] = 0
  return packet
}
