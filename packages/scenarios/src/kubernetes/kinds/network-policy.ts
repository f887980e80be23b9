import { z } from 'zod'
import { PORT_MAX, portNameRefusal, portNumberRefusal } from '../api-names.ts'
import { apiMap, listOf, optional, refuseAt, text } from '../api-schema.ts'
import { isStrictlyWithin, parseCidr } from '../cidr.ts'
import { labelSelectorSchema } from '../label-selector.ts'
import { cidrRemarks, networkPolicy, policyTypeRemarks } from '../policies/network-policy.ts'
import { policyOf } from '../policies/placed-policy.ts'
import { policyWarnings } from '../policies/policy-warnings.ts'
import { intOrText } from '../schema/fields.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import { defineKind } from './kind.ts'

const POLICY_TYPES_MAX = 2

const port = apiMap('ports', {
  protocol: optional(z.enum(['TCP', 'UDP', 'SCTP'])),
  port: optional(intOrText()),
  endPort: optional(z.int()),
}).superRefine(({ port, endPort }, context) => {
  const refusal = typeof port === 'string' ? portNameRefusal(port) : undefined
  if (refusal !== undefined) refuseAt(context, ['port'], refusal)
  if (typeof port === 'number' && !Number.isInteger(port))
    refuseAt(context, ['port'], `${port} is not a port; expected a whole number from 1 to ${PORT_MAX}`)
  else if (typeof port === 'number' && portNumberRefusal(port) !== undefined)
    refuseAt(context, ['port'], portNumberRefusal(port)!)
  if (endPort === undefined) return
  if (port === undefined)
    refuseAt(context, ['endPort'], 'endPort ends a range, and there is no "port" that begins it')
  else if (typeof port === 'string')
    refuseAt(
      context,
      ['endPort'],
      `endPort needs a "port" that is a number, not the name ${JSON.stringify(port)}`,
    )
  else if (endPort < port)
    refuseAt(
      context,
      ['endPort'],
      `endPort ${endPort} is less than port ${port}; a range ends where it begins or later`,
    )
  else if (portNumberRefusal(endPort) !== undefined)
    refuseAt(context, ['endPort'], portNumberRefusal(endPort)!)
})

const ipBlock = apiMap('ipBlock', { cidr: text(), except: optional(z.array(text())) }).superRefine(
  ({ cidr, except = [] }, context) => {
    const block = parseCidr(cidr)
    if (typeof block === 'string') refuseAt(context, ['cidr'], block)
    for (const [index, given] of except.entries()) {
      const hole = parseCidr(given)
      if (typeof hole === 'string') refuseAt(context, ['except', index], hole)
      else if (typeof block !== 'string' && !isStrictlyWithin(hole, block))
        refuseAt(
          context,
          ['except', index],
          `${given} is not a smaller part of ${cidr}; "except" leaves out a part of its cidr`,
        )
    }
  },
)

const peer = (field: 'from' | 'to') =>
  apiMap(field, {
    podSelector: optional(labelSelectorSchema),
    namespaceSelector: optional(labelSelectorSchema),
    ipBlock: optional(ipBlock),
  }).superRefine(({ podSelector, namespaceSelector, ipBlock }, context) => {
    const hasSelector = podSelector !== undefined || namespaceSelector !== undefined
    if (ipBlock === undefined && !hasSelector)
      refuseAt(
        context,
        [],
        `an empty element of "${field}"; give it podSelector, namespaceSelector or ipBlock, or leave out "${field}" for any peer`,
      )
    else if (ipBlock !== undefined && hasSelector)
      refuseAt(context, [], `ipBlock and selectors in one element of "${field}"; make them two elements`)
  })

const ports = optional(listOf(port))

/** Source: kubernetes/kubernetes pkg/apis/networking/validation/validation.go, staging/src/k8s.io/api/networking/v1/types.go. */
const spec = apiMap('spec', {
  // a missing one is an empty one in the API's structs: all pods
  podSelector: optional(labelSelectorSchema),
  policyTypes: optional(
    z.array(z.enum(['Ingress', 'Egress'])).refine((types) => types.length <= POLICY_TYPES_MAX, {
      error: `policyTypes has at most ${POLICY_TYPES_MAX} items: Ingress, Egress`,
    }),
  ),
  ingress: optional(listOf(apiMap('ingress', { from: optional(listOf(peer('from'))), ports }))),
  egress: optional(listOf(apiMap('egress', { to: optional(listOf(peer('to'))), ports }))),
})

export type NetworkPolicySpec = z.output<typeof spec>
export type NetworkPolicyPeer = z.output<ReturnType<typeof peer>>
export type NetworkPolicyPort = z.output<typeof port>

export const networkPolicyKind = defineKind({
  kind: 'NetworkPolicy',
  apiVersions: ['networking.k8s.io/v1'],
  formerApiVersions: ['extensions/v1beta1'],
  scope: 'namespaced',
  // without a spec a policy selects all pods of its namespace, and lets nothing in
  schema: manifestSchema('NetworkPolicy', { spec: optional(spec) }, ['status']),
  check: ({ data: { spec = {} } }, report) => {
    for (const { path, message } of [...cidrRemarks(spec), ...policyTypeRemarks(spec)])
      report.warn(path, message)
  },
  add: ({ namespace, name, data }, draft) => {
    draft.policies.push(policyOf(networkPolicy(namespace, name, data.spec ?? {})))
  },
  link: ({ namespace, name, data }, cluster, report) => {
    const policy = networkPolicy(namespace, name, data.spec ?? {})
    for (const { path, message } of policyWarnings(policy, cluster)) report.warn(path, message)
  },
})
