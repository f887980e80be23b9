import type { TcpOptions } from '../blueprint/traffic.ts'
import type { PacketHandle } from '../model/packet-table.ts'
import type { TcpApplication } from './tcp/application.ts'
import type { DatagramReceiver } from './udp/udp.ts'

/** What a connection is accepted with. */
export interface Listener {
  readonly options: TcpOptions
  readonly application: TcpApplication
}

/** Takes what comes to ports that nobody of a host has bound, whatever host and port it was that a packet was led to. */
export interface Server {
  /** For a SYN; undefined: nothing listens. */
  listenerFor(packet: PacketHandle): Listener | undefined
  /** For a datagram; undefined: nothing is bound. Its port is bound from then on. */
  receiverFor(packet: PacketHandle): DatagramReceiver | undefined
}
