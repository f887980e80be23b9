import { refuse } from './errors.ts'
import type { Picoseconds } from './time.ts'

/** Sees every event just before its handler does. Set as `sim.trace` before `run`. */
export interface TraceHook {
  onEvent(time: Picoseconds, handler: number, a: number, b: number): void
}

export interface TracedEvent {
  /** How many events ran before it since the trace began. */
  readonly index: number
  readonly time: Picoseconds
  readonly handler: number
  readonly a: number
  readonly b: number
}

const CAPACITY_MAX = 1 << 26
const FIELDS = 3

/** A ring of the last events of a run, 20 bytes each. */
export class EventTrace implements TraceHook {
  /** Events seen, overwritten ones included. */
  count = 0
  readonly capacity: number
  readonly #times: Float64Array
  /** Handler, a and b of each. */
  readonly #fields: Int32Array

  /** `capacity` is rounded up to a power of two. */
  constructor(capacity = 4096) {
    if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= CAPACITY_MAX)) {
      refuse('capacity', `got ${capacity}; expected a whole number from 1 to ${CAPACITY_MAX}`)
    }
    this.capacity = 2 ** Math.ceil(Math.log2(capacity))
    this.#times = new Float64Array(this.capacity)
    this.#fields = new Int32Array(this.capacity * FIELDS)
  }

  onEvent(time: Picoseconds, handler: number, a: number, b: number): void {
    const index = this.count++ % this.capacity
    this.#times[index] = time
    this.#fields[index * FIELDS] = handler
    this.#fields[index * FIELDS + 1] = a
    this.#fields[index * FIELDS + 2] = b
  }

  /** The events that are still held, oldest first. */
  *events(): Generator<TracedEvent> {
    for (let index = Math.max(0, this.count - this.capacity); index < this.count; index++) {
      const at = index % this.capacity
      const fields = this.#fields
      yield {
        index,
        time: this.#times[at]!,
        handler: fields[at * FIELDS]!,
        a: fields[at * FIELDS + 1]!,
        b: fields[at * FIELDS + 2]!,
      }
    }
  }

  /** One line per event: `#12 1500000 ps leaf-1 (3, 0)`. `nameOf` is a simulation's `nameOf`. */
  dump(nameOf: (handler: number) => string): string {
    const lines = Array.from(
      this.events(),
      ({ index, time, handler, a, b }) => `#${index} ${time} ps ${nameOf(handler)} (${a}, ${b})`,
    )
    const lost = this.count - lines.length
    if (lost > 0) lines.unshift(`${lost} earlier events were overwritten; a larger capacity keeps more`)
    return lines.join('\n')
  }
}
