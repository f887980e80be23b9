import { type PacketHandle, type PacketTable, SACK_BLOCKS_MAX } from '../../model/packet-table.ts'

const RANGES_MIN = 8
/** Blocks remembered by recency: more than one header holds, since some of them merge or fill up. */
const RECENT_MAX = 8

/** What arrived beyond a gap: disjoint, not adjoining ranges of sequence numbers, ascending. */
export class Reassembly {
  count = 0
  private lefts = new Float64Array(RANGES_MIN)
  private rights = new Float64Array(RANGES_MIN)
  /** A sequence number inside of each range of late, the latest first; each in another range. */
  private readonly recent = new Float64Array(RECENT_MAX)
  private recentCount = 0

  /** Adds [left, right), merging it with what it overlaps or touches. */
  insert(left: number, right: number): void {
    const lefts = this.lefts
    const rights = this.rights
    // ranges [first, last) overlap or touch the new one
    const first = this.firstEndingFrom(left)
    let last = first
    while (last < this.count && lefts[last]! <= right) last++
    if (first < last) {
      left = Math.min(left, lefts[first]!)
      right = Math.max(right, rights[last - 1]!)
    } else if (this.count === lefts.length) this.grow()
    this.replace(first, last, left, right)
    this.touch(left, right)
  }

  /** Removes what now joins on to everything below `next`; answers how far it reaches. */
  take(next: number): number {
    let taken = 0
    while (taken < this.count && this.lefts[taken]! <= next) {
      next = Math.max(next, this.rights[taken]!)
      taken++
    }
    if (taken > 0) {
      this.lefts.copyWithin(0, taken, this.count)
      this.rights.copyWithin(0, taken, this.count)
      this.count -= taken
      this.forget(0, next)
    }
    return next
  }

  /** Writes SACK blocks, the one that changed last first (RFC 2018 §4); answers how many. */
  writeBlocks(packets: PacketTable, packet: PacketHandle, countMax: number): number {
    const edges = packets.sackEdges
    const base = packet * 2 * SACK_BLOCKS_MAX
    const count = Math.min(this.recentCount, countMax)
    for (let i = 0; i < count; i++) {
      const range = this.firstEndingFrom(this.recent[i]!)
      edges[base + 2 * i] = this.lefts[range]!
      edges[base + 2 * i + 1] = this.rights[range]!
    }
    return count
  }

  /** How many blocks `writeBlocks` would like to write. */
  get blocks(): number {
    return this.recentCount
  }

  /** The first range whose right edge is at or after a sequence number, by bisection. */
  private firstEndingFrom(sequence: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.rights[middle]! < sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  private replace(first: number, last: number, left: number, right: number): void {
    this.lefts.copyWithin(first + 1, last, this.count)
    this.rights.copyWithin(first + 1, last, this.count)
    this.lefts[first] = left
    this.rights[first] = right
    this.count += 1 - (last - first)
  }

  /** Makes the range the most recent one. */
  private touch(left: number, right: number): void {
    this.forget(left, right)
    const recent = this.recent
    if (this.recentCount < RECENT_MAX) this.recentCount++
    recent.copyWithin(1, 0, this.recentCount - 1)
    recent[0] = left
  }

  /** Drops from the list by recency what lies in [left, right). */
  private forget(left: number, right: number): void {
    const recent = this.recent
    let kept = 0
    for (let i = 0; i < this.recentCount; i++) {
      const sequence = recent[i]!
      if (sequence < left || sequence >= right) recent[kept++] = sequence
    }
    this.recentCount = kept
  }

  private grow(): void {
    const lefts = new Float64Array(this.lefts.length * 2)
    const rights = new Float64Array(this.rights.length * 2)
    lefts.set(this.lefts)
    rights.set(this.rights)
    this.lefts = lefts
    this.rights = rights
  }
}
