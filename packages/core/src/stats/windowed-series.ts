import { ConfigError } from '../errors.ts'
import type { Clock } from './clock.ts'

export interface WindowOptions {
  /** Length of a window in picoseconds, to begin with. */
  readonly windowPs: number
  /** Windows kept; when a run outlasts them, neighbours are merged and windows become twice as long. Even. */
  readonly windowsMax?: number
}

/** One window of a series. Without weight `mean` is NaN; without any value `min` and `max` are infinite. */
export interface Window {
  readonly startPs: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** Samples, or for a signal the picoseconds, that the mean is taken over. */
  readonly weight: number
}

const WINDOWS_MAX_DEFAULT = 1024

/** What the two kinds of series share: columns of windows, merged in pairs when they are used up. */
class Windows {
  windowPs: number
  /** Index of the last window in use plus one. */
  length = 0
  readonly weight: Float64Array
  /** Sum of values times their weights. */
  readonly weighted: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly startPs: number

  constructor(startPs: number, { windowPs, windowsMax = WINDOWS_MAX_DEFAULT }: WindowOptions) {
    const refuse = (path: string, message: string): never => {
      throw new ConfigError([{ path: [path], message }])
    }
    if (!(windowPs >= 1 && Number.isSafeInteger(windowPs))) {
      refuse('windowPs', `is ${windowPs}, expected a whole number of at least 1`)
    }
    if (!(windowsMax >= 2 && windowsMax % 2 === 0))
      refuse('windowsMax', `is ${windowsMax}, expected an even number`)
    this.startPs = startPs
    this.windowPs = windowPs
    this.weight = new Float64Array(windowsMax)
    this.weighted = new Float64Array(windowsMax)
    this.min = new Float64Array(windowsMax).fill(Number.POSITIVE_INFINITY)
    this.max = new Float64Array(windowsMax).fill(Number.NEGATIVE_INFINITY)
  }

  /** The window that holds this time, after making room for it. */
  indexAt(timePs: number): number {
    let index = Math.floor((timePs - this.startPs) / this.windowPs)
    while (index >= this.weight.length) {
      this.#mergePairs()
      index = Math.floor((timePs - this.startPs) / this.windowPs)
    }
    if (index >= this.length) this.length = index + 1
    return index
  }

  add(index: number, value: number, weight: number): void {
    this.weight[index]! += weight
    this.weighted[index]! += value * weight
    if (value < this.min[index]!) this.min[index] = value
    if (value > this.max[index]!) this.max[index] = value
  }

  *[Symbol.iterator](): Iterator<Window> {
    for (let i = 0; i < this.length; i++) {
      yield {
        startPs: this.startPs + i * this.windowPs,
        mean: this.weighted[i]! / this.weight[i]!,
        min: this.min[i]!,
        max: this.max[i]!,
        weight: this.weight[i]!,
      }
    }
  }

  #mergePairs(): void {
    const { weight, weighted, min, max } = this
    const half = weight.length / 2
    for (let i = 0; i < half; i++) {
      weight[i] = weight[2 * i]! + weight[2 * i + 1]!
      weighted[i] = weighted[2 * i]! + weighted[2 * i + 1]!
      min[i] = Math.min(min[2 * i]!, min[2 * i + 1]!)
      max[i] = Math.max(max[2 * i]!, max[2 * i + 1]!)
    }
    weight.fill(0, half)
    weighted.fill(0, half)
    min.fill(Number.POSITIVE_INFINITY, half)
    max.fill(Number.NEGATIVE_INFINITY, half)
    this.length = (this.length + 1) >>> 1
    this.windowPs *= 2
  }
}

/** Mean, minimum and maximum of the samples in each window of time: delays, sizes, completion times. */
export class SampleSeries {
  readonly #clock: Clock
  readonly #windows: Windows

  constructor(clock: Clock, options: WindowOptions) {
    this.#clock = clock
    this.#windows = new Windows(clock.now, options)
  }

  record(value: number): void {
    this.#windows.add(this.#windows.indexAt(this.#clock.now), value, 1)
  }

  /** The present length of a window: the one given, doubled each time that the windows were used up. */
  get windowPs(): number {
    return this.#windows.windowPs
  }

  /** The windows from the start to the last sample, those without samples included. */
  windows(): Window[] {
    return [...this.#windows]
  }
}

/**
 * Mean over time, minimum and maximum in each window of a value that holds until it is changed: queue
 * lengths.
 */
export class SignalSeries {
  current: number
  readonly #clock: Clock
  readonly #windows: Windows
  #since: number

  constructor(clock: Clock, options: WindowOptions, initial = 0) {
    this.#clock = clock
    this.#windows = new Windows(clock.now, options)
    this.#since = clock.now
    this.current = initial
    this.set(initial)
  }

  set(value: number): void {
    this.#holdUntilNow()
    this.current = value
    // A value that is replaced at once still counts for the extremes.
    this.#windows.add(this.#windows.indexAt(this.#clock.now), value, 0)
  }

  get windowPs(): number {
    return this.#windows.windowPs
  }

  /** The windows from the start up to now. */
  windows(): Window[] {
    this.#holdUntilNow()
    return [...this.#windows]
  }

  /** Spreads the current value over the windows that it was held in. */
  #holdUntilNow(): void {
    const windows = this.#windows
    const now = this.#clock.now
    if (now === this.#since) return
    // Merging happens first: with all windows in place the loop below visits each once.
    windows.indexAt(now - 1)
    while (this.#since < now) {
      const index = windows.indexAt(this.#since)
      const end = Math.min(now, windows.startPs + (index + 1) * windows.windowPs)
      windows.add(index, this.current, end - this.#since)
      this.#since = end
    }
  }
}
