import type { Network } from '../../build/network.ts'
import type { Refusal } from '../../model/decision.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import { refusalOfPacket } from '../../transport/refusal.ts'
import type { Refusals } from './forwarding-engine.ts'

/** What nodes tell the senders of packets that they refuse: a virtual switch speaks for its server. */
export class NodeRefusals implements Refusals {
  readonly #network: Network

  constructor(network: Network) {
    this.#network = network
  }

  answerTo(packet: PacketHandle, refusal: Refusal, node: number): PacketHandle {
    const { packets, addresses, topology } = this.#network
    const refusing = topology.nodes[node]!
    const family = addresses.isIpv6(packets.source[packet]!) ? 'ipv6' : 'ipv4'
    const own = refusing.kind === 'vswitch' ? this.#network.addressOf(refusing.host, family) : undefined
    return refusalOfPacket(this.#network, packet, refusal, own)
  }
}
