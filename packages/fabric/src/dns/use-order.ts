import { copied } from '../state-table/expiry-lists.ts'

const NONE = -1

/** Rows in the order of their last use, as a list of links. */
export class UseOrder {
  /** The row that was used longest ago, or -1. */
  oldest = NONE
  private newest = NONE
  private newer = new Int32Array(0)
  private older = new Int32Array(0)

  resize(rows: number): void {
    this.newer = copied(new Int32Array(rows), this.newer)
    this.older = copied(new Int32Array(rows), this.older)
  }

  add(row: number): void {
    this.older[row] = this.newest
    this.newer[row] = NONE
    if (this.newest === NONE) this.oldest = row
    else this.newer[this.newest] = row
    this.newest = row
  }

  remove(row: number): void {
    const older = this.older[row]!
    const newer = this.newer[row]!
    if (older === NONE) this.oldest = newer
    else this.newer[older] = newer
    if (newer === NONE) this.newest = older
    else this.older[newer] = older
  }

  use(row: number): void {
    if (this.newest === row) return
    this.remove(row)
    this.add(row)
  }
}
