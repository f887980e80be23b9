import type { PacketEnds } from '../../interfaces/mode.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'

/** What a packet bore and what its copy bears, whose addresses or ports are no longer the same; nothing where they are. */
export function tupleChange(
  packets: PacketTable,
  packet: PacketHandle,
  copy: PacketHandle,
): { readonly before?: PacketEnds; readonly translated?: PacketEnds } {
  const { source, sourcePort, destination, destinationPort } = packets
  const isSame =
    source[packet] === source[copy] &&
    sourcePort[packet] === sourcePort[copy] &&
    destination[packet] === destination[copy] &&
    destinationPort[packet] === destinationPort[copy]
  return isSame ? {} : { before: endsOf(packets, packet), translated: endsOf(packets, copy) }
}

const endsOf = (
  { source, sourcePort, destination, destinationPort }: PacketTable,
  packet: PacketHandle,
): PacketEnds => ({
  source: source[packet]!,
  sourcePort: sourcePort[packet]!,
  destination: destination[packet]!,
  destinationPort: destinationPort[packet]!,
})
