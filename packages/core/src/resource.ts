import { ConfigError, refuse } from './errors.ts'
import type { ProcessBody } from './process.ts'
import { Signal } from './signal.ts'
import type { Picoseconds } from './time.ts'

/** A claim on one of a resource's servers: fires when it is granted. */
export class Request extends Signal {}

/**
 * A number of equal servers behind one queue, first come, first served: `yield resource.request()` waits for a
 * server, `release` passes it on to the longest waiting. No priorities, no preemption, no limit to the queue.
 */
export class Resource {
  readonly name: string
  readonly capacity: number
  readonly #granted = new Set<Request>()
  readonly #waiting = new Set<Request>()

  constructor(capacity = 1, name = 'resource') {
    if (!(Number.isSafeInteger(capacity) && capacity >= 1)) {
      refuse('capacity', `${name} has ${capacity} servers; expected a whole number of at least 1`)
    }
    this.capacity = capacity
    this.name = name
  }

  /** Servers at work. */
  get inUse(): number {
    return this.#granted.size
  }

  /** Requests that wait for a server. */
  get queueLength(): number {
    return this.#waiting.size
  }

  request(): Request {
    const request = new Request()
    this.#waiting.add(request)
    this.#grant()
    return request
  }

  /** Gives the server back; a request that still waits is withdrawn. Refused the second time. */
  release(request: Request): void {
    if (!this.#granted.delete(request) && !this.#waiting.delete(request)) {
      throw new ConfigError([
        { path: ['release'], message: `${this.name} does not hold this request (any more)` },
      ])
    }
    this.#grant()
  }

  /** `yield* resource.hold(us(5))`: waits for a server, keeps it that long, gives it back, interrupted or not. */
  *hold(durationPs: Picoseconds): ProcessBody {
    const request = this.request()
    try {
      yield request
      yield durationPs
    } finally {
      this.release(request)
    }
  }

  #grant(): void {
    for (const request of this.#waiting) {
      if (this.#granted.size === this.capacity) return
      this.#waiting.delete(request)
      this.#granted.add(request)
      request.fire()
    }
  }
}
