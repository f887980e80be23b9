import { InvariantError } from '@weft/core'
import { ExpiryLists, NO_ROW } from './expiry-lists.ts'
import { Occupancy } from './occupancy.ts'
import { NO_KEY, TupleIndex } from './tuple-index.ts'

const ROWS_MIN = 64
/** In place of a timeout class: the row is free. */
const FREE = 65_535

/** Who keeps columns of his own beside a table's rows. */
export interface RowOwner {
  /** Columns must have so many rows from now on. */
  resizeRows(rows: number): void
  /** The row goes, its tuples and columns still in place; it must not change the table. */
  forgetRow(row: number, isExpired: boolean): void
}

export interface StateTableOptions {
  /** Most rows at once, 1 to 2^24. */
  readonly capacity: number
  /** How long rows of each timeout class live without a refresh, in picoseconds; more by `classFor`. */
  readonly timeoutsPs: readonly number[]
  /** Tuples by which a row is found; 1 unless told otherwise. */
  readonly tuplesPerRow?: number
  readonly owner?: RowOwner
}

/**
 * Rows that are found by tuples of integers and expire: connections, NAT mappings, cached names, learned addresses.
 *
 * A row is gone at the instant at which it expires, whoever looks and whenever: every method first removes what is due,
 * in order of expiry. Nothing is allocated per operation; columns double up to the capacity.
 *
 * Tuple t of row r is key r * tuplesPerRow + t. A tuple belongs to one row at most.
 */
export class StateTable {
  readonly capacity: number
  readonly tuplesPerRow: number
  readonly occupancy: Occupancy
  /** Rows that columns have room for. */
  rows = 0
  private readonly clock: { readonly now: number }
  private readonly index = new TupleIndex()
  private readonly lists: ExpiryLists
  private readonly owner: RowOwner | undefined
  private readonly classByTimeout = new Map<number, number>()
  /** Rows that were in use and are free, linked by the lists' `next`; rows from `fresh` up were never used. */
  private free = NO_ROW
  private fresh = 0

