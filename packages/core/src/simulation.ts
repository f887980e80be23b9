import { Digest } from './digest.ts'
import { RunawayError } from './errors.ts'
import type { EventHandle, EventQueue } from './event-queue/event-queue.ts'
import { CalendarQueue } from './event-queue/calendar-queue.ts'
import { HeapQueue } from './event-queue/heap-queue.ts'
import { type RandomStream, randomStream } from './random.ts'
import type { Picoseconds } from './time.ts'

/** What events are delivered to. The two integers are the handler's own affair. */
export interface EventHandler {
  readonly name: string
  onEvent(a: number, b: number): void
}

export interface SimulationOptions {
  /** Root of every named random stream. */
  seed?: string
  /** `calendar` is the fast default, `heap` the reference; any other pending event set may stand in. */
  queue?: 'calendar' | 'heap' | EventQueue
  /** Events at one instant after which the model counts as runaway. */
  eventsPerInstantMax?: number
}

/** One simulation: a clock, its pending events, its random streams. Holds no global state. */
export class Simulation {
  /** The current instant. Written by the loop alone. */
  now: Picoseconds = 0
  readonly queue: EventQueue
  readonly seed: string
  readonly digest = new Digest()
  eventsRun = 0

  readonly #handlers: EventHandler[] = []
  readonly #streams = new Map<string, RandomStream>()
  readonly #eventsPerInstantMax: number
  #stopped = false

  constructor(options: SimulationOptions = {}) {
    this.seed = options.seed ?? 'weft'
    const queue = options.queue ?? 'calendar'
    this.queue = queue === 'calendar' ? new CalendarQueue() : queue === 'heap' ? new HeapQueue() : queue
    this.#eventsPerInstantMax = options.eventsPerInstantMax ?? 10_000_000
  }

  /** Registers a handler; the id goes into every event that is meant for it. Ids follow the order of registration. */
  register(handler: EventHandler): number {
    this.#handlers.push(handler)
    return this.#handlers.length - 1
  }

  /** The stream of this name; asking twice gives the same stream. */
  random(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = randomStream(this.seed, name)
      this.#streams.set(name, stream)
    }
    return stream
  }

  /**
   * Schedules an event at an absolute time. Hot paths write `queue.due` and call `queue.push` themselves,
   * which is the same without passing a double through a call.
   */
  schedule(time: Picoseconds, handler: number, a = 0, b = 0): EventHandle {
    this.queue.due = time
    return this.queue.handleOf(this.queue.push(handler, a, b))
  }

  /** Moves the clock on to an instant before which nothing is pending: to read states there. Never moves it back. */
  advanceTo(time: Picoseconds): void {
    if (time > this.now) this.now = time
  }

  /** Ends `run` after the current event. */
  stop(): void {
    this.#stopped = true
  }

  /** Runs every event up to and including `until`; answers how many ran. */
  run(until: Picoseconds = Number.MAX_SAFE_INTEGER): number {
    const { queue, digest } = this
    const handlers = this.#handlers
    const before = this.eventsRun
    let sameInstant = 0
    this.#stopped = false
    queue.limit = until
    while (!this.#stopped && queue.pop()) {
      const { time, handler, a, b } = queue
      if (time !== this.now) {
        this.now = time
        sameInstant = 0
      } else if (++sameInstant > this.#eventsPerInstantMax) {
        throw new RunawayError(handlers[handler]!.name, `time stands still`)
      }
      digest.add(time, handler, a, b)
      this.eventsRun++
      handlers[handler]!.onEvent(a, b)
    }
    return this.eventsRun - before
  }
}
