import type {
  FieldPattern,
  HostPattern,
  Mirror,
  PathPattern,
  RequestAction,
  WeightedBackend,
} from '@weft/fabric'
import type {
  HttpBackendRef,
  HttpRouteManifest,
  HttpRouteMatchInput,
  HttpRouteRuleInput,
} from '../kinds/http-route.ts'
import type { Path } from '../kinds/kind.ts'
import type { ReferenceGrantManifest } from '../kinds/reference-grant.ts'
import type { Backends } from './backends.ts'
import { isGranted, notGranted, type Reference } from './grants.ts'
import { objectName } from './objects.ts'
import type { Remarks } from './remarks.ts'
import type { PlacedRequestRule } from './shadowed.ts'

const REDIRECT_STATUS = 302

/** The rules of a route for these hosts: one for each host and match. No match at all is every path. */
export function httpRouteRules(hosts: readonly HostPattern[], around: Surroundings): PlacedRequestRule[] {
  const object = objectName(around.route)
  const { rules = [{}] } = around.route.data.spec
  return rules.flatMap((rule, index) => {
    const path = ['spec', 'rules', index]
    const action = actionOf(rule, path, around)
    const matches = rule.matches === undefined || rule.matches.length === 0 ? [{}] : rule.matches
    return matches.flatMap((match, at) =>
      hosts.map((host) => ({
        object,
        path: rule.matches?.[at] === undefined ? path : [...path, 'matches', at],
        rule: {
          name: `${object} ${rule.name ?? `rules[${index}]`}${matches.length > 1 ? `.matches[${at}]` : ''}`,
          host,
          ...matchOf(match),
          action,
        },
      })),
    )
  })
}

function matchOf({ path = {}, method, headers = [], queryParams = [] }: HttpRouteMatchInput) {
  const { type = 'PathPrefix', value = '/' } = path
  const pattern: PathPattern =
    type === 'RegularExpression'
      ? { kind: 'expression', source: value }
      : { kind: type === 'Exact' ? 'exact' : 'prefix', path: value }
  return {
    path: pattern,
    ...(method === undefined ? {} : { method }),
    ...(headers.length === 0 ? {} : { headers: headers.map(fieldPattern) }),
    ...(queryParams.length === 0 ? {} : { query: queryParams.map(fieldPattern) }),
  }
}

const fieldPattern = ({
  type,
  name,
  value,
}: {
  type?: string | undefined
  name: string
  value: string
}): FieldPattern => ({
  name,
  kind: type === 'RegularExpression' ? 'expression' : 'exact',
  value,
})

/** The route, and what it is put together with. */
export interface Surroundings {
  readonly route: HttpRouteManifest
  readonly grants: readonly ReferenceGrantManifest[]
  readonly backends: Backends
  readonly remarks: Remarks
}

function actionOf(
  { filters = [], backendRefs = [] }: HttpRouteRuleInput,
  path: Path,
  around: Surroundings,
): RequestAction {
  const redirect = filters.find(({ type }) => type === 'RequestRedirect')?.requestRedirect
  if (redirect !== undefined) return { kind: 'answer', status: redirect.statusCode ?? REDIRECT_STATUS }
  const backends = backendRefs.map((ref, index): WeightedBackend => {
    const backend = find(ref, [...path, 'backendRefs', index], around)
    return { ...(backend === undefined ? {} : { backend }), weight: ref.weight ?? 1 }
  })
  const mirrors = filters.flatMap(({ requestMirror }, index): Mirror[] => {
    if (requestMirror === undefined) return []
    const { backendRef, percent = 100, fraction } = requestMirror
    const backend = find(backendRef, [...path, 'filters', index, 'requestMirror', 'backendRef'], around)
    const share = fraction === undefined ? percent / 100 : fraction.numerator / (fraction.denominator ?? 100)
    return backend === undefined ? [] : [{ backend, share }]
  })
  return { kind: 'forward', backends, ...(mirrors.length === 0 ? {} : { mirrors }) }
}

type BackendObject = Pick<HttpBackendRef, 'group' | 'kind' | 'name' | 'namespace' | 'port'>

/** A service's backend; undefined, and told of, where there is none. */
function find(ref: BackendObject, path: Path, around: Surroundings): string | undefined {
  const found = lookUp(ref, around)
  if ('name' in found) return found.name
  around.remarks.add(objectName(around.route), path, found.missing)
  return undefined
}

function lookUp(ref: BackendObject, { route, grants, backends }: Surroundings) {
  const { group = '', kind = 'Service', name, namespace = route.namespace, port } = ref
  if (group !== '' || kind !== 'Service')
    return { missing: `a backend that is a ${kind} is not read; its requests are answered 500` }
  const reference: Reference = {
    from: { kind: 'HTTPRoute', namespace: route.namespace },
    to: { kind: 'Service', namespace, name },
  }
  if (!isGranted(reference, grants)) return { missing: notGranted(reference) }
  return backends.find(`${namespace}/${name}`, { number: port })
}
