/**
 * Closed forms of queueing theory, to check simulations against. `utilization` is arrival rate times mean
 * service time, of one server that serves in order of arrival. Source: L. Kleinrock, "Queueing Systems",
 * volume 1.
 */
import { ln, pow } from './elementary.ts'

export interface SingleServerLoad {
  /** Above 0, below 1. */
  readonly utilization: number
  /** Any unit of time; results are in the same. */
  readonly serviceMean: number
  /** Variance of the service time over its mean squared: 0 constant, 1 exponential. */
  readonly serviceVariation: number
}

/** Mean wait before service with Poisson arrivals (M/G/1): the Pollaczek-Khinchine formula. */
export function mg1WaitMean({ utilization, serviceMean, serviceVariation }: SingleServerLoad): number {
  return (utilization * serviceMean * (1 + serviceVariation)) / (2 * (1 - utilization))
}

/** Mean number in the system (M/G/1), by Little's law. */
export function mg1SystemMean(load: SingleServerLoad): number {
  return load.utilization * (mg1WaitMean(load) / load.serviceMean + 1)
}

/** What a fraction `probability` of the times in the system stays below, with exponential service (M/M/1). */
export function mm1SojournQuantile(probability: number, utilization: number, serviceMean: number): number {
  return (-ln(1 - probability) * serviceMean) / (1 - utilization)
}

/**
 * Fraction of arrivals lost with exponential service and room for `capacity` jobs, the one in service
 * included (M/M/1/K).
 */
export function mm1kLossProbability(utilization: number, capacity: number): number {
  // At load 1 all states are equally likely.
  if (utilization === 1) return 1 / (capacity + 1)
  return ((1 - utilization) * pow(utilization, capacity)) / (1 - pow(utilization, capacity + 1))
}
