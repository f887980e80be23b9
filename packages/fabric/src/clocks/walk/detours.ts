import type { Topology } from '../../routing/topology.ts'
import { distancesTo, UNREACHED } from '../../routing/shortest-paths.ts'
import { LinkState } from '../../routing/topology.ts'

/** What is down, as marks by number. */
export interface Down {
  readonly links: Uint8Array
  readonly nodes: Uint8Array
}

/**
 * Whether the switches of a network that are up stay connected, found around what fails: whatever way led over a link that
 * is down, or over switches that are, can go around if their ends are connected otherwise.
 */
export class Detours {
  /** Whether all switches are connected while everything is up. */
  readonly isWhole: boolean
  /** No shortest way has a higher cost while everything is up: twice the cost of the farthest from some switch. */
  readonly #costMax: number
  readonly #linkCostMin: number
  readonly #linkCostMax: number
  readonly #topology: Topology
  readonly #switches: number
  /** By node: the switches next to it, and the links there. */
  readonly #next: Int32Array[]
  readonly #over: Int32Array[]
  readonly #seen: Int32Array
  readonly #queue: Int32Array
  readonly #hops: Int32Array
  #search = 0

  constructor(topology: Topology) {
    this.#topology = topology
    const between = topology.ports.map((ports, node) =>
      topology.isHost(node) ? [] : ports.filter(({ neighbour }) => !topology.isHost(neighbour)),
    )
    this.#next = between.map((ports) => Int32Array.from(ports, ({ neighbour }) => neighbour))
    this.#over = between.map((ports) => Int32Array.from(ports, ({ link }) => link))
    const costs = between.flat().map(({ link }) => topology.links[link]!.cost)
    this.#linkCostMin = costs.reduce((least, cost) => Math.min(least, cost), Infinity)
    this.#linkCostMax = costs.reduce((most, cost) => Math.max(most, cost), 0)
    const switches = topology.nodes.flatMap((_, node) => (topology.isHost(node) ? [] : [node]))
    this.#switches = switches.length
    const distances = distancesTo(topology, new LinkState(topology), switches.slice(0, 1))
    this.isWhole = switches.every((node) => distances[node] !== UNREACHED)
    this.#costMax = 2 * switches.reduce((most, node) => Math.max(most, distances[node]!), 0)
    this.#seen = new Int32Array(topology.nodes.length)
    this.#queue = new Int32Array(topology.nodes.length)
    this.#hops = new Int32Array(topology.nodes.length)
  }

  /** Switches on the longest shortest way, at most; undefined where switches that are up do not stay connected. */
  switchesMax(links: readonly number[], nodes: readonly number[], down: Down): number | undefined {
    let hops = 0
    for (const link of links) {
      const [a, b] = this.#topology.linkNodes[link]!
      if (this.#topology.isHost(a) || this.#topology.isHost(b)) continue
      if (down.nodes[a] === 1 || down.nodes[b] === 1) continue
      const detour = this.#hopsBetween(a, b, down)
      if (detour === undefined) return undefined
      hops += detour
    }
    // switches may be down next to each other: a way may lead over several, so all that were next to any are looked at
    let last = -1
    for (const node of nodes) {
      for (const next of this.#next[node]!) {
        if (down.nodes[next] === 1 || next === last) continue
        const detour = last < 0 ? 0 : this.#hopsBetween(last, next, down)
        if (detour === undefined) return undefined
        hops += detour
        last = next
      }
    }
    return Math.min(this.#switches, 1 + (this.#costMax + hops * this.#linkCostMax) / this.#linkCostMin)
  }

  /** Fewest links between two switches, over what is up. */
  #hopsBetween(from: number, to: number, { links, nodes }: Down): number | undefined {
    const search = ++this.#search
    const queue = this.#queue
    const hops = this.#hops
    const seen = this.#seen
    let end = 1
    queue[0] = from
    hops[from] = 0
    seen[from] = search
    for (let at = 0; at < end; at++) {
      const node = queue[at]!
      if (node === to) return hops[node]!
      const next = this.#next[node]!
      const over = this.#over[node]!
      for (let i = 0; i < next.length; i++) {
        const neighbour = next[i]!
        if (seen[neighbour] === search || nodes[neighbour] === 1 || links[over[i]!] === 1) continue
        seen[neighbour] = search
        hops[neighbour] = hops[node]! + 1
        queue[end++] = neighbour
      }
    }
    return undefined
  }
}