  constructor(clock: { readonly now: number }, options: StateTableOptions) {
    const { capacity, timeoutsPs, tuplesPerRow = 1, owner } = options
    if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= 2 ** 24))
      throw new InvariantError(
        `a state table has capacity ${capacity}, expected a whole number from 1 to 2^24`,
      )
    this.clock = clock
    this.capacity = capacity
    this.tuplesPerRow = tuplesPerRow
    this.owner = owner
    this.occupancy = new Occupancy(clock.now)
    this.lists = new ExpiryLists(clock)
    for (const timeoutPs of timeoutsPs) this.addClass(timeoutPs)
  }

  /** Rows that live now. */
  get size(): number {
    this.expire()
    return this.occupancy.size
  }

  /** Counts up to now. */
  counts(): Occupancy {
    this.expire()
    this.occupancy.instantPs = this.clock.now
    return this.occupancy
  }

  /** The class of a timeout, the first of those given where several are equal; made if there is none yet. */
  classFor(timeoutPs: number): number {
    return this.classByTimeout.get(timeoutPs) ?? this.addClass(timeoutPs)
  }

  /** The key of a tuple, or NO_KEY. */
  find(a: number, b: number, c: number, d: number): number {
    if (this.clock.now >= this.lists.nextDuePs) this.expire()
    return this.index.find(a, b, c, d)
  }

  /**
   * A row of this timeout class; NO_ROW, and counted as refused, where the table is full. Whoever inserts gives it all
   * its tuples before anything else happens.
   */
  insert(timeoutClass: number): number {
    this.expire()
    const { occupancy } = this
    occupancy.instantPs = this.clock.now
    if (occupancy.size === this.capacity) {
      occupancy.refuse()
      return NO_ROW
    }
    const row = this.take()
    this.lists.link(row, timeoutClass)
    occupancy.insert()
    return row
  }

  /** Gives a new row one of its tuples, which no row may have yet. */
  setTuple(row: number, which: number, a: number, b: number, c: number, d: number): void {
    this.index.add(row * this.tuplesPerRow + which, a, b, c, d)
  }

  /** Word 0 to 3 of a key's tuple. */
  wordOf(key: number, word: number): number {
    return this.index.words[4 * key + word]!
  }

  /** Lets a row live for the whole timeout of a class from now on. */
  refresh(row: number, timeoutClass: number): void {
    this.lists.refresh(row, timeoutClass)
  }

  remove(row: number): void {
    this.expire()
    if (!this.isLive(row)) throw new InvariantError(`row ${row} of a state table is removed, but not in use`)
    this.occupancy.instantPs = this.clock.now
    this.occupancy.remove()
    this.release(row, false)
  }

  isLive(row: number): boolean {
    this.expire()
    return row >= 0 && row < this.fresh && this.lists.timeoutClass[row] !== FREE
  }

  /** The instant at which a row is gone unless it is refreshed. */
  expiryOf(row: number): number {
    return this.lists.expiryPs[row]!
  }

  timeoutClassOf(row: number): number {
    return this.lists.timeoutClass[row]!
  }

  timeoutOf(timeoutClass: number): number {
    return this.lists.timeoutOf(timeoutClass)
  }

  /** Calls with every row that lives now, lowest first; rows may be removed on the way. */
  forEach(visit: (row: number) => void): void {
    this.expire()
    for (let row = 0; row < this.fresh; row++) if (this.lists.timeoutClass[row] !== FREE) visit(row)
  }

  /** A row that has a tuple in a slot at most `reach` behind where this tuple belongs, and that may go; or NO_ROW. */
  findNear(
    a: number,
    b: number,
    c: number,
    d: number,
    reach: number,
    mayGo: (row: number) => boolean,
  ): number {
    for (let distance = 0; distance < reach; distance++) {
      const key = this.index.near(a, b, c, d, distance)
      if (key === NO_KEY) continue
      const row = Math.floor(key / this.tuplesPerRow)
      if (mayGo(row)) return row
    }
    return NO_ROW
  }

  /** Removes every row whose instant has come. */
  expire(): void {
    const { lists, occupancy, clock } = this
    if (clock.now < lists.nextDuePs) return
    for (let row = lists.due(); row !== NO_ROW; row = lists.due()) {
      occupancy.instantPs = lists.expiryPs[row]!
      occupancy.expire()
      this.release(row, true)
    }
  }

  private addClass(timeoutPs: number): number {
    if (!(timeoutPs > 0)) throw new InvariantError(`a timeout of ${timeoutPs} ps, expected more than 0`)
    if (this.lists.classes === FREE) throw new InvariantError(`more than ${FREE} timeout classes`)
    const timeoutClass = this.lists.addClass(timeoutPs)
    if (!this.classByTimeout.has(timeoutPs)) this.classByTimeout.set(timeoutPs, timeoutClass)
    return timeoutClass
  }

  private take(): number {
    const row = this.free
    if (row !== NO_ROW) {
      this.free = this.lists.next[row]!
      return row
    }
    if (this.fresh === this.rows) this.grow()
    return this.fresh++
  }

  private release(row: number, isExpired: boolean): void {
    this.owner?.forgetRow(row, isExpired)
    const { lists, tuplesPerRow } = this
    lists.unlink(row)
    for (let which = 0; which < tuplesPerRow; which++) this.index.remove(row * tuplesPerRow + which)
    lists.timeoutClass[row] = FREE
    lists.next[row] = this.free
    this.free = row
  }

  private grow(): void {
    this.rows = Math.min(Math.max(ROWS_MIN, this.rows * 2), this.capacity)
    this.lists.resize(this.rows)
    this.index.resize(this.rows * this.tuplesPerRow)
    this.owner?.resizeRows(this.rows)
  }
}
