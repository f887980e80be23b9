import { InvariantError } from '@weft/core'
import type { Endpoint, Node, Receiver, Resource } from '../../model/component.ts'
import { DELIVER, LOCAL_INGRESS, ONE_OF } from '../../model/decision.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle } from '../../model/packet-table.ts'

/** Carries out a node's decisions under the packet clock: hands each packet to a transmitter, or ends it. */
export class Forwarder implements Receiver {
  readonly node: Node
  readonly place: number
  /** Transmitters by egress port. */
  readonly egress: Resource[] = []
  endpoint: Endpoint | undefined
  received = 0
  readonly #ledger: Ledger
  readonly #nodeDown: number
  #up = true

  constructor(node: Node, ledger: Ledger) {
    this.node = node
    this.#ledger = ledger
    this.#nodeDown = ledger.reason('node-down')
    this.place = ledger.place(node.name)
  }

  setUp(up: boolean): void {
    this.#up = up
  }

  /** A packet of the node's own endpoint enters the network. */
  originate(packet: PacketHandle): void {
    this.#ledger.originated++
    this.#forward(packet, LOCAL_INGRESS)
  }

  receive(packet: PacketHandle, ingress: number): void {
    this.received++
    this.#forward(packet, ingress)
  }

  #forward(packet: PacketHandle, ingress: number): void {
    if (!this.#up) {
      this.#ledger.drop(packet, this.#nodeDown, this.place)
      return
    }
    let decision = this.node.decide(packet, ingress)
    if (decision < 0) {
      this.#ledger.drop(packet, ~decision, this.place)
      return
    }
    if (decision === DELIVER) {
      if (this.endpoint === undefined) throw new InvariantError(`${this.node.name} delivers but has no endpoint`)
      this.endpoint.deliver(packet)
      return
    }
    if (decision >= ONE_OF) {
      const { selector, groups } = this.node
      decision = selector.select(groups[decision - ONE_OF]!, packet)
    }
    this.egress[decision]!.send(packet)
  }
}
