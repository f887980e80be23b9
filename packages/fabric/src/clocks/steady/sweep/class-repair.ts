import { isNextHop, UNREACHED } from '../../../routing/shortest-paths.ts'
import type { ClassTable } from './class-table.ts'
import { CostHeap } from './cost-heap.ts'
import type { Damage } from './damage.ts'
import { RankSet } from './rank-set.ts'
import { NONE, type SwitchGraph } from './switch-graph.ts'
import type { WayTable } from './way-table.ts'

/**
 * How routes to one class change when links die, found from where they die: switches that keep a next hop keep their
 * distance and lose ways at most (`changed`); those that lose their last are farther away or cut off (`moved`). After
 * G. Ramalingam and T. Reps, "On the computational complexity of dynamic graph problems", 1996, for deletions.
 */
export class ClassRepair {
  /** By switch. What is said of the last class, until `clear`. */
  readonly changed: Uint8Array
  readonly moved: Uint8Array
  /** Cost after the failures, of switches that moved. */
  readonly distance: Int32Array
  readonly changedList: Int32Array
  changedCount = 0
  /** Switches that moved, the nearest first; from `reachedCount` on those that are cut off. */
  readonly movedList: Int32Array
  movedCount = 0
  reachedCount = 0
  readonly #graph: SwitchGraph
  readonly #classes: ClassTable
  readonly #ways: WayTable
  readonly #damage: Damage
  readonly #candidates: RankSet
  readonly #heap: CostHeap
  readonly #settled: Uint8Array
  readonly #settledOrder: Int32Array

  constructor(graph: SwitchGraph, classes: ClassTable, ways: WayTable, damage: Damage) {
    const { count } = graph
    this.#graph = graph
    this.#classes = classes
    this.#ways = ways
    this.#damage = damage
    this.changed = new Uint8Array(count)
    this.moved = new Uint8Array(count)
    this.distance = new Int32Array(count)
    this.changedList = new Int32Array(count)
    this.movedList = new Int32Array(count)
    this.#candidates = new RankSet(count)
    this.#heap = new CostHeap(count + graph.link.length)
    this.#settled = new Uint8Array(count)
    this.#settledOrder = new Int32Array(count)
  }

  /** Whether a dead link is on a way to this class that carries anything while everything is up. */
  touches(classId: number): boolean {
    const { rowOf, owner, neighbour, cost } = this.#graph
    const { distance, inflow } = this.#classes
    const at = this.#classes.at(classId)
    const { links, linkCount } = this.#damage
    for (let i = 0; i < linkCount; i++) {
      const row = rowOf[links[i]!]!
      if (row === NONE) continue
      const a = owner[row]!
      const b = neighbour[row]!
      const toA = distance[at + a]!
      const toB = distance[at + b]!
      if (inflow[at + a]! > 0 && isNextHop(toA, toB, cost[row]!)) return true
      if (inflow[at + b]! > 0 && isNextHop(toB, toA, cost[row]!)) return true
    }
    return false
  }

  repair(classId: number): void {
    const at = this.#classes.at(classId)
    this.#findCandidates(at)
    this.#sortOut(at)
    if (this.movedCount > 0) this.#measure(at)
  }

  clear(): void {
    for (let i = 0; i < this.changedCount; i++) this.changed[this.changedList[i]!] = 0
    for (let i = 0; i < this.movedCount; i++) this.moved[this.movedList[i]!] = 0
    this.changedCount = 0
    this.movedCount = 0
    this.reachedCount = 0
  }

  #findCandidates(at: number): void {
    const { rowOf, owner, neighbour, cost } = this.#graph
    const { distance, rank } = this.#classes
    const { links, linkCount } = this.#damage
    for (let i = 0; i < linkCount; i++) {
      const row = rowOf[links[i]!]!
      if (row === NONE) continue
      const a = owner[row]!
      const b = neighbour[row]!
      const toA = distance[at + a]!
      const toB = distance[at + b]!
      if (isNextHop(toA, toB, cost[row]!)) this.#candidates.add(rank[at + a]!)
      if (isNextHop(toB, toA, cost[row]!)) this.#candidates.add(rank[at + b]!)
    }
  }

  /** From the nearest candidate outwards: what lost its last way makes candidates of those that sent through it. */
  #sortOut(at: number): void {
    const { start, neighbour, link } = this.#ways
    const { distance, rank, order, range } = this.#classes
    const { dead } = this.#damage
    const graph = this.#graph
    const candidates = this.#candidates
    const highest = graph.count - 1
    for (let next = candidates.takeGreatest(highest); next >= 0; next = candidates.takeGreatest(next)) {
      const s = order[at + next]!
      const first = start[range[at + s]!]!
      const last = start[range[at + s]! + 1]!
      let left = 0
      for (let way = first; way < last; way++)
        if (dead[link[way]!] === 0 && this.moved[neighbour[way]!] === 0) left++
      if (left === last - first) continue
      if (left > 0) {
        this.changed[s] = 1
        this.changedList[this.changedCount++] = s
        continue
      }
      this.moved[s] = 1
      this.movedList[this.movedCount++] = s
      for (let row = graph.start[s]!; row < graph.start[s + 1]!; row++) {
        const upstream = graph.neighbour[row]!
        if (isNextHop(distance[at + upstream]!, distance[at + s]!, graph.cost[row]!))
          this.#candidates.add(rank[at + upstream]!)
      }
    }
  }

  /** Dijkstra over what moved, from the ways that lead out of it; sorts `movedList`. */
  #measure(at: number): void {
    const { start, neighbour, cost, link, isTransit } = this.#graph
    const { distance } = this.#classes
    const { dead } = this.#damage
    for (let i = 0; i < this.movedCount; i++) {
      const s = this.movedList[i]!
      let best = UNREACHED
      for (let row = start[s]!; row < start[s + 1]!; row++) {
        const v = neighbour[row]!
        if (dead[link[row]!] === 1 || this.moved[v] === 1 || distance[at + v] === UNREACHED) continue
        if (isTransit[v] === 0 && distance[at + v] !== 0) continue
        best = Math.min(best, distance[at + v]! + cost[row]!)
      }
      this.distance[s] = best
      if (best !== UNREACHED) this.#heap.push(s, best)
    }
    this.#settle()
  }

  #settle(): void {
    const { start, neighbour, cost, link, isTransit } = this.#graph
    const { dead } = this.#damage
    const settled = this.#settled
    const total = this.movedCount
    let reached = 0
    for (let item = this.#heap.pop(); item >= 0; item = this.#heap.pop()) {
      if (settled[item] === 1) continue
      settled[item] = 1
      this.#settledOrder[reached++] = item
      // what moved is no end of the class
      if (isTransit[item] === 0) continue
      for (let row = start[item]!; row < start[item + 1]!; row++) {
        const v = neighbour[row]!
        if (this.moved[v] === 0 || settled[v] === 1 || dead[link[row]!] === 1) continue
        const through = this.distance[item]! + cost[row]!
        if (through >= this.distance[v]!) continue
        this.distance[v] = through
        this.#heap.push(v, through)
      }
    }
    let at = reached
    for (let i = 0; i < total; i++) {
      const s = this.movedList[i]!
      if (settled[s] === 0) this.#settledOrder[at++] = s
      settled[s] = 0
    }
    for (let i = 0; i < total; i++) this.movedList[i] = this.#settledOrder[i]!
    this.reachedCount = reached
  }
}
