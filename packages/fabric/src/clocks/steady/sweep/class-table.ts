import type { LinkState } from '../../../routing/topology.ts'
import { nextHops } from '../../../routing/routes.ts'
import { distancesTo, UNREACHED } from '../../../routing/shortest-paths.ts'
import { widened } from './columns.ts'
import type { SwitchGraph } from './switch-graph.ts'
import type { WayTable } from './way-table.ts'

export const PRIVATE_RECEIVERS = 0
export const PUBLIC_RECEIVERS = 1
export const PRIVATE_STAGES = 2
export const PUBLIC_STAGES = 3
const KINDS = [PRIVATE_RECEIVERS, PUBLIC_RECEIVERS, PRIVATE_STAGES, PUBLIC_STAGES] as const
export type ClassKind = (typeof KINDS)[number]

/**
 * Routes to classes of destinations while everything is up. A class is a set of switches that its addresses hang off, and what
 * they are: receivers or stages, public or not. Columns are by class and switch: `at(c) + s`. Classes are added as failures
 * make new ones: a host that is bonded to two switches and loses one.
 */
export class ClassTable {
  count = 0
  /** Cost to the nearest switch of the class, UNREACHED where there is no way. */
  distance = new Int32Array(0)
  /** Switches of a class from the farthest to the nearest; behind them those that do not reach it. */
  order = new Int32Array(0)
  rank = new Int32Array(0)
  /** Where each switch sends: a range of the way table. Empty for those that the class hangs off. */
  range = new Int32Array(0)
  /** What comes in at each switch while everything is up, and what of it comes from hosts; bit/s on the wire. */
  inflow = new Float64Array(0)
  entry = new Float64Array(0)
  /** The same from hosts, in IP bit/s. */
  entryIp = new Float64Array(0)
  readonly attachments: (readonly number[])[] = []
  readonly kinds: ClassKind[] = []
  /**
   * Of classes with several switches: the share of what is at a switch that comes out at the j-th of them, by
   * `j * switches + s`. Undefined for others: all of it comes out at the one.
   */
  readonly reaching: (Float64Array | undefined)[] = []
  readonly #graph: SwitchGraph
  readonly #allUp: LinkState
  readonly #ways: WayTable
  readonly #known = new Map<string, number>()
  /** By kind: classes of one switch, by that. */
  readonly #single: readonly Int32Array[]

  constructor(graph: SwitchGraph, allUp: LinkState, ways: WayTable) {
    this.#graph = graph
    this.#allUp = allUp
    this.#ways = ways
    this.#single = KINDS.map(() => new Int32Array(graph.count).fill(-1))
  }

  at(classId: number): number {
    return classId * this.#graph.count
  }

  /** The class of these switches, ascending, at least one: known or new. */
  of(switches: readonly number[], kind: ClassKind): number {
    if (switches.length === 1) {
      const single = this.#single[kind]!
      const known = single[switches[0]!]!
      if (known >= 0) return known
      const added = this.#add(switches, kind)
      single[switches[0]!] = added
      return added
    }
    const key = `${kind}/${switches.join()}`
    let known = this.#known.get(key)
    if (known === undefined) {
      known = this.#add(switches, kind)
      this.#known.set(key, known)
    }
    return known
  }

  /** The share of what enters at a switch for a class that comes out at one of the class's switches, while everything is up. */
  shareAt(classId: number, slot: number, s: number): number {
    const shares = this.reaching[classId]
    if (shares !== undefined) return shares[slot * this.#graph.count + s]!
    return this.distance[this.at(classId) + s] === UNREACHED ? 0 : 1
  }

  /** Whether nothing of a class may cross the internet. */
  isPrivate(classId: number): boolean {
    const kind = this.kinds[classId]!
    return kind === PRIVATE_RECEIVERS || kind === PRIVATE_STAGES
  }

  #add(switches: readonly number[], kind: ClassKind): number {
    const { topology, nodeOf, count } = this.#graph
    const classId = this.count++
    this.attachments.push([...switches])
    this.kinds.push(kind)
    this.#reserve()
    const at = this.at(classId)
    const toNodes = switches.map((s) => nodeOf[s]!)
    const distances = distancesTo(topology, this.#allUp, toNodes)
    for (let s = 0; s < count; s++) {
      const distance = distances[nodeOf[s]!]!
      this.distance[at + s] = distance
      const leads = distance !== 0 && distance !== UNREACHED
      const ports = leads ? nextHops(topology, this.#allUp, distances, nodeOf[s]!) : []
      this.range[at + s] = this.#ways.rangeOf(s, ports)
    }
    this.#sort(at)
    this.reaching.push(switches.length > 1 ? this.#findReaching(at, switches) : undefined)
    return classId
  }

  #sort(at: number): void {
    const { count } = this.#graph
    const far = (s: number) => {
      const distance = this.distance[at + s]!
      return distance === UNREACHED ? -1 : distance
    }
    const sorted = Array.from({ length: count }, (_, s) => s).sort((a, b) => far(b) - far(a) || a - b)
    sorted.forEach((s, rank) => {
      this.order[at + rank] = s
      this.rank[at + s] = rank
    })
  }

  #findReaching(at: number, switches: readonly number[]): Float64Array {
    const { count, neighbour } = this.#graph
    const { start, row, share } = this.#ways
    const reaching = new Float64Array(switches.length * count)
    switches.forEach((to, j) => {
      reaching[j * count + to] = 1
      for (let rank = count - 1; rank >= 0; rank--) {
        const s = this.order[at + rank]!
        if (s === to) continue
        const range = this.range[at + s]!
        let sum = 0
        for (let way = start[range]!; way < start[range + 1]!; way++)
          sum += share[way]! * reaching[j * count + neighbour[row[way]!]!]!
        reaching[j * count + s] = sum
      }
    })
    return reaching
  }

  #reserve(): void {
    const needed = this.count * this.#graph.count
    if (needed <= this.distance.length) return
    const size = Math.max(needed, 2 * this.distance.length)
    this.distance = widened(this.distance, new Int32Array(size))
    this.order = widened(this.order, new Int32Array(size))
    this.rank = widened(this.rank, new Int32Array(size))
    this.range = widened(this.range, new Int32Array(size))
    this.inflow = widened(this.inflow, new Float64Array(size))
    this.entry = widened(this.entry, new Float64Array(size))
    this.entryIp = widened(this.entryIp, new Float64Array(size))
  }
}
