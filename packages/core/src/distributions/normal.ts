import { exp, ln } from '../math/elementary.ts'
import type { RandomStream } from '../random.ts'
import { type Distribution, refuseParameter, requireFinite } from './distribution.ts'

/** Normal with this mean and standard deviation. */
export function normal({ mean, deviation }: { mean: number; deviation: number }): Distribution {
  requireFinite('normal', 'mean', mean)
  requireDeviation('normal', 'deviation', deviation)
  return { mean, sample: (stream) => mean + deviation * standardNormal(stream) }
}

/** Lognormal: its logarithm is normal with mean `mu` and standard deviation `sigma`. */
export function lognormal({ mu, sigma }: { mu: number; sigma: number }): Distribution {
  requireFinite('lognormal', 'mu', mu)
  requireDeviation('lognormal', 'sigma', sigma)
  return {
    mean: exp(mu + (sigma * sigma) / 2),
    sample: (stream) => exp(mu + sigma * standardNormal(stream)),
  }
}

function requireDeviation(distribution: string, name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) refuseParameter(distribution, name, value, 'zero or more')
}

/**
 * Marsaglia's polar method (SIAM Review 6, 1964). It makes two values at a time; the second is thrown away,
 * since keeping it would be state that a saved stream does not hold.
 */
function standardNormal(stream: RandomStream): number {
  for (;;) {
    const x = 2 * stream.next() - 1
    const y = 2 * stream.next() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * ln(square)) / square)
  }
}
