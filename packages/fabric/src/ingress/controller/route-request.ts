import type { RandomStream } from '@weft/core'
import type { RequestAction } from '../ingress-blueprint.ts'
import type { IngressPoint } from '../ingress-point.ts'
import { pickBackend } from '../pick-backend.ts'
import type { ControllerBackend } from './controller-blueprint.ts'
import type { Exchange, RequestOutcome } from './exchange.ts'

/** Where a request goes, or what it is answered without any backend. */
export type Routed = { readonly to: ControllerBackend } | { readonly answer: RequestOutcome }

/** What a replica knows of backends. */
export interface BackendsOf {
  readonly backends: ReadonlyMap<string, ControllerBackend>
  /** Whether anybody serves it now. */
  readonly isServed: (backend: ControllerBackend) => boolean
}

/** Asks the rules about a request, and notes in it what they say. */
export function routeRequest(
  exchange: Pick<Exchange, 'port' | 'request' | 'rule' | 'backend'>,
  point: IngressPoint,
  { backends, isServed }: BackendsOf,
  stream: RandomStream,
): Routed {
  const found = point.route(exchange.port, exchange.request)
  if (found === undefined) return { answer: 'no-rule' }
  exchange.rule = found.rule
  if (found.action.kind === 'answer') return { answer: outcomeOf(found.action) }
  const name = pickBackend(found.action.backends, stream)
  const backend = name === undefined ? undefined : backends.get(name)
  if (backend === undefined) return { answer: 'no-backend' }
  exchange.backend = backend.name
  return isServed(backend) ? { to: backend } : { answer: 'no-endpoint' }
}

/** What a status that rules give stands for (RFC 9110 §15). */
export function outcomeOf({ status }: Extract<RequestAction, { kind: 'answer' }>): RequestOutcome {
  if (status < 400) return 'answered'
  if (status === 503) return 'no-endpoint'
  return status < 500 ? 'no-rule' : 'no-backend'
}
