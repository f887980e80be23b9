import type { Network } from '../../build/network.ts'
import { DELIVER, type Decision, LOCAL_INGRESS, ONE_OF } from '../../model/decision.ts'
import { ATTACHED } from '../../model/forwarding-table.ts'
import { PROTOCOL_TCP } from '../../model/packet-table.ts'
import { probePacket } from '../../model/probe-packet.ts'

const ARRIVES = 1
const IS_LOST = 2
/** A way that is too long, or leads in a circle: only a walk tells what becomes of it. */
const IS_OPEN = 4
/** Switches that a packet gets over: the last takes its TTL of 64 down to 1. */
export const SWITCHES_MAX = 63

/** Longer than any way that arrives; still fits a byte. */
const MUCH = 200
const LOST: Decision = -1
const RECEIVERS_MAX = 2 ** 26

/** What becomes of what a class of hosts sends: it goes on at these nodes, and some may never get there. */
interface Senders {
  readonly next: readonly number[]
  readonly isLost: boolean
}

/** Hosts that are reached alike: by the same class of addresses, over what of the last hops is up. */
interface Receivers {
  /** Of one of them. */
  readonly address: number
  /** By node: what becomes of packets that are there, as bits; 0 where nobody has asked. */
  readonly fates: Uint8Array
  /** By node: switches up to the receiver, itself among them, on the longest way. */
  readonly depths: Uint8Array
}

/**
 * Classes of hosts that send alike and that are reached alike, where every node decides by routes alone: a packet in
 * transit is then decided by the class of its destination, until the switch that this hangs off. Every decision is the
 * nodes' own, asked once for each class and node.
 */
export class ReachClasses {
  readonly #network: Network
  readonly #linkUsable: (link: number) => boolean
  readonly #nodeUp: (node: number) => boolean
  readonly #senders = new Numbering<Senders>()
  readonly #receivers = new Numbering<Receivers>()
  /** Switches that a class of addresses hangs off. */
  readonly #attached = new Map<number, readonly number[]>()
  /** By class of senders times 2^26, plus class of receivers. */
  readonly #fates = new Map<number, number>()

  constructor(network: Network, linkUsable: (link: number) => boolean, nodeUp: (node: number) => boolean) {
    this.#network = network
    this.#linkUsable = linkUsable
    this.#nodeUp = nodeUp
  }

  /** Whether a host sends and is reached as its class is: those with a link to another host are not. */
  isPlain(host: number): boolean {
    const { topology } = this.#network
    return topology.ports[host]!.every(({ neighbour }) => !topology.isHost(neighbour))
  }

  /** The class of a host that sends from this address of its own. */
  sender(host: number, address: number): number {
    const next: number[] = []
    let isLost = !this.#nodeUp(host)
    if (!isLost) {
      const elsewhere = this.#addressOfAnother(host)
      const decision = elsewhere === undefined ? -1 : this.#ask(host, LOCAL_INGRESS, address, elsewhere)
      if (decision < 0) isLost = true
      else
        for (const port of this.#ports(host, decision)) {
          const { link, neighbour } = this.#network.topology.ports[host]![port]!
          if (this.#linkUsable(link)) next.push(neighbour)
          else isLost = true
        }
    }
    return this.#senders.numberOf(`${isLost} ${next.join()}`, () => ({ next, isLost }))
  }

  /** The class of a host that is reached by this address of its own. */
  receiver(host: number, address: number): number {
    const attached = this.#attachedTo(address)
    const lastHops = attached.map((at) => this.#lastHop(at, host, address))
    const key = `${this.#network.routes.classOf[address]} ${lastHops.join()}`
    return this.#receivers.numberOf(key, () => {
      const nodes = this.#network.topology.nodes.length
      const fates = new Uint8Array(nodes)
      attached.forEach((at, i) => {
        fates[at] = this.#nodeUp(at) ? lastHops[i]! : IS_LOST
      })
      return { address, fates, depths: new Uint8Array(nodes).fill(1) }
    })
  }

