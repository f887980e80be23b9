import { type HostCertificate, type HostPattern, type IngressListener, matchesLabels } from '@weft/fabric'
import type { GatewayListenerInput, GatewayManifest } from '../kinds/gateway.ts'
import type { HttpRouteManifest } from '../kinds/http-route.ts'
import type { ReferenceGrantManifest } from '../kinds/reference-grant.ts'
import { labelSelector } from '../label-selector.ts'
import type { ClusterIngress, ClusterNamespace } from '../model/cluster.ts'
import type { Backends } from './backends.ts'
import { isGranted, notGranted, type Reference } from './grants.ts'
import { httpRouteRules } from './http-route-rules.ts'
import { byAge, hostPattern, objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'
import { type PlacedRequestRule, tellOfShadowed } from './shadowed.ts'

const GATEWAY_GROUP = 'gateway.networking.k8s.io'

/** What gateways and routes are put together from. */
export interface GatewayParts {
  readonly gateways: readonly GatewayManifest[]
  readonly routes: readonly HttpRouteManifest[]
  readonly grants: readonly ReferenceGrantManifest[]
  readonly namespaces: readonly ClusterNamespace[]
  readonly newBackends: () => Backends
  readonly remarks: Remarks
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

/** Why a route does not attach to a listener; in the order in which it fails first. */
type Attachment = 'attached' | 'not-named' | 'namespace' | 'kind' | 'hostname'

function attachment(
  route: HttpRouteManifest,
  gateway: GatewayManifest,
  listener: GatewayListenerInput,
  parts: GatewayParts,
): Attachment {
  const { parentRefs = [], hostnames = [] } = route.data.spec
  const isNamed = parentRefs.some(
    (ref) =>
      refersTo(ref, route, gateway) &&
      (ref.sectionName ?? listener.name) === listener.name &&
      (ref.port ?? listener.port) === listener.port,
  )
  if (!isNamed) return 'not-named'
  if (!allowsNamespace(route.namespace, gateway, listener, parts.namespaces)) return 'namespace'
  const { kinds } = listener.allowedRoutes ?? {}
  const isKind = ({ group = GATEWAY_GROUP, kind }: { group?: string | undefined; kind: string }) =>
    group === GATEWAY_GROUP && kind === 'HTTPRoute'
  if (kinds !== undefined && kinds.length > 0 && !kinds.some(isKind)) return 'kind'
  const host = hostPattern(listener.hostname, 'some')
  const meets = hostnames.length === 0 || hostnames.some((each) => intersect(hostPattern(each, 'some'), host))
  return meets ? 'attached' : 'hostname'
}

type ParentRef = NonNullable<HttpRouteManifest['data']['spec']['parentRefs']>[number]

const isGateway = ({ group = GATEWAY_GROUP, kind = 'Gateway' }: ParentRef) =>
  group === GATEWAY_GROUP && kind === 'Gateway'

const refersTo = (ref: ParentRef, route: HttpRouteManifest, gateway: GatewayManifest) =>
  isGateway(ref) && ref.name === gateway.name && (ref.namespace ?? route.namespace) === gateway.namespace

/** Without a word, routes of the gateway's own namespace. */
function allowsNamespace(
  name: string,
  gateway: GatewayManifest,
  { allowedRoutes }: GatewayListenerInput,
  namespaces: readonly ClusterNamespace[],
): boolean {
  const { from = 'Same', selector = {} } = allowedRoutes?.namespaces ?? {}
  if (from === 'All') return true
  if (from === 'Same') return name === gateway.namespace
  const labels = namespaces.find((each) => each.name === name)?.labels ?? {}
  return from === 'Selector' && matchesLabels(labelSelector(selector), labels)
}

/** Whether some host is meant by both. */
function intersect(a: HostPattern, b: HostPattern): boolean {
  if (a.kind === 'any' || b.kind === 'any') return true
  if (a.kind === 'exact' && b.kind === 'exact') return a.host === b.host
  if (a.kind === 'wildcard' && b.kind === 'wildcard')
    return a.suffix === b.suffix || a.suffix.endsWith(`.${b.suffix}`) || b.suffix.endsWith(`.${a.suffix}`)
  const [exact, wildcard] = a.kind === 'exact' ? [a.host, b] : [(b as { host: string }).host, a]
  return exact.endsWith(`.${(wildcard as { suffix: string }).suffix}`)
}

const REASONS = {
  'not-named': 'it has no such listener',
  namespace: 'its listeners take no routes of this namespace (allowedRoutes.namespaces)',
  kind: 'its listeners take no HTTPRoutes (allowedRoutes.kinds)',
  hostname: 'its listeners are for other hostnames',
} as const

/** Routes that no gateway serves, with the reason that is nearest to being served. */
function tellOfStrayRoutes(routes: readonly HttpRouteManifest[], parts: GatewayParts): void {
  const order: Attachment[] = ['attached', 'hostname', 'kind', 'namespace', 'not-named']
  for (const route of routes) {
    const { parentRefs = [] } = route.data.spec
    if (parentRefs.length === 0)
      parts.remarks.add(objectName(route), ['spec'], 'without parentRefs no gateway serves it')
    for (const [index, ref] of parentRefs.entries()) {
      if (!isGateway(ref)) continue
      const tell = (message: string) =>
        parts.remarks.add(objectName(route), ['spec', 'parentRefs', index], message)
      const gateway = parts.gateways.find((each) => refersTo(ref, route, each))
      const id = `${ref.namespace ?? route.namespace}/${ref.name}`
      if (gateway === undefined) {
        tell(`no Gateway is called ${id}`)
        continue
      }
      const alone = { ...route, data: { ...route.data, spec: { ...route.data.spec, parentRefs: [ref] } } }
      const found = gateway.data.spec.listeners.map((listener) => attachment(alone, gateway, listener, parts))
      const best = order.find((each) => found.includes(each))
      if (best !== undefined && best !== 'attached')
        tell(`the Gateway ${id} does not serve it: ${REASONS[best]}`)
    }
  }
}
