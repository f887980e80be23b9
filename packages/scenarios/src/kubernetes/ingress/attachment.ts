import { type HostPattern, matchesLabels } from '@weft/fabric'
import type { GatewayListenerInput, GatewayManifest } from '../kinds/gateway.ts'
import type { HttpRouteManifest } from '../kinds/http-route.ts'
import { labelSelector } from '../label-selector.ts'
import type { ClusterNamespace } from '../model/cluster.ts'
import { hostPattern, objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'

const GATEWAY_GROUP = 'gateway.networking.k8s.io'

/** What decides where routes attach. */
export interface AttachmentParts {
  readonly gateways: readonly GatewayManifest[]
  readonly namespaces: readonly ClusterNamespace[]
  readonly remarks: Remarks
}

/** Why a route does not attach to a listener; in the order in which it fails first. */
export type Attachment = 'attached' | 'not-named' | 'namespace' | 'kind' | 'hostname'

export function attachment(
  route: HttpRouteManifest,
  gateway: GatewayManifest,
  listener: GatewayListenerInput,
  parts: AttachmentParts,
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
export function intersect(a: HostPattern, b: HostPattern): boolean {
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
export function tellOfStrayRoutes(routes: readonly HttpRouteManifest[], parts: AttachmentParts): void {
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
