import { widenFloats, widenInts } from './columns.ts'

const ROWS_MIN = 64

/**
 * Small whole numbers by a key of each, the lowest first: a heap of four children a node that knows where each item
 * stands. Keys are written by the caller, who then says which way the item is to move, if he knows.
 */
export class IndexedHeap {
  size = 0
  /** Key of each item. */
  keys = new Float64Array(ROWS_MIN)
  /** Item of each place, the lowest in place 0. */
  items = new Int32Array(ROWS_MIN)
  /** Place of each item, or where it once was. */
  places = new Int32Array(ROWS_MIN)

  /** Room for items 0 to rows - 1. */
  reserve(rows: number): void {
    this.keys = widenFloats(this.keys, rows)
    this.items = widenInts(this.items, rows)
    this.places = widenInts(this.places, rows)
  }

  has(item: number): boolean {
    const place = this.places[item]!
    return place < this.size && this.items[place] === item
  }

  add(item: number): void {
    this.#up(item, this.size++)
  }

  remove(item: number): void {
    const place = this.places[item]!
    const last = this.items[--this.size]!
    if (last === item) return
    if (this.keys[last]! < this.keys[item]!) this.#up(last, place)
    else this.#down(last, place)
  }

  /** The item's key is lower now. */
  rise(item: number): void {
    this.#up(item, this.places[item]!)
  }

  /** The item's key is higher now. */
  sink(item: number): void {
    this.#down(item, this.places[item]!)
  }

  /** The item's key is another one now. */
  move(item: number): void {
    this.#up(item, this.places[item]!)
    this.#down(item, this.places[item]!)
  }

  #up(item: number, from: number): void {
    const { items, keys, places } = this
    const key = keys[item]!
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 2
      const other = items[parent]!
      if (keys[other]! <= key) break
      items[place] = other
      places[other] = place
      place = parent
    }
    items[place] = item
    places[item] = place
  }

  #down(item: number, from: number): void {
    const { items, keys, places, size } = this
    const key = keys[item]!
    let place = from
    for (;;) {
      const first = 4 * place + 1
      if (first >= size) break
      const end = Math.min(first + 4, size)
      let child = first
      for (let i = first + 1; i < end; i++) {
        if (keys[items[i]!]! < keys[items[child]!]!) child = i
      }
      const other = items[child]!
      if (keys[other]! >= key) break
      items[place] = other
      places[other] = place
      place = child
    }
    items[place] = item
    places[item] = place
  }
}
