import type { EventHandler } from './event-handler.ts'
import type { EventHandle } from './event-queue/event-queue.ts'
import type { Simulation } from './simulation.ts'
import type { Picoseconds } from './time.ts'

/** A function that is to be called at an instant; what `sim.at` and `sim.after` answer. */
export class ScheduledCall {
  readonly timePs: Picoseconds
  readonly #calls: CallTable
  readonly #index: number
  readonly #handle: EventHandle

  constructor(calls: CallTable, timePs: Picoseconds, index: number, handle: EventHandle) {
    this.#calls = calls
    this.timePs = timePs
    this.#index = index
    this.#handle = handle
  }

  /** Takes the call back; false if it was made or cancelled before. */
  cancel(): boolean {
    return this.#calls.cancel(this.#index, this.#handle)
  }
}

/** The one handler of all scheduled functions of a simulation. A closure per event: for what is not hot. */
export class CallTable implements EventHandler {
  readonly name = 'scheduled calls'
  readonly #sim: Simulation
  readonly #handler: number
  readonly #functions: ((() => void) | undefined)[] = []
  readonly #free: number[] = []

  constructor(sim: Simulation) {
    this.#sim = sim
    this.#handler = sim.register(this)
  }

  add(timePs: Picoseconds, call: () => void): ScheduledCall {
    const index = this.#free.pop() ?? this.#functions.length
    this.#functions[index] = call
    return new ScheduledCall(this, timePs, index, this.#sim.schedule(timePs, this.#handler, index))
  }

  cancel(index: number, handle: EventHandle): boolean {
    const isPending = this.#sim.queue.cancel(handle)
    if (isPending) this.#forget(index)
    return isPending
  }

  onEvent(index: number): void {
    this.#functions[index]!()
    this.#forget(index)
  }

  describe(index: number): string {
    return `the call of ${this.#functions[index]?.name || 'a function without name'}`
  }

  #forget(index: number): void {
    this.#functions[index] = undefined
    this.#free.push(index)
  }
}
