import type { EventHandler } from '@weft/core'
import type { PacketClock } from '../../src/clocks/packet/packet-clock.ts'
import type { Endpoint } from '../../src/model/component.ts'
import { hashTuple } from '../../src/model/five-tuple.ts'
import type { DropListener } from '../../src/model/ledger.ts'
import { ECT0, type PacketHandle, PROTOCOL_UDP } from '../../src/model/packet-table.ts'

/** A packet to hand to a host's network stack. */
export interface Datagram {
  readonly atPs: number
  /** Host names. */
  readonly from: string
  readonly to: string
  readonly sizeBytes: number
  readonly family?: 'ipv4' | 'ipv6'
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly ttl?: number
  readonly ecn?: number
}

/** What became of a datagram: delivered at a host, or dropped at a place for a reason. */
export interface Fate {
  readonly atPs: number
  readonly place: string
  /** Absent when delivered. */
  readonly reason?: string
  readonly ecn: number
  readonly ttl: number
}

/**
 * Open-loop traffic without a transport: sends datagrams at their times and notes the fate of each. Every host gets
 * a sink. A datagram's number travels in its `sequence`.
 */
export class OpenLoop implements EventHandler, DropListener {
  readonly name = 'open-loop'
  readonly fates: (Fate | undefined)[] = []
  /** Numbers of delivered datagrams, in order of delivery. */
  readonly deliveries: number[] = []
  readonly #clock: PacketClock
  readonly #handler: number
  readonly #datagrams: Datagram[] = []

  constructor(clock: PacketClock) {
    this.#clock = clock
    const { network } = clock
    this.#handler = network.sim.register(this)
    network.ledger.addDropListener(this)
    network.topology.nodes.forEach((node, index) => {
      if (node.kind === 'host') clock.forwarders[index]!.endpoint = this.#sink(node.name)
    })
  }

  send(datagrams: readonly Datagram[]): void {
    for (const datagram of datagrams) {
      const number = this.#datagrams.push(datagram) - 1
      this.fates.push(undefined)
      this.#clock.network.sim.schedule(datagram.atPs, this.#handler, number)
    }
  }

  onEvent(number: number): void {
    const { network, forwarders } = this.#clock
    const { packets, topology } = network
    const datagram = this.#datagrams[number]!
    const { from, to, sizeBytes, sourcePort = 1024, destinationPort = 9, family = 'ipv4' } = datagram
    const [source, destination] = [network.addressOf(from, family)!, network.addressOf(to, family)!]
    const packet = packets.allocate()
    packets.source[packet] = source
    packets.destination[packet] = destination
    packets.protocol[packet] = PROTOCOL_UDP
    packets.sourcePort[packet] = sourcePort
    packets.destinationPort[packet] = destinationPort
    packets.tupleHash[packet] = hashTuple(source, destination, PROTOCOL_UDP, sourcePort, destinationPort)
    packets.ttl[packet] = datagram.ttl ?? 64
    packets.ecn[packet] = datagram.ecn ?? ECT0
    packets.flow[packet] = -1
    packets.sizeBytes[packet] = sizeBytes
    packets.payloadBytes[packet] = sizeBytes
    packets.sequence[packet] = number
    forwarders[topology.nodeIndex(from)]!.originate(packet)
  }

  onDrop(packet: PacketHandle, reason: number, place: number): void {
    const { ledger } = this.#clock.network
    this.#note(packet, ledger.placeName(place), ledger.reasonName(reason))
  }

  /** Fates by reason, `delivered` among them. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const fate of this.fates) {
      const key = fate === undefined ? 'in flight' : (fate.reason ?? 'delivered')
      counts[key] = (counts[key] ?? 0) + 1
    }
    return counts
  }

  #sink(place: string): Endpoint {
    return {
      deliver: (packet) => {
        this.deliveries.push(this.#note(packet, place))
        this.#clock.network.ledger.deliver(packet)
      },
    }
  }

  #note(packet: PacketHandle, place: string, reason?: string): number {
    const { packets, sim } = this.#clock.network
    const number = packets.sequence[packet]!
    const seen = { atPs: sim.now, place, ecn: packets.ecn[packet]!, ttl: packets.ttl[packet]! }
    this.fates[number] = reason === undefined ? seen : { ...seen, reason }
    return number
  }
}
