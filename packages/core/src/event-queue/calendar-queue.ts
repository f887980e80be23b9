import * as calendarTuning from './calendar-tuning.ts'
import { ChainSorter } from './chain.ts'
import type { EventHandle, EventQueue, EventQueueOptions } from './event-queue.ts'
import { EventRecords } from './event-records.ts'
import * as eventRecord from './event-record.ts'
import { FAR_KEYS, FarWheel } from './far-wheel.ts'
import { pendingRunaway, refuseDue, timeMaxOf } from './refusals.ts'
import { SlotHeap } from './slot-heap.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { A, B, CANCELLED, FLOATS_LOG2, GENERATION, HANDLER, KEY, NEXT, NO_SLOT, WORDS_LOG2 } = eventRecord
const { CalendarTuning, CROWD } = calendarTuning

/** Fewer cancelled events than this are not worth a sweep. */
const SWEEP_MIN = 1024
/** So many buckets ahead of the one being emptied, memory has time to answer. Measured: 30 % at 1e5 and 1e6 events. */
const PREFETCH_BUCKETS = 4
/** The last epoch to be entered before epochs are numbered from a new origin. */
const EPOCH_LAST = FAR_KEYS - 2

/**
 * The default pending event set: a calendar queue after R. Brown, "Calendar queues: a fast O(1) priority queue
 * implementation for the simulation event set problem", CACM 1988, with buckets sorted only when they are
 * reached, as in W. T. Tang et al., "Ladder queue", 2005.
 *
 *   past | bucket being emptied   | this epoch's buckets    | next epoch's buckets | later
 *        | run, instant, intruders| ring: unsorted chains in buckets of one width | far wheel, beyond
 *                                 ^ bucketEnd                                     ^ nearEnd
 *
 * The ring holds two epochs of half its buckets each; when the first is over, the far wheel hands over the events
 * of the next but one. Pushing prepends to a chain and reads no other event. The bucket that is reached is sorted
 * into `run`. What is pushed into that bucket afterwards goes to a heap (`intruders`), or to a chain if it is for
 * the very instant of the last pop. So equal times cost nothing extra, and where width and density do not match,
 * an event costs a logarithm at worst. `CalendarTuning` watches for that and picks width and number of buckets.
 */
export class CalendarQueue implements EventQueue {
  due = 0
  limit = Number.MAX_SAFE_INTEGER
  time = 0
  handler = 0
  a = 0
  b = 0
  size = 0
  nameOf = (handler: number) => `handler ${handler}`
  readonly timeMaxPs: number

  private readonly records: EventRecords
  private readonly far: FarWheel
  private readonly intruders: SlotHeap
  private readonly sorter: ChainSorter
  private readonly tuning: calendarTuning.CalendarTuning

  /** Events in order, all before `bucketEnd`; an intruder that is next is put in front. */
  private run = NO_SLOT
  /** Events for the instant of the last pop, pushed since. */
  private instantHead = NO_SLOT
  private instantTail = NO_SLOT
  /** Events among the intruders and in the instant's chain. */
  private aside = 0

  // The ring: a chain per bucket, newest first, and a bit per bucket that has one.
  private heads = new Int32Array(0)
  private occupied = new Int32Array(0)
  /** The word of `occupied` that the search for the next bucket has reached. */
  private word = 0
  private bucketMask = 0
  private widthPs = 1
  private perWidth = 1

  // Times of the ring's parts. An epoch's number counts from `origin`.
  private origin = 0
  private epoch = 0
  private epochPs = 1
  private perEpoch = 1
  private epochStart = 0
  private bucketEnd = 0
  private nearEnd = 0

  /** Later than the far wheel can number. */
  private beyondHead = NO_SLOT
  private beyondTail = NO_SLOT
  /** Events that the far wheel handed over at the last change of epoch. */
  private handedOver = 0
  /** Cancelled events that still stand in some chain. */
  private cancelled = 0

