import { binomialCdf, incompleteBeta, refuse, studentTQuantile } from '@weft/core'

/** What hashing makes of a load, at a stated confidence. */
export interface LoadInterval {
  /** Expected, and what it stays between with at least this confidence. */
  readonly mean: number
  readonly low: number
  readonly high: number
}

export interface GroupImbalance {
  readonly confidence: number
  /** Flows on each member. */
  readonly members: readonly LoadInterval[]
}

/** Above this many flows the binomial's quantiles are those of the normal distribution with its mean and variance. */
const EXACT_FLOWS_MAX = 1_000_000
/** Student's t with so many degrees of freedom is the normal distribution to six digits. */
const NORMAL_FREEDOM = 1_000_000

/**
 * How `flows` independent flows fall on the members of a group by hashing: each member's number is binomial. Exact up to a
 * million flows, the normal approximation above. Each interval holds for its member alone: that all hold at once is less
 * likely.
 */
export function groupImbalance(
  weights: readonly number[],
  flows: number,
  confidence: number,
): GroupImbalance {
  requireConfidence(confidence)
  if (!(Number.isInteger(flows) && flows >= 0))
    refuse('flows', `is ${flows}, expected a whole number of 0 or more`)
  const sum = weights.reduce((a, b) => a + b, 0)
  return { confidence, members: weights.map((weight) => binomialInterval(flows, weight / sum, confidence)) }
}

export function requireConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1))
    refuse('confidence', `is ${confidence}, expected above 0 and below 1, such as 0.95`)
}

/** Equal-tailed: what a binomial number falls short of, and exceeds, with at most half of 1 - confidence each. */
export function binomialInterval(trials: number, chance: number, confidence: number): LoadInterval {
  const mean = trials * chance
  const tail = (1 - confidence) / 2
  return {
    mean,
    low: binomialQuantile(tail, trials, chance),
    high: binomialQuantile(1 - tail, trials, chance),
  }
}

/**
 * The least whole k that a binomial number is at most with this probability. `trials` need not be whole: the distribution
 * with a given mean and variance then is the one whose function is continued by the incomplete beta function.
 */
export function binomialQuantile(probability: number, trials: number, chance: number): number {
  if (chance >= 1 || trials === 0 || chance <= 0) return trials * chance
  if (trials > EXACT_FLOWS_MAX) return normalQuantile(probability, trials, chance)
  let below = -1
  let atLeast = Math.ceil(trials)
  while (atLeast - below > 1) {
    const middle = (below + atLeast) >> 1
    if (cdf(middle, trials, chance) >= probability) atLeast = middle
    else below = middle
  }
  return Math.min(atLeast, trials)
}

function cdf(k: number, trials: number, chance: number): number {
  if (Number.isInteger(trials)) return binomialCdf(k, trials, chance)
  return k >= trials ? 1 : incompleteBeta(1 - chance, trials - k, k + 1)
}

function normalQuantile(probability: number, trials: number, chance: number): number {
  const deviation = Math.sqrt(trials * chance * (1 - chance))
  const at = trials * chance + studentTQuantile(probability, NORMAL_FREEDOM) * deviation
  return Math.min(trials, Math.max(0, at))
}
