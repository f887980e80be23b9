import { UNREACHED } from '../../../routing/shortest-paths.ts'
import type { ClassRoutes } from './class-delta.ts'
import type { Interfaces } from './interfaces.ts'
import type { LoadExtras } from './load-extras.ts'
import { deltaAt, hasBit, type PartChange } from './part-change.ts'
import { RankSet } from './rank-set.ts'
import { NOWHERE } from './rows.ts'
import type { SweepDemands } from './sweep-demands.ts'

const FIRST = 1
const SECOND = 2

/**
 * What two parts change together beyond the sum of what each changes alone.
 *
 * Loads are linear in what comes in at a switch, for shares that stay. So the sum is right wherever one part leaves the
 * shares of all those switches alone at which the other changes what comes in; it is wrong at the others, and downstream of
 * them. These are visited from upstream to downstream with what really leaves, less what the sum has. A switch that
 * loses its last way only to both, or traffic that one part sends along new ways and the other touches, is not
 * for it: then there is no answer.
 */
export class PairCorrection {
  /** IP bit/s without a way, beyond the sum. */
  lostIp = 0
  readonly #routes: ClassRoutes
  readonly #demands: SweepDemands
  readonly #nics: Interfaces
  /** By cell: what comes in beyond the sum, bit/s on the wire. */
  readonly #extra: Float64Array
  /** Cells to visit, by class and rank: from upstream to downstream. */
  readonly #pending: RankSet
  /** By place of a class and rank: the class. */
  readonly #classOf: Int32Array
  /** By link: which of the two it is dead in. */
  readonly #deadIn: Uint8Array
  readonly #loads: LoadExtras
  #first: PartChange | undefined

  /** What is missing from the sum is added to `loads`. */
  constructor(routes: ClassRoutes, demands: SweepDemands, nics: Interfaces, loads: LoadExtras) {
    const { graph, classes } = routes
    const cells = classes.count * graph.count
    this.#routes = routes
    this.#demands = demands
    this.#nics = nics
    this.#loads = loads
    this.#extra = new Float64Array(cells)
    this.#pending = new RankSet(cells)
    this.#classOf = Int32Array.from({ length: cells }, (_, cell) => Math.floor(cell / graph.count))
    this.#deadIn = new Uint8Array(graph.rowOf.length)
  }

  /** False where it does not know; the loads are of no use then. */
  add(first: PartChange, second: PartChange): boolean {
    this.lostIp = 0
    this.#setFirst(first)
    if (second.links.some((link) => this.#deadIn[link] === FIRST)) return false
    for (const link of second.links) this.#deadIn[link]! |= SECOND
    const known = this.#areFreshWaysAlive(first, second) && this.#addAlive(first, second)
    for (const link of second.links) this.#deadIn[link] = 0
    return known
  }

  #setFirst(first: PartChange): void {
    if (this.#first === first) return
    for (const link of this.#first?.links ?? []) this.#deadIn[link] = 0
    for (const link of first.links) this.#deadIn[link] = FIRST
    this.#first = first
  }

  #areFreshWaysAlive(first: PartChange, second: PartChange): boolean {
    for (let i = 0; i < first.fresh.length; i++) if (this.#deadIn[first.fresh[i]!] === SECOND) return false
    for (let i = 0; i < second.fresh.length; i++) if (this.#deadIn[second.fresh[i]!] === FIRST) return false
    return true
  }

  #addAlive(first: PartChange, second: PartChange): boolean {
    const from = this.#markShared(first, second)
    const isBetween = first.endpoints.length > 0 && second.endpoints.length > 0
    if (isBetween) this.#takeBetween(first, second)
    let known = true
    const start = isBetween ? 0 : from
    for (let at = this.#pending.takeLeast(start); at >= 0; at = this.#pending.takeLeast(at)) {
      // what is pending is taken out to the last, so that nothing is left for the next pair
      if (known) known = this.#visit(at, first, second)
      else this.#extra[this.#cellAt(at)] = 0
    }
    return known
  }

  /** Marks switches at which one part changes shares and the other what comes in; answers a place before all of them. */
  #markShared(first: PartChange, second: PartChange): number {
    const { rank } = this.#routes.classes
    const { changed: changedFirst, visited: visitedFirst } = first
    const { changed: changedSecond, visited: visitedSecond } = second
    let from = -1
    for (let word = 0; word < changedFirst.length; word++) {
      let bits = (changedFirst[word]! & visitedSecond[word]!) | (visitedFirst[word]! & changedSecond[word]!)
      for (; bits !== 0; bits &= bits - 1) {
        const cell = (word << 5) + 31 - Math.clz32(bits & -bits)
        const at = this.#routes.classes.at(this.#classOf[cell]!)
        if (from < 0) from = at
        this.#pending.add(at + rank[cell]!)
      }
    }
    return Math.max(from, 0)
  }

  /** Demands from a host that one part cuts off to one that the other does: each alone takes them off. */
  #takeBetween(first: PartChange, second: PartChange): void {
    for (const a of first.endpoints) {
      for (const b of second.endpoints) {
        this.#takeDemand(a, b)
        this.#takeDemand(b, a)
      }
    }
  }

  #takeDemand(source: number, receiver: number): void {
    const { classOf, bySource } = this.#demands
    const { key, wire, ip } = bySource
    const classId = classOf[receiver]!
    if (classId === NOWHERE) return
    const last = bySource.start[source + 1]!
    for (let row = this.#firstRow(source, receiver); row < last && key[row] === receiver; row++) {
      const { classes } = this.#routes
      const s = this.#nics.switch[this.#nics.start[source]!]!
      const cell = classes.at(classId) + s
      if (classes.distance[cell] === UNREACHED) continue
      this.lostIp -= ip[row]!
      this.#extra[cell]! += wire[row]!
      this.#pending.add(classes.at(classId) + classes.rank[cell]!)
    }
  }