  constructor(options: EventQueueOptions = {}) {
    this.records = new EventRecords(options.pendingEventsMax)
    this.timeMaxPs = timeMaxOf(options.timeMaxPs)
    this.limit = this.timeMaxPs
    this.tuning = new CalendarTuning(this.timeMaxPs)
    this.far = new FarWheel(this.records)
    this.intruders = new SlotHeap(this.records)
    this.sorter = new ChainSorter(this.records)
    this.layOut(0)
  }

  push(handler: number, a: number, b: number): number {
    const slot = this.take(handler, a, b)
    this.arm(slot)
    return slot
  }

  reserve(handler: number, a: number, b: number): number {
    const slot = this.take(handler, a, b)
    this.records.keep(slot)
    return slot
  }

  arm(slot: number): void {
    const { floats, words } = this.records
    const time = this.due
    const record = slot << WORDS_LOG2
    floats[slot << FLOATS_LOG2] = time
    if (time >= this.bucketEnd && time < this.nearEnd) {
      const bucket = (time * this.perWidth) & this.bucketMask
      words[record | NEXT] = this.heads[bucket]!
      this.heads[bucket] = slot
      this.occupied[bucket >> 5] = this.occupied[bucket >> 5]! | (1 << bucket)
    } else {
      this.placeOutside(slot)
    }
    this.size++
  }

  abandon(slot: number): void {
    this.records.unkeep(slot)
  }

  pop(): boolean {
    const records = this.records
    for (;;) {
      if (this.aside !== 0) this.bringForward()
      const slot = this.run
      if (slot === NO_SLOT) {
        if (this.advance() === false) return false
        continue
      }
      const words = records.words
      const record = slot << WORDS_LOG2
      const time = records.floats[slot << FLOATS_LOG2]!
      if (time > this.limit) return false
      this.run = words[record | NEXT]!
      const handler = words[record | HANDLER]!
      if (handler === CANCELLED) {
        this.cancelled--
        records.release(slot)
        continue
      }
      this.time = time
      this.handler = handler
      this.a = words[record | A]!
      this.b = words[record | B]!
      if (words[record | GENERATION]! >= 0) records.release(slot)
      this.size--
      return true
    }
  }

  handleOf(slot: number): EventHandle {
    return this.records.handleOf(slot)
  }

  cancel(handle: EventHandle): boolean {
    const slot = this.records.slotOf(handle)
    if (slot === NO_SLOT) return false
    this.cancelSlot(slot)
    return true
  }

  cancelSlot(slot: number): void {
    this.records.words[(slot << WORDS_LOG2) | HANDLER] = CANCELLED
    this.size--
    this.cancelled++
    if (this.cancelled > this.size && this.cancelled > SWEEP_MIN) this.rebuild()
  }

  private take(handler: number, a: number, b: number): number {
    const { records } = this
    let slot = records.acquire()
    if (slot === NO_SLOT) slot = this.acquireOrRefuse()
    const words = records.words
    const record = slot << WORDS_LOG2
    words[record | HANDLER] = handler
    words[record | A] = a
    words[record | B] = b
    return slot
  }

  /** Room may be left where cancelled events stand; else the model counts as runaway. */
  private acquireOrRefuse(): number {
    if (this.cancelled > 0) {
      this.rebuild()
      return this.records.acquire()
    }
    const { pendingMax } = this.records
    throw pendingRunaway(this.records.census(), pendingMax, this.time, this.nameOf)
  }

