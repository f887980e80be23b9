import { ConfigError } from '../errors.ts'
import { type MeanInterval, meanInterval } from './intervals.ts'

export interface BatchMeansOptions {
  /** Values left out at the beginning, while the model settles. */
  readonly warmup?: number
  /** Batches kept; when they are used up, neighbours are merged and batches become twice as long. Even. */
  readonly batchesMax?: number
}

export interface BatchMeansResult extends MeanInterval {
  readonly batches: number
  readonly batchSize: number
  /**
   * Correlation of neighbouring batch means: where it is high, batches are too short and the interval too
   * narrow.
   */
  readonly correlation: number
  /** False when the correlation is more than independent batches would show (one-sided, 1 %): run longer. */
  readonly trustworthy: boolean
}

const BATCHES_MAX_DEFAULT = 64
/** One-sided 1 % point of the normal distribution. */
const CORRELATION_Z = 2.3263

/**
 * Mean and confidence interval of one long run whose values depend on each other, as successive delays in a
 * queue do: means of long batches are nearly independent (Law, "Simulation Modeling and Analysis", 9.5).
 * Memory is bounded, recording allocates nothing.
 */
export class BatchMeans {
  /** Values recorded, those of the warm-up excluded. */
  count = 0
  readonly #sums: Float64Array
  #warmupLeft: number
  #batchSize = 1
  #full = 0
  #sum = 0
  #inBatch = 0

  constructor({ warmup = 0, batchesMax = BATCHES_MAX_DEFAULT }: BatchMeansOptions = {}) {
    if (!(Number.isInteger(batchesMax) && batchesMax >= 4 && batchesMax % 2 === 0)) {
      const message = `is ${batchesMax}, expected an even number of at least 4`
      throw new ConfigError([{ path: ['batchesMax'], message }])
    }
    if (!(Number.isInteger(warmup) && warmup >= 0)) {
      throw new ConfigError([
        { path: ['warmup'], message: `is ${warmup}, expected a whole number of at least 0` },
      ])
    }
    this.#warmupLeft = warmup
    this.#sums = new Float64Array(batchesMax)
  }

  record(value: number): void {
    if (this.#warmupLeft > 0) {
      this.#warmupLeft--
      return
    }
    this.count++
    this.#sum += value
    if (++this.#inBatch === this.#batchSize) this.#closeBatch()
  }

  /** Over the full batches; values of the last, unfinished one are left out. */
  result(confidence = 0.95): BatchMeansResult {
    const means = this.#sums.slice(0, this.#full)
    for (let i = 0; i < means.length; i++) means[i]! /= this.#batchSize
    const correlation = autocorrelation(means, 1)
    return {
      ...meanInterval(means, confidence),
      batches: this.#full,
      batchSize: this.#batchSize,
      correlation,
      trustworthy: this.#full >= 4 && !(correlation > CORRELATION_Z / Math.sqrt(this.#full)),
    }
  }

  #closeBatch(): void {
    const sums = this.#sums
    sums[this.#full++] = this.#sum
    this.#sum = 0
    this.#inBatch = 0
    if (this.#full < sums.length) return
    this.#full /= 2
    this.#batchSize *= 2
    for (let i = 0; i < this.#full; i++) sums[i] = sums[2 * i]! + sums[2 * i + 1]!
  }
}

/** Correlation of values with those `lag` places later, from -1 to 1; 0 where there is no variation. */
export function autocorrelation(values: ArrayLike<number>, lag: number): number {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length
  let products = 0
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - mean
    squares += deviation * deviation
    if (i + lag < values.length) products += deviation * (values[i + lag]! - mean)
  }
  return squares === 0 ? 0 : products / squares
}

/** MSER looks at means of so many values, not at single ones. */
const MSER_GROUP = 5

/**
 * How many values at the beginning belong to the warm-up: MSER-5 (K. P. White, Simulation 69, 1997), which
 * leaves out what makes the standard error of the rest smallest, half of the values at most. At the half
 * itself the run is too short to tell.
 */
export function warmupLength(values: ArrayLike<number>): number {
  const groups = Math.floor(values.length / MSER_GROUP)
  let best = 0
  let bestError = Number.POSITIVE_INFINITY
  let mean = 0
  let squares = 0
  // From the end backwards each group is added once (Welford): one pass over all truncation points.
  for (let start = groups - 1; start >= 0; start--) {
    let group = 0
    for (let i = 0; i < MSER_GROUP; i++) group += values[start * MSER_GROUP + i]! / MSER_GROUP
    const count = groups - start
    const difference = group - mean
    mean += difference / count
    squares += difference * (group - mean)
    const error = squares / (count * count)
    if (start <= groups / 2 && error <= bestError) {
      best = start
      bestError = error
    }
  }
  return best * MSER_GROUP
}
