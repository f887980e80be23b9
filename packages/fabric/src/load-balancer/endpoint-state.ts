import type { ServiceEndpoint } from './service-endpoint.ts'

/** What becomes of a workload while a network runs, as far as services care. */
export interface EndpointState {
  /** It is there: it has an address, whether or not anybody listens yet. */
  readonly isRunning: boolean
  /** It passes its readiness probe, terminating or not. */
  readonly isServing: boolean
  /** It has been asked to stop. */
  readonly isTerminating: boolean
}

/** What a balancer sees of a workload in this state (Kubernetes' EndpointConditions). */
export function conditionsOf(
  { isRunning, isServing, isTerminating }: EndpointState,
  publishesNotReady: boolean,
): Pick<ServiceEndpoint, 'ready' | 'serving' | 'terminating'> {
  return {
    ready: isRunning && (publishesNotReady || (isServing && !isTerminating)),
    serving: isRunning && isServing,
    terminating: isRunning && isTerminating,
  }
}
