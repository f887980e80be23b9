import { wholeText } from '@weft/fabric'
import { z } from 'zod'
import { PORT_MAX } from '../api-names.ts'
import { apiMap, optional, refuseAt, text, textOf } from '../api-schema.ts'
import { httpRouteRemarks } from '../ingress/http-route-warnings.ts'
import { objectName } from '../ingress/objects.ts'
import { fields, integer } from '../schema/fields.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { hostname, namespaceName, reference } from './gateway.ts'
import { backendObject, checkBackend, filters } from './http-route-filters.ts'
import { pathRefusal } from './ingress.ts'
import { defineKind, type Manifest } from './kind.ts'

const HOSTNAMES_MAX = 16
const RULES_MAX = 16
const MATCHES_MAX = 64
const MATCHES_TOTAL_MAX = 128
const CONDITIONS_MAX = 16
const BACKENDS_MAX = 16
const PARENTS_MAX = 32
const PATH_LENGTH_MAX = 1024
const WEIGHT_MAX = 1_000_000

const PATH_CHARACTERS = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+\-.^_|~`]+$/

const parentRef = apiMap('parentRefs', {
  ...reference,
  namespace: optional(namespaceName()),
  sectionName: optional(text().min(1).max(253)),
  port: optional(integer(1, PORT_MAX)),
})

function expressionRefusal(source: string): string | undefined {
  try {
    wholeText(source)
    return undefined
  } catch {
    return `${JSON.stringify(source)} is not a regular expression that Weft can read (JavaScript's, with the flag u)`
  }
}

const path = apiMap('path', {
  type: optional(z.enum(['Exact', 'PathPrefix', 'RegularExpression'])),
  value: optional(text().max(PATH_LENGTH_MAX)),
}).superRefine(({ type = 'PathPrefix', value = '/' }, context) => {
  const message = type === 'RegularExpression' ? expressionRefusal(value) : plainPathRefusal(value)
  if (message !== undefined) refuseAt(context, ['value'], message)
})

const plainPathRefusal = (value: string): string | undefined =>
  pathRefusal(value) ??
  (PATH_CHARACTERS.test(value)
    ? undefined
    : `${JSON.stringify(value)} has characters that a path has only as %xx (RFC 3986 §3.3)`)

const condition = (where: 'headers' | 'queryParams') =>
  apiMap(where, {
    type: optional(z.enum(['Exact', 'RegularExpression'])),
    name: textOf((name) =>
      HEADER_NAME.test(name) && name.length <= 256
        ? undefined
        : `${JSON.stringify(name)} is not a name of ${where === 'headers' ? 'a header' : 'a query parameter'}`,
    ),
    value: text()
      .min(1)
      .max(where === 'headers' ? 4096 : 1024),
  }).superRefine(({ type, value }, context) => {
    const message = type === 'RegularExpression' ? expressionRefusal(value) : undefined
    if (message !== undefined) refuseAt(context, ['value'], message)
  })

/** The API server refuses names that are written alike twice; of those that differ in their case the first counts. */
const conditions = (where: 'headers' | 'queryParams') =>
  optional(
    z
      .array(condition(where))
      .max(CONDITIONS_MAX)
      .superRefine((list, context) => {
        const names = list.map(({ name }) => name)
        for (const [index, name] of names.entries())
          if (names.indexOf(name) < index)
            refuseAt(context, [index, 'name'], `${JSON.stringify(name)} stands in this list already`)
      }),
  )

const match = apiMap('matches', {
  path: optional(path),
  headers: conditions('headers'),
  queryParams: conditions('queryParams'),
  method: optional(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])),
})

const backendRef = apiMap('backendRefs', {
  ...backendObject,
  weight: optional(integer(0, WEIGHT_MAX)),
  filters,
}).superRefine(checkBackend)

const rule = fields(
  'rules',
  {
    name: optional(text().min(1).max(253)),
    matches: optional(z.array(match).max(MATCHES_MAX)),
    filters,
    backendRefs: optional(z.array(backendRef).max(BACKENDS_MAX)),
  },
  ['timeouts', 'retry', 'sessionPersistence'],
).superRefine(({ filters = [], backendRefs = [] }, context) => {
  if (backendRefs.length > 0 && filters.some(({ type }) => type === 'RequestRedirect'))
    refuseAt(context, ['backendRefs'], 'a rule that redirects has no backendRefs; make them two rules')
})

/** Source: kubernetes-sigs/gateway-api apis/v1/httproute_types.go, shared_types.go. */
const spec = fields(
  'spec',
  {
    parentRefs: optional(z.array(parentRef).max(PARENTS_MAX)),
    hostnames: optional(z.array(hostname()).max(HOSTNAMES_MAX)),
    rules: optional(z.array(rule).min(1).max(RULES_MAX)),
  },
  ['useDefaultGateways'],
).superRefine(({ rules = [] }, context) => {
  const matches = rules.reduce((sum, { matches = [] }) => sum + matches.length, 0)
  if (matches > MATCHES_TOTAL_MAX)
    refuseAt(
      context,
      ['rules'],
      `the rules have ${matches} matches together; expected ${MATCHES_TOTAL_MAX} or less`,
    )
  const names = rules.map(({ name }) => name)
  for (const [index, name] of names.entries())
    if (name !== undefined && names.indexOf(name) < index)
      refuseAt(context, ['rules', index, 'name'], `two rules are named ${JSON.stringify(name)}`)
})

const schema = manifestSchema('HTTPRoute', { spec }, ['status'])

export type HttpRouteManifest = Manifest<z.output<typeof schema>>
export type HttpRouteSpec = z.output<typeof spec>
export type HttpRouteRuleInput = z.output<typeof rule>
export type HttpRouteMatchInput = z.output<typeof match>
export type HttpBackendRef = z.output<typeof backendRef>

export const httpRouteKind = defineKind({
  kind: 'HTTPRoute',
  apiVersions: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  formerApiVersions: ['gateway.networking.k8s.io/v1alpha2'],
  scope: 'namespaced',
  schema,
  check: ({ data: { spec } }, report) => {
    for (const { path, message } of httpRouteRemarks(spec)) report.warn(path, message)
  },
  add: (manifest, draft) => {
    draft.httpRoutes.push(manifest)
  },
  link: (manifest, cluster, report) => {
    for (const { path, message } of cluster.ingressRemarks[objectName(manifest)] ?? [])
      report.warn(path, message)
  },
})
