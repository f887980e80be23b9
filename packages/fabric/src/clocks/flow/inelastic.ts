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

const TOLERANCE = 1e-12
/** Rounds after which shares are taken as they are; see `residual`. */
const ROUNDS_MAX = 2_000
/** Every so many rounds, repetition that has not come half as close goes on in steps half as long. */
const ROUNDS_PER_STEP = 16

/**
 * What streams that do not slow down take of every direction. Where more is offered than fits, all lose the same
 * share, and what is lost upstream is not offered downstream: a fixed point, found by repetition. Without circles a round
 * per link of the longest path finds it; where links thin each other in a circle plain repetition may swing, and shorter
 * steps do not.
 */
export class Inelastic {
  /** Wire bit/ps carried in every direction. */
  readonly carried: Float64Array
  /** By how much a share still was off at last: at most 1e-12 unless repetition did not settle. */
  residual = 0
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
    this.#settle(all, used)
    for (const direction of used) {
      this.carried[direction] = this.#arriving[direction]! * this.#passing[direction]!
    }
  }

  #settle(streams: readonly Stream[], used: readonly number[]): void {
    let step = 1
    let lately = Infinity
    this.residual = Infinity
    for (let round = 1; this.residual > TOLERANCE && round <= ROUNDS_MAX; round++) {
      this.#offer(streams)
      this.residual = this.#thin(used, step)
      if (round % ROUNDS_PER_STEP !== 0) continue
      if (this.residual > lately / 2) step /= 2
      lately = this.residual
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

  /** Goes a step towards the shares that fit, by direction; answers by how much any was off. */
  #thin(used: readonly number[], step: number): number {
    let off = 0
    for (const direction of used) {
      const arriving = this.#arriving[direction]!
      const capacity = this.#capacity[direction]!
      const distance = (arriving > capacity ? capacity / arriving : 1) - this.#passing[direction]!
      off = Math.max(off, Math.abs(distance))
      this.#passing[direction]! += step * distance
    }
    return off
  }
}
