/** No row. */
export const NO_ROW = -1

const SLOTS_MIN = 16

/** Tells the hash of a row's key from the row's columns. */
export type RowHash = (row: number) => number

/**
 * Finds rows by a hash of their keys, which stay in the columns of whoever has the rows. Open addressing whose number of slots
 * is any, not a power of two: at most three fifths are used and a table of known size wastes none, 6.7 bytes a row.
 *
 * `at(hash)` and `after()` go over the rows whose keys may be the one wanted, until NO_ROW.
 */
export class RowIndex {
  private readonly hashOf: RowHash
  private slots = new Int32Array(SLOTS_MIN).fill(NO_ROW)
  private slot = 0

  constructor(hashOf: RowHash) {
    this.hashOf = hashOf
  }

  /** Makes room for so many rows. */
  resize(rows: number): void {
    const old = this.slots
    this.slots = new Int32Array(Math.max(SLOTS_MIN, Math.ceil((rows * 5) / 3) + 1)).fill(NO_ROW)
    for (const row of old) if (row !== NO_ROW) this.add(row)
  }

  /** The first row to compare, or NO_ROW. */
  at(hash: number): number {
    this.slot = this.homeOf(hash)
    return this.slots[this.slot]!
  }

  /** The next one. */
  after(): number {
    if (++this.slot === this.slots.length) this.slot = 0
    return this.slots[this.slot]!
  }

  add(row: number): void {
    const { slots } = this
    let slot = this.homeOf(this.hashOf(row))
    while (slots[slot] !== NO_ROW) if (++slot === slots.length) slot = 0
    slots[slot] = row
  }

  /** Takes out a row that is in, its key still in the columns. */
  remove(row: number): void {
    const { slots } = this
    const { length } = slots
    let gap = this.homeOf(this.hashOf(row))
    while (slots[gap] !== row) if (++gap === length) gap = 0
    // an entry of the run may move to the gap when its home does not lie between the gap and itself
    for (let slot = gap + 1; ; slot++) {
      if (slot === length) slot = 0
      const other = slots[slot]!
      if (other === NO_ROW) break
      const home = this.homeOf(this.hashOf(other))
      if (distance(home, slot, length) < distance(gap, slot, length)) continue
      slots[gap] = other
      gap = slot
    }
    slots[gap] = NO_ROW
  }

  /** The high bits of a 32-bit hash, spread over the slots. */
  private homeOf(hash: number): number {
    return Math.floor((hash >>> 0) * (this.slots.length / 2 ** 32))
  }
}

/** Slots from one to another, going round. */
function distance(from: number, to: number, length: number): number {
  return to >= from ? to - from : to - from + length
}
