import { z } from 'zod'
import { portNameRefusal } from '../api-names.ts'
import { apiMap, optional, textOf } from '../api-schema.ts'
import { clusterNetworkPolicy } from '../policies/admin-policy.ts'
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

const RULES_MAX = 25
const PEERS_MAX = 25
const PROTOCOLS_MAX = 25

const destinationPort = () =>
  oneOf('destinationPort', { number: portNumber().optional(), range: portRange('range', {}).optional() })

const transport = (name: 'tcp' | 'udp' | 'sctp') =>
  apiMap(name, { destinationPort: destinationPort() }).optional()

const protocol = oneOf('protocols', {
  tcp: transport('tcp'),
  udp: transport('udp'),
  sctp: transport('sctp'),
  destinationNamedPort: textOf(portNameRefusal).optional(),
})

const common = {
  name: ruleName(),
  action: z.enum(['Accept', 'Deny', 'Pass']),
  protocols: optional(z.array(protocol).min(1).max(PROTOCOLS_MAX)),
}

const ingressRule = apiMap('ingress', {
  ...common,
  from: z
    .array(oneOf('from', workloads('optional'), true))
    .min(1)
    .max(PEERS_MAX),
})

const egressRule = apiMap('egress', {
  ...common,
  to: z
    .array(oneOf('to', { ...workloads('optional'), ...outside(), ...domainNames() }, true))
    .min(1)
    .max(PEERS_MAX),
}).superRefine((rule, context) => {
  const hasNamedPort = (rule.protocols ?? []).some(
    ({ destinationNamedPort }) => destinationNamedPort !== undefined,
  )
  checkEgressRule(rule, hasNamedPort, 'Accept', context)
})

/** Source: kubernetes-sigs/network-policy-api apis/v1alpha2 and apis/v1beta1, clusternetworkpolicy_types.go; they have the same fields. */
const spec = apiMap('spec', {
  tier: z.enum(['Admin', 'Baseline']),
  priority: priority(),
  subject: subject('optional'),
  ingress: optional(z.array(ingressRule).max(RULES_MAX)),
  egress: optional(z.array(egressRule).max(RULES_MAX)),
})

export type ClusterNetworkPolicySpec = z.output<typeof spec>
export type ClusterNetworkPolicyProtocol = z.output<typeof protocol>

export const clusterNetworkPolicyKind = defineKind({
  kind: 'ClusterNetworkPolicy',
  apiVersions: ['policy.networking.k8s.io/v1beta1', 'policy.networking.k8s.io/v1alpha2'],
  scope: 'cluster',
  schema: manifestSchema('ClusterNetworkPolicy', { spec }, ['status']),
  add: ({ name, data }, draft) => {
    draft.policies.push(policyOf(clusterNetworkPolicy(name, data.spec)))
  },
  link: ({ name, data }, cluster, report) => {
    for (const { path, message } of policyWarnings(clusterNetworkPolicy(name, data.spec), cluster))
      report.warn(path, message)
  },
})
