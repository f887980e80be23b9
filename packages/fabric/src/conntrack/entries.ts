import { copied } from '../state-table/expiry-lists.ts'
import { type RowOwner, StateTable } from '../state-table/state-table.ts'
import { type ConntrackTimeouts, TIMEOUT_NAMES } from './timeouts.ts'
import type { Tracker } from './tracking.ts'

/** Packets were seen of both directions. */
export const SEEN_REPLY = 1
/** Worth keeping when the table is full: Linux's ASSURED. */
export const ASSURED = 2
/** Policies have changed and do not allow it any more. */
export const BLOCKED = 4

/** The table of connections: two tuples a row, the original one and that of replies, and what all protocols keep. */
export class ConntrackEntries implements RowOwner {
  readonly table: StateTable
  /** A state of the row's protocol. */
  state = new Uint8Array(0)
  /** SEEN_REPLY, ASSURED. */
  status = new Uint8Array(0)
  createdPs = new Float64Array(0)
  /** Rows that do not expire, with the number of the pin that keeps each. */
  readonly pins = new Map<number, number>()
  readonly clock: { readonly now: number }
  private readonly trackers: Tracker[] = []

  /** Told of every entry that ends, however it does. */
  onForget: ((row: number) => void) | undefined = undefined

  constructor(clock: { readonly now: number }, capacity: number, timeoutsPs: ConntrackTimeouts) {
    this.clock = clock
    this.table = new StateTable(clock, {
      capacity,
      timeoutsPs: TIMEOUT_NAMES.map((name) => timeoutsPs[name]),
      tuplesPerRow: 2,
      owner: this,
    })
  }

  /** Trackers have columns beside these. */
  add<Kind extends Tracker>(tracker: Kind): Kind {
    this.trackers.push(tracker)
    return tracker
  }

  resizeRows(rows: number): void {
    this.state = copied(new Uint8Array(rows), this.state)
    this.status = copied(new Uint8Array(rows), this.status)
    this.createdPs = copied(new Float64Array(rows), this.createdPs)
    for (const tracker of this.trackers) tracker.resizeRows(rows)
  }

  /** Columns are written anew by whoever gets the row next. */
  forgetRow(row: number): void {
    if (this.pins.size > 0) this.pins.delete(row)
    this.onForget?.(row)
  }

  /** A new row, before its tracker opens it. */
  begin(row: number): void {
    this.state[row] = 0
    this.status[row] = 0
    this.createdPs[row] = this.clock.now
  }

  hasStatus(row: number, bit: number): boolean {
    return (this.status[row]! & bit) !== 0
  }

  addStatus(row: number, bit: number): void {
    this.status[row] = this.status[row]! | bit
  }

  dropStatus(row: number, bit: number): void {
    this.status[row] = this.status[row]! & ~bit
  }

  /** Leaves a row no more than the timeout of a class from now on. */
  shorten(row: number, timeoutClass: number): void {
    const { table } = this
    if (table.expiryOf(row) - this.clock.now > table.timeoutOf(timeoutClass)) table.refresh(row, timeoutClass)
  }
}
