import { TIME_MAX } from '../time.ts'

/** More distinct times than this in one bucket make it crowded. */
export const CROWD = 4

const WIDTH_LOG2_INITIAL = 14
/** Bits of a double's significand. */
const SIGNIFICAND_BITS = 53
const WIDTH_LOG2_MAX = 40
const BUCKETS_LOG2_MIN = 10
const BUCKETS_LOG2_MAX = 23
const SPARE_SIZE_LOG2_MAX = 13
/** With fewer events pending, their number says nothing about the density. */
const SIZE_MIN = 32
/** Units of work between two reviews, at least; with many events pending, as many as events. */
const REVIEW_WORK_MIN = 2048
const PATIENCE_MAX = 64
/** Words of empty buckets that are skipped in the time in which a far event is moved. */
const WORDS_PER_MOVE = 16

/**
 * Chooses width and number of a calendar queue's buckets from the work that the present choice makes.
 *
 * Buckets that are too wide are crowded: sorting, and intruders into the bucket being emptied, cost logarithms.
 * Too narrow ones are sparse: events lie beyond the ring and move through the far wheel, and empty buckets are
 * skipped. A review weighs both when the work done since the last one reaches the number of pending events, so
 * that rebuilding, which is linear, costs a constant per event, and less where it does not help for long.
 */
export class CalendarTuning {
  widthLog2 = WIDTH_LOG2_INITIAL
  bucketsLog2 = BUCKETS_LOG2_MIN

  /** Work left until the next review. The queue takes one for every bucket that it empties. */
  credit = 0

  // Work since the last review, taken from the credit too.
  /** Far events pushed, moves from list to list of the far wheel, and the like of them in buckets skipped. */
  private sparse = 0
  /** Events pushed into the bucket being emptied, to join more than `CROWD` others. */
  private intruders = 0
  /** Events in crowded buckets, the gaps between their distinct times, and the sum of these. */
  private crowded = 0
  private crowdGaps = 0
  private crowdSpanPs = 0

  /** The next `settle` needs every pending event counted by `count`. */
  wantsCensus = false
  private readonly census = new Float64Array(65)
  /** Narrower buckets would begin and end between two doubles at the latest time. */
  private readonly widthLog2Min: number
  private sizeMax = SIZE_MIN
  private patience = 1
  /** Reviews in a row that made the buckets wider. */
  private widenings = 0
  private reviewWork = 0

  constructor(timeMaxPs = TIME_MAX) {
    this.widthLog2Min = Math.max(0, Math.ceil(Math.log2(timeMaxPs)) - SIGNIFICAND_BITS)
  }

  /** A bucket held a chain of several events: each costs as much as a bucket. */
  noteChain(length: number): void {
    this.credit -= length - 1
  }

  /** A bucket had more than `CROWD` events. */
  noteCrowd(chain: { readonly length: number; readonly distinct: number; readonly span: number }): void {
    if (chain.distinct <= CROWD) return
    this.crowded += chain.length
    this.crowdGaps += chain.distinct - 1
    this.crowdSpanPs += chain.span
  }

  noteIntruder(): void {
    this.intruders++
    this.credit--
  }

  noteFar(moves: number): void {
    this.sparse += moves
    this.credit -= moves
  }

  /** The search for the next bucket went through so many words of 32 buckets. */
  noteSearch(words: number): void {
    this.noteFar(Math.ceil(words / WORDS_PER_MOVE))
  }

  /** Weighs the work since the last review; true if the queue should be rebuilt. */
  review(size: number): boolean {
    const step = this.step()
    this.widenings = step > 0 ? this.widenings + 1 : 0
    // Every change makes the next wait longer, every review without one shorter again.
    this.patience = step === 0 ? Math.max(1, this.patience / 2) : Math.min(PATIENCE_MAX, this.patience * 2)
    // Grown severalfold since: what is known of the density is about another population.
    this.wantsCensus = size > this.sizeMax
    if (!this.wantsCensus) this.widthLog2 = this.inRange(this.widthLog2 + step)
    this.startOver(size)
    const isTooMany = this.bucketsLog2 > BUCKETS_LOG2_MIN && size * 32 < 2 ** this.bucketsLog2
    return this.wantsCensus || step !== 0 || isTooMany
  }

  /** Counts one pending event by how long after the earliest it is due. */
  count(afterPs: number): void {
    const bits = afterPs < 1 ? 0 : 1 + Math.floor(Math.log2(afterPs))
    this.census[bits] = this.census[bits]! + 1
  }

  /** Chooses for a rebuild with this many pending events. */
  settle(size: number): void {
    const log2 = Math.ceil(Math.log2(size + 1))
    // More buckets keep more events out of the far wheel, as long as they fit in a near cache.
    const spare = log2 > SPARE_SIZE_LOG2_MAX ? 0 : 2
    this.bucketsLog2 = Math.min(BUCKETS_LOG2_MAX, Math.max(BUCKETS_LOG2_MIN, log2 + spare))
    this.sizeMax = Math.max(SIZE_MIN, 4 * size)
    if (this.wantsCensus) this.widthLog2 = this.widthFromCensus(size)
    this.wantsCensus = false
    this.startOver(size)
  }

  /** By how much to change the logarithm of the width. */
  private step(): number {
    // What was taken from the credit for anything else was one for each event that came out of a bucket.
    const events = this.reviewWork - this.credit - this.sparse - this.intruders
    if ((this.crowded + this.intruders) * 2 > events) {
      const room = this.widthLog2 - this.widthLog2Min
      if (this.crowdGaps === 0) return room > 0 ? -2 : 0
      const gapLog2 = Math.ceil(Math.log2(this.crowdSpanPs / this.crowdGaps))
      return Math.max(-room, Math.min(-1, gapLog2 - this.widthLog2))
    }
    const isSparse = this.sparse > events
    // Far off the mark it takes ever larger steps; back from too far, a crowd tells how far.
    return isSparse && this.widthLog2 < WIDTH_LOG2_MAX ? 2 * (this.widenings + 1) : 0
  }

  private startOver(size: number): void {
    this.reviewWork = Math.max(REVIEW_WORK_MIN, size) * this.patience
    this.credit = this.reviewWork
    this.sparse = this.intruders = 0
    this.crowded = this.crowdGaps = this.crowdSpanPs = 0
  }

  /** The mean gap over the time from the earliest event in which a quarter of all fall. */
  private widthFromCensus(size: number): number {
    let within = 0
    let bits = 0
    for (; bits < this.census.length - 1; bits++) {
      within += this.census[bits]!
      if (within * 4 >= size) break
    }
    this.census.fill(0)
    return this.inRange(Math.ceil(bits - Math.log2(within)))
  }

  private inRange(widthLog2: number): number {
    return Math.min(WIDTH_LOG2_MAX, Math.max(this.widthLog2Min, widthLog2))
  }
}
