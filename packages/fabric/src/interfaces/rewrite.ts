import type { Conntrack } from '../conntrack/conntrack.ts'
import { hashTuple } from '../model/five-tuple.ts'
import { readIcmpError, writeIcmpError } from '../model/icmp-error.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'

/** Gives a packet another destination. */
export function rewriteDestination(
  packets: PacketTable,
  packet: PacketHandle,
  address: number,
  port: number,
): void {
  packets.destination[packet] = address
  packets.destinationPort[packet] = port
  rehash(packets, packet)
}

/** Gives a packet another source. */
export function rewriteSource(
  packets: PacketTable,
  packet: PacketHandle,
  address: number,
  port: number,
): void {
  packets.source[packet] = address
  packets.sourcePort[packet] = port
  rehash(packets, packet)
}

/** Rewrites a packet of the connection that was inspected last, to what the other direction's tuple says, turned round. */
export function rewriteKnown(
  packets: PacketTable,
  packet: PacketHandle,
  conntrack: Conntrack,
  row: number,
): void {
  const other = 1 - conntrack.direction
  const destination = conntrack.sourceOf(row, other)
  const source = conntrack.destinationOf(row, other)
  const destinationPort = conntrack.sourcePortOf(row, other)
  const sourcePort = conntrack.destinationPortOf(row, other)
  if (destination !== packets.destination[packet] || destinationPort !== packets.destinationPort[packet])
    rewriteDestination(packets, packet, destination, destinationPort)
  if (source !== packets.source[packet] || sourcePort !== packets.sourcePort[packet])
    rewriteSource(packets, packet, source, sourcePort)
}

/**
 * Rewrites an ICMP error about a packet of the connection that was inspected last: what it quotes becomes what the sender
 * of that packet sent, its own ends what theirs become in answers to it, where they are translated.
 */
export function rewriteError(
  packets: PacketTable,
  packet: PacketHandle,
  conntrack: Conntrack,
  row: number,
): void {
  const { direction } = conntrack
  const other = 1 - direction
  const error = readIcmpError(packets, packet)
  const source = conntrack.destinationOf(row, other)
  // who sends the error need not be an end of the connection: it has another address only where that end has one
  if (conntrack.sourceOf(row, direction) !== source) packets.source[packet] = source
  packets.destination[packet] = conntrack.sourceOf(row, other)
  writeIcmpError(packets, packet, {
    ...error,
    source: conntrack.sourceOf(row, other),
    destination: conntrack.destinationOf(row, other),
    sourcePort: conntrack.sourcePortOf(row, other),
    destinationPort: conntrack.destinationPortOf(row, other),
  })
}

function rehash(packets: PacketTable, packet: PacketHandle): void {
  packets.tupleHash[packet] = hashTuple(
    packets.source[packet]!,
    packets.destination[packet]!,
    packets.protocol[packet]!,
    packets.sourcePort[packet]!,
    packets.destinationPort[packet]!,
  )
}
