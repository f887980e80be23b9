const WORD = 32

/** A set of small whole numbers that is emptied in order while it is added to. */
export class RankSet {
  readonly #words: Int32Array

  constructor(size: number) {
    this.#words = new Int32Array((size + WORD - 1) >> 5)
  }

  add(rank: number): void {
    this.#words[rank >> 5]! |= 1 << (rank & 31)
  }

  /** Removes and returns the least number; -1 where there is none. Nothing below `from` may be in the set. */
  takeLeast(from: number): number {
    const words = this.#words
    for (let at = from >> 5; at < words.length; at++) {
      const word = words[at]!
      if (word === 0) continue
      const lowest = word & -word
      words[at] = word ^ lowest
      return (at << 5) + 31 - Math.clz32(lowest)
    }
    return -1
  }

  /** Removes and returns the greatest number; -1 where there is none. Nothing above `from` may be in the set. */
  takeGreatest(from: number): number {
    const words = this.#words
    for (let at = from >> 5; at >= 0; at--) {
      const word = words[at]!
      if (word === 0) continue
      const highest = 31 - Math.clz32(word)
      words[at] = word ^ (1 << highest)
      return (at << 5) + highest
    }
    return -1
  }
}
