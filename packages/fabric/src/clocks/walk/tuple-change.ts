import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { Translated } from './probe.ts'

/** What a copy bears whose addresses or ports are no longer those of the packet; nothing where they are. */
export function tupleChange(
  packets: PacketTable,
  packet: PacketHandle,
  copy: PacketHandle,
): { readonly translated?: Translated } {
  const { source, sourcePort, destination, destinationPort } = packets
  const isSame = [source, sourcePort, destination, destinationPort].every(
    (column) => column[packet] === column[copy],
  )
  if (isSame) return {}
  return {
    translated: {
      source: source[copy]!,
      sourcePort: sourcePort[copy]!,
      destination: destination[copy]!,
      destinationPort: destinationPort[copy]!,
    },
  }
}
