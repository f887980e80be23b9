import { InvariantError } from '../errors.ts'
import { exp, ln, ln1p } from './elementary.ts'

/** Where Stirling's series below is accurate to the last bits. */
const STIRLING_MIN = 10
const HALF_LN_TWO_PI = 0.9189385332046727

/**
 * ln Gamma(x) for x above zero: Stirling's series (Abramowitz and Stegun 6.1.40), relative error below 1e-14.
 */
export function lnGamma(x: number): number {
  // Gamma(x) = Gamma(x + n) / (x (x+1) ... (x+n-1)) reaches the series' range.
  let product = 1
  let shifted = x
  while (shifted < STIRLING_MIN) product *= shifted++
  const z = 1 / (shifted * shifted)
  const tail = -1 / 360 + z * (1 / 1260 + z * (-1 / 1680 + z * (1 / 1188 + z * (-691 / 360_360 + z / 156))))
  const series = (1 / 12 + z * tail) / shifted
  return (shifted - 0.5) * ln(shifted) - shifted + HALF_LN_TWO_PI + series - ln(product)
}

/**
 * Regularised incomplete beta function I_x(a, b), the distribution function of Student's t, the binomial and
 * others: continued fraction (Abramowitz and Stegun 26.5.8) evaluated by Lentz's method. Relative error below
 * 1e-9 for a and b up to a million.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast below the mean; above it the symmetric form does.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const lnFront = lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * ln(x) + b * ln1p(-x)
  return (exp(lnFront) / a) * betaFraction(x, a, b)
}

const FRACTION_STEPS_MAX = 100_000
/** Lentz's guard against a zero denominator. */
const TINY = 1e-300

function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= FRACTION_STEPS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) return fraction
  }
  throw new InvariantError(`incomplete beta of ${x}, ${a}, ${b} does not converge`)
}

const nonZero = (value: number) => (Math.abs(value) < TINY ? TINY : value)

/** Probability of at most k successes in n trials of probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  return k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1)
}

/** Probability that Student's t with these degrees of freedom is at most t. */
export function studentTCdf(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/** The t that Student's t stays below with this probability, which lies strictly between 0 and 1. */
export function studentTQuantile(probability: number, freedom: number): number {
  if (!(probability > 0 && probability < 1 && freedom > 0)) {
    throw new InvariantError(`Student's t has no quantile ${probability} with ${freedom} degrees of freedom`)
  }
  if (probability < 0.5) return -studentTQuantile(1 - probability, freedom)
  let high = 1
  while (studentTCdf(high, freedom) < probability) high *= 2
  let low = 0
  // Halving until the doubles between are used up; 60 steps for usual cases.
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) return high
    if (studentTCdf(middle, freedom) < probability) low = middle
    else high = middle
  }
}

/** Factorials whose logarithm is exact enough to be taken directly. */
const factorials = Float64Array.from({ length: 16 }, (_, n) => {
  let product = 1
  for (let factor = 2; factor <= n; factor++) product *= factor
  return product
})

/** ln n! for whole n of at least zero. */
export function lnFactorial(n: number): number {
  return n < factorials.length ? ln(factorials[n]!) : lnGamma(n + 1)
}

/** Gamma(x) for x above zero, from its logarithm: means of Weibull and Pareto. */
export const gamma = (x: number): number => exp(lnGamma(x))
