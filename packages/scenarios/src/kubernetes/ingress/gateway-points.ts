import { formatHost, type HostCertificate, type IngressListener } from '@weft/fabric'
import type { GatewayListenerInput, GatewayManifest } from '../kinds/gateway.ts'
import type { HttpRouteManifest } from '../kinds/http-route.ts'
import type { ReferenceGrantManifest } from '../kinds/reference-grant.ts'
import type { ClusterIngress, HostedObject } from '../model/cluster.ts'
import { type AttachmentParts, attachment, intersect, tellOfStrayRoutes } from './attachment.ts'
import type { Backends } from './backends.ts'
import { isGranted, notGranted, type Reference } from './grants.ts'
import { httpRouteRules } from './http-route-rules.ts'
import { byAge, hostPattern, objectName } from './objects.ts'
import { type PlacedRequestRule, tellOfShadowed } from './shadowed.ts'

/** Of external-dns: what names stand for. */
const TARGET_ANNOTATION = 'external-dns.alpha.kubernetes.io/target'

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
    const hosted = new Map<HttpRouteManifest, string[]>()
    const listeners = spec.listeners
      .filter(({ protocol }) => protocol === 'HTTP' || protocol === 'HTTPS')
      .map((listener) => compiledListener(gateway, listener, { routes, backends, hosted }, parts))
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
      hosted: [...hosted].map(([route, hosts]) => hostedRoute(route, hosts, gateway)),
    }
  })
}

/** What listeners of a gateway take and use together. */
interface Shared {
  readonly routes: readonly HttpRouteManifest[]
  readonly backends: Backends
  /** Hosts of the routes that were attached. */
  readonly hosted: Map<HttpRouteManifest, string[]>
}

/** As external-dns has it, a route says what its names are, and its gateway where they lead. */
function hostedRoute(
  route: HttpRouteManifest,
  hosts: readonly string[],
  { annotations }: GatewayManifest,
): HostedObject {
  const target = annotations[TARGET_ANNOTATION]
  const { [TARGET_ANNOTATION]: _, ...own } = route.annotations
  return {
    object: objectName(route),
    annotations: { ...own, ...(target !== undefined && { [TARGET_ANNOTATION]: target }) },
    hosts: [...new Set(hosts)].sort(),
  }
}

function compiledListener(
  gateway: GatewayManifest,
  listener: GatewayListenerInput,
  { routes, backends, hosted }: Shared,
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
    const named = hostnames.length === 0 ? [hostPattern(hostname, 'some')] : hosts
    const names = named.filter(({ kind }) => kind !== 'any').map(formatHost)
    hosted.set(route, [...(hosted.get(route) ?? []), ...names])
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
