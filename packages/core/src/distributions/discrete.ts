import { exp, ln, ln1p, pow } from '../math/elementary.ts'
import { lnFactorial } from '../math/special.ts'
import type { RandomStream } from '../random.ts'
import {
  aboveZero,
  type Distribution,
  refuseParameter,
  requirePositive,
  requireWhole,
} from './distribution.ts'

/** The trials up to and including the first success: 1, 2, 3 ... with mean 1 / probability. */
export function geometric(probability: number): Distribution {
  if (!(probability > 0 && probability <= 1)) {
    refuseParameter('geometric', 'probability', probability, 'above 0 and at most 1')
  }
  const lnFailure = ln1p(-probability)
  return {
    mean: 1 / probability,
    sample: (stream) => 1 + Math.floor(ln(aboveZero(stream)) / lnFailure),
  }
}

/** From this mean on, rejection takes fewer steps than counting. */
const COUNTING_MEAN_MAX = 10

/** How many events of a Poisson process fall into a span in which `mean` are expected. */
export function poisson(mean: number): Distribution {
  requirePositive('poisson', 'mean', mean)
  return { mean, sample: mean < COUNTING_MEAN_MAX ? poissonByCounting(mean) : poissonByRejection(mean) }
}

/** Inversion: adds up probabilities until they exceed one uniform draw. */
function poissonByCounting(mean: number): Distribution['sample'] {
  const none = exp(-mean)
  return (stream) => {
    let left = stream.next() - none
    let probability = none
    let k = 0
    // Rounding may leave more than all probabilities together: stop where they no longer count.
    while (left >= 0 && probability > 1e-300) {
      k++
      probability *= mean / k
      left -= probability
    }
    return k
  }
}

/** Transformed rejection, algorithm PTRS of W. Hörmann (Insurance: Mathematics and Economics 12, 1993). */
function poissonByRejection(mean: number): Distribution['sample'] {
  const lnMean = ln(mean)
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const lnInverseAlpha = ln(1.1239 + 1.1328 / (b - 3.4))
  const quickAccept = 0.9277 - 3.6224 / (b - 2)
  return (stream) => {
    for (;;) {
      const u = stream.next() - 0.5
      const v = stream.next()
      const margin = 0.5 - Math.abs(u)
      const k = Math.floor(((2 * a) / margin + b) * u + mean + 0.43)
      if (margin >= 0.07 && v <= quickAccept) return k
      if (k < 0 || (margin < 0.013 && v > margin)) continue
      const hat = ln(v) + lnInverseAlpha - ln(a / (margin * margin) + b)
      if (hat <= k * lnMean - mean - lnFactorial(k)) return k
    }
  }
}

/** Eight bytes each: the table stays below a megabyte. */
const ZIPF_COUNT_MAX = 100_000

/** Ranks 1 to `count` with weights 1 / rank^exponent: the popularity of services, files, destinations. */
export function zipf({ count, exponent }: { count: number; exponent: number }): Distribution {
  requireWhole('zipf', 'count', count, ZIPF_COUNT_MAX)
  if (!(exponent >= 0 && Number.isFinite(exponent))) {
    refuseParameter('zipf', 'exponent', exponent, 'zero or more')
  }
  /** Weight of the ranks up to and including index + 1. */
  const cumulative = new Float64Array(count)
  let total = 0
  let weighted = 0
  for (let rank = 1; rank <= count; rank++) {
    const weight = pow(rank, -exponent)
    total += weight
    weighted += rank * weight
    cumulative[rank - 1] = total
  }
  const sample = (stream: RandomStream) => 1 + firstAbove(cumulative, stream.next() * total)
  return { mean: weighted / total, sample }
}

/** The first index whose entry is above the value, in an ascending array; the last index if none is. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
