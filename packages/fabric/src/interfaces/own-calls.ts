import type { Conntrack } from '../conntrack/conntrack.ts'
import { ConntrackPacket } from '../conntrack/conntrack-packet.ts'
import type { OwnCalls } from '../model/interface-stage.ts'
import { isIcmp } from '../model/icmp-error.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import { NO_ROW } from '../state-table/expiry-lists.ts'
import type { ServerAddresses } from './masquerade.ts'
import { ANSWERING, HOLDING, type InterfacesMode, LIVE } from './mode.ts'
import { rewriteOf } from './rewrite-back.ts'
import type { ServiceTranslation } from './service-translation.ts'

export interface NodePortCallsParts {
  readonly packets: PacketTable
  readonly mode: InterfacesMode
  readonly conntrack: Conntrack
  readonly server: ServerAddresses
  readonly services: ServiceTranslation
}

/**
 * What a server sends to itself by way of its switch: calls of its own node ports, which Linux translates as it does those of
 * others (the output hook of its table `nat`), and answers to them, where it is the endpoint too.
 */
export class NodePortCalls implements OwnCalls {
  readonly #parts: NodePortCallsParts
  readonly #header = new ConntrackPacket()

  constructor(parts: NodePortCallsParts) {
    this.#parts = parts
  }

  goesBySwitch(packet: PacketHandle): boolean {
    const { packets, mode, server, services } = this.#parts
    if (mode.packets === ANSWERING)
      return mode.turn?.isLeaving === true || rewriteOf(packets, packet, mode, server.name) !== undefined
    if (services.isNodePort(packet)) return true
    return (mode.packets === LIVE || mode.packets === HOLDING) && this.#isKnown(packet)
  }

  /** What it sends to itself otherwise is in no table of the switch. */
  #isKnown(packet: PacketHandle): boolean {
    const { packets, conntrack, server } = this.#parts
    const header = this.#header
    header.zone = server.node
    if (isIcmp(packets.protocol[packet]!)) header.readError(packets, packet)
    else header.read(packets, packet)
    conntrack.find(header)
    return conntrack.row !== NO_ROW
  }
}
