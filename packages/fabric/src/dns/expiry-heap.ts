import { copied } from '../state-table/expiry-lists.ts'

/**
 * Rows by their instants, least first. State tables keep a list for each timeout instead, which is cheaper; answers that
 * came through another cache have what was left there, so that nearly each would have a timeout of its own.
 */
export class ExpiryHeap {
  /** By row. */
  expiryPs = new Float64Array(0)
  /** By place, and where each row stands. */
  private rows = new Int32Array(0)
  private places = new Int32Array(0)
  private size = 0

  /** The row that is due first; there must be one. */
  get first(): number {
    return this.rows[0]!
  }

  /** When it is due; Infinity where there is none. */
  get firstPs(): number {
    return this.size === 0 ? Infinity : this.expiryPs[this.rows[0]!]!
  }

  resize(rows: number): void {
    this.expiryPs = copied(new Float64Array(rows), this.expiryPs)
    this.rows = copied(new Int32Array(rows), this.rows)
    this.places = copied(new Int32Array(rows), this.places)
  }

  insert(row: number, expiryPs: number): void {
    this.expiryPs[row] = expiryPs
    this.rise(this.size++, row)
  }

  remove(row: number): void {
    const place = this.places[row]!
    const moved = this.rows[--this.size]!
    if (moved === row) return
    // what was last may belong above or below the gap
    this.sink(place, moved)
    this.rise(this.places[moved]!, moved)
  }

  private rise(from: number, row: number): void {
    const { rows, expiryPs } = this
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (expiryPs[rows[parent]!]! <= expiryPs[row]!) break
      this.put(place, rows[parent]!)
      place = parent
    }
    this.put(place, row)
  }

  private sink(from: number, row: number): void {
    const { rows, expiryPs, size } = this
    let place = from
    for (;;) {
      let child = 2 * place + 1
      if (child >= size) break
      if (child + 1 < size && expiryPs[rows[child + 1]!]! < expiryPs[rows[child]!]!) child++
      if (expiryPs[rows[child]!]! >= expiryPs[row]!) break
      this.put(place, rows[child]!)
      place = child
    }
    this.put(place, row)
  }

  private put(place: number, row: number): void {
    this.rows[place] = row
    this.places[row] = place
  }
}
