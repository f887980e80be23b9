import type { HostCertificate, IngressListener } from '@weft/fabric'
import type { GatewayListenerInput, GatewayManifest } from '../kinds/gateway.ts'
import type { HttpRouteManifest } from '../kinds/http-route.ts'
import type { ReferenceGrantManifest } from '../kinds/reference-grant.ts'
import type { ClusterIngress } from '../model/cluster.ts'
import { type AttachmentParts, attachment, intersect, tellOfStrayRoutes } from './attachment.ts'
import type { Backends } from './backends.ts'
import { isGranted, notGranted, type Reference } from './grants.ts'
import { httpRouteRules } from './http-route-rules.ts'
import { byAge, hostPattern, objectName } from './objects.ts'
import { type PlacedRequestRule, tellOfShadowed } from './shadowed.ts'

/** What gateways and routes are put together from. */
export interface GatewayParts extends AttachmentParts {
  readonly routes: readonly HttpRouteManifest[]
  readonly grants: readonly ReferenceGrantManifest[]
  readonly newBackends: () => Backends
}

/** One point for each Gateway, with the routes that attach to its listeners. */
export function gatewayPoints(parts: GatewayParts): ClusterIngress[] {
  const routes = byAge(parts.routes)
  tellOfStrayRoutes(routes, parts)
  return parts.gateways.map((gateway) => {
    const { spec, status } = gateway.data
    const backends = parts.newBackends()
    const listeners = spec.listeners
      .filter(({ protocol }) => protocol === 'HTTP' || protocol === 'HTTPS')
      .map((listener) => compiledListener(gateway, listener, routes, backends, parts))
    const given = [...(status?.addresses ?? []), ...(spec.addresses ?? [])]
    const addresses = given.flatMap(({ type = 'IPAddress', value = '' }) =>
      type === 'IPAddress' && value !== '' ? [value] : [],
    )
    return {
      kind: 'Gateway',
      className: spec.gatewayClassName,
      blueprint: { name: objectName(gateway), listeners },
      backends: backends.all(),
      addresses: [...new Set(addresses)],
    }
  })
}

function compiledListener(
  gateway: GatewayManifest,
  listener: GatewayListenerInput,
  routes: readonly HttpRouteManifest[],
  backends: Backends,
  parts: GatewayParts,
): IngressListener {
  const { name, port, protocol, hostname } = listener
  const placed: PlacedRequestRule[] = []
  for (const route of routes) {
    if (attachment(route, gateway, listener, parts) !== 'attached') continue
    const { hostnames = [] } = route.data.spec
    const hosts = hostnames
      .map((each) => hostPattern(each, 'some'))
      .filter((host) => intersect(host, hostPattern(hostname, 'some')))
    const around = { route, backends, grants: parts.grants, remarks: parts.remarks }
    placed.push(...httpRouteRules(hostnames.length === 0 ? [{ kind: 'any' }] : hosts, around))
  }
  tellOfShadowed(placed, ({ object, path }, message) => parts.remarks.add(object, path, message))
  const certificates = certificatesOf(gateway, listener, parts)
  return {
    name,
    port,
    host: hostPattern(hostname, 'some'),
    ...(protocol === 'HTTPS' ? { certificates } : {}),
    requests: { rules: placed.map(({ rule }) => rule), fallsThroughHosts: true },
  }
}

function certificatesOf(
  gateway: GatewayManifest,
  { hostname, tls, name }: GatewayListenerInput,
  parts: GatewayParts,
): HostCertificate[] {
  const index = gateway.data.spec.listeners.findIndex((each) => each.name === name)
  return (tls?.certificateRefs ?? []).flatMap((ref, at) => {
    const { namespace = gateway.namespace } = ref
    const reference: Reference = {
      from: { kind: 'Gateway', namespace: gateway.namespace },
      to: { kind: 'Secret', namespace, name: ref.name },
    }
    if (isGranted(reference, parts.grants))
      return [{ host: hostPattern(hostname, 'some'), certificate: `${namespace}/${ref.name}` }]
    parts.remarks.add(
      objectName(gateway),
      ['spec', 'listeners', index, 'tls', 'certificateRefs', at],
      notGranted(reference),
    )
    return []
  })
}
