import { widenInts } from './columns.ts'
import { NO_CROSSING, type Reservations } from './reservations.ts'
import type { SharingTable } from './sharing-table.ts'

const ROWS_MIN = 64
/** Costs are summed up anew after so many changes, sooner in small crowds. */
const CHANGES_MAX = 256

/** The flow that stands for none. */
export const NOBODY = -1

/** Flows at one level, held where they all cross: to the sweep one flow that costs there what they cost together. */
export interface Crowd {
  /** The row of flows that stands for it. */
  readonly row: number
  readonly key: string
  /** Highest level for which room is reserved. */
  bound: number
  first: number
  size: number
  /** Since its costs were summed up: how many, and how many until they are again. */
  changes: number
  changesMax: number
}

/** Who is in which crowd; what crowds cost, from what their flows do; and the room that is reserved for these. */
export class CrowdMembers {
  /** By resource: crossings that rows do not show. */
  hidden = new Int32Array(ROWS_MIN)
  readonly #table: SharingTable
  readonly #reservations: Reservations
  /** By flow: the next and the previous of the same crowd. */
  #next = new Int32Array(ROWS_MIN)
  #previous = new Int32Array(ROWS_MIN)

  constructor(table: SharingTable, reservations: Reservations) {
    this.#table = table
    this.#reservations = reservations
  }

  /** False where a resource has not enough room for the flow: it is not to stay. */
  add(crowd: Crowd, flow: number): boolean {
    if (crowd.first !== NOBODY) this.#previous[crowd.first] = flow
    this.#next[flow] = crowd.first
    this.#previous[flow] = NOBODY
    crowd.first = flow
    crowd.size++
    return this.#enter(crowd, flow, 1)
  }

  remove(crowd: Crowd, flow: number): void {
    const behind = this.#next[flow]!
    const before = this.#previous[flow]!
    if (before === NOBODY) crowd.first = behind
    else this.#next[before] = behind
    if (behind !== NOBODY) this.#previous[behind] = before
    crowd.size--
    this.#enter(crowd, flow, -1)
  }

  /** Reserves room for another level. Answers which flows there is no room for. */
  setBound(crowd: Crowd, bound: number): number[] {
    const { cap, cost, crossed, pathLength, pathStart, weight } = this.#table
    const more = bound - crowd.bound
    crowd.bound = bound
    const leaving: number[] = []
    for (let flow = crowd.first; flow !== NOBODY; flow = this.#next[flow]!) {
      let fits = cap[flow]! >= bound * weight[flow]!
      for (let crossing = pathStart[flow]!; crossing < pathStart[flow]! + pathLength[flow]!; crossing++) {
        const resource = crossed[crossing]!
        if (this.#crossingOf(crowd, resource) !== NO_CROSSING) continue
        const amount = cost[crossing]! * weight[flow]! * more
        fits = this.#reservations.reserve(resource, amount) && fits
      }
      if (!fits) leaving.push(flow)
    }
    return leaving
  }

  reserveFlows(rows: number): void {
    this.#next = widenInts(this.#next, rows)
    this.#previous = widenInts(this.#previous, rows)
  }

  reserveResources(rows: number): void {
    this.hidden = widenInts(this.hidden, rows)
  }

  /** Adds a flow to its crowd's costs and reserves room for it, or takes it away again. False where there is no room. */
  #enter(crowd: Crowd, flow: number, sign: 1 | -1): boolean {
    const { cost, crossed, pathLength, pathStart, weight } = this.#table
    const reservations = this.#reservations
    const start = pathStart[flow]!
    const share = sign * weight[flow]!
    let fits = true
    for (let crossing = start; crossing < start + pathLength[flow]!; crossing++) {
      const resource = crossed[crossing]!
      const at = this.#crossingOf(crowd, resource)
      this.hidden[resource]! += sign
      if (at !== NO_CROSSING) {
        const sum = cost[at]! + share * cost[crossing]!
        // what is left of a difference of large numbers has lost its digits
        if (sum < cost[at]! / 2) crowd.changesMax = 0
        this.#table.setCost(crowd.row, at, sum)
      } else {
        if (sign > 0) reservations.link(flow, crossing)
        else reservations.unlink(crossing)
        fits = reservations.reserve(resource, share * cost[crossing]! * crowd.bound) && fits
      }
    }
    if (++crowd.changes >= crowd.changesMax && crowd.size > 0) this.#sumUp(crowd)
    else this.#table.updateCeiling(crowd.row)
    return fits
  }

  /** Where the crowd itself crosses the resource. */
  #crossingOf(crowd: Crowd, resource: number): number {
    const { crossed, pathLength, pathStart } = this.#table
    const start = pathStart[crowd.row]!
    for (let at = start; at < start + pathLength[crowd.row]!; at++) if (crossed[at] === resource) return at
    return NO_CROSSING
  }

  /** Costs from their definition. */
  #sumUp(crowd: Crowd): void {
    const { cost, crossed, pathLength, pathStart, weight } = this.#table
    const { row } = crowd
    const start = pathStart[row]!
    for (let at = start; at < start + pathLength[row]!; at++) {
      let sum = 0
      for (let flow = crowd.first; flow !== NOBODY; flow = this.#next[flow]!) {
        const end = pathStart[flow]! + pathLength[flow]!
        for (let crossing = pathStart[flow]!; crossing < end; crossing++)
          if (crossed[crossing] === crossed[at]) sum += cost[crossing]! * weight[flow]!
      }
      this.#table.setCost(row, at, sum)
    }
    this.#table.updateCeiling(row)
    crowd.changes = 0
    crowd.changesMax = Math.min(crowd.size, CHANGES_MAX)
  }
}
