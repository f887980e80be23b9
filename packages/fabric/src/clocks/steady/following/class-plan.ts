import type { Network } from '../../../build/network.ts'
import { type Decision, DELIVER } from '../../../model/decision.ts'
import { ATTACHED } from '../../../model/forwarding-table.ts'
import type { Ports } from './ports.ts'
import { INITIAL_TTL, type Probes } from './probes.ts'
import { NO_WAYS, type Ways } from './ways.ts'

/** How traffic for one class of destinations goes on from every switch that it can reach. */
export interface ClassPlan {
  /** Switches, upstream before downstream. */
  readonly order: Int32Array
  /** The decision of each; ATTACHED where the class hangs off the switch, which then decides by address. */
  readonly decisions: Int32Array
  /** Where each leads: a range of `Ways`, or NO_WAYS. */
  readonly ranges: Int32Array
  /**
   * By node: 1 where traffic cannot be followed for all pairs at once: it can meet a node that decides by more than
   * destination, a loop, or the end of its TTL. Undefined where there is no such node.
   */
  readonly pairwise: Uint8Array | undefined
  /** Switches on the longest way, at most. */
  readonly depth: number
}

const UNSEEN = 0
const OPEN = 1
const DONE = 2

/** Switches that a packet may meet and still be forwarded: each takes one from the TTL. */
export const SWITCHES_MAX = INITIAL_TTL - 1

/** Finds plans by asking each switch once for each class. */
export class ClassPlanner {
  readonly #network: Network
  readonly #ports: Ports
  readonly #ways: Ways
  readonly #probes: Probes
  readonly #state: Uint8Array
  readonly #decisions: Int32Array
  /** By node: the range that its decision leads to, and the way of it that is explored next. */
  readonly #ranges: Int32Array
  readonly #cursor: Int32Array
  readonly #depth: Int32Array
  readonly #stack: number[] = []
  readonly #finished: number[] = []
  #hasLoop = false
  #ends: readonly number[] = []

  constructor(network: Network, ports: Ports, ways: Ways, probes: Probes) {
    const nodes = network.topology.nodes.length
    this.#network = network
    this.#ports = ports
    this.#ways = ways
    this.#probes = probes
    this.#state = new Uint8Array(nodes)
    this.#decisions = new Int32Array(nodes)
    this.#ranges = new Int32Array(nodes)
    this.#cursor = new Int32Array(nodes)
    this.#depth = new Int32Array(nodes)
  }

  /**
   * From these switches to a class, for which one of its addresses stands. `ends`: nodes that take what goes there besides
   * those that the class hangs off.
   */
  plan(classId: number, address: number, ingress: Iterable<number>, ends: readonly number[] = []): ClassPlan {
    this.#ends = ends
    this.#state.fill(UNSEEN)
    this.#finished.length = 0
    this.#hasLoop = false
    for (const node of ingress) if (this.#state[node] === UNSEEN) this.#explore(node, classId, address)
    const order = Int32Array.from(this.#finished.reverse())
    const depth = this.#hasLoop ? Infinity : this.#depthOf(order)
    return {
      order,
      decisions: order.map((node) => this.#decisions[node]!),
      ranges: order.map((node) => this.#ranges[node]!),
      pairwise: this.#findPairwise(order, address, depth),
      depth,
    }
  }

  /** Depth first without recursion: networks may be long chains. */
  #explore(root: number, classId: number, address: number): void {
    const stack = this.#stack
    this.#open(root, classId, address)
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!
      const way = this.#cursor[node]!++
      if (way >= this.#endOf(node)) {
        this.#state[node] = DONE
        this.#finished.push(node)
        stack.pop()
        continue
      }
      const next = this.#behind(way)
      if (this.#state[next] === OPEN) this.#hasLoop = true
      else if (this.#state[next] === UNSEEN) this.#open(next, classId, address)
    }
  }

  #open(node: number, classId: number, address: number): void {
    const decision = this.#decide(node, classId, address)
    const range = this.#ways.rangeOf(node, decision)
    this.#state[node] = OPEN
    this.#decisions[node] = decision
    this.#ranges[node] = range
    this.#cursor[node] = this.#startOf(node)
    this.#stack.push(node)
  }

  #decide(node: number, classId: number, address: number): Decision {
    // nothing goes on from here for all pairs alike, so there is nothing to ask
    if (!this.#network.isLedByRoutes(node) || this.#network.topology.isHost(node)) return DELIVER
    const { switches } = this.#network.routes
    return switches.get(node)?.byClass[classId] === ATTACHED || this.#ends.includes(node)
      ? ATTACHED
      : this.#probes.ask(node, this.#probes.entryOf(node), address, address)
  }

  #startOf(node: number): number {
    const range = this.#ranges[node]!
    return range === NO_WAYS ? 0 : this.#ways.start[range]!
  }

  #endOf(node: number): number {
    const range = this.#ranges[node]!
    return range === NO_WAYS ? 0 : this.#ways.start[range + 1]!
  }

  #behind(way: number): number {
    return this.#ports.neighbour[this.#ways.row[way]!]!
  }

  #findPairwise(order: Int32Array, address: number, depth: number): Uint8Array | undefined {
    const marks = new Uint8Array(this.#state.length)
    if (depth > SWITCHES_MAX) return marks.fill(1)
    let any = false
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!
      // hosts are behind the switch that decides by address: one that a class leads to was put there by hand
      let mark = !this.#network.isLedByRoutes(node) || this.#network.topology.isHost(node)
      for (let way = this.#startOf(node); way < this.#endOf(node); way++)
        if (marks[this.#behind(way)] === 1 || this.#decidesByWay(way, address)) mark = true
      if (!mark) continue
      marks[node] = 1
      any = true
    }
    return any ? marks : undefined
  }

  /** Whether the node behind a way decides otherwise of what comes from there. */
  #decidesByWay(way: number, address: number): boolean {
    const next = this.#behind(way)
    if (this.#network.decidesByRoutes(next) || !this.#network.isLedByRoutes(next)) return false
    const decision = this.#decisions[next]!
    if (decision === ATTACHED) return false
    const ingress = this.#ports.neighbourPort[this.#ways.row[way]!]!
    return this.#probes.ask(next, ingress, address, address) !== decision
  }

  #depthOf(order: Int32Array): number {
    const depth = this.#depth.fill(1)
    let most = 0
    for (const node of order) {
      most = Math.max(most, depth[node]!)
      for (let way = this.#startOf(node); way < this.#endOf(node); way++) {
        const next = this.#behind(way)
        if (depth[next]! <= depth[node]!) depth[next] = depth[node]! + 1
      }
    }
    return most
  }
}