  /** The first demand of a source to a receiver or one behind it: they are in the order of receivers. */
  #firstRow(source: number, receiver: number): number {
    const { start, key } = this.#demands.bySource
    let low = start[source]!
    let high = start[source + 1]!
    while (low < high) {
      const middle = (low + high) >> 1
      if (key[middle]! < receiver) low = middle + 1
      else high = middle
    }
    return low
  }

  #cellAt(at: number): number {
    const { classes } = this.#routes
    return classes.at(this.#classOf[at]!) + classes.order[at]!
  }

  #visit(at: number, first: PartChange, second: PartChange): boolean {
    const classId = this.#classOf[at]!
    const cell = this.#cellAt(at)
    const extra = this.#extra[cell]!
    this.#extra[cell] = 0
    if (first.rerouted[classId] === 1 || second.rerouted[classId] === 1) return false
    if (hasBit(first.changed, cell) || hasBit(second.changed, cell))
      return this.#spreadChanged(cell, first, second, extra)
    if (extra !== 0) this.#spreadSame(cell, extra)
    return true
  }

  #spreadSame(cell: number, extra: number): void {
    const { classes, ways } = this.#routes
    const { start, share, direction, neighbour } = ways
    const at = classes.at(this.#classOf[cell]!)
    const last = start[classes.range[cell]! + 1]!
    for (let way = start[classes.range[cell]!]!; way < last; way++) {
      const part = extra * share[way]!
      const v = neighbour[way]!
      this.#loads.add(direction[way]!, part)
      this.#extra[at + v]! += part
      this.#pending.add(at + classes.rank[at + v]!)
    }
  }

  /** Whether it has a way left, or has moved for one of the two already. */
  #spreadChanged(cell: number, first: PartChange, second: PartChange, extra: number): boolean {
    const { classes, ways } = this.#routes
    const { start, share, direction, neighbour, weight } = ways
    const at = classes.at(this.#classOf[cell]!)
    const from = start[classes.range[cell]!]!
    const last = start[classes.range[cell]! + 1]!
    let [weightFirst, weightSecond, weightBoth] = [0, 0, 0]
    for (let way = from; way < last; way++) {
      const lostIn = this.#lostIn(way, at, first, second)
      if ((lostIn & FIRST) === 0) weightFirst += weight[way]!
      if ((lostIn & SECOND) === 0) weightSecond += weight[way]!
      if (lostIn === 0) weightBoth += weight[way]!
    }
    const hasMoved = weightFirst === 0 || weightSecond === 0
    if (weightBoth === 0 && !hasMoved) return false
    const base = classes.inflow[cell]!
    const inFirst = base + deltaAt(first, cell)
    const inSecond = base + deltaAt(second, cell)
    const inBoth = inFirst + deltaAt(second, cell) + extra
    // what moved has no traffic: that which has some is not for this
    const perFirst = weightFirst === 0 ? 0 : inFirst / weightFirst
    const perSecond = weightSecond === 0 ? 0 : inSecond / weightSecond
    const perBoth = hasMoved ? 0 : inBoth / weightBoth
    for (let way = from; way < last; way++) {
      const lostIn = this.#lostIn(way, at, first, second)
      let part = base * share[way]!
      if (lostIn === 0) part += perBoth * weight[way]!
      if ((lostIn & FIRST) === 0) part -= perFirst * weight[way]!
      if ((lostIn & SECOND) === 0) part -= perSecond * weight[way]!
      const v = neighbour[way]!
      this.#loads.add(direction[way]!, part)
      this.#extra[at + v]! += part
      this.#pending.add(at + classes.rank[at + v]!)
    }
    return true
  }

  /** Without which of the two a way is lost: to dead links, or to switches that moved. */
  #lostIn(way: number, at: number, first: PartChange, second: PartChange): number {
    const { link, neighbour } = this.#routes.ways
    const v = at + neighbour[way]!
    let lost = this.#deadIn[link[way]!]!
    if (hasBit(first.moved, v)) lost |= FIRST
    if (hasBit(second.moved, v)) lost |= SECOND
    return lost
  }
}
