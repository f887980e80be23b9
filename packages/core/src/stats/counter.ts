import { InvariantError } from '../errors.ts'

/** A count that only rises, exact up to 2^53. */
export class Counter {
  value = 0

  add(amount = 1): void {
    this.value += amount
  }

  /** Adds another counter's value, as when workers report. */
  merge(other: Counter): void {
    this.value += other.value
    if (this.value > Number.MAX_SAFE_INTEGER) throw new InvariantError(`counter passes 2^53: ${this.value}`)
  }
}
