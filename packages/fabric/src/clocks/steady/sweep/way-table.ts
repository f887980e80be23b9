import { widened } from './columns.ts'
import type { SwitchGraph } from './switch-graph.ts'

const WAYS_MIN = 256

/** Sets of next hops with their shares, each kept once: range r has the ways from `start[r]` up to `start[r + 1]`. */
export class WayTable {
  start = new Int32Array(WAYS_MIN)
  /** Row of the switch graph; from there, the switch behind it, the link and its direction. */
  row = new Int32Array(WAYS_MIN)
  neighbour = new Int32Array(WAYS_MIN)
  link = new Int32Array(WAYS_MIN)
  direction = new Int32Array(WAYS_MIN)
  weight = new Float64Array(WAYS_MIN)
  share = new Float64Array(WAYS_MIN)
  #ranges = 0
  #ways = 0
  readonly #graph: SwitchGraph
  /** Ranges by switch and ports. */
  readonly #known: Map<string, number>[]
  /** The first row of each switch at or behind each of its ports. */
  readonly #rowOfPort: Int32Array[]

  constructor(graph: SwitchGraph) {
    this.#graph = graph
    this.#known = Array.from({ length: graph.count }, () => new Map<string, number>())
    this.#rowOfPort = Array.from(graph.nodeOf, (node) => {
      return Int32Array.from(graph.topology.ports[node]!, ({ link }) => this.#rowAt(node, link))
    })
  }

  /** The ways of a switch out of these ports, to other switches. */
  rangeOf(s: number, ports: readonly number[]): number {
    const key = ports.join()
    let range = this.#known[s]!.get(key)
    if (range === undefined) {
      range = this.#add(ports.map((port) => this.#rowOfPort[s]![port]!))
      this.#known[s]!.set(key, range)
    }
    return range
  }

  #add(rows: readonly number[]): number {
    const { weight, neighbour, link, direction } = this.#graph
    const sum = rows.reduce((total, row) => total + weight[row]!, 0)
    if (this.#ways + rows.length > this.row.length) this.#grow(2 * (this.row.length + rows.length))
    for (const row of rows) {
      const way = this.#ways++
      this.row[way] = row
      this.neighbour[way] = neighbour[row]!
      this.link[way] = link[row]!
      this.direction[way] = direction[row]!
      this.weight[way] = weight[row]!
      this.share[way] = weight[row]! / sum
    }
    if (this.#ranges + 2 > this.start.length)
      this.start = widened(this.start, new Int32Array(2 * this.start.length))
    this.start[this.#ranges + 1] = this.#ways
    return this.#ranges++
  }

  #grow(size: number): void {
    this.row = widened(this.row, new Int32Array(size))
    this.neighbour = widened(this.neighbour, new Int32Array(size))
    this.link = widened(this.link, new Int32Array(size))
    this.direction = widened(this.direction, new Int32Array(size))
    this.weight = widened(this.weight, new Float64Array(size))
    this.share = widened(this.share, new Float64Array(size))
  }

  #rowAt(node: number, link: number): number {
    const { rowOf, owner, nodeOf, back } = this.#graph
    const row = rowOf[link]!
    return row < 0 || nodeOf[owner[row]!] === node ? row : back[row]!
  }
}
