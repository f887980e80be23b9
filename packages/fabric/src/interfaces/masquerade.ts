import type { Conntrack } from '../conntrack/conntrack.ts'
import { zoneWord } from '../conntrack/tuple-words.ts'
import { REPLY } from '../conntrack/verdict.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import { classOf } from '../nat/port-classes.ts'
import { portKindOf } from '../nat/port-kinds.ts'
import { NO_KEY } from '../state-table/tuple-index.ts'
import { rewriteSource } from './rewrite.ts'

/** A server as its own virtual switch knows it. */
export interface ServerAddresses {
  readonly name: string
  /** Its index as a node. */
  readonly node: number
  /** Ids. */
  readonly addresses: readonly number[]
  /** The workload of this server that has the address, by its index as a node; -1 where none has. */
  workloadAt(address: number): number
  /** The first of this address's IP version; undefined where it has none. */
  likeOf(address: number): number | undefined
}

export interface MasqueradeParts {
  readonly packets: PacketTable
  readonly conntrack: Conntrack
  readonly server: ServerAddresses
}

/** Ports that are tried before a connection is taken to clash: nf_nat_core.c gives up after as many. */
const TRIES_MAX = 128

/** Lets a server's own address stand for the source of a connection, as Linux's `masquerade` does. */
export class Masquerade {
  readonly #parts: MasqueradeParts

  constructor({ packets, conntrack, server }: MasqueradeParts) {
    this.#parts = { packets, conntrack, server }
  }

  /**
   * Gives a packet that opens a connection the server's address, and its own port where answers to that could be told apart in the
   * zone, else another of the class. False where the server has no address of its IP version.
   */
  apply(packet: PacketHandle, zone: number, isProbe: boolean): boolean {
    const { packets, server } = this.#parts
    const own = server.likeOf(packets.source[packet]!)
    if (own === undefined) return false
    const port = packets.sourcePort[packet]!
    rewriteSource(packets, packet, own, isProbe ? port : this.#freePort(packet, own, port, zone))
    return true
  }

  /** As Linux does for every new connection: another source port where answers would be taken for those of another one. */
  keepApart(packet: PacketHandle, zone: number): void {
    const { source, sourcePort } = this.#parts.packets
    const [address, port] = [source[packet]!, sourcePort[packet]!]
    if (!this.#isFree(packet, address, port, zone))
      rewriteSource(this.#parts.packets, packet, address, this.#freePort(packet, address, port, zone))
  }

  #freePort(packet: PacketHandle, own: number, port: number, zone: number): number {
    const [first, last] = classOf('linux', portKindOf(this.#parts.packets.protocol[packet]!), port)
    let candidate = port
    for (let tries = 0; tries < TRIES_MAX && !this.#isFree(packet, own, candidate, zone); tries++)
      candidate = candidate >= last || candidate < first ? first : candidate + 1
    return candidate
  }

  /** Whether answers to this port would be those of no other connection. */
  #isFree(packet: PacketHandle, own: number, port: number, zone: number): boolean {
    const { packets, conntrack, server } = this.#parts
    const { destination, destinationPort, protocol } = packets
    const ports = (destinationPort[packet]! << 16) | port
    const find = (each: number) =>
      conntrack.entries.table.find(destination[packet]!, own, ports, zoneWord(protocol[packet]!, each))
    if (find(zone) !== NO_KEY) return false
    // at a node port: an endpoint of this server may have sent there itself. What it has as an answer is of this very connection
    const endpoint = zone === server.node ? server.workloadAt(destination[packet]!) : -1
    const key = endpoint < 0 ? NO_KEY : find(endpoint)
    return key === NO_KEY || (key & 1) === REPLY
  }
}
