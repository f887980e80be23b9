import { InvariantError } from '@weft/core'
import { hashWords } from '../model/tuple-table.ts'
import { copied } from './expiry-lists.ts'

/** Answer of `find` where no key has the tuple. */
export const NO_KEY = -1

const WORDS = 4
const SLOTS_MIN = 16

/**
 * Finds keys, numbers from 0 up, by tuples of four 32-bit integers; no two keys have the same tuple.
 *
 * Open addressing as in `TupleTable`, but tuples stand in a column by key and slots hold keys alone: a slot takes
 * 4 bytes for 20, so that a table of millions stays small, and a key is removed without telling its tuple again.
 */
export class TupleIndex {
  size = 0
  /** The tuple of key k begins at WORDS * k. */
  words = new Int32Array(0)
  private slots = new Int32Array(SLOTS_MIN).fill(NO_KEY)
  private mask = SLOTS_MIN - 1

  /** Makes room for keys below this number. */
  resize(keys: number): void {
    this.words = copied(new Int32Array(keys * WORDS), this.words)
  }

  find(a: number, b: number, c: number, d: number): number {
    return this.slots[this.slotOf(a, b, c, d)]!
  }

  /** Gives a tuple to a key that has none; the tuple must be free. */
  add(key: number, a: number, b: number, c: number, d: number): void {
    if ((this.size + 1) * 4 > this.slots.length * 3) this.grow()
    const slot = this.slotOf(a, b, c, d)
    if (this.slots[slot] !== NO_KEY)
      throw new InvariantError(`tuple ${a} ${b} ${c} ${d} belongs to key ${this.slots[slot]} already`)
    const at = key * WORDS
    this.words[at] = a
    this.words[at + 1] = b
    this.words[at + 2] = c
    this.words[at + 3] = d
    this.slots[slot] = key
    this.size++
  }

  /** Takes its tuple from a key that has one. */
  remove(key: number): void {
    const { slots, mask } = this
    let gap = this.homeOf(key)
    while (slots[gap] !== key) {
      if (slots[gap] === NO_KEY) throw new InvariantError(`key ${key} has no tuple to remove`)
      gap = (gap + 1) & mask
    }
    // an entry of the run may move to the gap when its home does not lie between the gap and itself
    for (let slot = (gap + 1) & mask; slots[slot] !== NO_KEY; slot = (slot + 1) & mask) {
      const home = this.homeOf(slots[slot]!)
      if (((slot - home) & mask) < ((slot - gap) & mask)) continue
      slots[gap] = slots[slot]!
      gap = slot
    }
    slots[gap] = NO_KEY
    this.size--
  }

  /** The key in a slot so many slots behind the home of a tuple, or NO_KEY: what lies near it. */
  near(a: number, b: number, c: number, d: number, distance: number): number {
    return this.slots[(hashWords(a, b, c, d) + distance) & this.mask]!
  }

  private slotOf(a: number, b: number, c: number, d: number): number {
    const { slots, words, mask } = this
    let slot = hashWords(a, b, c, d) & mask
    for (let key = slots[slot]!; key !== NO_KEY; key = slots[slot]!) {
      const at = key * WORDS
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  private homeOf(key: number): number {
    const at = key * WORDS
    const { words } = this
    return hashWords(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!) & this.mask
  }

  private grow(): void {
    const old = this.slots
    this.mask = old.length * 2 - 1
    this.slots = new Int32Array(old.length * 2).fill(NO_KEY)
    for (const key of old) {
      if (key === NO_KEY) continue
      let slot = this.homeOf(key)
      while (this.slots[slot] !== NO_KEY) slot = (slot + 1) & this.mask
      this.slots[slot] = key
    }
  }
}
