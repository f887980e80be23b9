import type { HostPattern, PathPattern, RequestAction, RequestRule } from '@weft/fabric'
import type { IngressBackendInput, IngressManifest, IngressPathInput } from '../kinds/ingress.ts'
import type { Path } from '../kinds/kind.ts'
import type { Backends } from './backends.ts'
import { hostPattern, objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'
import type { PlacedRequestRule } from './shadowed.ts'

/** What controllers answer where a backend is missing, or nothing runs behind it. */
const UNAVAILABLE: RequestAction = { kind: 'answer', status: 503 }

/** The rules of one Ingress, and what becomes of requests to its hosts that no path matches. */
export interface IngressRules {
  readonly rules: readonly PlacedRequestRule[]
  /** For each of its hosts; to be asked after the rules of all objects. */
  readonly catchAlls: readonly RequestRule[]
  readonly otherwise: RequestAction | undefined
}

export function ingressRules(ingress: IngressManifest, backends: Backends, remarks: Remarks): IngressRules {
  const object = objectName(ingress)
  const { rules = [], defaultBackend } = ingress.data.spec
  const actionOf = (backend: IngressBackendInput, path: Path): RequestAction => {
    const { service, resource } = backend
    const found =
      service === undefined
        ? { missing: `a backend that is a ${resource!.kind} is not read; requests for it are answered 503` }
        : backends.find(`${ingress.namespace}/${service.name}`, service.port ?? {})
    if ('name' in found) return { kind: 'forward', backends: [{ backend: found.name, weight: 1 }] }
    remarks.add(object, [...path, service === undefined ? 'resource' : 'service'], found.missing)
    return UNAVAILABLE
  }
  const otherwise = defaultBackend && actionOf(defaultBackend, ['spec', 'defaultBackend'])
  const placed: PlacedRequestRule[] = []
  const hosts: HostPattern[] = []
  for (const [index, { host, http }] of rules.entries()) {
    const pattern = hostPattern(host, 'one')
    hosts.push(pattern)
    for (const [at, each] of (http?.paths ?? []).entries()) {
      const path = ['spec', 'rules', index, 'http', 'paths', at]
      const name = `${object} rules[${index}].paths[${at}]`
      const action = actionOf(each.backend, [...path, 'backend'])
      placed.push({ object, path, rule: { name, host: pattern, path: pathPattern(each), action } })
    }
  }
  // a host without paths of its own is answered by the default backend alone
  const rest = (host: HostPattern): RequestRule => ({
    name: `${object} defaultBackend`,
    host,
    path: { kind: 'prefix', path: '/' },
    action: otherwise ?? { kind: 'answer', status: 404 },
  })
  const withRest =
    otherwise === undefined ? hosts.filter((_, index) => rules[index]!.http === undefined) : hosts
  return { rules: placed, catchAlls: withRest.map(rest), otherwise }
}

/** ImplementationSpecific is what a controller makes of it: here the same as Prefix. */
function pathPattern({ path = '', pathType }: IngressPathInput): PathPattern {
  return { kind: pathType === 'Exact' ? 'exact' : 'prefix', path: path === '' ? '/' : path }
}