  /** A new event that is not for the ring: for the bucket being emptied, or far ahead, or nonsense. */
  private placeOutside(slot: number): void {
    const time = this.records.floats[slot << FLOATS_LOG2]!
    if (!(time >= this.time && time <= this.timeMaxPs)) {
      const words = this.records.words
      const handler = words[(slot << WORDS_LOG2) | HANDLER]!
      if (words[(slot << WORDS_LOG2) | GENERATION]! >= 0) this.records.release(slot)
      refuseDue(time, this.time, this.timeMaxPs, this.nameOf(handler))
    }
    if (time >= this.bucketEnd) {
      this.tuning.noteFar(1)
      this.placeFar(slot)
      return
    }
    this.aside++
    if (time === this.time) {
      const words = this.records.words
      words[(slot << WORDS_LOG2) | NEXT] = NO_SLOT
      if (this.instantHead === NO_SLOT) this.instantHead = slot
      else words[(this.instantTail << WORDS_LOG2) + NEXT] = slot
      this.instantTail = slot
    } else {
      this.intruders.push(slot)
      if (this.intruders.size > CROWD) this.tuning.noteIntruder()
      if (this.tuning.credit < 0) this.retune()
    }
  }

  private placeInRing(slot: number): void {
    const { floats, words } = this.records
    const bucket = (floats[slot << FLOATS_LOG2]! * this.perWidth) & this.bucketMask
    words[(slot << WORDS_LOG2) | NEXT] = this.heads[bucket]!
    this.heads[bucket] = slot
    this.occupied[bucket >> 5] = this.occupied[bucket >> 5]! | (1 << bucket)
  }

  private placeFar(slot: number): void {
    const { floats, words } = this.records
    const epoch = (floats[slot << FLOATS_LOG2]! - this.origin) * this.perEpoch
    if (epoch <= EPOCH_LAST) {
      words[(slot << WORDS_LOG2) | KEY] = epoch
      this.far.add(slot)
      return
    }
    words[(slot << WORDS_LOG2) | NEXT] = NO_SLOT
    if (this.beyondHead === NO_SLOT) this.beyondHead = slot
    else words[(this.beyondTail << WORDS_LOG2) + NEXT] = slot
    this.beyondTail = slot
  }

  /** Puts the next event in front of `run` if it is an intruder or one of the instant's. */
  private bringForward(): void {
    const { floats, words } = this.records
    const intruders = this.intruders
    let earliest = this.run === NO_SLOT ? Number.POSITIVE_INFINITY : floats[this.run << FLOATS_LOG2]!
    // Among equals: the run was pushed first, then the intruders, then what came during the instant itself.
    const isIntruderNext = intruders.size > 0 && floats[intruders.top << FLOATS_LOG2]! < earliest
    if (isIntruderNext) earliest = floats[intruders.top << FLOATS_LOG2]!
    let slot: number
    if (this.instantHead !== NO_SLOT && this.time < earliest) {
      slot = this.instantHead
      this.instantHead = words[(slot << WORDS_LOG2) | NEXT]!
    } else if (isIntruderNext) {
      slot = intruders.pop()
    } else {
      return
    }
    words[(slot << WORDS_LOG2) | NEXT] = this.run
    this.run = slot
    this.aside--
  }

  /** Empties the next bucket that has events into `run`; false if there is none, or none before `limit`. */
  private advance(): boolean {
    if (this.size === 0) return false
    const tuning = this.tuning
    const words = this.records.words
    if (--tuning.credit < 0) this.retune()
    let occupied = this.occupied
    let half = this.bucketMask >> 1
    let word = this.word
    let isNextEmpty = false
    while (occupied[word] === 0) {
      word++
      if ((word & (half >> 5)) !== 0) continue
      if (!(isNextEmpty ? this.jump() : this.enterNextEpoch())) return false
      // What was just handed over is all that the epoch after this one can hold.
      isNextEmpty = this.handedOver === 0
      occupied = this.occupied
      half = this.bucketMask >> 1
      word = this.word
    }
    const bit = occupied[word]! & -occupied[word]!
    const bucket = (word << 5) + 31 - Math.clz32(bit)
    const bucketStart = this.epochStart + (bucket & half) * this.widthPs
    if (bucketStart > this.limit) return false
    this.word = word
    occupied[word] = occupied[word]! ^ bit
    this.bucketEnd = bucketStart + this.widthPs
    const chain = this.heads[bucket]!
    this.heads[bucket] = NO_SLOT
    // Into the record of no event, for nothing but to have a soon needed record in the cache by then.
    const soon = this.heads[(bucket + PREFETCH_BUCKETS) & this.bucketMask]!
    words[KEY] = words[(soon << WORDS_LOG2) | NEXT]!
    const isSingle = words[(chain << WORDS_LOG2) | NEXT] === NO_SLOT
    this.run = isSingle ? chain : this.sorted(chain)
    return true
  }

