import type { Clock } from './clock.ts'
import { ExactSum } from './exact-sum.ts'

/**
 * A value that holds until it is changed (a queue's length, a table's occupancy), with its mean over time.
 * The integral is carried in double-double precision: mean and integral are right to the last bit but one,
 * however long the run.
 */
export class Gauge {
  current: number
  /** Highest and lowest value held since the start or the last `reset`, also for no time at all. */
  max: number
  min: number

  readonly #clock: Clock
  readonly #area = new ExactSum()
  #since: number
  #start: number

  constructor(clock: Clock, initial = 0) {
    this.#clock = clock
    this.current = initial
    this.max = initial
    this.min = initial
    this.#since = clock.now
    this.#start = clock.now
  }

  set(value: number): void {
    const now = this.#clock.now
    if (now !== this.#since) {
      this.#area.addProduct(this.current, now - this.#since)
      this.#since = now
    }
    this.current = value
    if (value > this.max) this.max = value
    if (value < this.min) this.min = value
  }

  add(change: number): void {
    this.set(this.current + change)
  }

  /** Value times picoseconds since the start. */
  get integral(): number {
    this.set(this.current)
    return this.#area.value
  }

  /** Mean over the time since the start; the current value when no time has passed. */
  get mean(): number {
    const elapsed = this.#clock.now - this.#start
    return elapsed > 0 ? this.integral / elapsed : this.current
  }

  /** Forgets what was, keeps the current value: the end of a warm-up. */
  reset(): void {
    this.#area.clear()
    this.#since = this.#clock.now
    this.#start = this.#clock.now
    this.max = this.current
    this.min = this.current
  }
}
