import { InvariantError } from '@weft/core'
import type { PacketHandle } from '../../model/packet-table.ts'
import type { Output, TransportContext } from '../context.ts'
import type { Server } from '../server.ts'

/** What takes a port's datagrams; the packet is freed when it returns. */
export interface DatagramReceiver {
  onDatagram(packet: PacketHandle): void
}

/** A host's UDP (RFC 768): receivers by local port, whoever the sender. */
export class Udp {
  readonly context: TransportContext
  readonly output: Output
  /** Told of each ICMP error that a datagram of this host was refused by, `readIcmpError` says which; nothing by default. */
  onRefusal: (packet: PacketHandle) => void = () => {}
  private readonly server: Server | undefined
  private readonly receivers = new Map<number, DatagramReceiver>()
  /** The last port that something came to, which the next mostly comes to as well. */
  private recentPort = -1
  private recent: DatagramReceiver | undefined = undefined

  /** `server` takes what comes to ports that are not bound. */
  constructor(context: TransportContext, output: Output, server?: Server) {
    this.context = context
    this.output = output
    this.server = server
  }

  /** Takes what arrives for a port. Throws when it is taken. */
  bind(port: number, receiver: DatagramReceiver): void {
    if (this.receivers.has(port)) throw new InvariantError(`UDP port ${port} is bound already`)
    this.receivers.set(port, receiver)
  }

  isBound(port: number): boolean {
    return this.receivers.has(port)
  }

  /** False if nothing is bound to the port. */
  deliver(packet: PacketHandle): boolean {
    const port = this.context.packets.destinationPort[packet]!
    if (port !== this.recentPort) {
      const receiver = this.receivers.get(port) ?? this.server?.receiverFor(packet)
      if (receiver === undefined) return false
      this.recentPort = port
      this.recent = receiver
    }
    this.recent!.onDatagram(packet)
    return true
  }
}