  private sorted(chain: number): number {
    const sorter = this.sorter
    const head = sorter.sort(chain)
    this.tuning.noteChain(sorter.length)
    if (sorter.length > CROWD) {
      sorter.measure(head)
      this.tuning.noteCrowd(sorter)
    }
    return head
  }

  private enterNextEpoch(): boolean {
    const epoch = this.epoch + 1
    const limitEpoch = this.limitEpoch()
    if (epoch > limitEpoch) return limitEpoch === EPOCH_LAST && this.renumber()
    this.startEpoch(epoch)
    this.handedOver = 0
    this.handOver(epoch + 1)
    return true
  }

  /** The ring is empty: moves on to the next event's epoch. */
  private jump(): boolean {
    const far = this.far
    const limitEpoch = this.limitEpoch()
    const movesBefore = far.moves
    const epoch = far.seek(limitEpoch)
    this.tuning.noteFar(far.moves - movesBefore)
    if (epoch < 0 && this.beyondHead !== NO_SLOT && limitEpoch === EPOCH_LAST) return this.renumber()
    if (far.base > limitEpoch) return false
    // Also where nothing is before the limit: the ring must not fall behind the wheel's base.
    this.startEpoch(far.base)
    this.handedOver = 0
    this.handOver(far.base)
    this.handOver(far.base + 1)
    return epoch >= 0
  }

  private limitEpoch(): number {
    const epochs = (this.limit - this.origin) * this.perEpoch
    return epochs < EPOCH_LAST ? Math.floor(epochs) : EPOCH_LAST
  }

  /** The numbers of epochs are used up: counts them from a new origin. */
  private renumber(): boolean {
    this.rebuild()
    this.handedOver = 1
    return true
  }

  private startEpoch(epoch: number): void {
    this.tuning.noteSearch(this.occupied.length >> 1)
    this.epoch = epoch
    this.epochStart = this.origin + epoch * this.epochPs
    this.bucketEnd = this.epochStart
    this.nearEnd = this.epochStart + 2 * this.epochPs
    this.word = ((this.epochStart * this.perWidth) & this.bucketMask) >> 5
  }

  /** Moves the events of an epoch from the far wheel into the ring. */
  private handOver(epoch: number): void {
    const movesBefore = this.far.moves
    let slot = this.far.take(epoch)
    const words = this.records.words
    while (slot !== NO_SLOT) {
      const next = words[(slot << WORDS_LOG2) | NEXT]!
      this.placeInRing(slot)
      this.handedOver++
      slot = next
    }
    this.tuning.noteFar(this.far.moves - movesBefore)
  }

  private retune(): void {
    if (this.tuning.review(this.size)) this.rebuild()
  }

  /** Sets everything up anew for the width and number of buckets that the tuning chose; drops the cancelled. */
  private rebuild(): void {
    const { floats, words } = this.records
    let slot = this.gather()
    let earliest = Number.POSITIVE_INFINITY
    for (let each = slot; each !== NO_SLOT; each = words[(each << WORDS_LOG2) | NEXT]!) {
      earliest = Math.min(earliest, floats[each << FLOATS_LOG2]!)
    }
    const tuning = this.tuning
    if (tuning.wantsCensus) {
      for (let each = slot; each !== NO_SLOT; each = words[(each << WORDS_LOG2) | NEXT]!) {
        tuning.count(floats[each << FLOATS_LOG2]! - earliest)
      }
    }
    tuning.settle(this.size)
    this.layOut(earliest)
    while (slot !== NO_SLOT) {
      const next = words[(slot << WORDS_LOG2) | NEXT]!
      if (floats[slot << FLOATS_LOG2]! < this.nearEnd) this.placeInRing(slot)
      else this.placeFar(slot)
      slot = next
    }
  }

