const NONE = -1
const CLASSES = 31

/**
 * Hands out runs of consecutive places in columns that somebody else owns, in lengths of powers of two, and takes them
 * back. What is given back serves the next request of its length, so that a steady population needs no new places.
 */
export class BlockPool {
  /** Places handed out so far; columns must be at least this long. */
  length = 0
  /** First place of the free block that was given back last, per class; the next one stands in that place of `next`. */
  readonly #free = new Int32Array(CLASSES).fill(NONE)
  #next = new Int32Array(64)

  /** A block of 2^sizeClass places: its first one. */
  take(sizeClass: number): number {
    const block = this.#free[sizeClass]!
    if (block !== NONE) {
      this.#free[sizeClass] = this.#next[block]!
      return block
    }
    const start = this.length
    this.length += 1 << sizeClass
    if (this.length > this.#next.length) this.#grow()
    return start
  }

  give(block: number, sizeClass: number): void {
    this.#next[block] = this.#free[sizeClass]!
    this.#free[sizeClass] = block
  }

  #grow(): void {
    const next = new Int32Array(Math.max(this.length, this.#next.length * 2))
    next.set(this.#next)
    this.#next = next
  }
}

/** The smallest class whose blocks hold `count` places. */
export function sizeClassOf(count: number): number {
  return count <= 1 ? 0 : 32 - Math.clz32(count - 1)
}
