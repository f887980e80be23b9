import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { InterfacesMode, Rewrite } from './mode.ts'
import { rewriteDestination, rewriteSource } from './rewrite.ts'

/** What an ANSWERING probe answers, as it was rewritten here; undefined where it was not. */
export function rewriteOf(
  packets: PacketTable,
  packet: PacketHandle,
  mode: InterfacesMode,
  place: string,
): Rewrite | undefined {
  const { source, sourcePort, destination, destinationPort } = packets
  return mode.rewrites.find(
    ({ place: at, after }) =>
      at === place &&
      source[packet] === after.destination &&
      sourcePort[packet] === after.destinationPort &&
      destination[packet] === after.source &&
      destinationPort[packet] === after.sourcePort,
  )
}

/** An ANSWERING probe becomes what it answers here, where its connection's first packet was rewritten; whether it was. */
export function rewriteBack(
  packets: PacketTable,
  packet: PacketHandle,
  mode: InterfacesMode,
  place: string,
): boolean {
  const rewrite = rewriteOf(packets, packet, mode, place)
  if (rewrite === undefined) return false
  const { before } = rewrite
  rewriteDestination(packets, packet, before.source, before.sourcePort)
  rewriteSource(packets, packet, before.destination, before.destinationPort)
  mode.isKnown = true
  return true
}
