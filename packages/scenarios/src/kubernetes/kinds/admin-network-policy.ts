import { z } from 'zod'
import { portNameRefusal } from '../api-names.ts'
import { apiMap, optional, textOf } from '../api-schema.ts'
import { adminNetworkPolicy, baselineAdminNetworkPolicy } from '../policies/admin-policy.ts'
import { policyOf } from '../policies/placed-policy.ts'
import { policyWarnings } from '../policies/policy-warnings.ts'
import { manifestSchema } from '../schema/object-meta.ts'
import {
  checkEgressRule,
  domainNames,
  oneOf,
  outside,
  portNumber,
  portRange,
  priority,
  ruleName,
  subject,
  workloads,
} from './admin-peers.ts'
import { defineKind } from './kind.ts'

const RULES_MAX = 100
const PEERS_MAX = 100
const PORTS_MAX = 100

const protocol = optional(z.enum(['TCP', 'UDP', 'SCTP']))

const port = oneOf('ports', {
  portNumber: apiMap('portNumber', { protocol, port: portNumber() }).optional(),
  portRange: portRange('portRange', { protocol }).optional(),
  namedPort: textOf(portNameRefusal).optional(),
})

const ports = optional(z.array(port).min(1).max(PORTS_MAX))

const hasNamedPort = (list: readonly z.output<typeof port>[] = []) =>
  list.some(({ namedPort }) => namedPort !== undefined)

const ingressRule = <const Actions extends readonly [string, ...string[]]>(actions: Actions) =>
  apiMap('ingress', {
    name: ruleName(),
    action: z.enum(actions),
    from: z
      .array(oneOf('from', workloads(), true))
      .min(1)
      .max(PEERS_MAX),
    ports,
  })

const ADMIN_ACTIONS = ['Allow', 'Deny', 'Pass'] as const
const BASELINE_ACTIONS = ['Allow', 'Deny'] as const

const adminEgressRule = apiMap('egress', {
  name: ruleName(),
  action: z.enum(ADMIN_ACTIONS),
  to: z
    .array(oneOf('to', { ...workloads(), ...outside(), ...domainNames() }, true))
    .min(1)
    .max(PEERS_MAX),
  ports,
}).superRefine((rule, context) => checkEgressRule(rule, hasNamedPort(rule.ports), 'Allow', context))

const baselineEgressRule = apiMap('egress', {
  name: ruleName(),
  action: z.enum(BASELINE_ACTIONS),
  to: z
    .array(oneOf('to', { ...workloads(), ...outside() }, true))
    .min(1)
    .max(PEERS_MAX),
  ports,
}).superRefine((rule, context) => checkEgressRule(rule, hasNamedPort(rule.ports), 'Allow', context))

/** Source: kubernetes-sigs/network-policy-api apis/v1alpha1/adminnetworkpolicy_types.go, shared_types.go. */
const adminSpec = apiMap('spec', {
  priority: priority(),
  subject: subject(),
  ingress: optional(z.array(ingressRule(ADMIN_ACTIONS)).max(RULES_MAX)),
  egress: optional(z.array(adminEgressRule).max(RULES_MAX)),
})

/** Source: kubernetes-sigs/network-policy-api apis/v1alpha1/baselineadminnetworkpolicy_types.go. */
const baselineSpec = apiMap('spec', {
  subject: subject(),
  ingress: optional(z.array(ingressRule(BASELINE_ACTIONS)).max(RULES_MAX)),
  egress: optional(z.array(baselineEgressRule).max(RULES_MAX)),
})

export type AdminNetworkPolicySpec = z.output<typeof adminSpec>
export type BaselineAdminNetworkPolicySpec = z.output<typeof baselineSpec>
export type AdminNetworkPolicyPort = z.output<typeof port>

export const adminNetworkPolicyKind = defineKind({
  kind: 'AdminNetworkPolicy',
  apiVersions: ['policy.networking.k8s.io/v1alpha1'],
  scope: 'cluster',
  schema: manifestSchema('AdminNetworkPolicy', { spec: adminSpec }, ['status']),
  add: ({ name, data }, draft) => {
    draft.policies.push(policyOf(adminNetworkPolicy(name, data.spec)))
  },
  link: ({ name, data }, cluster, report) => {
    for (const { path, message } of policyWarnings(adminNetworkPolicy(name, data.spec), cluster))
      report.warn(path, message)
  },
})

export const baselineAdminNetworkPolicyKind = defineKind({
  kind: 'BaselineAdminNetworkPolicy',
  apiVersions: ['policy.networking.k8s.io/v1alpha1'],
  scope: 'cluster',
  nameRefusal: (name) =>
    name === 'default'
      ? undefined
      : `a cluster has one BaselineAdminNetworkPolicy, named "default", not ${JSON.stringify(name)}`,
  schema: manifestSchema('BaselineAdminNetworkPolicy', { spec: baselineSpec }, ['status']),
  add: ({ name, data }, draft) => {
    draft.policies.push(policyOf(baselineAdminNetworkPolicy(name, data.spec)))
  },
  link: ({ name, data }, cluster, report) => {
    for (const { path, message } of policyWarnings(baselineAdminNetworkPolicy(name, data.spec), cluster))
      report.warn(path, message)
  },
})
