import { isNextHop, UNREACHED } from '../../../routing/shortest-paths.ts'
import type { ClassRoutes } from './class-delta.ts'
import { widened } from './columns.ts'
import { RankSet } from './rank-set.ts'

/** Shares that differ by less come from adding the same numbers in another order. */
const ROUNDING = 2 ** -48
const LIST_MIN = 1024

/**
 * Which share of what enters at a switch comes out at each switch that a class hangs off, in the state at hand: all or
 * nothing where that is one, else by its ways, followed backwards from where they changed.
 */
export class ClassReach {
  /** What changed for the class of the last `update`: at which switch, towards which of the class's, and by how much. */
  switches = new Int32Array(LIST_MIN)
  slots = new Int32Array(LIST_MIN)
  changes = new Float64Array(LIST_MIN)
  count = 0
  readonly #routes: ClassRoutes
  /** By class and switch: the number of the last state in which it was cut off. */
  #cutOff = new Int32Array(0)
  #state = 1
  readonly #dirty: RankSet
  /** Of classes with several switches: shares in the state at hand, as `ClassTable.reaching`. */
  readonly #shares: (Float64Array | undefined)[] = []
  /** Which of these differ from the table's, to be put back. */
  #undoClass = new Int32Array(LIST_MIN)
  #undoAt = new Int32Array(LIST_MIN)
  #undoCount = 0

  constructor(routes: ClassRoutes) {
    this.#routes = routes
    this.#dirty = new RankSet(routes.graph.count)
  }

  /** Makes room for classes that were added. */
  reserve(): void {
    const { classes } = this.#routes
    if (classes.inflow.length > this.#cutOff.length)
      this.#cutOff = widened(this.#cutOff, new Int32Array(classes.inflow.length))
    while (this.#shares.length < classes.count)
      this.#shares.push(classes.reaching[this.#shares.length]?.slice())
  }

  of(classId: number, slot: number, s: number): number {
    const shares = this.#shares[classId]
    const { classes, graph } = this.#routes
    if (shares !== undefined) return shares[slot * graph.count + s]!
    const at = classes.at(classId) + s
    return classes.distance[at] === UNREACHED || this.#cutOff[at] === this.#state ? 0 : 1
  }

  /** Back to everything being up. */
  clear(): void {
    this.#state++
    for (let i = 0; i < this.#undoCount; i++) {
      const classId = this.#undoClass[i]!
      const at = this.#undoAt[i]!
      this.#shares[classId]![at] = this.#routes.classes.reaching[classId]![at]!
    }
    this.#undoCount = 0
  }

  /** Takes over the repair of a class. */
  update(classId: number): void {
    this.count = 0
    const shares = this.#shares[classId]
    if (shares === undefined) this.#cutSwitchesOff(classId)
    else this.#followBack(classId, shares)
  }

  #cutSwitchesOff(classId: number): void {
    const { classes, repair } = this.#routes
    for (let i = repair.reachedCount; i < repair.movedCount; i++) {
      const s = repair.movedList[i]!
      this.#cutOff[classes.at(classId) + s] = this.#state
      this.#note(s, 0, -1)
    }
  }

  #followBack(classId: number, shares: Float64Array): void {
    const { classes, graph, repair } = this.#routes
    const at = classes.at(classId)
    for (let i = 0; i < repair.changedCount; i++) this.#dirty.add(classes.rank[at + repair.changedList[i]!]!)
    const last = graph.count - 1
    for (let next = this.#dirty.takeGreatest(last); next >= 0; next = this.#dirty.takeGreatest(next)) {
      const s = classes.order[at + next]!
      if (!this.#renew(classId, s, shares)) continue
      for (let row = graph.start[s]!; row < graph.start[s + 1]!; row++) {
        const v = graph.neighbour[row]!
        if (repair.moved[v] === 1) continue
        if (isNextHop(classes.distance[at + v]!, classes.distance[at + s]!, graph.cost[row]!))
          this.#dirty.add(classes.rank[at + v]!)
      }
    }
    for (let i = 0; i < repair.movedCount; i++) this.#renew(classId, repair.movedList[i]!, shares)
  }

  /** Computes the shares of a switch anew from its next hops'; whether they changed. */
  #renew(classId: number, s: number, shares: Float64Array): boolean {
    const { graph, classes } = this.#routes
    const at = classes.at(classId)
    const slots = classes.attachments[classId]!.length
    let weights = 0
    for (let row = graph.start[s]!; row < graph.start[s + 1]!; row++)
      if (this.#leads(at, s, row)) weights += graph.weight[row]!
    let changed = false
    for (let slot = 0; slot < slots; slot++) {
      const base = slot * graph.count
      let share = 0
      for (let row = graph.start[s]!; row < graph.start[s + 1]!; row++)
        if (this.#leads(at, s, row))
          share += (graph.weight[row]! * shares[base + graph.neighbour[row]!]!) / weights
      const change = share - shares[base + s]!
      if (Math.abs(change) <= ROUNDING) continue
      changed = true
      shares[base + s] = share
      this.#note(s, slot, change)
      this.#remember(classId, base + s)
    }
    return changed
  }

  #leads(at: number, s: number, row: number): boolean {
    const { graph, repair, classes, damage } = this.#routes
    if (damage.dead[graph.link[row]!] === 1) return false
    const v = graph.neighbour[row]!
    const there = repair.moved[v] === 1 ? repair.distance[v]! : classes.distance[at + v]!
    const here = repair.moved[s] === 1 ? repair.distance[s]! : classes.distance[at + s]!
    return isNextHop(here, there, graph.cost[row]!, graph.isTransit[v] === 1)
  }

  #note(s: number, slot: number, change: number): void {
    if (this.count === this.switches.length) {
      this.switches = widened(this.switches, new Int32Array(2 * this.count))
      this.slots = widened(this.slots, new Int32Array(2 * this.count))
      this.changes = widened(this.changes, new Float64Array(2 * this.count))
    }
    this.switches[this.count] = s
    this.slots[this.count] = slot
    this.changes[this.count++] = change
  }

  #remember(classId: number, at: number): void {
    if (this.#undoCount === this.#undoAt.length) {
      this.#undoClass = widened(this.#undoClass, new Int32Array(2 * this.#undoCount))
      this.#undoAt = widened(this.#undoAt, new Int32Array(2 * this.#undoCount))
    }
    this.#undoClass[this.#undoCount] = classId
    this.#undoAt[this.#undoCount++] = at
  }
}
