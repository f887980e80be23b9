import type { Arrivals } from '@weft/fabric'
import type { Delays } from '../running-clock.ts'

/** Delays, each with the number of packets that took so long; numbers need not be whole. */
export class WeightedDelays implements Delays {
  readonly count: number
  /** Ascending; of those that are there at all. */
  readonly #arrivals: readonly Readonly<Arrivals>[]

  constructor(arrivals: readonly Readonly<Arrivals>[]) {
    this.#arrivals = arrivals.filter(({ packets }) => packets > 0).sort((a, b) => a.delayPs - b.delayPs)
    this.count = this.#arrivals.reduce((sum, { packets }) => sum + packets, 0)
  }

  get mean(): number {
    return this.#arrivals.reduce((sum, { packets, delayPs }) => sum + packets * delayPs, 0) / this.count
  }

  get min(): number {
    return this.quantile(0)
  }

  get max(): number {
    return this.quantile(1)
  }

  /** The least delay that so large a share of the packets does not exceed; NaN of none. */
  quantile(probability: number): number {
    let left = probability * this.count
    for (const { packets, delayPs } of this.#arrivals) {
      left -= packets
      if (left <= 0) return delayPs
    }
    return this.#arrivals.at(-1)?.delayPs ?? Number.NaN
  }
}
