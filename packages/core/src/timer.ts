import { InvariantError } from './errors.ts'
import type { EventHandler } from './event-handler.ts'
import type { Simulation } from './simulation.ts'

const RELEASED = -1

export interface TimerOwner {
  readonly name?: string
  /** The timer's deadline is now; it is no longer armed. */
  onTimer(kind: number): void
}

/**
 * A cancellable timer with at most one pending event, for owners that move their deadlines often.
 *
 * Moving the deadline later only stores it: when the pending event comes, it is pushed on to the deadline. Moving
 * it earlier, and cancelling, take the pending event out, so that a timer that is not armed keeps no run going.
 *
 * Among the events of one instant a timer stands where its pending event was last pushed: at the call that armed
 * it or moved it earlier; after a move to a later deadline, at the instant of the deadline that was put off.
 */
export class Timer {
  /**
   * In picoseconds of simulated time; infinite when not armed. To arm without passing a double through a call,
   * write it and call `arm`; infinity disarms.
   */
  deadline = Number.POSITIVE_INFINITY

  readonly #sim: Simulation
  readonly #owner: TimerOwner
  readonly #kind: number
  #index: number
  /** The pending event's slot and time; the time is infinite when there is none. */
  #slot = 0
  #eventPs = Number.POSITIVE_INFINITY

  constructor(sim: Simulation, owner: TimerOwner, kind = 0) {
    this.#sim = sim
    this.#owner = owner
    this.#kind = kind
    this.#index = sim.timers.add(this)
  }

  get armed(): boolean {
    return this.deadline !== Number.POSITIVE_INFINITY
  }

  get description(): string {
    return `timer ${this.#kind} of ${this.#owner.name ?? 'an owner without name'}`
  }

  /** Arms for `deadline`, or moves it there. Refuses times before now. */
  arm(): void {
    const isArmed = this.armed
    if (isArmed && this.deadline >= this.#eventPs) return
    this.#unpush()
    if (isArmed) this.#push()
  }

  /** `deadline = timePs` and `arm` in one, where speed does not matter. */
  set(timePs: number): void {
    this.deadline = timePs
    this.arm()
  }

  /** Disarms; does nothing to a timer that is not armed. */
  cancel(): void {
    this.deadline = Number.POSITIVE_INFINITY
    this.#unpush()
  }

  /** Disarms for good, once or more: the timer's index goes to the next that is made. */
  release(): void {
    this.cancel()
    if (this.#index === RELEASED) return
    this.#sim.timers.remove(this.#index)
    this.#index = RELEASED
  }

  /** The pending event has come; called by the timer table alone. */
  expire(): void {
    this.#eventPs = Number.POSITIVE_INFINITY
    if (this.deadline > this.#sim.now) {
      this.#push()
      return
    }
    this.deadline = Number.POSITIVE_INFINITY
    this.#owner.onTimer(this.#kind)
  }

  #push(): void {
    if (this.#index === RELEASED)
      throw new InvariantError(`${this.description} was released and is armed again`)
    const { queue, timers } = this.#sim
    queue.due = this.deadline
    this.#slot = queue.push(timers.handler, this.#index, this.#kind)
    this.#eventPs = this.deadline
  }

  #unpush(): void {
    if (this.#eventPs === Number.POSITIVE_INFINITY) return
    this.#sim.queue.cancelSlot(this.#slot)
    this.#eventPs = Number.POSITIVE_INFINITY
  }
}

/** The one handler that all timers of a simulation share. */
export class TimerTable implements EventHandler {
  readonly name = 'timers'
  readonly handler: number
  readonly #timers: (Timer | undefined)[] = []
  readonly #free: number[] = []

  constructor(sim: Simulation) {
    this.handler = sim.register(this)
  }

  add(timer: Timer): number {
    const index = this.#free.pop() ?? this.#timers.length
    this.#timers[index] = timer
    return index
  }

  remove(index: number): void {
    this.#timers[index] = undefined
    this.#free.push(index)
  }

  onEvent(index: number): void {
    this.#timers[index]!.expire()
  }

  describe(index: number): string {
    return this.#timers[index]?.description ?? this.name
  }
}
