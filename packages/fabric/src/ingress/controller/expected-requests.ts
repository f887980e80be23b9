import { SECOND } from '@weft/core'
import type { CertificateState } from '../certificates/certificate-manager.ts'
import type { HttpRequest } from '../ingress-blueprint.ts'
import type { IngressPoint } from '../ingress-point.ts'
import { weightSum } from '../pick-backend.ts'
import { jobKinds, type RequestRate, variationOf } from './controller-load.ts'
import type { ControllerBackend, IngressControllerBlueprint } from './controller-blueprint.ts'
import type { RequestOutcome } from './exchange.ts'
import { finiteQueueLoad } from './finite-queue.ts'
import { type BackendsOf, outcomeOf } from './route-request.ts'

/** What becomes of a share of requests. */
export interface RequestFate {
  readonly outcome: RequestOutcome
  readonly rule?: string
  readonly backend?: string
  readonly share: number
}

/** What rules make of requests that are alike, once workers have them: shares add up to 1. */
export function routedShares(
  point: IngressPoint,
  port: number,
  request: HttpRequest,
  { backends, isServed }: BackendsOf,
): RequestFate[] {
  const found = point.route(port, request)
  if (found === undefined) return [{ outcome: 'no-rule', share: 1 }]
  const { action, rule } = found
  const by = rule === undefined ? {} : { rule }
  if (action.kind === 'answer') return [{ ...by, outcome: outcomeOf(action), share: 1 }]
  const sum = weightSum(action.backends)
  if (sum === 0) return [{ ...by, outcome: 'no-backend', share: 1 }]
  const outcomeAt = (backend: ControllerBackend | undefined): RequestOutcome =>
    backend === undefined ? 'no-backend' : isServed(backend) ? 'served' : 'no-endpoint'
  return action.backends
    .filter(({ weight }) => weight > 0)
    .map(({ backend: name, weight }) => {
      const backend = name === undefined ? undefined : backends.get(name)
      const asked = backend === undefined ? {} : { backend: backend.name }
      return { ...by, ...asked, outcome: outcomeAt(backend), share: weight / sum }
    })
}

/** Requests of one kind that come to a controller, and the certificate that their clients are shown. */
export interface ComingRequests extends RequestRate {
  readonly certificate: CertificateState
}

/** How requests of one kind fare before rules are asked; of those that come. */
export interface AdmittedRequests {
  /** Answered 503, and reset while hands are shaken, for want of room to wait. */
  readonly overloaded: number
  readonly reset: number
  /** Clients that did not like the certificate. */
  readonly flawed: number
  readonly routed: number
}

/** A replica in the long run. */
export interface ReplicaLoad {
  /** Share of its workers' time. */
  readonly busy: number
  /** Handshakes and requests per second that come, share of them that is refused, and the mean wait of the others. */
  readonly jobsPerSecond: number
  readonly refused: number
  readonly waitPs: number
  /** Handshakes per second, of all replicas, that are carried out. */
  readonly wholePerSecond: number
  readonly resumedPerSecond: number
  /** By kind. */
  readonly requests: readonly AdmittedRequests[]
}

const busyPs = (kinds: ReturnType<typeof jobKinds>): number =>
  kinds.reduce((sum, { perSecond, meanPs }) => sum + perSecond * meanPs, 0)

const TOLERANCE = 1e-12
const ROUNDS = 60

/**
 * Requests at replicas that get equal shares: handshakes and requests wait in one queue, and what is refused of the former asks nothing more.
 * Refusals are those of M/M/c/K, whatever the spread of what jobs take, and waits times (1 + c²)/2, as `controllerLoad` has it.
 */
export function replicaLoad(
  { capacity, tls }: Pick<IngressControllerBlueprint, 'capacity' | 'tls'>,
  replicas: number,
  coming: readonly ComingRequests[],
): ReplicaLoad {
  const { workers, waitingMax } = capacity
  const jobsAt = (refused: number) => jobsOf({ capacity, tls }, coming, refused)
  const queueAt = (refused: number) =>
    finiteQueueLoad(busyPs(jobsAt(refused).kinds) / SECOND / replicas, workers, waitingMax)
  let [low, high] = [0, 1]
  for (let round = 0; round < ROUNDS && high - low > TOLERANCE; round++) {
    const middle = (low + high) / 2
    if (queueAt(middle).refused > middle) low = middle
    else high = middle
  }
  const refused = coming.length === 0 ? 0 : queueAt(high).refused
  const { kinds, handshakes, requests } = jobsAt(refused)
  const queue = queueAt(refused)
  const jobsPerSecond = kinds.reduce((sum, { perSecond }) => sum + perSecond, 0)
  const begun = (jobsPerSecond / replicas) * (1 - refused)
  const shaken = handshakes * (1 - refused)
  return {
    busy: queue.busy / workers,
    jobsPerSecond: jobsPerSecond / replicas,
    refused,
    waitPs: begun === 0 ? 0 : ((queue.waiting / begun) * SECOND * (1 + variationOf(kinds))) / 2,
    wholePerSecond: shaken * (1 - tls.resumed),
    resumedPerSecond: shaken * tls.resumed,
    requests,
  }
}

/** What workers are asked for, where this share of jobs is refused. */
function jobsOf(
  { capacity, tls }: Pick<IngressControllerBlueprint, 'capacity' | 'tls'>,
  coming: readonly ComingRequests[],
  refused: number,
) {
  let [handshakes, asked] = [0, 0]
  const requests = coming.map(({ perSecond, isTls, certificate }): AdmittedRequests => {
    const reset = isTls ? refused : 0
    // who resumes a session has checked the certificate before
    const flawed = isTls && certificate !== 'valid' ? (1 - reset) * (1 - tls.resumed) : 0
    const come = 1 - reset - flawed
    handshakes += isTls ? perSecond : 0
    asked += perSecond * come
    return { reset, flawed, overloaded: come * refused, routed: come * (1 - refused) }
  })
  return { kinds: jobKinds({ capacity, tls }, handshakes, asked), handshakes, requests }
}
