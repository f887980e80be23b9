import { widenInts } from './columns.ts'
import type { SharingTable } from './sharing-table.ts'

const ROWS_MIN = 64

/** The crossing that stands for none. */
export const NO_CROSSING = -1

/**
 * Room that is kept at resources for flows whose rows do not show there: crossings in lists by resource, and what is
 * reserved for them taken off the room that rows share.
 */
export class Reservations {
  /** By resource: a crossing that has room there, or NO_CROSSING. */
  first = new Int32Array(ROWS_MIN).fill(NO_CROSSING)
  /** By crossing: the next one at the same resource, or NO_CROSSING. */
  next = new Int32Array(ROWS_MIN)
  /** By crossing: its flow. */
  flow = new Int32Array(ROWS_MIN)
  readonly #table: SharingTable
  #previous = new Int32Array(ROWS_MIN)

  constructor(table: SharingTable) {
    this.#table = table
  }

  /** Keeps so much more room, or less. False: rows there take more than is left. */
  reserve(resource: number, amount: number): boolean {
    const { reserved, spare } = this.#table
    reserved[resource] = this.first[resource] === NO_CROSSING ? 0 : reserved[resource]! + amount
    this.#table.updateRoom(resource)
    return spare[resource]! >= 0
  }

  link(flow: number, crossing: number): void {
    const resource = this.#table.crossed[crossing]!
    if (crossing >= this.next.length) this.#grow(crossing)
    const second = this.first[resource]!
    this.flow[crossing] = flow
    this.next[crossing] = second
    this.#previous[crossing] = NO_CROSSING
    if (second !== NO_CROSSING) this.#previous[second] = crossing
    this.first[resource] = crossing
  }

  unlink(crossing: number): void {
    const before = this.#previous[crossing]!
    const behind = this.next[crossing]!
    if (before === NO_CROSSING) this.first[this.#table.crossed[crossing]!] = behind
    else this.next[before] = behind
    if (behind !== NO_CROSSING) this.#previous[behind] = before
  }

  reserveResources(rows: number): void {
    const { length } = this.first
    this.first = widenInts(this.first, rows).fill(NO_CROSSING, length)
  }

  #grow(crossing: number): void {
    const length = Math.max(crossing + 1, 2 * this.next.length)
    this.next = widenInts(this.next, length)
    this.flow = widenInts(this.flow, length)
    this.#previous = widenInts(this.#previous, length)
  }
}
