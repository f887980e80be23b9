import { Digest } from './digest.ts'
import { HandlerError, InvariantError, RunawayError, refuse } from './errors.ts'
import type { EventHandler } from './event-handler.ts'
import { CalendarQueue } from './event-queue/calendar-queue.ts'
import type { EventHandle, EventQueue } from './event-queue/event-queue.ts'
import { HeapQueue } from './event-queue/heap-queue.ts'
import { Process, type ProcessBody, ProcessTable } from './process.ts'
import { type RandomStream, randomStream } from './random.ts'
import { CallTable, type ScheduledCall } from './scheduled-call.ts'
import { checkDelay, describeTimeMax, type Picoseconds, TIME_MAX } from './time.ts'
import { TimerTable } from './timer.ts'
import type { TraceHook } from './trace.ts'

const EVENTS_PER_INSTANT_MAX = 10_000_000

export type { EventHandler }

export interface SimulationOptions {
  /** Root of every named random stream. */
  seed?: string | undefined
  /** `calendar` is the fast default, `heap` the reference; any other pending event set may stand in. */
  queue?: 'calendar' | 'heap' | EventQueue | undefined
  /** Events at one instant after which the model counts as runaway; by default 10 million. */
  eventsPerInstantMax?: number | undefined
  /** Pending events beyond which it does; by default 2^24. Not with a queue of your own, which has its own limit. */
  pendingEventsMax?: number | undefined
  /**
   * The latest instant, by default `TIME_MAX`, up to `LONG_TIME_MAX`. Beyond 2^53 ps instants are apart by the spacing of
   * doubles, and a sum of an instant and a delay is rounded to the nearest one: for clocks that do not count
   * picoseconds. Not with a queue of your own, which has its own limit.
   */
  timeMaxPs?: number | undefined
}

/** One simulation: a clock, its pending events, its random streams. Holds no global state. */
export class Simulation {
  /** The current instant. Written by the loop alone. */
  now: Picoseconds = 0
  readonly queue: EventQueue
  readonly seed: string
  readonly digest = new Digest()
  eventsRun = 0
  /** Sees every event of the runs that begin after it is set; costs nothing while it is not. */
  trace: TraceHook | undefined = undefined

  private readonly handlers: EventHandler[] = []
  private readonly streams = new Map<string, RandomStream>()
  private readonly eventsPerInstantMax: number
  private eventsThisInstant = 0
  private isStopped = false
  private isRunning = false
  private timerTable: TimerTable | undefined = undefined
  private calls: CallTable | undefined = undefined
  private processes: ProcessTable | undefined = undefined

  constructor(options: SimulationOptions = {}) {
    this.seed = options.seed ?? 'weft'
    this.queue = queueFor(options)
    this.queue.nameOf = (handler) => this.nameOf(handler)
    this.eventsPerInstantMax = options.eventsPerInstantMax ?? EVENTS_PER_INSTANT_MAX
    if (!(this.eventsPerInstantMax >= 1)) {
      refuse('eventsPerInstantMax', `got ${this.eventsPerInstantMax}; expected a number of at least 1`)
    }
  }

  /** Registers a handler; the id goes into every event that is meant for it. Ids follow the order of registration. */
  register(handler: EventHandler): number {
    this.handlers.push(handler)
    return this.handlers.length - 1
  }

  /** The name of the handler with this id. */
  nameOf(handler: number): string {
    return this.handlers[handler]?.name ?? `unregistered handler ${handler}`
  }