  /** An empty ring whose first bucket holds the present, or `earliest` if that is very far from it. */
  private layOut(earliest: number): void {
    const { widthLog2, bucketsLog2 } = this.tuning
    // shifted, not raised: the mask must be a small integer, which V8 tells from a double by how it was made
    const buckets = 1 << bucketsLog2
    if (this.heads.length !== buckets) {
      this.heads = new Int32Array(buckets)
      this.occupied = new Int32Array(buckets >> 5)
    }
    this.bucketMask = buckets - 1
    this.widthPs = 2 ** widthLog2
    this.perWidth = 2 ** -widthLog2
    this.epochPs = (buckets / 2) * this.widthPs
    this.perEpoch = 1 / this.epochPs
    const isOutOfReach = earliest - this.time > this.epochPs * EPOCH_LAST
    const start = isOutOfReach ? earliest : this.time
    this.origin = Math.floor(start / (2 * this.epochPs)) * 2 * this.epochPs
    this.startEpoch(start - this.origin < this.epochPs ? 0 : 1)
    this.bucketEnd = Math.floor(start * this.perWidth) * this.widthPs
    this.word = ((this.bucketEnd * this.perWidth) & this.bucketMask) >> 5
    this.far.base = this.epoch + 1
  }

  /** Takes every event out, as one chain in which equal times stand in order of insertion; drops the cancelled. */
  private gather(): number {
    const words = this.records.words
    let tail = NO_SLOT
    // The record of no event is a place for the head.
    words[NEXT] = this.run
    for (let slot = words[NEXT]; slot !== NO_SLOT; slot = words[(slot << WORDS_LOG2) | NEXT]!) tail = slot
    while (this.intruders.size > 0) {
      const slot = this.intruders.pop()
      words[(tail << WORDS_LOG2) | NEXT] = slot
      tail = slot
    }
    if (this.instantHead !== NO_SLOT) {
      words[(tail << WORDS_LOG2) | NEXT] = this.instantHead
      tail = this.instantTail
    }
    for (let word = 0; word < this.occupied.length; word++) {
      if (this.occupied[word] === 0) continue
      for (let bucket = word << 5; bucket < (word + 1) << 5; bucket++) {
        const newest = this.heads[bucket]!
        if (newest === NO_SLOT) continue
        words[(tail << WORDS_LOG2) | NEXT] = this.sorter.reverse(newest)
        tail = newest
        this.heads[bucket] = NO_SLOT
      }
      this.occupied[word] = 0
    }
    tail = this.far.drain(tail)
    if (this.beyondHead !== NO_SLOT) {
      words[(tail << WORDS_LOG2) | NEXT] = this.beyondHead
      tail = this.beyondTail
    }
    words[(tail << WORDS_LOG2) | NEXT] = NO_SLOT
    this.run = this.instantHead = this.beyondHead = NO_SLOT
    this.aside = 0
    return this.withoutCancelled(words[NEXT]!)
  }

  private withoutCancelled(chain: number): number {
    const words = this.records.words
    let tail = NO_SLOT
    while (chain !== NO_SLOT) {
      const next = words[(chain << WORDS_LOG2) | NEXT]!
      if (words[(chain << WORDS_LOG2) | HANDLER] === CANCELLED) {
        this.records.release(chain)
      } else {
        words[(tail << WORDS_LOG2) | NEXT] = chain
        tail = chain
      }
      chain = next
    }
    this.cancelled = 0
    words[(tail << WORDS_LOG2) | NEXT] = NO_SLOT
    return words[NEXT]!
  }
}
