import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import { Network } from '../../src/build/network.ts'
import { PacketClock } from '../../src/clocks/packet/packet-clock.ts'
import { hashTuple } from '../../src/model/five-tuple.ts'
import { type PacketHandle, PROTOCOL_UDP } from '../../src/model/packet-table.ts'

/** A datagram as it came in. */
export interface Arrival {
  readonly at: string
  readonly from: string
  readonly to: string
}

/** Hosts that answer every datagram but answers; what came in, and what was dropped, by the number of the datagram. */
export class DatagramEcho {
  readonly got: (Arrival | undefined)[] = []
  readonly answers: (Arrival | undefined)[] = []
  readonly drops: (string | undefined)[] = []
  /** Errors about datagrams that were refused. */
  refusals = 0
  readonly network: Network
  readonly #clock: PacketClock

  constructor(blueprint: NetworkBlueprint) {
    this.network = new Network(blueprint, { checked: true })
    this.#clock = new PacketClock(this.network)
    const { ledger, packets } = this.network
    ledger.addDropListener({
      onDrop: (packet, reason) => {
        this.drops[packets.sequence[packet]!] ??= ledger.reasonName(reason)
      },
    })
    this.network.topology.nodes.forEach((node, index) => {
      if (node.kind !== 'host') return
      this.#clock.forwarders[index]!.endpoint = {
        deliver: (packet) => {
          if (packets.protocol[packet] !== PROTOCOL_UDP) {
            this.refusals++
            ledger.deliver(packet)
            return
          }
          const seen = packets.payloadBytes[packet] === 1 ? this.answers : this.got
          seen[packets.sequence[packet]!] = this.#arrival(node.name, packet)
          if (seen === this.got) this.#answer(packet, index)
          ledger.deliver(packet)
        },
      }
    })
  }

  /** Sends a datagram at an instant: from a host's first address, or from another of its own. */
  send(
    number: number,
    from: string,
    to: string,
    { port = 80, sourcePort = 5000, atPs = 0, source = undefined as string | undefined } = {},
  ): this {
    const { sim, topology, addresses } = this.network
    const family = to.includes(':') ? 'ipv6' : 'ipv4'
    sim.at(atPs, () => {
      const own = source === undefined ? this.network.addressOf(from, family)! : addresses.intern(source)
      const packet = this.#packet(own, addresses.intern(to), sourcePort, port, number, 0)
      this.#clock.forwarders[topology.nodeIndex(from)]!.originate(packet)
    })
    return this
  }

  run(untilPs: number): this {
    this.network.sim.run(untilPs)
    this.network.ledger.assertConserved()
    return this
  }

  #answer(packet: PacketHandle, node: number): void {
    const { packets } = this.network
    const { source, destination, sourcePort, destinationPort, sequence } = packets
    this.#clock.forwarders[node]!.originate(
      this.#packet(
        destination[packet]!,
        source[packet]!,
        destinationPort[packet]!,
        sourcePort[packet]!,
        sequence[packet]!,
        1,
      ),
    )
  }

  #packet(
    source: number,
    destination: number,
    sourcePort: number,
    port: number,
    number: number,
    kind: number,
  ): PacketHandle {
    const { packets } = this.network
    const packet = packets.allocate()
    packets.source[packet] = source
    packets.destination[packet] = destination
    packets.protocol[packet] = PROTOCOL_UDP
    packets.sourcePort[packet] = sourcePort
    packets.destinationPort[packet] = port
    packets.tupleHash[packet] = hashTuple(source, destination, PROTOCOL_UDP, sourcePort, port)
    packets.ttl[packet] = 64
    packets.ecn[packet] = 0
    packets.flow[packet] = -1
    packets.sizeBytes[packet] = 100
    packets.payloadBytes[packet] = kind
    packets.sequence[packet] = number
    return packet
  }

  #arrival(at: string, packet: PacketHandle): Arrival {
    const { packets, addresses } = this.network
    const { source, destination, sourcePort, destinationPort } = packets
    const end = (address: number, port: number) => `${addresses.textOf(address)}:${port}`
    return {
      at,
      from: end(source[packet]!, sourcePort[packet]!),
      to: end(destination[packet]!, destinationPort[packet]!),
    }
  }
}
