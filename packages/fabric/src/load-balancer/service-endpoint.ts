/** One workload behind a service, as the balancer sees it. */
export interface ServiceEndpoint {
  /** Names the endpoint for as long as it lives: consistent hashing goes by it, and connections remember it. */
  readonly name: string
  /** The node that it runs on, and its zone; absent where nobody said. */
  readonly node?: string
  readonly zone?: string
  /** Passes its readiness probe and is not terminating; or its service publishes endpoints that are not ready. */
  readonly ready: boolean
  /** Passes its readiness probe, terminating or not. */
  readonly serving: boolean
  /** Has been asked to stop, and has not stopped yet. */
  readonly terminating: boolean
}

/** From which endpoints a client is served: those of every node, or of its own node alone. */
export type TrafficPolicy = 'cluster' | 'local'

/** What becomes of a connection for which there is no endpoint: refused at once, or lost without a word. */
export type WithoutEndpoint = 'service-no-endpoint' | 'service-no-local-endpoint'

export interface UsableEndpoints {
  /** Indices into the list, ascending. */
  readonly indices: readonly number[]
  /** Where there is none: the reason. `service-no-endpoint` is answered by a refusal, the other is not answered. */
  readonly without?: WithoutEndpoint
}

/**
 * The endpoints that a new connection may go to. Ready ones; where there is none, those that still serve while they
 * terminate (Kubernetes, pkg/proxy/topology.go); under the policy `local` those of the client's node alone, and no
 * fallback to other nodes.
 */
export function usableEndpoints(
  endpoints: readonly ServiceEndpoint[],
  policy: TrafficPolicy,
  node: string | undefined,
): UsableEndpoints {
  const among = (isCandidate: (endpoint: ServiceEndpoint) => boolean): number[] => {
    const candidates = endpoints.flatMap((endpoint, index) => (isCandidate(endpoint) ? [index] : []))
    const ready = candidates.filter((index) => endpoints[index]!.ready)
    if (ready.length > 0) return ready
    return candidates.filter((index) => endpoints[index]!.serving && endpoints[index]!.terminating)
  }
  const anywhere = among(() => true)
  if (anywhere.length === 0) return { indices: [], without: 'service-no-endpoint' }
  if (policy === 'cluster') return { indices: anywhere }
  const local = node === undefined ? [] : among((endpoint) => endpoint.node === node)
  return local.length > 0 ? { indices: local } : { indices: [], without: 'service-no-local-endpoint' }
}
