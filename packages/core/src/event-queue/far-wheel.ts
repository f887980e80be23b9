import type { EventRecords } from './event-records.ts'
import * as eventRecord from './event-record.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { KEY, NEXT, NO_SLOT, WORDS_LOG2 } = eventRecord

const DIGIT_BITS = 5
const DIGITS = 1 << DIGIT_BITS
const LEVELS = 6
/** Keys are below this. */
export const FAR_KEYS = 1 << (DIGIT_BITS * LEVELS)

/**
 * Events too far ahead for the ring of buckets: a wheel of wheels, keyed by a small integer that grows with time.
 *
 * A key's level is the highest digit (base 32) in which it differs from the base, its list is that digit. As the
 * base moves up, the list it enters is dealt out to the levels below, so that an event moves at most `LEVELS`
 * times however times are distributed, and lists keep the order of insertion among equal keys. This is the
 * multi-level bucket of E. Denardo and B. Fox, "Shortest-route methods: 1. Reaching, pruning, and buckets", 1979.
 */
export class FarWheel {
  /** Every key held is larger than this, once the list of this key itself was taken. */
  base = 0
  /** Events moved from one list to another so far: what being far costs. */
  moves = 0

  private readonly records: EventRecords
  private readonly heads = new Int32Array(LEVELS * DIGITS)
  private readonly tails = new Int32Array(LEVELS * DIGITS)
  /** Per level, a bit for every list that holds something. */
  private readonly occupied = new Int32Array(LEVELS)

  constructor(records: EventRecords) {
    this.records = records
  }

  /** Adds an event whose key, in its `KEY` column, is not below the base. */
  add(slot: number): void {
    const words = this.records.words
    const key = words[(slot << WORDS_LOG2) | KEY]!
    // The lowest bit stands in for a key equal to the base: lowest level.
    const level = ((31 - Math.clz32((key ^ this.base) | 1)) * 13) >> 6
    const digit = (key >>> (level * DIGIT_BITS)) & (DIGITS - 1)
    const list = level * DIGITS + digit
    words[(slot << WORDS_LOG2) | NEXT] = NO_SLOT
    if (this.heads[list] === NO_SLOT) {
      this.heads[list] = slot
      this.occupied[level] = this.occupied[level]! | (1 << digit)
    } else {
      words[(this.tails[list]! << WORDS_LOG2) + NEXT] = slot
    }
    this.tails[list] = slot
  }

  /** Moves the base up to `key`, which no event may be below, and takes the chain of the events at exactly `key`. */
  take(key: number): number {
    this.advance(key)
    const digit = key & (DIGITS - 1)
    const chain = this.heads[digit]!
    this.heads[digit] = NO_SLOT
    this.occupied[0] = this.occupied[0]! & ~(1 << digit)
    return chain
  }

  /**
   * Moves the base up to the smallest key held, or as far as is certain below `keyMax`; answers that key, or -1
   * where the wheel is empty or everything in it is later than `keyMax`.
   */
  seek(keyMax: number): number {
    for (;;) {
      let level = 0
      while (level < LEVELS && this.occupied[level] === 0) level++
      if (level === LEVELS) return -1
      const occupied = this.occupied[level]!
      const digit = 31 - Math.clz32(occupied & -occupied)
      const shift = level * DIGIT_BITS
      const above = (this.base >>> (shift + DIGIT_BITS)) << (shift + DIGIT_BITS)
      const first = above | (digit << shift)
      if (first > keyMax) return -1
      this.advance(first)
      if (level === 0) return first
    }
  }

  /** Takes everything out, as one chain after `tail`; answers the new tail. Equal times keep their order. */
  drain(tail: number): number {
    const words = this.records.words
    for (let list = 0; list < this.heads.length; list++) {
      const head = this.heads[list]!
      if (head === NO_SLOT) continue
      words[(tail << WORDS_LOG2) | NEXT] = head
      tail = this.tails[list]!
    }
    this.heads.fill(NO_SLOT)
    this.occupied.fill(0)
    return tail
  }

  private advance(key: number): void {
    const changed = this.base ^ key
    this.base = key
    let level = ((31 - Math.clz32(changed | 1)) * 13) >> 6
    for (; level > 0; level--) {
      const digit = (key >>> (level * DIGIT_BITS)) & (DIGITS - 1)
      if ((this.occupied[level]! & (1 << digit)) === 0) continue
      this.occupied[level] = this.occupied[level]! & ~(1 << digit)
      const list = level * DIGITS + digit
      let slot = this.heads[list]!
      this.heads[list] = NO_SLOT
      const words = this.records.words
      while (slot !== NO_SLOT) {
        const next = words[(slot << WORDS_LOG2) | NEXT]!
        this.add(slot)
        this.moves++
        slot = next
      }
    }
  }
}
