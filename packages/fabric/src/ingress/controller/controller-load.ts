import { erlangCWaitMean, SECOND } from '@weft/core'
import { type DelayBlueprint, delayDistribution } from '../certificates/certificate-options.ts'
import type { IngressControllerBlueprint } from './controller-blueprint.ts'

/** Requests per second of one kind. */
export interface RequestRate {
  readonly perSecond: number
  readonly isTls: boolean
}

/** How a controller's workers fare in the long run. */
export interface ControllerLoad {
  readonly requestsPerSecond: number
  /** Workers that the requests and their handshakes keep busy on the mean, were there enough. */
  readonly offeredErlangs: number
  /** That over the workers there are: above 1 where they cannot keep up. */
  readonly utilization: number
  /** Mean wait of a handshake or request for a worker; null where they cannot keep up. */
  readonly waitPs: number | null
  /** Share of requests beyond what workers can do. */
  readonly lost: number
  /** Requests per second of this mix that keep all workers busy. */
  readonly capacityPerSecond: number
}

/**
 * The load on so many replicas that get equal shares. Waits are those of M/M/c at each replica (Erlang C) times (1 + c²)/2, with c the
 * coefficient of variation of what jobs take: exact for M/M/c and M/G/1, near for others (A. M. Lee and P. A. Longton, 1959).
 */
export function controllerLoad(
  { capacity, tls }: Pick<IngressControllerBlueprint, 'capacity' | 'tls'>,
  replicas: number,
  rates: readonly RequestRate[],
): ControllerLoad {
  const sum = (read: (rate: RequestRate) => number) => rates.reduce((total, each) => total + read(each), 0)
  const requestsPerSecond = sum(({ perSecond }) => perSecond)
  const secure = sum(({ perSecond, isTls }) => (isTls ? perSecond : 0))
  const kinds = jobKinds({ capacity, tls }, secure, requestsPerSecond)
  const jobs = kinds.reduce((total, { perSecond }) => total + perSecond, 0)
  const busyPs = kinds.reduce((total, { perSecond, meanPs }) => total + perSecond * meanPs, 0)
  const offeredErlangs = busyPs / SECOND
  const workers = replicas * capacity.workers
  const utilization = offeredErlangs === 0 ? 0 : offeredErlangs / workers
  const meanPs = jobs === 0 ? 0 : busyPs / jobs
  const variation = variationOf(kinds)
  const keepsUp = utilization < 1
  return {
    requestsPerSecond,
    offeredErlangs,
    utilization,
    waitPs: keepsUp
      ? utilization === 0
        ? 0
        : (erlangCWaitMean(offeredErlangs / replicas, capacity.workers) * meanPs * (1 + variation)) / 2
      : null,
    lost: keepsUp ? 0 : 1 - 1 / utilization,
    capacityPerSecond: offeredErlangs === 0 ? Infinity : requestsPerSecond / utilization,
  }
}

interface JobKind {
  readonly perSecond: number
  readonly meanPs: number
  readonly squarePs: number
}

/** What handshakes and requests, so many a second, take of workers. */
export function jobKinds(
  { capacity, tls }: Pick<IngressControllerBlueprint, 'capacity' | 'tls'>,
  handshakesPerSecond: number,
  requestsPerSecond: number,
): JobKind[] {
  const { resumed, fullPs, resumedPs } = tls
  const meanPs = delayDistribution(capacity.request).mean
  return [
    { perSecond: requestsPerSecond, meanPs, squarePs: secondMoment(capacity.request) },
    { perSecond: handshakesPerSecond * (1 - resumed), meanPs: fullPs, squarePs: fullPs ** 2 },
    { perSecond: handshakesPerSecond * resumed, meanPs: resumedPs, squarePs: resumedPs ** 2 },
  ]
}

/** The squared coefficient of variation of what jobs take; 0 where they take nothing. */
export function variationOf(kinds: readonly JobKind[]): number {
  const sum = (read: (kind: JobKind) => number) => kinds.reduce((total, each) => total + read(each), 0)
  const jobs = sum(({ perSecond }) => perSecond)
  const busyPs = sum(({ perSecond, meanPs }) => perSecond * meanPs)
  if (busyPs === 0) return 0
  return sum(({ perSecond, squarePs }) => perSecond * squarePs) / jobs / (busyPs / jobs) ** 2 - 1
}

function secondMoment(delay: DelayBlueprint): number {
  if (delay.kind === 'constant') return delay.ps ** 2
  if (delay.kind === 'exponential') return 2 * delay.meanPs ** 2
  return (delay.minPs ** 2 + delay.minPs * delay.maxPs + delay.maxPs ** 2) / 3
}

/** The most of these replicas that may be gone while the others keep up; -1 where all together do not. */
export function replicasSpare({ utilization }: ControllerLoad, replicas: number): number {
  if (utilization >= 1) return -1
  if (utilization === 0) return replicas
  const needed = Math.floor(utilization * replicas) + 1
  return replicas - Math.min(needed, replicas)
}
