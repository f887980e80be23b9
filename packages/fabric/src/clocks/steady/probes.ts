import type { Network } from '../../build/network.ts'
import type { Decision } from '../../model/decision.ts'
import { hashTuple } from '../../model/five-tuple.ts'
import { NOT_ECT, type PacketHandle, PROTOCOL_UDP } from '../../model/packet-table.ts'

export const INITIAL_TTL = 64

/** Asks nodes what they would do with a packet from one address to another. Leaves no trace. */
export class Probes {
  readonly #network: Network
  readonly #packet: PacketHandle

  constructor(network: Network) {
    this.#network = network
    this.#packet = network.packets.allocate()
  }

  ask(node: number, ingress: number, source: number, destination: number): Decision {
    const { packets, nodes } = this.#network
    const packet = this.#packet
    packets.source[packet] = source
    packets.destination[packet] = destination
    packets.protocol[packet] = PROTOCOL_UDP
    packets.sourcePort[packet] = 0
    packets.destinationPort[packet] = 0
    packets.tupleHash[packet] = hashTuple(source, destination, PROTOCOL_UDP, 0, 0)
    packets.ttl[packet] = INITIAL_TTL
    packets.ecn[packet] = NOT_ECT
    packets.sizeBytes[packet] = 0
    return nodes[node]!.decide(packet, ingress)
  }

  /** Gives the packet back; nothing can be asked from then on. */
  free(): void {
    this.#network.packets.free(this.#packet)
  }
}
