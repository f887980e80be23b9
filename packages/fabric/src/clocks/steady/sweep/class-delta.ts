import { isNextHop, UNREACHED } from '../../../routing/shortest-paths.ts'
import type { ChangeRecorder } from './change-recorder.ts'
import type { ClassRepair } from './class-repair.ts'
import type { ClassTable } from './class-table.ts'
import type { Damage } from './damage.ts'
import type { EntryChanges } from './entry-changes.ts'
import type { LoadColumn } from './load-column.ts'
import { RankSet } from './rank-set.ts'
import type { SwitchGraph } from './switch-graph.ts'
import type { WayTable } from './way-table.ts'

/** What the routes of one class are made of, before and after failures. */
export interface ClassRoutes {
  readonly graph: SwitchGraph
  readonly classes: ClassTable
  readonly ways: WayTable
  readonly damage: Damage
  readonly repair: ClassRepair
}

/**
 * What a repaired class's traffic changes on links: only switches whose ways or inflow change are visited.
 *
 * Switches that keep their distance keep a part of their next hops, and these have kept theirs. So they never send to one
 * that moved, and their old order still goes from upstream to downstream: first come all that moved, farthest first by
 * their new distances, then the rest by their old ones.
 */
export class ClassDelta {
  /** IP bit/s that cannot come to the class of the last `spread`, beyond those that could not before. */
  lostIp = 0
  /** Is told of every switch that is visited. */
  recorder: ChangeRecorder | undefined
  readonly #routes: ClassRoutes
  readonly #entries: EntryChanges
  readonly #loads: LoadColumn
  /** By switch: what comes in beyond the base; at one that moved, all that comes in from others. */
  readonly #delta: Float64Array
  readonly #dirty: RankSet

  constructor(routes: ClassRoutes, entries: EntryChanges, loads: LoadColumn) {
    this.#routes = routes
    this.#entries = entries
    this.#loads = loads
    this.#delta = new Float64Array(routes.graph.count)
    this.#dirty = new RankSet(routes.graph.count)
  }

  spread(classId: number): void {
    const at = this.#routes.classes.at(classId)
    this.lostIp = 0
    this.#markEntries(classId, at)
    this.#markChanged(at)
    this.#spreadMoved(classId, at)
    this.#spreadRest(at)
  }

