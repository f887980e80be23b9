import { NO_CROSSING } from './path.ts'

/** A constant-rate stream on its path: it sends whatever becomes of it. By crossing, in the order of the path. */
export interface Stream {
  readonly directions: Int32Array
  readonly previous: Int32Array
  /** Wire bit/ps that would come by if nothing were lost. */
  readonly offered: Float64Array
  /** Share of that which crosses, as of the last `solve`. */
  readonly survival: Float64Array
}

/** Rounds after which shares count as settled even if some still move by more than the tolerance. */
const ROUNDS_MAX = 1_000
const TOLERANCE = 1e-12

/**
 * What streams that do not slow down take of every direction. Where more is offered than fits, all lose the same
 * share, and what is lost upstream is not offered downstream: a fixed point, found by repetition.
 */
export class Inelastic {
  /** Wire bit/ps carried in every direction. */
  readonly carried: Float64Array
  readonly #capacity: Float64Array
  readonly #arriving: Float64Array
  readonly #passing: Float64Array

  constructor(directions: number) {
    this.carried = new Float64Array(directions)
    this.#capacity = new Float64Array(directions)
    this.#arriving = new Float64Array(directions)
    this.#passing = new Float64Array(directions)
  }

  solve(streams: Iterable<Stream>, capacityOf: (direction: number) => number): void {
    const all = [...streams]
    const used = [...new Set(all.flatMap(({ directions }) => [...directions]))]
    for (const direction of used) this.#capacity[direction] = capacityOf(direction)
    this.carried.fill(0)
    this.#passing.fill(1)
    for (let round = 0, moved = Infinity; moved > TOLERANCE && round < ROUNDS_MAX; round++) {
      this.#offer(all)
      moved = this.#thin(used)
    }
    for (const direction of used) {
      this.carried[direction] = this.#arriving[direction]! * this.#passing[direction]!
    }
  }

  #offer(streams: readonly Stream[]): void {
    this.#arriving.fill(0)
    for (const { directions, previous, offered, survival } of streams) {
      for (let i = 0; i < directions.length; i++) {
        const before = previous[i] === NO_CROSSING ? 1 : survival[previous[i]!]!
        const direction = directions[i]!
        this.#arriving[direction]! += offered[i]! * before
        survival[i] = before * this.#passing[direction]!
      }
    }
  }

  /** The share that fits, by direction; answers by how much any has moved. */
  #thin(used: readonly number[]): number {
    let moved = 0
    for (const direction of used) {
      const arriving = this.#arriving[direction]!
      const capacity = this.#capacity[direction]!
      const passing = arriving > capacity ? capacity / arriving : 1
      moved = Math.max(moved, Math.abs(passing - this.#passing[direction]!))
      this.#passing[direction] = passing
    }
    return moved
  }
}
