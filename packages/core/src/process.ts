import { ConfigError } from './errors.ts'
import type { EventHandler } from './event-handler.ts'
import type { EventHandle } from './event-queue/event-queue.ts'
import { Signal, Waitable, type Waiter } from './signal.ts'
import type { Simulation } from './simulation.ts'
import { checkDelay, type Picoseconds } from './time.ts'

/** What a process yields: a delay in picoseconds, or something to wait for (another process is: its end). */
export type Awaitable = Picoseconds | Waitable<unknown>

export type ProcessBody<Result = void> = Generator<Awaitable, Result, unknown>

/** Thrown into a process at its `yield` by `process.interrupt(reason)`. */
export class Interrupt extends Error {
  override readonly name = 'Interrupt'
  readonly reason: unknown

  constructor(reason: unknown) {
    super(`interrupted: ${String(reason)}`)
    this.reason = reason
  }
}

/**
 * A generator that lives in simulated time, in the manner of SimPy: `yield us(5)` sleeps, `yield signal` waits.
 * It is a signal itself, which fires with what the generator returns.
 *
 * A process goes on by an event of its own at the instant of what it waited for, after the events that were pending
 * for that instant by then. What it throws ends the run.
 */
export class Process<Result = void> extends Signal<Result> implements Waiter {
  readonly name: string
  readonly #processes: ProcessTable
  readonly #index: number
  readonly #body: ProcessBody<Result>
  /** One of the two: the event that continues the process, or what it waits for. */
  #pending: EventHandle | undefined
  #awaited: Waitable<unknown> | undefined
  /** What `yield` evaluates to next. */
  #value: unknown
  readonly #interrupts: Interrupt[] = []

  /** Use `sim.spawn`. */
  constructor(processes: ProcessTable, body: ProcessBody<Result>, name: string) {
    super()
    this.name = name
    this.#processes = processes
    this.#body = body
    this.#index = processes.add(this)
    this.wake(undefined)
  }

  get isAlive(): boolean {
    return !this.hasFired
  }

  /**
   * Throws an `Interrupt` into the process where it waits; what it waited for is forgotten. Several interrupts
   * arrive one by one. Refused for a process that has ended, and for the process that is running.
   */
  interrupt(reason?: unknown): void {
    const problem = this.hasFired
      ? 'has ended'
      : this.#processes.running === this
        ? 'interrupts itself'
        : undefined
    if (problem !== undefined) {
      throw new ConfigError([
        { path: ['interrupt'], message: `${this.name} ${problem}; only a waiting process can be` },
      ])
    }
    this.#interrupts.push(new Interrupt(reason))
    if (this.#interrupts.length > 1) return
    this.#awaited?.unsubscribe(this)
    if (this.#pending !== undefined) this.#processes.unschedule(this.#pending)
    this.wake(undefined)
  }

  /** What it waited for has come: goes on at this instant. Called by what it waits for. */
  wake(value: unknown): void {
    this.#awaited = undefined
    this.#value = value
    this.#pending = this.#processes.schedule(this.#index, 0)
  }

  /** Runs the generator to its next `yield`. Called by the process table alone. */
  proceed(): void {
    this.#pending = undefined
    const interrupt = this.#interrupts.shift()
    const step = interrupt === undefined ? this.#body.next(this.#value) : this.#body.throw(interrupt)
    if (step.done === true) {
      this.#processes.remove(this.#index)
      this.fire(step.value)
    } else if (this.#interrupts.length > 0) {
      this.wake(undefined)
    } else if (typeof step.value === 'number') {
      this.#value = undefined
      this.#pending = this.#processes.schedule(this.#index, step.value)
    } else if (step.value instanceof Waitable) {
      this.#awaited = step.value
      step.value.subscribe(this)
    } else {
      const message = `${this.name} yielded ${String(step.value)}; expected a delay in picoseconds or a waitable`
      throw new ConfigError([{ path: ['yield'], message }])
    }
  }
}

/** The one handler of all processes of a simulation. */
export class ProcessTable implements EventHandler {
  readonly name = 'processes'
  /** The process whose generator runs just now. */
  running: Proceeding | undefined = undefined

  readonly #sim: Simulation
  readonly #handler: number
  readonly #processes: (Proceeding | undefined)[] = []
  readonly #free: number[] = []

  constructor(sim: Simulation) {
    this.#sim = sim
    this.#handler = sim.register(this)
  }

  add(process: Proceeding): number {
    const index = this.#free.pop() ?? this.#processes.length
    this.#processes[index] = process
    return index
  }

  remove(index: number): void {
    this.#processes[index] = undefined
    this.#free.push(index)
  }

  schedule(index: number, delayPs: Picoseconds): EventHandle {
    checkDelay(this.#sim.now, delayPs, this.#sim.queue.timeMaxPs)
    return this.#sim.schedule(this.#sim.now + delayPs, this.#handler, index)
  }

  unschedule(event: EventHandle): void {
    this.#sim.queue.cancel(event)
  }

  onEvent(index: number): void {
    this.running = this.#processes[index]!
    this.running.proceed()
    this.running = undefined
  }

  describe(index: number): string {
    return this.#processes[index]?.name ?? this.name
  }
}

/** The part of a process that does not depend on its result. */
export interface Proceeding {
  readonly name: string
  proceed(): void
}

/** A signal that fires by itself after a delay. Its event stays pending even when nobody waits for it any more. */
export function timeout(sim: Simulation, delayPs: Picoseconds): Signal {
  const signal = new Signal()
  sim.after(delayPs, () => signal.fire())
  return signal
}
