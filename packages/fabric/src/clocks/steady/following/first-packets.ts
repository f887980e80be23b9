import type { Network } from '../../../build/network.ts'
import { beginWay, type InterfacesMode } from '../../../interfaces/mode.ts'
import {
  DELIVER,
  type Decision,
  LOCAL_INGRESS,
  ONE_OF,
  reasonOf,
  refusalOf,
  UNTOLD,
} from '../../../model/decision.ts'
import { hashTuple } from '../../../model/five-tuple.ts'
import { ATTACHED } from '../../../model/forwarding-table.ts'
import type { PacketHandle } from '../../../model/packet-table.ts'
import { probePacket } from '../../../model/probe-packet.ts'
import type { Ports } from './ports.ts'

/** No address. */
export const NOWHERE = -1

/** What becomes of a first packet: it arrives, is dropped, or one way does not tell. */
export const ARRIVES = 0
export const DROPPED = 1
export const BRANCHES = 2
type Outcome = typeof ARRIVES | typeof DROPPED | typeof BRANCHES

/** Far above the nodes that a TTL allows, bridges among them. */
const NODES_MAX = 256
const UNKNOWN = -1
const TTL_MAX = 255

/** Whose first packet is followed; addresses by id. */
export interface FirstPacket {
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly port: number
  /** The endpoint that a service's address is to become. */
  readonly endpoint: number | undefined
}

/**
 * Follows first packets of connections along one of their ways, by the routes that are installed: what stages say does not
 * depend on the members that packets take. What lies between stages is skipped, once it is known where it leads.
 */
export class FirstPackets {
  /** Of the last that was followed. Why it was dropped, and whether its sender is told, */
  reason = ''
  isTold = false
  /** the node where it ended, what it bore there, */
  node = NOWHERE
  source = NOWHERE
  destination = NOWHERE
  /** and where it went first, to be given another destination there; NOWHERE: its way is that to `destination` alone. */
  via = NOWHERE
  readonly #network: Network
  readonly #mode: InterfacesMode
  readonly #ports: Ports
  readonly #packet: PacketHandle
  readonly #classes: number
  /** By node and class: the node where more than routes decides, and the port there; filled as it is asked for. */
  readonly #next: Int32Array
  readonly #nextPort: Int32Array
  readonly #path: number[] = []

  constructor(network: Network, mode: InterfacesMode, ports: Ports) {
    const { switches, classOf } = network.routes
    this.#network = network
    this.#mode = mode
    this.#ports = ports
    this.#packet = probePacket(
      network.packets,
      { source: 0, destination: 0, protocol: 0, sourcePort: 0, destinationPort: 0 },
      0,
    )
    this.#classes = classOf.reduce((most, each) => Math.max(most, each), 0) + 1
    const cells = switches.size === 0 ? 0 : network.nodes.length * this.#classes
    this.#next = new Int32Array(cells).fill(UNKNOWN)
    this.#nextPort = new Int32Array(cells)
  }

  /** Gives back what it took of the network; it can follow nothing from then on. */
  free(): void {
    this.#network.packets.free(this.#packet)
  }

  follow(first: FirstPacket): Outcome {
    const { nodes } = this.#network
    const { start, neighbour, neighbourPort } = this.#ports
    this.#write(first)
    this.via = NOWHERE
    let node = this.#network.hostOf(first.source)!
    // what a host sends to itself follows no routes, be it to a node port
    if (this.#network.hostOf(first.destination) === node) return BRANCHES
    let ingress = LOCAL_INGRESS
    for (let hop = 0; hop < NODES_MAX; hop++) {
      const before = this.destination
      beginWay(this.#mode, 0, first.endpoint)
      const decision = nodes[node]!.decide(this.#packet, ingress)
      this.#read(node)
      if (this.#mode.ways > 1) return BRANCHES
      if (decision === DELIVER) return ARRIVES
      if (decision < 0) {
        this.reason = this.#network.ledger.reasonName(reasonOf(decision))
        this.isTold = refusalOf(decision) !== UNTOLD
        return DROPPED
      }
      if (this.destination !== before && !this.#turns(hop, before, node, first.source)) return BRANCHES
      const row = start[node]! + this.#portOf(node, decision)
      node = neighbour[row]!
      ingress = neighbourPort[row]!
      if (!this.#network.decidesByRoutes(node) || this.#network.topology.isHost(node)) continue
      const cell = this.#cellOf(node, this.destination)
      if (this.#next[cell] === UNKNOWN) this.#look(node, ingress)
      node = this.#next[cell]!
      ingress = this.#nextPort[cell]!
    }
    return BRANCHES
  }

  /** Whether a packet that has just got another destination has a way in two legs, or in one. */
  #turns(hop: number, before: number, node: number, source: number): boolean {
    const { topology, routes } = this.#network
    const isEnd =
      routes.switches.get(node)?.byClass[routes.classOf[before]!] === ATTACHED ||
      this.#network.takersOf(before).includes(node)
    // at once: whatever it bears, it leaves its host for here; whether it goes by way of its own server is not told by routes
    if (hop === 1) {
      const beside = topology.ports[this.#network.hostOf(source)!]!.map(({ neighbour }) => neighbour)
      if (beside.includes(node)) return !isEnd && beside.every((each) => each === node)
    }
    if (!isEnd || this.via !== NOWHERE) return false
    this.via = before
    return true
  }

  /** Finds where a packet goes from a switch, up to where more than its class decides. */
  #look(from: number, ingress: number): void {
    const { topology, routes } = this.#network
    const { start, neighbour, neighbourPort } = this.#ports
    const classId = routes.classOf[this.destination]!
    const path = this.#path
    path.length = 0
    let node = from
    let port = ingress
    while (this.#network.decidesByRoutes(node) && !topology.isHost(node) && path.length < NODES_MAX) {
      path.push(node)
      const decision = routes.switches.get(node)!.byClass[classId]!
      if (decision < 0 || decision === ATTACHED) break
      const row = start[node]! + this.#portOf(node, decision)
      node = neighbour[row]!
      port = neighbourPort[row]!
    }
    for (const each of path) {
      this.#next[each * this.#classes + classId] = node
      this.#nextPort[each * this.#classes + classId] = port
    }
  }

  #cellOf(node: number, destination: number): number {
    return node * this.#classes + this.#network.routes.classOf[destination]!
  }

  #portOf(node: number, decision: Decision): number {
    return decision < ONE_OF ? decision : this.#network.nodes[node]!.groups[decision - ONE_OF]!.members[0]!
  }

  #read(node: number): void {
    const { packets } = this.#network
    this.node = node
    this.source = packets.source[this.#packet]!
    this.destination = packets.destination[this.#packet]!
  }

  #write({ source, destination, protocol, port }: FirstPacket): void {
    const { packets } = this.#network
    const packet = this.#packet
    packets.source[packet] = this.source = source
    packets.destination[packet] = this.destination = destination
    packets.protocol[packet] = protocol
    packets.sourcePort[packet] = 0
    packets.destinationPort[packet] = port
    packets.tupleHash[packet] = hashTuple(source, destination, protocol, 0, port)
    packets.ttl[packet] = TTL_MAX
  }
}
