import type { Simulation } from '@weft/core'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import { SackNews } from './sack-news.ts'

/** No segment qualifies. */
export const NONE = -1

const SACKED = 1
/** Deemed to have left the network unseen. */
const LOST = 2
/** Sent again since it was last deemed lost, or speculatively; that copy is in flight. */
const RETRANSMITTED = 4
/** Ever sent again: no round-trip sample (Karn). */
const AMBIGUOUS = 8

const RING_MIN = 16

/**
 * What a sender knows of every segment between SND.UNA and SND.NXT: a ring, a column per property.
 * Segments have indices that run on forever; a segment starts where the one before it ends.
 *
 *     head          lostMark         tail
 *     | judged       | not yet lost   |
 *
 * Counters of bytes follow every change, so that the pipe of RFC 6675 §4 costs nothing to know. A segment is
 * lost when `duplicateAckThreshold` segments above it are SACKed: IsLost() counted in segments, which for
 * full segments is the same as its count of bytes.
 */
export class Scoreboard {
  sackedBytes = 0
  lostBytes = 0
  retransmittedBytes = 0
  /** Out of `acknowledge`: when the first of the segments was sent; negative if one was ambiguous (Karn). */
  sampleSentPs = -1

  private readonly sim: Simulation
  private readonly news: SackNews
  private readonly threshold: number
  private head = 0
  private tail = 0
  /** Segments below have been judged; none above is lost. */
  private lostMark = 0
  private sackedAboveMark = 0
  /** One past the highest segment that was sent again in this recovery (HighRxt). */
  private retransmitMark = 0
  /** One past the highest SACKed segment. */
  private sackedEnd = 0
  /** Sequence number of the head's first byte: SND.UNA. */
  private firstByte = 0

  private mask = RING_MIN - 1
  private ends = new Float64Array(RING_MIN)
  private sentPs = new Float64Array(RING_MIN)
  private flags = new Uint8Array(RING_MIN)

  constructor(sim: Simulation, packets: PacketTable, duplicateAckThreshold: number) {
    this.sim = sim
    this.news = new SackNews(packets)
    this.threshold = duplicateAckThreshold
  }

  /** The sequence number of the first byte that `push` will add. */
  start(sequence: number): void {
    this.firstByte = sequence
  }

  get isEmpty(): boolean {
    return this.head === this.tail
  }

  /** A new segment leaves now, up to `end`. */
  push(end: number): void {
    if (this.tail - this.head > this.mask) this.grow()
    const slot = this.tail++ & this.mask
    this.ends[slot] = end
    this.sentPs[slot] = this.sim.now
    this.flags[slot] = 0
  }

  /** Everything below `ack` has arrived. */
  acknowledge(ack: number): void {
    const ends = this.ends
    const mask = this.mask
    const tail = this.tail
    let head = this.head
    let start = this.firstByte
    let valid = true
    this.sampleSentPs = -1
    while (head < tail) {
      const slot = head & mask
      const end = ends[slot]!
      const flags = this.flags[slot]!
      if (end > ack) {
        // part of a segment: its rest stays what it was
        if (flags !== 0) this.discount(flags, ack - start)
        break
      }
      if (flags === 0) {
        if (this.sampleSentPs < 0) this.sampleSentPs = this.sentPs[slot]!
        if (head >= this.lostMark) this.lostMark = head + 1
      } else {
        if ((flags & AMBIGUOUS) !== 0) valid = false
        this.retire(head, flags, end - start)
      }
      start = end
      head++
    }
    if (!valid) this.sampleSentPs = -1
    this.firstByte = ack
    this.head = head
    if (this.retransmitMark < head) this.retransmitMark = head
  }

  /** Takes an acknowledgement's SACK blocks in; answers whether they told anything new. */
  sack(packet: PacketHandle): boolean {
    const news = this.news
    const before = this.sackedBytes
    news.read(packet)
    while (news.next()) this.markSacked(news.left, news.right)
    if (this.sackedBytes === before) return false
    this.judge()
    return true
  }

  /** After a retransmission timeout: all that is not SACKed counts as lost, RFC 6675 §5.1. */
  loseAll(): void {
    for (let index = this.head; index < this.tail; index++) {
      const slot = index & this.mask
      const flags = this.flags[slot]!
      if ((flags & SACKED) === 0) this.flags[slot] = (flags & AMBIGUOUS) | LOST
    }
    this.lostBytes = this.endOf(this.tail - 1) - this.firstByte - this.sackedBytes
    this.retransmittedBytes = 0
    this.lostMark = this.tail
    this.sackedAboveMark = 0
    this.retransmitMark = this.head
  }

  /** A recovery begins: HighRxt goes back to the first segment. */
  rewind(): void {
    this.retransmitMark = this.head
  }