  /** The stream of this name; asking twice gives the same stream. */
  random(name: string): RandomStream {
    let stream = this.streams.get(name)
    if (stream === undefined) {
      stream = randomStream(this.seed, name)
      this.streams.set(name, stream)
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

  /** Calls a function at an absolute time, which is not before now; a `ConfigError` otherwise. */
  at(timePs: Picoseconds, call: () => void): ScheduledCall {
    const { timeMaxPs } = this.queue
    if (!(Number.isInteger(timePs) && timePs <= timeMaxPs)) {
      const latest = timeMaxPs === TIME_MAX ? '2^53 - 1' : `${timeMaxPs}`
      refuse('timePs', `got ${timePs}; expected whole picoseconds up to ${latest}`)
    }
    if (timePs < this.now) refuse('timePs', `${timePs} ps is in the past: it is ${this.now} ps now`)
    this.calls ??= new CallTable(this)
    return this.calls.add(timePs, call)
  }

  /** Calls a function so many picoseconds from now: `sim.after(us(5), () => ...)`. */
  after(delayPs: Picoseconds, call: () => void): ScheduledCall {
    checkDelay(this.now, delayPs, this.queue.timeMaxPs)
    return this.at(this.now + delayPs, call)
  }

  /** Starts a process at the current instant, after the events that are already pending for it. */
  spawn<Result>(
    body: () => ProcessBody<Result>,
    name = body.name || 'a process without name',
  ): Process<Result> {
    this.processes ??= new ProcessTable(this)
    return new Process(this.processes, body(), name)
  }

  /** What all timers of this simulation share. */
  get timers(): TimerTable {
    this.timerTable ??= new TimerTable(this)
    return this.timerTable
  }

  /**
   * Sets the clock of a simulation that is not running forward, without running anything: to read results at an
   * instant before that instant's own events. Events that are then overdue end the next run with an error.
   */
  advanceTo(time: Picoseconds): void {
    if (time > this.now) this.moveTo(time)
  }

  /** Ends `run` after the current event. */
  stop(): void {
    this.isStopped = true
  }

  /**
   * Runs every event up to and including `until`, then sets the clock to it; without `until`, runs until no event is
   * pending and leaves the clock at the last. Answers how many events ran; none where `until` has passed. A run may be cut into as many calls as
   * one likes: events and digest are the same.
   *
   * @throws HandlerError with the cause, if a handler throws.
   * @throws RunawayError if time stands still or too many events are pending.
   */
  run(until?: Picoseconds): number {
    if (until !== undefined) this.checkUntil(until)
    if (this.isRunning)
      refuse('run', 'the simulation is running: a handler must not call run; to end it, call stop')
    const before = this.eventsRun
    this.queue.limit = until ?? this.queue.timeMaxPs
    this.isStopped = false
    this.isRunning = true
    try {
      this.loop()
    } catch (error) {
      throw error instanceof RunawayError ? error : new HandlerError(this.described(), this.now, error)
    } finally {
      this.isRunning = false
    }
    if (until !== undefined && !this.isStopped && until > this.now) this.moveTo(until)
    return this.eventsRun - before
  }

  private loop(): void {
    const { queue, digest, trace } = this
    const handlers = this.handlers
    while (!this.isStopped && queue.pop()) {
      const { time, handler, a, b } = queue
      if (time !== this.now) this.moveTo(time)
      else if (++this.eventsThisInstant > this.eventsPerInstantMax) this.refuseToStandStill()
      if (trace !== undefined) trace.onEvent(time, handler, a, b)
      digest.add(time, handler, a, b)
      this.eventsRun++
      handlers[handler]!.onEvent(a, b)
    }
  }

  private moveTo(time: Picoseconds): void {
    if (time < this.now) throw new InvariantError(`due at ${time} ps, but it is ${this.now} ps already`)
    this.now = time
    this.eventsThisInstant = 0
  }

  private refuseToStandStill(): never {
    const name = this.described()
    throw new RunawayError(
      name,
      `time stands still at ${this.now} ps after ${this.eventsPerInstantMax} events there, the last for ${name}; ` +
        'if the model needs so many at one instant, raise eventsPerInstantMax',
    )
  }

  /** Whom the current event is for. */
  private described(): string {
    const { handler, a, b } = this.queue
    return this.handlers[handler]?.describe?.(a, b) ?? this.nameOf(handler)
  }

  private checkUntil(until: Picoseconds): void {
    const { timeMaxPs } = this.queue
    if (!(until <= timeMaxPs)) {
      const latest = describeTimeMax(timeMaxPs)
      const reason =
        timeMaxPs === TIME_MAX
          ? `the packet clock is exact up to ${latest}, 2.5 hours`
          : `expected up to ${latest}`
      refuse('until', `the horizon is ${until} ps; ${reason}`)
    }
    if (!Number.isInteger(until)) refuse('until', `the horizon is ${until} ps; expected whole picoseconds`)
  }
}

function queueFor({ queue = 'calendar', pendingEventsMax, timeMaxPs }: SimulationOptions): EventQueue {
  if (queue === 'calendar') return new CalendarQueue({ pendingEventsMax, timeMaxPs })
  if (queue === 'heap') return new HeapQueue({ pendingEventsMax, timeMaxPs })
  if (typeof queue === 'string') refuse('queue', `got ${queue}; expected calendar, heap or an event queue`)
  for (const [option, value] of Object.entries({ pendingEventsMax, timeMaxPs })) {
    if (value !== undefined)
      refuse(option, 'stands beside a queue that has its own limit; give it to that queue')
  }
  return queue
}
