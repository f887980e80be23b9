import { InvariantError } from '@weft/core'
import type { PortRange } from './port-ranges.ts'

/** No such port. */
export const NO_PORT = -1

/** Which ports of 32 neighbours a search may answer. */
export const ANY_PARITY = -1
export const EVEN_PORTS = 0x5555_5555
export const ODD_PORTS = 0xaaaa_aaaa | 0

/**
 * Which ports of some ranges are free: a bit for each, and above it a bit for each 32 of them that tells whether any is
 * free, so that the next free one is found in some 70 steps at most, however few are left.
 */
export class PortBitmap {
  /** Free ports now. */
  free = 0
  private readonly first: number
  private readonly last: number
  private readonly firstWord: number
  private readonly words: Int32Array
  /** Bit w of these: word w has a free port. */
  private readonly summary: Int32Array

  /** All ports of the ranges are free; none where there are no ranges. */
  constructor(ranges: readonly PortRange[]) {
    this.first = Math.min(...ranges.map(([from]) => from), 0xffff)
    this.last = Math.max(...ranges.map(([, to]) => to), 0)
    this.firstWord = this.first >> 5
    const words = Math.max(0, (this.last >> 5) - this.firstWord + 1)
    this.words = new Int32Array(words)
    this.summary = new Int32Array((words + 31) >> 5)
    for (const range of ranges) this.free += this.fill(range)
  }

  has(port: number): boolean {
    if (port < this.first || port > this.last) return false
    return (this.words[(port >> 5) - this.firstWord]! & (1 << (port & 31))) !== 0
  }

  take(port: number): void {
    if (!this.has(port)) throw new InvariantError(`port ${port} is taken, but not free`)
    const word = (port >> 5) - this.firstWord
    this.words[word]! &= ~(1 << (port & 31))
    if (this.words[word] === 0) this.summary[word >> 5]! &= ~(1 << (word & 31))
    this.free--
  }

  give(port: number): void {
    if (this.has(port)) throw new InvariantError(`port ${port} is given back, but free`)
    const word = (port >> 5) - this.firstWord
    this.words[word]! |= 1 << (port & 31)
    this.summary[word >> 5]! |= 1 << (word & 31)
    this.free++
  }

  /** The lowest free port from `from` to `to` of this parity, or NO_PORT. */
  next(from: number, to: number, parity: number): number {
    const start = Math.max(from, this.first)
    const end = Math.min(to, this.last)
    if (start > end) return NO_PORT
    const { words, firstWord } = this
    const lastWord = (end >> 5) - firstWord
    let word = (start >> 5) - firstWord
    let bits = words[word]! & parity & (-1 << (start & 31))
    while (bits === 0) {
      word = this.nextWord(word + 1)
      if (word === NO_PORT || word > lastWord) return NO_PORT
      bits = words[word]! & parity
    }
    const port = ((word + firstWord) << 5) + lowestBit(bits)
    return port <= end ? port : NO_PORT
  }

  /** Frees a range that is not free yet, 32 ports at a time; how many those are. */
  private fill([from, to]: PortRange): number {
    const [firstWord, lastWord] = [(from >> 5) - this.firstWord, (to >> 5) - this.firstWord]
    for (let word = firstWord; word <= lastWord; word++) {
      const low = word === firstWord ? -1 << (from & 31) : -1
      const high = word === lastWord ? -1 >>> (31 - (to & 31)) : -1
      this.words[word]! |= low & high
      this.summary[word >> 5]! |= 1 << (word & 31)
    }
    return to - from + 1
  }

  /** The first word from this one on that has a free port. */
  private nextWord(word: number): number {
    const { summary } = this
    let at = word >> 5
    if (at >= summary.length) return NO_PORT
    let bits = summary[at]! & (-1 << (word & 31))
    while (bits === 0) {
      if (++at === summary.length) return NO_PORT
      bits = summary[at]!
    }
    return (at << 5) + lowestBit(bits)
  }
}

/** The next free port from `start` on that lies from `from` to `to`, going round at the end. */
export function nextRound(
  bitmap: PortBitmap,
  from: number,
  to: number,
  start: number,
  parity: number,
): number {
  const port = bitmap.next(start, to, parity)
  return port === NO_PORT ? bitmap.next(from, start - 1, parity) : port
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