  #markEntries(classId: number, at: number): void {
    const { classes, repair } = this.#routes
    const entries = this.#entries
    for (let s = entries.first(classId); s >= 0; s = entries.next(classId, s)) {
      if (classes.distance[at + s] === UNREACHED) this.lostIp += entries.ip[at + s]!
      else if (repair.moved[s] === 0) {
        this.#delta[s]! += entries.wire[at + s]!
        this.#dirty.add(classes.rank[at + s]!)
      }
    }
  }

  #markChanged(at: number): void {
    const { classes, repair } = this.#routes
    for (let i = 0; i < repair.changedCount; i++) this.#dirty.add(classes.rank[at + repair.changedList[i]!]!)
  }

  #spreadMoved(classId: number, at: number): void {
    const { repair, damage, graph } = this.#routes
    const { movedList, movedCount, reachedCount } = repair
    for (let i = movedCount - 1; i >= 0; i--) {
      const s = movedList[i]!
      this.#withdraw(at, s)
      const flow = this.#entries.totalWire(at + s) + this.#delta[s]!
      this.recorder?.move(at + s, this.#routes.classes.inflow[at + s]!)
      if (flow !== 0 || this.#entries.totalIp(at + s) !== 0) this.recorder?.reroute(classId)
      if (i < reachedCount) {
        if (flow !== 0) this.#send(at, s, flow)
      } else if (damage.deadNode[graph.nodeOf[s]!] === 0) this.lostIp += this.#entries.totalIp(at + s)
      this.#delta[s] = 0
    }
  }

  /** Takes all that a switch sent while everything was up off its ways. */
  #withdraw(at: number, s: number): void {
    const { classes, ways, repair } = this.#routes
    const flow = classes.inflow[at + s]!
    if (flow === 0) return
    const range = classes.range[at + s]!
    const last = ways.start[range + 1]!
    for (let way = ways.start[range]!; way < last; way++) {
      const part = -flow * ways.share[way]!
      this.#loads.now[ways.direction[way]!]! += part
      const v = ways.neighbour[way]!
      if (repair.moved[v] === 1) continue
      this.#delta[v]! += part
      this.#dirty.add(classes.rank[at + v]!)
    }
  }

  /** Sends what is at a switch that moved along its new ways. */
  #send(at: number, s: number, flow: number): void {
    const { graph, repair, classes } = this.#routes
    let weights = 0
    for (let row = graph.start[s]!; row < graph.start[s + 1]!; row++)
      if (this.#leadsFromMoved(at, s, row)) weights += graph.weight[row]!
    for (let row = graph.start[s]!; row < graph.start[s + 1]!; row++) {
      if (!this.#leadsFromMoved(at, s, row)) continue
      const part = (flow * graph.weight[row]!) / weights
      this.recorder?.useFresh(graph.link[row]!)
      this.#loads.now[graph.direction[row]!]! += part
      const v = graph.neighbour[row]!
      this.#delta[v]! += part
      if (repair.moved[v] === 0) this.#dirty.add(classes.rank[at + v]!)
    }
  }

  #leadsFromMoved(at: number, s: number, row: number): boolean {
    const { graph, repair, classes, damage } = this.#routes
    if (damage.dead[graph.link[row]!] === 1) return false
    const v = graph.neighbour[row]!
    const distance = repair.moved[v] === 1 ? repair.distance[v]! : classes.distance[at + v]!
    return isNextHop(repair.distance[s]!, distance, graph.cost[row]!, graph.isTransit[v] === 1)
  }

  #spreadRest(at: number): void {
    const { classes, repair } = this.#routes
    const { recorder } = this
    for (let next = this.#dirty.takeLeast(0); next >= 0; next = this.#dirty.takeLeast(next)) {
      const s = classes.order[at + next]!
      const delta = this.#delta[s]!
      this.#delta[s] = 0
      if (recorder !== undefined) {
        recorder.visit(at + s, delta)
        if (repair.changed[s] === 1) recorder.change(at + s)
      }
      if (repair.changed[s] === 1) this.#spreadChanged(at, s, delta)
      else if (delta !== 0) this.#spreadSame(at, s, delta)
    }
  }

  #spreadSame(at: number, s: number, delta: number): void {
    const { classes, ways } = this.#routes
    const { start, share, direction, neighbour } = ways
    const { rank, range } = classes
    const loads = this.#loads.now
    const deltas = this.#delta
    const last = start[range[at + s]! + 1]!
    for (let way = start[range[at + s]!]!; way < last; way++) {
      const part = delta * share[way]!
      const v = neighbour[way]!
      loads[direction[way]!]! += part
      deltas[v]! += part
      this.#dirty.add(rank[at + v]!)
    }
  }

  #spreadChanged(at: number, s: number, delta: number): void {
    const { classes, ways, repair, damage } = this.#routes
    const { start, share, direction, neighbour, weight, link } = ways
    const { rank, range } = classes
    const { dead } = damage
    const { moved } = repair
    const loads = this.#loads.now
    const deltas = this.#delta
    const before = classes.inflow[at + s]!
    const now = before + delta
    if (before === 0 && now === 0) return
    const first = start[range[at + s]!]!
    const last = start[range[at + s]! + 1]!
    let weights = 0
    for (let way = first; way < last; way++)
      if (dead[link[way]!] === 0 && moved[neighbour[way]!] === 0) weights += weight[way]!
    const perWeight = now / weights
    for (let way = first; way < last; way++) {
      const v = neighbour[way]!
      const isLeft = dead[link[way]!] === 0 && moved[v] === 0
      const part = (isLeft ? perWeight * weight[way]! : 0) - before * share[way]!
      loads[direction[way]!]! += part
      if (moved[v] === 1) continue
      deltas[v]! += part
      this.#dirty.add(rank[at + v]!)
    }
  }
}