  /** What becomes of packets between hosts of these classes; undefined where only a walk tells. */
  fate(sender: number, receiver: number): number | undefined {
    const key = sender * RECEIVERS_MAX + receiver
    let fate = this.#fates.get(key)
    if (fate === undefined) {
      const { next, isLost } = this.#senders.all[sender]!
      const receivers = this.#receivers.all[receiver]!
      fate = next.reduce((bits, node) => bits | this.#follow(node, receivers, 1), isLost ? IS_LOST : 0)
      if (next.some((node) => receivers.depths[node]! > SWITCHES_MAX)) fate |= IS_OPEN
      this.#fates.set(key, fate)
    }
    return (fate & IS_OPEN) === 0 ? fate : undefined
  }

  /** What becomes of packets that have come to this switch, the `depth`-th on their way. */
  #follow(node: number, receivers: Receivers, depth: number): number {
    const known = receivers.fates[node]!
    if (known !== 0) return known
    if (depth > SWITCHES_MAX) return IS_OPEN
    // met again before it is known: a circle
    receivers.fates[node] = IS_OPEN
    const { fates, depths } = receivers
    let fate = 0
    const decision = this.#nodeUp(node) ? this.#ask(node, 0, receivers.address, receivers.address) : LOST
    if (decision < 0) fate = IS_LOST
    else
      for (const port of this.#ports(node, decision)) {
        const { link, neighbour } = this.#network.topology.ports[node]![port]!
        if (!this.#linkUsable(link)) {
          fate |= IS_LOST
          continue
        }
        fate |= this.#follow(neighbour, receivers, depth + 1)
        depths[node] = Math.max(depths[node]!, Math.min(MUCH, depths[neighbour]! + 1))
      }
    fates[node] = fate
    return fate
  }

  /** What becomes of packets at a switch that the address hangs off. */
  #lastHop(at: number, host: number, address: number): number {
    const decision = this.#ask(at, 0, address, address)
    if (decision < 0) return IS_LOST
    const { ports } = this.#network.topology
    return this.#ports(at, decision).reduce((bits, port) => {
      const { link, neighbour, neighbourPort } = ports[at]![port]!
      const arrives =
        this.#linkUsable(link) &&
        this.#nodeUp(neighbour) &&
        neighbour === host &&
        this.#ask(neighbour, neighbourPort, address, address) === DELIVER
      return bits | (arrives ? ARRIVES : IS_LOST)
    }, 0)
  }

  #attachedTo(address: number): readonly number[] {
    const { classOf, switches } = this.#network.routes
    const of = classOf[address]!
    let attached = this.#attached.get(of)
    if (attached === undefined) {
      attached = [...switches].flatMap(([node, { byClass }]) => (byClass[of] === ATTACHED ? [node] : []))
      this.#attached.set(of, attached)
    }
    return attached
  }

  #ask(node: number, ingress: number, source: number, destination: number): Decision {
    const { packets, nodes } = this.#network
    const tuple = { source, destination, protocol: PROTOCOL_TCP, sourcePort: 0, destinationPort: 0 }
    const packet = probePacket(packets, tuple, 0)
    const decision = nodes[node]!.decide(packet, ingress)
    packets.free(packet)
    return decision
  }

  /** Ports that a decision sends packets out of. */
  #ports(node: number, decision: Decision): readonly number[] {
    if (decision < ONE_OF) return [decision]
    const group = this.#network.nodes[node]!.groups[decision - ONE_OF]!
    return Array.from(group.members).filter((_, i) => group.weightOf(i) > 0)
  }

  #addressOfAnother(host: number): number | undefined {
    for (const [node, byInterface] of this.#network.hostAddresses) {
      if (node === host) continue
      const [address] = byInterface.flat()
      if (address !== undefined) return address
    }
    return undefined
  }
}

/** Numbers what has the same key alike. */
class Numbering<Value> {
  readonly all: Value[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(key: string, make: () => Value): number {
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.all.push(make()) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}
