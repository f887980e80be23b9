import { z } from 'zod'
import { PORT_MAX } from '../api-names.ts'
import { apiMap, optional, refuseAt } from '../api-schema.ts'
import { fields, integer } from '../schema/fields.ts'
import { hostname, namespaceName, reference } from './gateway.ts'

const FILTERS_MAX = 16

/** An object that requests are sent to: a service where no kind is written. */
export const backendObject = {
  ...reference,
  namespace: optional(namespaceName()),
  port: optional(integer(1, PORT_MAX)),
}

interface BackendObject {
  readonly group?: string | undefined
  readonly kind?: string | undefined
  readonly name: string
  readonly port?: number | undefined
}

const isService = ({ group = '', kind = 'Service' }: BackendObject) => group === '' && kind === 'Service'

export function checkBackend(backend: BackendObject, context: Parameters<typeof refuseAt>[0]): void {
  if (isService(backend) && backend.port === undefined)
    refuseAt(context, ['port'], `the service ${backend.name} is named without a port`)
}

const mirror = apiMap('requestMirror', {
  backendRef: apiMap('backendRef', backendObject).superRefine(checkBackend),
  percent: optional(integer(0, 100)),
  fraction: optional(apiMap('fraction', { numerator: integer(0), denominator: optional(integer(1)) })),
}).superRefine(({ percent, fraction }, context) => {
  if (percent !== undefined && fraction !== undefined)
    refuseAt(context, ['fraction'], 'requestMirror has percent and fraction; it takes one of them')
  if (fraction !== undefined && fraction.numerator > (fraction.denominator ?? 100))
    refuseAt(context, ['fraction'], 'a fraction of requests is 1 at most: numerator is more than denominator')
})

const redirect = fields(
  'requestRedirect',
  {
    scheme: optional(z.enum(['http', 'https'])),
    hostname: optional(hostname()),
    port: optional(integer(1, PORT_MAX)),
    statusCode: optional(z.literal([301, 302, 303, 307, 308])),
  },
  ['path'],
)

/** The field that goes with each type of filter; Weft reads those of mirrors and redirects. */
const FILTERS = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  CORS: 'cors',
  ExternalAuth: 'externalAuth',
  ExtensionRef: 'extensionRef',
} as const

const anything = () => optional(z.record(z.string(), z.unknown()))

const filter = apiMap('filters', {
  type: z.enum(Object.keys(FILTERS) as (keyof typeof FILTERS)[]),
  requestHeaderModifier: anything(),
  responseHeaderModifier: anything(),
  requestMirror: optional(mirror),
  requestRedirect: optional(redirect),
  urlRewrite: anything(),
  cors: anything(),
  externalAuth: anything(),
  extensionRef: anything(),
}).superRefine((filter, context) => {
  for (const [type, field] of Object.entries(FILTERS)) {
    if (type === filter.type && filter[field] === undefined)
      refuseAt(context, [], `a filter of type ${type} needs "${field}"`)
    if (type !== filter.type && filter[field] !== undefined)
      refuseAt(context, [field], `${field} in a filter of type ${filter.type}; it belongs to type ${type}`)
  }
})

const REPEATABLE = ['RequestMirror', 'ExtensionRef']

export const filters = optional(
  z
    .array(filter)
    .max(FILTERS_MAX)
    .superRefine((list, context) => {
      const types = list.map(({ type }) => type)
      for (const [index, type] of types.entries())
        if (!REPEATABLE.includes(type) && types.indexOf(type) < index)
          refuseAt(context, [index, 'type'], `a rule has one filter of type ${type} at most`)
      if (types.includes('RequestRedirect') && types.includes('URLRewrite'))
        refuseAt(
          context,
          [types.indexOf('URLRewrite'), 'type'],
          'RequestRedirect and URLRewrite exclude each other',
        )
    }),
)
