import { hostKey, type IngressBlueprint, type IngressListener, type RequestRules } from '@weft/fabric'
import type { ClusterIngress, IngressBackend } from '../../kubernetes/index.ts'

/** What one controller serves. */
export interface ServedIngress {
  readonly blueprint: IngressBlueprint
  readonly backends: readonly IngressBackend[]
}

/**
 * Classes and Gateways that one workload serves, as one: where two listen on a port for the same hosts, that is one listener with
 * the rules of both, the first's before the second's where they are equally specific.
 */
export function mergedIngress(ingresses: readonly ClusterIngress[]): ServedIngress {
  const listeners = new Map<string, IngressListener>()
  for (const listener of ingresses.flatMap(({ blueprint }) => blueprint.listeners)) {
    const key = `${listener.port} ${hostKey(listener.host)}`
    const known = listeners.get(key)
    listeners.set(key, known === undefined ? listener : mergedListener(known, listener))
  }
  const backends = new Map(ingresses.flatMap((each) => each.backends).map((each) => [each.name, each]))
  const name = ingresses.map(({ blueprint }) => blueprint.name).join(', ')
  return { blueprint: { name, listeners: [...listeners.values()] }, backends: [...backends.values()] }
}

function mergedListener(first: IngressListener, second: IngressListener): IngressListener {
  const isTls = first.certificates !== undefined || second.certificates !== undefined
  const certificates = [...(first.certificates ?? []), ...(second.certificates ?? [])]
  return {
    ...first,
    ...(isTls && { certificates }),
    requests: mergedRules(first.requests, second.requests),
  }
}

function mergedRules(first: RequestRules, second: RequestRules): RequestRules {
  const otherwise = first.otherwise ?? second.otherwise
  return {
    rules: [...first.rules, ...second.rules],
    // of a Gateway's hosts and an Ingress' own: the rules of both are asked
    fallsThroughHosts: first.fallsThroughHosts || second.fallsThroughHosts,
    ...(otherwise !== undefined && { otherwise }),
  }
}
