import { z } from 'zod'
import { dnsLabelRefusal, dnsSubdomainRefusal, PORT_MAX } from '../api-names.ts'
import { apiMap, optional, refuseAt, text, textOf } from '../api-schema.ts'
import { objectName as describedName } from '../ingress/objects.ts'
import { labelSelectorSchema } from '../label-selector.ts'
import { fields, integer } from '../schema/fields.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { hostRefusal } from './ingress.ts'
import { defineKind, type Manifest } from './kind.ts'

const LISTENERS_MAX = 64
const ADDRESSES_MAX = 16
const CERTIFICATES_MAX = 64

/** `HTTP`, or `example.com/custom`. */
const PROTOCOL = /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]+$/

export const hostname = () => textOf(hostRefusal)

export const objectName = () => text().min(1).max(253)

export const namespaceName = () => textOf((name) => dnsLabelRefusal(name, "a namespace's name"))

/** Another object: of a group (empty for core), a kind and a name. */
export const reference = { group: optional(text()), kind: optional(text()), name: objectName() }

const certificateRef = apiMap('certificateRefs', { ...reference, namespace: optional(namespaceName()) })

const tls = fields(
  'tls',
  {
    mode: optional(z.enum(['Terminate', 'Passthrough'])),
    certificateRefs: optional(z.array(certificateRef).max(CERTIFICATES_MAX)),
    options: optional(z.record(text(), text())),
  },
  ['frontendValidation'],
).superRefine(({ mode = 'Terminate', certificateRefs = [], options = {} }, context) => {
  if (mode === 'Terminate' && certificateRefs.length === 0 && Object.keys(options).length === 0)
    refuseAt(context, [], 'TLS that ends here needs certificateRefs')
})

const allowedRoutes = apiMap('allowedRoutes', {
  namespaces: optional(
    apiMap('namespaces', {
      from: optional(z.enum(['All', 'Selector', 'Same', 'None'])),
      selector: optional(labelSelectorSchema),
    }),
  ),
  kinds: optional(z.array(apiMap('kinds', { group: optional(text()), kind: text().min(1) })).max(8)),
})

const listener = apiMap('listeners', {
  name: textOf((name) => dnsSubdomainRefusal(name)),
  hostname: optional(textOf((name) => (name === '' ? undefined : hostRefusal(name)))),
  port: integer(1, PORT_MAX),
  protocol: textOf((given) =>
    PROTOCOL.test(given)
      ? undefined
      : `${JSON.stringify(given)} is not a protocol; expected HTTP, HTTPS, TLS, TCP, UDP, or one such as example.com/own`,
  ),
  tls: optional(tls),
  allowedRoutes: optional(allowedRoutes),
}).superRefine(({ protocol, hostname = '', tls }, context) => {
  if (['HTTP', 'TCP', 'UDP'].includes(protocol) && tls !== undefined)
    refuseAt(
      context,
      ['tls'],
      `a listener for ${protocol} has no tls; make its protocol HTTPS or TLS, or remove it`,
    )
  if (protocol === 'HTTPS' && tls?.mode === 'Passthrough')
    refuseAt(
      context,
      ['tls', 'mode'],
      'TLS ends at a listener for HTTPS: mode Terminate; Passthrough is for the protocol TLS',
    )
  if (['TCP', 'UDP'].includes(protocol) && hostname !== '')
    refuseAt(context, ['hostname'], `a listener for ${protocol} sees no host names; remove the hostname`)
})

type Listener = z.output<typeof listener>

/** Names, and what tells listeners apart, may stand once. Source: kubernetes-sigs/gateway-api apis/v1/gateway_types.go. */
function checkDistinct(listeners: readonly Listener[], context: Parameters<typeof refuseAt>[0]): void {
  const names = new Set<string>()
  const places = new Map<string, string>()
  for (const [index, { name, port, protocol, hostname = '' }] of listeners.entries()) {
    if (names.has(name)) refuseAt(context, [index, 'name'], `two listeners are named ${JSON.stringify(name)}`)
    names.add(name)
    const place = `${port} ${protocol} ${hostname}`
    const other = places.get(place)
    if (other === undefined) places.set(place, name)
    else
      refuseAt(
        context,
        [index],
        `listener ${name} has the port, protocol and hostname of listener ${other}; make one of them another`,
      )
  }
}

const spec = fields(
  'spec',
  {
    gatewayClassName: objectName(),
    listeners: z.array(listener).min(1).max(LISTENERS_MAX).superRefine(checkDistinct),
    addresses: optional(
      z.array(apiMap('addresses', { type: optional(text()), value: optional(text()) })).max(ADDRESSES_MAX),
    ),
  },
  ['infrastructure', 'backendTLS', 'tls', 'allowedListeners', 'defaultScope'],
)

const status = fields(
  'status',
  {
    addresses: optional(z.array(fields('addresses', { type: optional(text()), value: optional(text()) }))),
  },
  ['conditions', 'listeners', 'attachedListenerSets'],
)

const schema = manifestSchema('Gateway', { spec, status: optional(status) })

export type GatewayManifest = Manifest<z.output<typeof schema>>
export type GatewayListenerInput = Listener

export const gatewayKind = defineKind({
  kind: 'Gateway',
  apiVersions: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  formerApiVersions: ['gateway.networking.k8s.io/v1alpha2'],
  scope: 'namespaced',
  schema,
  check: ({ data: { spec } }, report) => {
    for (const [index, { protocol }] of spec.listeners.entries())
      if (protocol !== 'HTTP' && protocol !== 'HTTPS')
        report.warn(
          ['spec', 'listeners', index, 'protocol'],
          `listeners for ${protocol} are not read; nothing comes in there`,
        )
  },
  add: (manifest, draft) => {
    draft.gateways.push(manifest)
  },
  link: (manifest, cluster, report) => {
    for (const { path, message } of cluster.ingressRemarks[describedName(manifest)] ?? [])
      report.warn(path, message)
  },
})
