import { SECOND } from '@weft/core'

/** What rates that are constant from one change to the next come to. Reading changes nothing, so that it may be done at any time. */
export class RateBook {
  readonly #sums: Float64Array
  #rates: Float64Array
  #sincePs = 0

  constructor(size: number) {
    this.#sums = new Float64Array(size)
    this.#rates = new Float64Array(size)
  }

  /** These rates per second hold from now on. The array is kept. */
  turn(nowPs: number, rates: Float64Array): void {
    const seconds = (nowPs - this.#sincePs) / SECOND
    if (seconds > 0) for (let i = 0; i < rates.length; i++) this.#sums[i]! += this.#rates[i]! * seconds
    this.#rates = rates
    this.#sincePs = nowPs
  }

  /** The sum of one rate up to now, which is not before the last change. */
  at(index: number, nowPs: number): number {
    return this.#sums[index]! + (this.#rates[index]! * (nowPs - this.#sincePs)) / SECOND
  }

  all(nowPs: number): Float64Array {
    return this.#sums.map((_, index) => this.at(index, nowPs))
  }
}
