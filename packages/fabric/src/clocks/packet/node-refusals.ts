import type { Network } from '../../build/network.ts'
import { PROHIBITED, type Refusal } from '../../model/decision.ts'
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
    // rules see where a service leads to: the answer to what was translated is translated back, its own source too
    const isTranslated =
      refusal === PROHIBITED && this.#network.hostOf(packets.destination[packet]!) === undefined
    if (refusing.kind !== 'vswitch' || isTranslated) return refusalOfPacket(this.#network, packet, refusal)
    const family = addresses.isIpv6(packets.source[packet]!) ? 'ipv6' : 'ipv4'
    const own = this.#network.addressOf(refusing.host, family)
    return refusalOfPacket(this.#network, packet, refusal, own)
  }
}
