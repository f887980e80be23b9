import { widenInts } from './columns.ts'
import { FlowSpec } from './flow-spec.ts'
import type { LevelPass } from './level-pass.ts'
import { type Crowd, CrowdMembers, NOBODY } from './crowd-members.ts'
import { NO_CROSSING, Reservations } from './reservations.ts'
import * as table from './sharing-table.ts'
import type { SharingTable } from './sharing-table.ts'

// local copies, see level-pass.ts
const { CROWDED, PENDING, RETIRED, SETTLED } = table

const INFINITE = Number.POSITIVE_INFINITY
const ROWS_MIN = 64
/** Flows of one key that are worth a crowd. */
const SIZE_MIN = 8
/** Room is reserved for a level so many times as high as it is, and given back where it is for one far higher. */
const HEADROOM = 2
const HEADROOM_MAX = 8
/** How much of a resource has to be left where a flow is to join a crowd, in parts of what rows share. */
const SPARE_MIN = 0.1
/** What crowds need of the solver. */
export interface CrowdRows {
  /** Makes a row part of the next sweep. */
  pend(row: number): void
  /** Makes room for a row of flows. */
  reserve(row: number): void
}

/**
 * Crowds of flows that share one level. A flow joins those that cross the same full resources, its crowd's key; on the
 * others that it crosses, room is reserved for it up to the crowd's bound. While no resource is full beside what is reserved
 * there, and no level is above its bound, what flows cross beyond the key does not hold them: rates are what they would be
 * one by one. Where that ends, flows leave, or the bound goes up, and the resolution goes on.
 */
export class Crowds {
  /** Flows that joined or left a crowd since the resolution before the last one ended, some perhaps twice. */
  moved = new Int32Array(ROWS_MIN)
  movedCount = 0
  /** So many of them had when the last resolution ended. */
  #reportedCount = 0
  /** The row that stands for each flow: its own, or its crowd's. */
  row = new Int32Array(ROWS_MIN)
  readonly #table: SharingTable
  readonly #pass: LevelPass
  readonly #reservations: Reservations
  readonly #members: CrowdMembers
  readonly #rowsMin: number
  readonly #rows: CrowdRows
  readonly #byRow = new Map<number, Crowd>()
  readonly #byKey = new Map<string, Crowd>()
  #retired: number[] = []
  /** By resource: how often it has been full since flows were last looked for there. */
  #fills = new Int32Array(ROWS_MIN)
  readonly #spec = new FlowSpec()

  /** Resources with `rowsMin` rows or more are looked at for crowds. */
  constructor(sharingTable: SharingTable, pass: LevelPass, rowsMin: number, rows: CrowdRows) {
    this.#table = sharingTable
    this.#pass = pass
    this.#reservations = new Reservations(sharingTable)
    this.#members = new CrowdMembers(sharingTable, this.#reservations)
    this.#rowsMin = rowsMin
    this.#rows = rows
  }

