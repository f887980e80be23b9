import { type AskedController, type UpstreamShare, weightSum } from '@weft/fabric'
import type { RequestInput } from '../../schema/ingress.ts'
import type { CompiledController } from './compile-ingress.ts'
import type { RequestUrl } from './request-url.ts'

/** A controller as requests to a URL meet it, at some of its addresses. */
export function askedFor(
  controller: CompiledController,
  addresses: readonly string[],
  url: RequestUrl,
  fields: Pick<RequestInput, 'method' | 'headers'>,
): AskedController {
  const { blueprint } = controller
  return {
    controller: blueprint.name,
    addresses,
    ...(url.scheme === 'https' && { tls: blueprint.tls }),
    replicas: blueprint.replicas,
    upstream: upstreamOf(controller, url, fields),
  }
}

/** Where the rules pass requests like this on to. */
function upstreamOf(
  { point, blueprint: { backends } }: CompiledController,
  { host, path, port }: RequestUrl,
  { method, headers }: Pick<RequestInput, 'method' | 'headers'>,
): UpstreamShare[] {
  const action = point.route(port, {
    host,
    path,
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
  })?.action
  if (action?.kind !== 'forward') return []
  const sum = weightSum(action.backends)
  return action.backends.flatMap(({ backend: name, weight }) => {
    const backend = backends.find((each) => each.name === name)
    if (backend === undefined || weight === 0) return []
    const family = backend.address.includes(':') ? ('ipv6' as const) : ('ipv4' as const)
    return [
      { backend: backend.name, address: backend.address, port: backend.port, family, share: weight / sum },
    ]
  })
}
