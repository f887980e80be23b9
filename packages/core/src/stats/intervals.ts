import { InvariantError } from '../errors.ts'
import { binomialCdf, studentTQuantile } from '../math/special.ts'

/** A range that holds the true value with at least the stated confidence. */
export interface Interval {
  readonly low: number
  readonly high: number
  readonly confidence: number
}

export interface MeanInterval extends Interval {
  readonly mean: number
}

/**
 * Mean of independent values with its confidence interval by Student's t: for results of runs with different
 * seeds. One value alone says nothing about the spread: its interval is infinite.
 */
export function meanInterval(values: ArrayLike<number>, confidence = 0.95): MeanInterval {
  requireConfidence(confidence)
  const count = values.length
  let mean = 0
  let squares = 0
  // Welford's updating formulas (Technometrics 4, 1962): no difference of large sums.
  for (let i = 0; i < count; i++) {
    const difference = values[i]! - mean
    mean += difference / (i + 1)
    squares += difference * (values[i]! - mean)
  }
  if (count < 2) {
    return {
      mean: count === 0 ? Number.NaN : mean,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      confidence,
    }
  }
  const half = studentTQuantile((1 + confidence) / 2, count - 1) * Math.sqrt(squares / (count - 1) / count)
  return { mean, low: mean - half, high: mean + half, confidence }
}

/**
 * The value of rank ceil(probability * n) in ascending values: what a fraction `probability` stays at or
 * below.
 */
export function exactQuantile(sorted: ArrayLike<number>, probability: number): number {
  // 0.07 * 100 is 7.000000000000001 in doubles, and of rank 7
  const exact = probability * sorted.length * (1 - 4 * Number.EPSILON)
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(exact)))
  return sorted.length === 0 ? Number.NaN : sorted[rank - 1]!
}

/**
 * Confidence interval of a quantile from order statistics, whatever the distribution (David and Nagaraja,
 * "Order Statistics", 7.1): the number of values below the true quantile is binomial. Values must be
 * ascending and independent. An end that the sample is too small to hold is infinite: fewer than 368 values
 * have no upper end for a p99 at 95 %, say. `confidence` in the result is what the chosen ranks really cover,
 * at least what was asked.
 */
export function quantileInterval(
  sorted: ArrayLike<number>,
  probability: number,
  confidence = 0.95,
): Interval {
  requireConfidence(confidence)
  if (!(probability > 0 && probability < 1)) {
    throw new InvariantError(`quantile interval: probability is ${probability}, expected above 0 and below 1`)
  }
  const count = sorted.length
  const tail = (1 - confidence) / 2
  // The highest rank with at most `tail` below it, the lowest with at most `tail` from it on; 0 and count + 1
  // are open.
  const lowRank = firstRank(count, (rank) => binomialCdf(rank - 1, count, probability) > tail) - 1
  const highRank = firstRank(count, (rank) => 1 - binomialCdf(rank - 1, count, probability) <= tail)
  const below = lowRank === 0 ? 0 : binomialCdf(lowRank - 1, count, probability)
  const above = highRank > count ? 0 : 1 - binomialCdf(highRank - 1, count, probability)
  return {
    low: lowRank === 0 ? Number.NEGATIVE_INFINITY : sorted[lowRank - 1]!,
    high: highRank > count ? Number.POSITIVE_INFINITY : sorted[highRank - 1]!,
    confidence: 1 - below - above,
  }
}

/**
 * The first rank from 1 to count for which the condition, once true, stays true; count + 1 if it never is.
 */
function firstRank(count: number, holds: (rank: number) => boolean): number {
  let low = 1
  let high = count + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

export function requireConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new InvariantError(`confidence is ${confidence}, expected above 0 and below 1, such as 0.95`)
  }
}
