import type { EventRecords } from './event-records.ts'
import * as eventRecord from './event-record.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { FLOATS_LOG2, KEY, WORDS_LOG2 } = eventRecord

/**
 * A binary heap of event slots, earliest first, ties in order of insertion (a sequence number in `KEY`). Holds
 * the few events that were pushed into the bucket which is being emptied.
 */
export class SlotHeap {
  size = 0

  private readonly records: EventRecords
  private slots = new Int32Array(64)
  private sequence = 0

  constructor(records: EventRecords) {
    this.records = records
  }

  /** The earliest event's slot; only when there is one. */
  get top(): number {
    return this.slots[0]!
  }

  push(slot: number): void {
    if (this.size === this.slots.length) this.grow()
    const slots = this.slots
    this.records.words[(slot << WORDS_LOG2) | KEY] = this.sequence++
    let hole = this.size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!this.isBefore(slot, slots[parent]!)) break
      slots[hole] = slots[parent]!
      hole = parent
    }
    slots[hole] = slot
  }

  pop(): number {
    const slots = this.slots
    const top = slots[0]!
    const size = --this.size
    const slot = slots[size]!
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= size) break
      if (child + 1 < size && this.isBefore(slots[child + 1]!, slots[child]!)) child++
      if (!this.isBefore(slots[child]!, slot)) break
      slots[hole] = slots[child]!
      hole = child
    }
    slots[hole] = slot
    // Only order among those here together matters, so the count can start again and never runs out.
    if (size === 0) this.sequence = 0
    return top
  }

  private isBefore(x: number, y: number): boolean {
    const { floats, words } = this.records
    const earlier = floats[x << FLOATS_LOG2]! - floats[y << FLOATS_LOG2]!
    return earlier < 0 || (earlier === 0 && words[(x << WORDS_LOG2) | KEY]! < words[(y << WORDS_LOG2) | KEY]!)
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2)
    slots.set(this.slots)
    this.slots = slots
  }
}
