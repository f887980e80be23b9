import { hashTuple } from '../model/five-tuple.ts'
import { type PacketHandle, PacketTable, PROTOCOL_TCP } from '../model/packet-table.ts'

/** One packet that tests give one five-tuple after another. */
export class TestPacket {
  readonly packets = new PacketTable()
  readonly handle: PacketHandle = this.packets.allocate()

  tuple(source: number, destination: number, sourcePort: number, destinationPort = 80): PacketHandle {
    const { packets, handle } = this
    packets.source[handle] = source
    packets.destination[handle] = destination
    packets.protocol[handle] = PROTOCOL_TCP
    packets.sourcePort[handle] = sourcePort
    packets.destinationPort[handle] = destinationPort
    packets.tupleHash[handle] = hashTuple(source, destination, PROTOCOL_TCP, sourcePort, destinationPort)
    return handle
  }
}
