import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { InterfacesMode } from './mode.ts'
import { rewriteDestination, rewriteSource } from './rewrite.ts'

/** An ANSWERING probe becomes what it answers here, where its connection's first packet was rewritten; whether it was. */
export function rewriteBack(
  packets: PacketTable,
  packet: PacketHandle,
  mode: InterfacesMode,
  place: string,
): boolean {
  const { source, sourcePort, destination, destinationPort } = packets
  for (const { place: at, before, after } of mode.rewrites) {
    if (at !== place) continue
    if (source[packet] !== after.destination || sourcePort[packet] !== after.destinationPort) continue
    if (destination[packet] !== after.source || destinationPort[packet] !== after.sourcePort) continue
    rewriteDestination(packets, packet, before.source, before.sourcePort)
    rewriteSource(packets, packet, before.destination, before.destinationPort)
    mode.isKnown = true
    return true
  }
  return false
}
