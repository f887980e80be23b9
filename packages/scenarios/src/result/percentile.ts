import { exactQuantile, quantileInterval } from '@weft/core'
import type { Percentile } from './result.ts'

/** Samples that must lie beyond a percentile before it may be quoted without its interval: 1,000 for a p99. */
const SAMPLES_BEYOND_MIN = 10

/**
 * A percentile of ascending samples. `missing` is how many observations are absent because they were slower than
 * the run: they bias every percentile above the share that was seen.
 */
export function percentileOf(sorted: ArrayLike<number>, percent: number, missing: number): Percentile {
  const samples = sorted.length
  if (samples === 0)
    return { value: null, samples, interval: [null, null], supported: false, biased: missing > 0 }
  const probability = probabilityOf(percent)
  if (probability <= 0 || probability >= 1) {
    const value = probability <= 0 ? sorted[0]! : sorted[samples - 1]!
    return {
      value,
      samples,
      interval: [value, value],
      supported: true,
      biased: missing > 0 && probability >= 1,
    }
  }
  const { low, high } = quantileInterval(sorted, probability, 0.95)
  return {
    value: exactQuantile(sorted, probability),
    samples,
    interval: [finiteOrNull(low), finiteOrNull(high)],
    supported: samples * probabilityOf(Math.min(percent, 100 - percent)) >= SAMPLES_BEYOND_MIN,
    biased: missing > 0,
  }
}

/** 99.9 / 100 is not 0.999 in doubles; twelve decimals are. */
export const probabilityOf = (percent: number): number => Number((percent / 100).toFixed(12))

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null)
