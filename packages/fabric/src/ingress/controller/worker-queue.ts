import type { EventHandler, Simulation } from '@weft/core'

/** What a worker does. */
export interface Job {
  /** It is done, now. */
  onDone(): void
}

/** What workers have done up to an instant. */
export interface WorkerCounts {
  readonly served: number
  readonly refused: number
  /** Time at work, and time that jobs waited for a worker before it, summed. */
  readonly busyPs: number
  readonly waitedPs: number
}

interface Waiting {
  readonly job: Job
  readonly servicePs: number
  readonly sincePs: number
}

/** Equal workers behind one queue, first come, first served; who finds the queue full is refused. */
export class WorkerQueue implements EventHandler {
  readonly name: string
  readonly workers: number
  readonly waitingMax: number
  /** At work now, and the most that ever waited. */
  atWork = 0
  waitingPeak = 0
  readonly #sim: Simulation
  readonly #handler: number
  readonly #waiting: Waiting[] = []
  readonly #jobs: (Job | undefined)[] = []
  readonly #free: number[] = []
  #served = 0
  #refused = 0
  #busyPs = 0
  #busySincePs = 0
  #waitedPs = 0

  constructor(sim: Simulation, name: string, workers: number, waitingMax: number) {
    this.name = name
    this.workers = workers
    this.waitingMax = waitingMax
    this.#sim = sim
    this.#handler = sim.register(this)
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** A job that takes a worker so long. False if there is no room for it. */
  enter(job: Job, servicePs: number): boolean {
    if (this.atWork < this.workers) {
      this.#begin(job, servicePs)
      return true
    }
    if (this.#waiting.length >= this.waitingMax) {
      this.#refused++
      return false
    }
    this.#waiting.push({ job, servicePs, sincePs: this.#sim.now })
    if (this.#waiting.length > this.waitingPeak) this.waitingPeak = this.#waiting.length
    return true
  }

  counts(): WorkerCounts {
    this.#book()
    return {
      served: this.#served,
      refused: this.#refused,
      busyPs: this.#busyPs,
      waitedPs: this.#waitedPs,
    }
  }

  onEvent(slot: number): void {
    const job = this.#jobs[slot]!
    this.#jobs[slot] = undefined
    this.#free.push(slot)
    this.#book()
    this.atWork--
    this.#served++
    const next = this.#waiting.shift()
    if (next !== undefined) {
      this.#waitedPs += this.#sim.now - next.sincePs
      this.#begin(next.job, next.servicePs)
    }
    job.onDone()
  }

  #begin(job: Job, servicePs: number): void {
    this.#book()
    this.atWork++
    const slot = this.#free.pop() ?? this.#jobs.length
    this.#jobs[slot] = job
    this.#sim.schedule(this.#sim.now + Math.round(servicePs), this.#handler, slot)
  }

  #book(): void {
    const { now } = this.#sim
    this.#busyPs += this.atWork * (now - this.#busySincePs)
    this.#busySincePs = now
  }
}
