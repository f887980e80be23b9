import { widenInts } from './columns.ts'
import { IndexedHeap } from './indexed-heap.ts'

/**
 * Flows that drain at one rate per weight, on a clock of their own: it stands at what a flow of weight 1 has drained since
 * the crowd began. A flow is through when that has come to where it stood when the flow joined, plus the flow's amount per
 * weight: no change of the common rate changes that, or the order in which flows are through.
 */
class CrowdClock {
  /** Flows by the reading at which they are through. Keys and places are the engine's, which has no other use for them. */
  readonly #heap = new IndexedHeap()
  #reading = 0
  /** Flows that have left since readings were counted anew. */
  #departures = 0

  /** Shares the columns of the engine's heap. */
  share({ keys, places }: IndexedHeap): void {
    this.#heap.keys = keys
    this.#heap.places = places
  }

  get size(): number {
    return this.#heap.size
  }

  /** The flow that is through first. */
  get first(): number {
    return this.#heap.items[0]!
  }

  /** Adds what a flow of weight 1 has drained. */
  advance(drained: number): void {
    this.#reading += drained
  }

  /** What the first has left per weight, where so much has been drained beyond the reading. */
  least(drained: number): number {
    return this.#heap.keys[this.first]! - (this.#reading + drained)
  }

  leftOf(flow: number, drained: number): number {
    return Math.max(0, this.#heap.keys[flow]! - (this.#reading + drained))
  }

  add(flow: number, leftPerWeight: number, drained: number): void {
    const heap = this.#heap
    if (heap.size === heap.items.length) heap.items = widenInts(heap.items, 2 * heap.size)
    heap.keys[flow] = this.#reading + drained + leftPerWeight
    heap.add(flow)
  }

  remove(flow: number): void {
    this.#heap.remove(flow)
    if (++this.#departures > this.#heap.size) this.#countAnew()
  }

  /** Keeps readings about as small as amounts, and so fine. */
  #countAnew(): void {
    const { items, keys, size } = this.#heap
    for (let place = 0; place < size; place++) keys[items[place]!] = keys[items[place]!]! - this.#reading
    this.#reading = 0
    this.#departures = 0
  }
}

/** The clocks of all crowds, by the row that stands for each. */
export class CrowdClocks {
  /** Rows whose next completion has to be found anew; some may have ended. */
  readonly touched: number[] = []
  readonly #byRow = new Map<number, CrowdClock>()

  get(row: number): CrowdClock {
    return this.#byRow.get(row)!
  }

  add(row: number, heap: IndexedHeap): void {
    const clock = new CrowdClock()
    clock.share(heap)
    this.#byRow.set(row, clock)
  }

  remove(row: number): void {
    this.#byRow.delete(row)
  }

  /** A flow of weight 1 has drained so much more. */
  advance(row: number, drained: number): void {
    this.get(row).advance(drained)
    this.touch(row)
  }

  touch(row: number): void {
    this.touched.push(row)
  }

  /** The engine's heap has other columns now. */
  share(heap: IndexedHeap): void {
    for (const clock of this.#byRow.values()) clock.share(heap)
  }
}
