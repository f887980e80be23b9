import { ln, pow } from '../math/elementary.ts'
import { gamma } from '../math/special.ts'
import type { RandomStream } from '../random.ts'
import {
  aboveZero,
  type Distribution,
  refuseParameter,
  requireFinite,
  requirePositive,
  requireWhole,
} from './distribution.ts'

/** Always the same value; takes nothing from the stream. */
export function constant(value: number): Distribution {
  requireFinite('constant', 'value', value)
  return { mean: value, sample: () => value }
}

/** Uniform from `minimum`, included, to `maximum`, excluded. */
export function uniform({ minimum, maximum }: { minimum: number; maximum: number }): Distribution {
  requireFinite('uniform', 'minimum', minimum)
  requireFinite('uniform', 'maximum', maximum)
  if (minimum > maximum) refuseParameter('uniform', 'maximum', maximum, `at least the minimum, ${minimum}`)
  const span = maximum - minimum
  return { mean: minimum + span / 2, sample: (stream) => minimum + span * stream.next() }
}

/** Exponential, the time between the events of a Poisson process; by inversion. */
export function exponential(mean: number): Distribution {
  requirePositive('exponential', 'mean', mean)
  return { mean, sample: (stream) => -mean * ln(aboveZero(stream)) }
}

/** The sum of so many exponentials: a service of stages, squared coefficient of variation 1 / stages. */
export function erlang({ stages, mean }: { stages: number; mean: number }): Distribution {
  requireWhole('erlang', 'stages', stages, 10_000)
  requirePositive('erlang', 'mean', mean)
  const stageMean = mean / stages
  const sample = (stream: RandomStream) => {
    let sum = 0
    for (let stage = 0; stage < stages; stage++) sum -= ln(aboveZero(stream))
    return stageMean * sum
  }
  return { mean, sample }
}

/**
 * One of several exponentials, chosen by weight: burstier than one (squared coefficient of variation above
 * 1).
 */
export function hyperexponential(branches: readonly { weight: number; mean: number }[]): Distribution {
  if (branches.length === 0) refuseParameter('hyperexponential', 'branches', 'empty', 'at least one branch')
  let total = 0
  let mean = 0
  for (const branch of branches) {
    requirePositive('hyperexponential', 'weight', branch.weight)
    requirePositive('hyperexponential', 'mean', branch.mean)
    total += branch.weight
    mean += branch.weight * branch.mean
  }
  const weights = Float64Array.from(branches, (branch) => branch.weight)
  const means = Float64Array.from(branches, (branch) => branch.mean)
  const last = branches.length - 1
  const sample = (stream: RandomStream) => {
    let left = stream.next() * total
    // The last branch also takes what rounding leaves over.
    let chosen = 0
    while (chosen < last && left >= weights[chosen]!) left -= weights[chosen++]!
    return -means[chosen]! * ln(aboveZero(stream))
  }
  return { mean: mean / total, sample }
}

/** Weibull with survival exp(-(x / scale)^shape): shape 1 is exponential, below 1 heavier-tailed. */
export function weibull({ shape, scale }: { shape: number; scale: number }): Distribution {
  requirePositive('weibull', 'shape', shape)
  requirePositive('weibull', 'scale', scale)
  return {
    mean: scale * gamma(1 + 1 / shape),
    sample: (stream) => scale * pow(-ln(aboveZero(stream)), 1 / shape),
  }
}

/** Pareto with survival (minimum / x)^shape. No mean for a shape of 1 and below, no variance up to 2. */
export function pareto({ shape, minimum }: { shape: number; minimum: number }): Distribution {
  requirePositive('pareto', 'shape', shape)
  requirePositive('pareto', 'minimum', minimum)
  return {
    mean: shape > 1 ? (shape * minimum) / (shape - 1) : Number.POSITIVE_INFINITY,
    sample: (stream) => minimum * pow(aboveZero(stream), -1 / shape),
  }
}

/**
 * Pareto on condition of staying below `maximum`: the usual heavy-tailed flow size with all moments finite.
 */
export function boundedPareto(options: { shape: number; minimum: number; maximum: number }): Distribution {
  const { shape, minimum, maximum } = options
  requirePositive('boundedPareto', 'shape', shape)
  requirePositive('boundedPareto', 'minimum', minimum)
  requirePositive('boundedPareto', 'maximum', maximum)
  if (minimum >= maximum)
    refuseParameter('boundedPareto', 'maximum', maximum, `above the minimum, ${minimum}`)
  const ratio = minimum / maximum
  // The probability that the unbounded one stays below the maximum.
  const below = 1 - pow(ratio, shape)
  const excess = shape - 1
  const mean =
    shape === 1
      ? (-minimum * ln(ratio)) / below
      : ((minimum * shape) / (excess * below)) * (1 - pow(ratio, excess))
  return { mean, sample: (stream) => minimum * pow(1 - stream.next() * below, -1 / shape) }
}