  /** NextSeg() rule 1: the first lost segment that has not been sent again; NONE if there is none. */
  nextLost(): number {
    const limit = this.lostMark
    let index = this.retransmitMark
    while (index < limit && (this.flags[index & this.mask]! & (LOST | RETRANSMITTED)) !== LOST) index++
    this.retransmitMark = index
    return index < limit ? index : NONE
  }

  /** NextSeg() rule 3: as rule 1, but not known to be lost; only with something SACKed above it. */
  nextHole(): number {
    const limit = this.sackedEnd
    let index = this.retransmitMark
    while (index < limit && (this.flags[index & this.mask]! & (SACKED | RETRANSMITTED)) !== 0) index++
    return index < limit ? index : NONE
  }

  /**
   * NextSeg() rule 4: the last segment that is not SACKed, unless it has been sent again in this recovery.
   */
  rescue(): number {
    const index = this.lastUnsacked()
    return index === NONE || (this.flags[index & this.mask]! & RETRANSMITTED) !== 0 ? NONE : index
  }

  /** What a tail loss probe sends. */
  lastUnsacked(): number {
    let index = this.tail - 1
    while (index >= this.head && (this.flags[index & this.mask]! & SACKED) !== 0) index--
    return index >= this.head ? index : NONE
  }

  get first(): number {
    return this.head
  }

  startOf(index: number): number {
    return index === this.head ? this.firstByte : this.ends[(index - 1) & this.mask]!
  }

  private endOf(index: number): number {
    return index < this.head ? this.firstByte : this.ends[index & this.mask]!
  }

  lengthOf(index: number): number {
    return this.ends[index & this.mask]! - this.startOf(index)
  }

  /** The segment leaves once more, now. `inPipe`: its new copy counts as in flight beside the old one. */
  retransmit(index: number, inPipe: boolean): void {
    const slot = index & this.mask
    const flags = this.flags[slot]!
    if (inPipe && (flags & RETRANSMITTED) === 0) {
      this.retransmittedBytes += this.lengthOf(index)
      this.flags[slot] = flags | RETRANSMITTED | AMBIGUOUS
    } else this.flags[slot] = flags | AMBIGUOUS
    this.sentPs[slot] = this.sim.now
  }

  /** Moves HighRxt past a segment that rule 3 chose. */
  passRetransmit(index: number): void {
    this.retransmitMark = index + 1
  }

  /** Marks what lies in [left, right). */
  private markSacked(left: number, right: number): void {
    const ends = this.ends
    const mask = this.mask
    for (let index = this.firstFrom(left); index < this.tail; index++) {
      const slot = index & mask
      if (ends[slot]! > right) return
      const flags = this.flags[slot]!
      if ((flags & SACKED) !== 0) continue
      const length = this.lengthOf(index)
      this.discount(flags, length)
      this.sackedBytes += length
      this.flags[slot] = (flags & AMBIGUOUS) | SACKED
      if (index >= this.lostMark) this.sackedAboveMark++
      if (index >= this.sackedEnd) this.sackedEnd = index + 1
    }
  }

  /** The first segment that starts at or after a sequence number, by bisection. */
  private firstFrom(sequence: number): number {
    let low = this.head
    let high = this.tail
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.startOf(middle) < sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Moves the lost mark up as far as the threshold of SACKed segments above it allows. */
  private judge(): void {
    while (this.sackedAboveMark >= this.threshold) {
      const index = this.lostMark++
      const slot = index & this.mask
      const flags = this.flags[slot]!
      if ((flags & SACKED) !== 0) this.sackedAboveMark--
      else {
        this.flags[slot] = flags | LOST
        this.lostBytes += this.lengthOf(index)
      }
    }
  }

  /** A flagged segment leaves the ring from the head. */
  private retire(index: number, flags: number, length: number): void {
    this.discount(flags, length)
    if (index >= this.lostMark) {
      if ((flags & SACKED) !== 0) this.sackedAboveMark--
      this.lostMark = index + 1
    }
  }

  private discount(flags: number, length: number): void {
    if ((flags & SACKED) !== 0) this.sackedBytes -= length
    if ((flags & LOST) !== 0) this.lostBytes -= length
    if ((flags & RETRANSMITTED) !== 0) this.retransmittedBytes -= length
  }

  /** Doubles the ring; every segment moves to its place under the new mask. */
  private grow(): void {
    const capacity = (this.mask + 1) * 2
    const ends = new Float64Array(capacity)
    const sentPs = new Float64Array(capacity)
    const flags = new Uint8Array(capacity)
    for (let index = this.head; index < this.tail; index++) {
      const from = index & this.mask
      const to = index & (capacity - 1)
      ends[to] = this.ends[from]!
      sentPs[to] = this.sentPs[from]!
      flags[to] = this.flags[from]!
    }
    this.ends = ends
    this.sentPs = sentPs
    this.flags = flags
    this.mask = capacity - 1
  }
}
