import { InvariantError } from '@weft/core'

const KEYS = 4
const EMPTY = -1
const SLOTS_MIN = 8

/** Answer of `get` and `delete` when the key is not there. */
export const ABSENT = -1

/**
 * Maps keys of four 32-bit integers to whole numbers from 0 up: five-tuples to connections, flows to mappings.
 *
 * Open addressing with linear probing, at most three quarters full. A removal moves later entries of the run
 * back into the gap, so that there are no tombstones and look-ups cost the same after any history.
 */
export class TupleTable {
  size = 0
  /** Most entries since construction. */
  peakSize = 0
  private mask = SLOTS_MIN - 1
  /** KEYS numbers a slot. */
  private keys = new Int32Array(SLOTS_MIN * KEYS)
  private values = new Int32Array(SLOTS_MIN).fill(EMPTY)

  /** Slots allocated. */
  get slots(): number {
    return this.mask + 1
  }

  /** The value of a key, or ABSENT. */
  get(a: number, b: number, c: number, d: number): number {
    return this.values[this.find(a, b, c, d)]!
  }

  /** Adds or replaces; the value must be a whole number from 0 to 2^31 - 1. */
  set(a: number, b: number, c: number, d: number, value: number): void {
    if (value < 0) throw new InvariantError(`a tuple table holds values from 0 up, got ${value}`)
    let slot = this.find(a, b, c, d)
    if (this.values[slot] === EMPTY) {
      if ((this.size + 1) * 4 > this.slots * 3) {
        this.grow()
        slot = this.find(a, b, c, d)
      }
      this.size++
      if (this.size > this.peakSize) this.peakSize = this.size
    }
    this.write(slot, a, b, c, d, value)
  }

  /** Removes a key; answers its value, or ABSENT. */
  delete(a: number, b: number, c: number, d: number): number {
    const slot = this.find(a, b, c, d)
    const value = this.values[slot]!
    if (value === EMPTY) return ABSENT
    this.closeGap(slot)
    this.size--
    return value
  }

  /** The slot of the key, or the empty slot where it would go. */
  private find(a: number, b: number, c: number, d: number): number {
    const keys = this.keys
    const values = this.values
    const mask = this.mask
    let slot = hashWords(a, b, c, d) & mask
    while (values[slot] !== EMPTY) {
      const at = slot * KEYS
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  private write(slot: number, a: number, b: number, c: number, d: number, value: number): void {
    const at = slot * KEYS
    this.keys[at] = a
    this.keys[at + 1] = b
    this.keys[at + 2] = c
    this.keys[at + 3] = d
    this.values[slot] = value
  }

  /** Backward-shift deletion: an entry may move to the gap when its home slot is not between the gap and itself. */
  private closeGap(gap: number): void {
    const keys = this.keys
    const mask = this.mask
    for (let slot = (gap + 1) & mask; this.values[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const at = slot * KEYS
      const home = hashWords(keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!) & mask
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue
      keys.copyWithin(gap * KEYS, at, at + KEYS)
      this.values[gap] = this.values[slot]!
      gap = slot
    }
    this.values[gap] = EMPTY
  }

  private grow(): void {
    const keys = this.keys
    const values = this.values
    const slots = this.slots * 2
    this.mask = slots - 1
    this.keys = new Int32Array(slots * KEYS)
    this.values = new Int32Array(slots).fill(EMPTY)
    values.forEach((value, slot) => {
      if (value === EMPTY) return
      const at = slot * KEYS
      const [a, b, c, d] = [keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!]
      this.write(this.find(a, b, c, d), a, b, c, d, value)
    })
  }
}

/** Mixes four integers; every bit of the answer, the lowest too, depends on all of them. */
export function hashWords(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ b
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ c
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) ^ d
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return h ^ (h >>> 15)
}
