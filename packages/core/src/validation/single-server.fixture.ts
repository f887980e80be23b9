import { expect } from 'vitest'
import { type Distribution, exponential } from '../distributions/index.ts'
import type { RandomStream } from '../random.ts'
import { type EventHandler, Simulation } from '../simulation.ts'
import { Counter, Gauge, meanInterval, QuantileSketch } from '../stats/index.ts'
import { MS } from '../time.ts'

export interface SingleServerOptions {
  readonly seed: string
  /** In picoseconds. */
  readonly interarrival: Distribution
  readonly service: Distribution
  /** Jobs that have room, the one in service included. */
  readonly capacity?: number
  /** Jobs that leave before anything is measured, and jobs that are then measured. */
  readonly warmup: number
  readonly jobs: number
}

const ARRIVAL = 0
const DEPARTURE = 1

/** One server, first come first served, with everything that the closed forms speak of measured. */
export class SingleServer implements EventHandler {
  readonly name = 'server'
  readonly sim: Simulation
  readonly offered = new Counter()
  readonly lost = new Counter()
  readonly inSystem: Gauge
  readonly waiting: Gauge
  readonly sojourn = new QuantileSketch()
  readonly wait = new QuantileSketch()

  readonly #id: number
  readonly #options: SingleServerOptions
  readonly #capacity: number
  readonly #arrivals: RandomStream
  readonly #services: RandomStream
  /** Arrival times of the jobs in the system: a ring, oldest at #head. */
  readonly #arrivedAt = new Float64Array(1 << 12)
  #head = 0
  #present = 0
  #left = 0

  constructor(options: SingleServerOptions) {
    this.sim = new Simulation({ seed: options.seed })
    this.#id = this.sim.register(this)
    this.#options = options
    this.#capacity = options.capacity ?? this.#arrivedAt.length
    this.#arrivals = this.sim.random('arrivals')
    this.#services = this.sim.random('services')
    this.inSystem = new Gauge(this.sim)
    this.waiting = new Gauge(this.sim)
  }

  run(): this {
    this.#after(this.#options.interarrival.sample(this.#arrivals), ARRIVAL)
    this.sim.run()
    return this
  }

  onEvent(kind: number): void {
    if (kind === ARRIVAL) this.#arrive()
    else this.#depart()
  }

  #arrive(): void {
    this.#after(this.#options.interarrival.sample(this.#arrivals), ARRIVAL)
    this.offered.add()
    if (this.#present === this.#capacity) {
      this.lost.add()
      return
    }
    if (this.#present === this.#arrivedAt.length)
      throw new Error('single server: the ring of waiting jobs is full')
    const tail = (this.#head + this.#present) % this.#arrivedAt.length
    this.#arrivedAt[tail] = this.sim.now
    this.#present++
    if (this.#present === 1) this.#startService()
    this.#gauge()
  }

  #depart(): void {
    this.sojourn.record(this.sim.now - this.#arrivedAt[this.#head]!)
    this.#head = (this.#head + 1) % this.#arrivedAt.length
    this.#present--
    if (this.#present > 0) this.#startService()
    this.#gauge()
    this.#left++
    if (this.#left === this.#options.warmup) this.#startMeasuring()
    if (this.#left === this.#options.warmup + this.#options.jobs) this.sim.stop()
  }

  #startService(): void {
    this.wait.record(this.sim.now - this.#arrivedAt[this.#head]!)
    this.#after(this.#options.service.sample(this.#services), DEPARTURE)
  }

  #gauge(): void {
    this.inSystem.set(this.#present)
    this.waiting.set(Math.max(0, this.#present - 1))
  }

  #startMeasuring(): void {
    this.inSystem.reset()
    this.waiting.reset()
    this.offered.value = 0
    this.lost.value = 0
    this.sojourn.clear()
    this.wait.clear()
  }

  #after(delayPs: number, kind: number): void {
    this.sim.schedule(this.sim.now + Math.round(delayPs), this.#id, kind)
  }
}

/** Long against a picosecond, so that rounding to whole ones does not show. */
export const SERVICE_PS = MS
const CONFIDENCE = 0.99
const SEEDS = 20

export const poissonArrivals = (utilization: number) => exponential(SERVICE_PS / utilization)

/** One run per seed, all measured after their warm-up. */
export function runs(row: string, options: Omit<SingleServerOptions, 'seed'>): SingleServer[] {
  return Array.from({ length: SEEDS }, (_, i) => new SingleServer({ ...options, seed: `${row}/${i}` }).run())
}

/**
 * Expects the true value in the 99 % interval of independent runs, and the interval narrow enough to tell.
 */
export function expectInterval(values: readonly number[], expected: number, widthMax: number, bias = 0) {
  const { low, high } = meanInterval(values, CONFIDENCE)
  expect(low - bias * expected).toBeLessThanOrEqual(expected)
  expect(high + bias * expected).toBeGreaterThanOrEqual(expected)
  expect((high - low) / 2).toBeLessThan(widthMax * expected)
}
