import type { AddressTable } from '../model/address-table.ts'
import { PORT_UNREACHABLE, type Refusal } from '../model/decision.ts'
import { hashTuple } from '../model/five-tuple.ts'
import { isIcmp, PROTOCOL_ICMP, PROTOCOL_ICMPV6, writeIcmpError } from '../model/icmp-error.ts'
import {
  NO_PACKET,
  NOT_ECT,
  type PacketHandle,
  type PacketTable,
  PROTOCOL_TCP,
} from '../model/packet-table.ts'
import { ACK, RST } from '../model/tcp-flags.ts'
import { sequenceLength, TCP_HEADER_BYTES, TTL } from './tcp/segments.ts'

/** What answers to refused packets are written with. */
export interface RefusalContext {
  readonly packets: PacketTable
  readonly addresses: AddressTable
  readonly sim: { readonly now: number }
}

const ICMP_HEADER_BYTES = 8
/** As much as may be quoted: RFC 1812 §4.3.2.3, RFC 4443 §2.4. */
const ERROR_BYTES_MAX = 576
const ERROR_BYTES_MAX_V6 = 1280

/** Destination unreachable: RFC 792, RFC 1812 §5.2.7.1; RFC 4443 §3.1. */
const UNREACHABLE = { type: 3, port: 3, prohibited: 13 }
const UNREACHABLE_V6 = { type: 1, port: 4, prohibited: 1 }

/**
 * The answer to a packet that is refused, to be originated: RST of TCP, else an ICMP error from `from` (an address of who
 * refuses; absent: the one that the packet was for). NO_PACKET for what is never answered, RST and ICMP.
 */
export function refusalOfPacket(
  context: RefusalContext,
  packet: PacketHandle,
  refusal: Refusal,
  from?: number,
): PacketHandle {
  const { packets } = context
  const protocol = packets.protocol[packet]!
  if (isIcmp(protocol)) return NO_PACKET
  if (protocol !== PROTOCOL_TCP) return unreachable(context, packet, refusal, from)
  return (packets.tcpFlags[packet]! & RST) === 0 ? resetOf(context, packet) : NO_PACKET
}

/** RST for a segment that no connection expects, RFC 9293 §3.10.7.1. */
export function resetOf(context: RefusalContext, packet: PacketHandle): PacketHandle {
  const { packets } = context
  const flags = packets.tcpFlags[packet]!
  const isAcknowledging = (flags & ACK) !== 0
  const answer = segmentBack(context, packet)
  packets.acknowledgement[answer] = isAcknowledging ? 0 : endOf(packets, packet)
  packets.sequence[answer] = isAcknowledging ? packets.acknowledgement[packet]! : 0
  packets.tcpFlags[answer] = isAcknowledging ? RST : RST | ACK
  return answer
}

/** The sequence number behind a segment. */
export function endOf(packets: PacketTable, packet: PacketHandle): number {
  const length = sequenceLength(packets.payloadBytes[packet]!, packets.tcpFlags[packet]!)
  return packets.sequence[packet]! + length
}

/** A bare segment back to where one came from: all but its flags and numbers. */
function segmentBack(context: RefusalContext, packet: PacketHandle): PacketHandle {
  const { packets, addresses, sim } = context
  const answer = packets.allocate()
  const source = packets.destination[packet]!
  const destination = packets.source[packet]!
  const sourcePort = packets.destinationPort[packet]!
  const destinationPort = packets.sourcePort[packet]!
  packets.source[answer] = source
  packets.destination[answer] = destination
  packets.sourcePort[answer] = sourcePort
  packets.destinationPort[answer] = destinationPort
  packets.protocol[answer] = PROTOCOL_TCP
  packets.tupleHash[answer] = hashTuple(source, destination, PROTOCOL_TCP, sourcePort, destinationPort)
  packets.windowBytes[answer] = 0
  packets.timestampValue[answer] = sim.now
  packets.timestampEcho[answer] = packets.timestampValue[packet]!
  label(packets, packet, answer, addresses.headerBytesOf(source) + TCP_HEADER_BYTES)
  return answer
}

function unreachable(
  { packets, addresses, sim }: RefusalContext,
  packet: PacketHandle,
  refusal: Refusal,
  from: number | undefined,
): PacketHandle {
  const answer = packets.allocate()
  const [source, destination] = [packets.source[packet]!, packets.destination[packet]!]
  const isIpv6 = addresses.isIpv6(source)
  const { type, port, prohibited } = isIpv6 ? UNREACHABLE_V6 : UNREACHABLE
  const quotedBytes = addresses.headerBytesOf(source) + ICMP_HEADER_BYTES + packets.sizeBytes[packet]!
  packets.source[answer] = from ?? destination
  packets.destination[answer] = source
  packets.protocol[answer] = isIpv6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP
  packets.timestampValue[answer] = sim.now
  writeIcmpError(packets, answer, {
    type,
    code: refusal === PORT_UNREACHABLE ? port : prohibited,
    source,
    destination,
    protocol: packets.protocol[packet]!,
    sourcePort: packets.sourcePort[packet]!,
    destinationPort: packets.destinationPort[packet]!,
  })
  label(packets, packet, answer, Math.min(isIpv6 ? ERROR_BYTES_MAX_V6 : ERROR_BYTES_MAX, quotedBytes))
  return answer
}

/** What every answer has, whatever its protocol. */
function label(packets: PacketTable, packet: PacketHandle, answer: PacketHandle, sizeBytes: number): void {
  packets.ttl[answer] = TTL
  packets.ecn[answer] = NOT_ECT
  packets.dscp[answer] = packets.dscp[packet]!
  packets.priority[answer] = packets.priority[packet]!
  packets.flow[answer] = packets.flow[packet]!
  packets.sizeBytes[answer] = sizeBytes
  packets.payloadBytes[answer] = 0
  packets.sackCount[answer] = 0
}
