import type { EventHandler, Simulation } from '@weft/core'

export interface TimerOwner {
  onTimer(kind: number): void
}

/** A timer with at most one pending event: moving the deadline later only stores it. */
export class Timer implements EventHandler {
  readonly name = 'timer'
  deadline = Infinity
  readonly #sim: Simulation
  readonly #owner: TimerOwner
  readonly #kind: number
  readonly #handler: number
  #eventPs = Infinity
  #generation = 0

  constructor(sim: Simulation, owner: TimerOwner, kind: number) {
    this.#sim = sim
    this.#owner = owner
    this.#kind = kind
    this.#handler = sim.register(this)
  }

  arm(): void {
    if (this.deadline < this.#eventPs) this.#push()
  }

  cancel(): void {
    this.deadline = Infinity
  }

  release(): void {
    this.deadline = Infinity
    this.#eventPs = Infinity
    this.#generation++
  }

  onEvent(generation: number): void {
    if (generation !== this.#generation) return
    this.#eventPs = Infinity
    if (this.deadline === Infinity) return
    if (this.deadline > this.#sim.now) {
      this.#push()
      return
    }
    this.deadline = Infinity
    this.#owner.onTimer(this.#kind)
  }

  #push(): void {
    this.#eventPs = this.deadline
    const { queue } = this.#sim
    queue.due = this.deadline
    queue.push(this.#handler, ++this.#generation, 0)
  }
}