  /** Starts a resolution: rows of crowds that have ended may be used again. */
  begin(): void {
    if (this.#reportedCount > 0) this.moved.copyWithin(0, this.#reportedCount, this.movedCount)
    this.movedCount -= this.#reportedCount
    this.#reportedCount = 0
    this.#pass.hasReservations = this.#byRow.size > 0
    if (this.#retired.length === 0) return
    for (const row of this.#retired) this.#table.freeRow(row)
    this.#retired = []
  }

  /** After sweeps: lets go of flows that something else may hold. Answers whether there has to be another. */
  verify(): boolean {
    if (this.#byRow.size === 0) return false
    const { level } = this.#table
    const { conflicts, visited, visitedCount } = this.#pass
    let isVerified = true
    for (const resource of conflicts)
      if (this.#pass.level[resource]! < INFINITE && this.evictFrom(resource)) isVerified = false
    for (let i = 0; i < visitedCount; i++) {
      const crowd = this.#byRow.get(visited[i]!)
      if (crowd === undefined) continue
      const reached = level[crowd.row]!
      if (reached > crowd.bound) isVerified = false
      if (reached > crowd.bound || (reached > 0 && HEADROOM_MAX * reached < crowd.bound))
        this.#setBound(crowd, HEADROOM * reached)
    }
    return !isVerified
  }

  /** Lets all flows go that have room reserved at the resource; false if there are none. */
  evictFrom(resource: number): boolean {
    const { first, flow } = this.#reservations
    if (first[resource] === NO_CROSSING) return false
    while (first[resource] !== NO_CROSSING) this.evict(flow[first[resource]!]!)
    return true
  }

  /** Makes a flow a row of its own again, to be solved anew. */
  evict(flow: number): void {
    const { bottleneck, level, levelBefore, state } = this.#table
    const row = this.row[flow]!
    const before = state[row] === SETTLED || state[row] === PENDING ? level[row]! : levelBefore[row]!
    bottleneck[flow] = bottleneck[row]!
    this.leave(flow)
    this.#table.join(flow)
    this.#table.updateCeiling(flow)
    level[flow] = before
    state[flow] = SETTLED
    this.#rows.pend(flow)
    this.#noteMove(flow)
  }

  /** Takes a flow out of its crowd. It is no member of any resource then. */
  leave(flow: number): void {
    const crowd = this.#byRow.get(this.row[flow]!)!
    this.#members.remove(crowd, flow)
    this.row[flow] = flow
    if (crowd.size === 0) this.#retire(crowd)
    else this.#rows.pend(crowd.row)
  }

  /** Ends a resolution: looks for flows to put together at resources that have been full often enough for that to pay. */
  end(): void {
    for (const resource of this.#pass.filled) {
      const rows = this.#table.memberCount[resource]!
      if (rows < this.#rowsMin || this.#pass.level[resource] === INFINITE) continue
      const fills = this.#fills[resource]! + 1
      this.#fills[resource] = fills < rows ? fills : 0
      if (fills >= rows) this.#gatherAt(resource)
    }
    this.#reportedCount = this.movedCount
  }

  /** Crossings of the resource that rows do not show. */
  hiddenAt(resource: number): number {
    return this.#members.hidden[resource]!
  }

  /** What flows take of a resource where room is reserved for them. */
  reservedLoad(resource: number): number {
    const { cost, level, weight } = this.#table
    const { first, next, flow } = this.#reservations
    let load = 0
    for (let at = first[resource]!; at !== NO_CROSSING; at = next[at]!)
      load += cost[at]! * weight[flow[at]!]! * level[this.row[flow[at]!]!]!
    return load
  }

  addResource(resource: number): void {
    if (resource < this.#fills.length) return
    const rows = 2 * this.#fills.length
    this.#fills = widenInts(this.#fills, rows)
    this.#members.reserveResources(rows)
    this.#reservations.reserveResources(rows)
  }

  reserveFlows(rows: number): void {
    this.row = widenInts(this.row, rows)
    this.#members.reserveFlows(rows)
  }

  #gatherAt(resource: number): void {
    const { bottleneck, level, memberCount, memberFlow, memberStart } = this.#table
    const start = memberStart[resource]!
    const byKey = new Map<string, number[]>()
    for (let member = start; member < start + memberCount[resource]!; member++) {
      const flow = memberFlow[member]!
      if (bottleneck[flow] !== resource || this.#byRow.has(flow) || level[flow] === 0) continue
      const key = this.#keyOf(flow)
      const others = byKey.get(key)
      if (others === undefined) byKey.set(key, [flow])
      else others.push(flow)
    }
    for (const [key, flows] of byKey) {
      const crowd =
        this.#byKey.get(key) ??
        (flows.length < Math.min(SIZE_MIN, this.#rowsMin) ? undefined : this.#found(key, flows[0]!))
      if (crowd === undefined) continue
      this.#joinAll(crowd, flows)
    }
  }

  /** The resources that the flow may have to be held at: those that are full, and those without room to reserve. */
  #keyOf(flow: number): string {
    const { cost, crossed, level, pathLength, pathStart, room, spare, weight } = this.#table
    const start = pathStart[flow]!
    const more = (HEADROOM - 1) * level[flow]! * weight[flow]!
    const key: number[] = []
    for (let crossing = start; crossing < start + pathLength[flow]!; crossing++) {
      const resource = crossed[crossing]!
      const isFree =
        this.#pass.level[resource] === INFINITE &&
        spare[resource]! - cost[crossing]! * more >= SPARE_MIN * room[resource]!
      if (!isFree && !key.includes(resource)) key.push(resource)
    }
    return key.sort((a, b) => a - b).join()
  }

  /** A crowd with nobody in it yet, at the level of this flow. */
  #found(key: string, like: number): Crowd {
    const spec = this.#spec.clear()
    for (const resource of key.split(',')) spec.cross(Number(resource), 1)
    const row = this.#table.addFlow(spec)
    this.#table.flowCount--
    this.#rows.reserve(row)
    const { bottleneck, level, pathStart, state } = this.#table
    level[row] = level[like]!
    bottleneck[row] = bottleneck[like]!
    state[row] = SETTLED
    const { length } = spec
    for (let at = pathStart[row]!; at < pathStart[row]! + length; at++) {
      this.#table.setCost(row, at, 0)
      this.#members.hidden[this.#table.crossed[at]!]!--
    }
    const bound = HEADROOM * level[like]!
    const crowd = { row, key, bound, first: NOBODY, size: 0, changes: 0, changesMax: 0 }
    this.row[row] = row
    this.#byRow.set(row, crowd)
    this.#byKey.set(key, crowd)
    return crowd
  }

  #joinAll(crowd: Crowd, flows: readonly number[]): void {
    const { level } = this.#table
    for (const flow of flows) {
      if (level[flow] !== level[crowd.row]) continue
      this.#join(crowd, flow)
      // it ended when the only flow in it was turned away
      if (!this.#byRow.has(crowd.row)) return
    }
    if (crowd.size === 0) this.#retire(crowd)
  }

  #join(crowd: Crowd, flow: number): void {
    const { cap, state, weight } = this.#table
    // it may cross the resource more than once, and have joined or been turned away before
    if (state[flow] !== SETTLED) return
    if (cap[flow]! < crowd.bound * weight[flow]!) return
    this.#table.leave(flow)
    state[flow] = CROWDED
    this.row[flow] = crowd.row
    const fits = this.#members.add(crowd, flow)
    this.#rows.pend(crowd.row)
    this.#noteMove(flow)
    if (!fits) this.evict(flow)
  }

  /** Reserves room for another level, and lets go of flows for which there is none. */
  #setBound(crowd: Crowd, bound: number): void {
    for (const flow of this.#members.setBound(crowd, bound)) this.evict(flow)
  }

  #retire(crowd: Crowd): void {
    const { crossed, pathLength, pathStart, state } = this.#table
    const start = pathStart[crowd.row]!
    for (let at = start; at < start + pathLength[crowd.row]!; at++) {
      this.#members.hidden[crossed[at]!]!++
      this.#pass.mark(crossed[at]!)
    }
    this.#table.detach(crowd.row)
    // a resolution may have met it: nothing of it is to be entered anywhere
    this.#table.level[crowd.row] = 0
    state[crowd.row] = RETIRED
    this.#byRow.delete(crowd.row)
    this.#byKey.delete(crowd.key)
    this.#retired.push(crowd.row)
  }

  #noteMove(flow: number): void {
    if (this.movedCount === this.moved.length) this.moved = widenInts(this.moved, 2 * this.movedCount)
    this.moved[this.movedCount++] = flow
  }
}
