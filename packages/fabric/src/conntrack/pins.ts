import { type ConntrackEntries, SEEN_REPLY } from './entries.ts'
import type { Tracker } from './tracking.ts'
import type { Trackers } from './trackers.ts'
import { protocolOf } from './tuple-words.ts'

/**
 * Entries of connections that go on although nobody sees their packets, as under a clock that knows flows: they do not
 * expire until they are let go. An entry may be cut all the same, and another take its row; a pin's number tells.
 */
export class Pins {
  private readonly entries: ConntrackEntries
  private readonly trackers: Trackers
  private last = 0

  constructor(entries: ConntrackEntries, trackers: Trackers) {
    this.entries = entries
    this.trackers = trackers
  }

  /**
   * The connection in this row goes on from now: established, ASSURED where its protocol knows that, and answered where it
   * is said to be. The pin's number.
   */
  pin(row: number, isAnswered: boolean): number {
    const { entries } = this
    const { table, pins } = entries
    if (isAnswered) entries.addStatus(row, SEEN_REPLY)
    this.trackerOf(row).establish(row)
    table.refresh(row, table.classFor(Number.POSITIVE_INFINITY))
    pins.set(row, ++this.last)
    return this.last
  }

  /** The connection with this pin has ended in order: its entry lives on as its protocol has it. Nothing where it was cut. */
  letGo(row: number, pin: number): void {
    if (!this.holds(row, pin)) return
    this.entries.pins.delete(row)
    this.trackerOf(row).close(row)
  }

  /** Whether the row still is what was pinned by this number. */
  holds(row: number, pin: number): boolean {
    return this.entries.pins.get(row) === pin
  }

  /** Its connection was refused: the row goes. */
  cut(row: number): void {
    this.entries.table.remove(row)
  }

  isPinned(row: number): boolean {
    return this.entries.pins.has(row)
  }

  private trackerOf(row: number): Tracker {
    return this.trackers.of(protocolOf(this.entries.table.wordOf(2 * row, 3)))
  }
}
