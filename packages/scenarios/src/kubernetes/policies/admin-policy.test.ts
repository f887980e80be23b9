import { describe, expect, it } from 'vitest'
import { clusterOf } from '../manifests.fixture.ts'

const policies = (text: string) => clusterOf(text).policies

const label = (key: string, value: string) => ({ key, operator: 'In', values: [value] })
const named = (name: string) => ({
  kind: 'workloads',
  select: { namespaces: { labels: [label('kubernetes.io/metadata.name', name)] }, labels: [] },
})
const range = (protocol: string, first: number, last = first) => ({ kind: 'range', protocol, first, last })

/** The user stories of network-policy-api, with names of our own. */
describe('policies of administrators', () => {
  it('a ClusterNetworkPolicy with all of its peers and protocols', () => {
    const [policy] = policies(`
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: vault}
spec:
  tier: Admin
  priority: 12
  subject:
    pods:
      podSelector:
        matchLabels: {app: vault}
  ingress:
  - name: from-monitoring
    action: Accept
    from:
    - namespaces:
        matchLabels: {kubernetes.io/metadata.name: monitoring}
    protocols:
    - tcp: {destinationPort: {number: 9090}}
    - destinationNamedPort: metrics
  - action: Pass
    from:
    - pods:
        namespaceSelector: {}
        podSelector: {}
    protocols:
    - udp: {destinationPort: {range: {start: 5000, end: 5010}}}
    - sctp: {destinationPort: {number: 7}}
  egress:
  - action: Accept
    to:
    - networks: [192.0.2.0/24, "2001:db8::/32"]
    - nodes: {matchLabels: {zone: a}}
    - domainNames: ["*.Example.com.", example.org]
  - name: nothing-else
    action: Deny
    to:
    - networks: [0.0.0.0/0, "::/0"]
`)
    expect(policy).toEqual({
      name: 'ClusterNetworkPolicy vault',
      tier: 'admin',
      priority: 12,
      subject: { namespaces: { labels: [] }, labels: [label('app', 'vault')] },
      ingress: [
        {
          name: 'from-monitoring',
          action: 'accept',
          peers: [named('monitoring')],
          ports: [range('TCP', 9090), { kind: 'named', name: 'metrics' }],
        },
        {
          name: 'ingress[1]',
          action: 'pass',
          peers: [{ kind: 'workloads', select: { namespaces: { labels: [] }, labels: [] } }],
          ports: [range('UDP', 5000, 5010), range('SCTP', 7)],
        },
      ],
      egress: [
        {
          name: 'egress[0]',
          action: 'accept',
          peers: [
            { kind: 'addresses', cidr: '192.0.2.0/24', except: [] },
            { kind: 'addresses', cidr: '2001:db8::/32', except: [] },
            { kind: 'nodes', labels: [label('zone', 'a')] },
            { kind: 'domain', name: '*.example.com' },
            { kind: 'domain', name: 'example.org' },
          ],
        },
        {
          name: 'nothing-else',
          action: 'deny',
          peers: [
            { kind: 'addresses', cidr: '0.0.0.0/0', except: [] },
            { kind: 'addresses', cidr: '::/0', except: [] },
          ],
        },
      ],
    })
  })

  it.each(['v1alpha2', 'v1beta1'])('a baseline of %s that says nothing of egress', (version) => {
    expect(
      policies(`
apiVersion: policy.networking.k8s.io/${version}
kind: ClusterNetworkPolicy
metadata: {name: closed}
spec:
  tier: Baseline
  priority: 0
  subject: {namespaces: {}}
  ingress:
  - {action: Deny, from: [{namespaces: {}}]}
  egress: []
`),
    ).toEqual([
      {
        name: 'ClusterNetworkPolicy closed',
        tier: 'baseline',
        priority: 0,
        subject: { namespaces: { labels: [] }, labels: [] },
        ingress: [
          {
            name: 'ingress[0]',
            action: 'deny',
            peers: [{ kind: 'workloads', select: { namespaces: { labels: [] }, labels: [] } }],
          },
        ],
      },
    ])
  })

  it('an AdminNetworkPolicy and the BaselineAdminNetworkPolicy', () => {
    const [admin, baseline] = policies(`
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: tenants}
spec:
  priority: 40
  subject: {namespaces: {matchLabels: {tenant: blue}}}
  ingress:
  - action: Allow
    from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: probe}}}}]
    ports:
    - portNumber: {port: 80}
    - portNumber: {protocol: UDP, port: 53}
    - portRange: {start: 8000, end: 8080}
    - portRange: {protocol: SCTP, start: 1, end: 2}
    - namedPort: web
  egress:
  - {name: inward, action: Pass, to: [{namespaces: {}}]}
  - {action: Deny, to: [{networks: [198.51.100.0/24]}]}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: default}
spec:
  subject: {namespaces: {}}
  egress:
  - {action: Allow, to: [{nodes: {}}], ports: [{portNumber: {port: 6443}}]}
  - {action: Deny, to: [{namespaces: {}}]}
`)
    expect(admin).toEqual({
      name: 'AdminNetworkPolicy tenants',
      tier: 'admin',
      priority: 40,
      subject: { namespaces: { labels: [label('tenant', 'blue')] }, labels: [] },
      ingress: [
        {
          name: 'ingress[0]',
          action: 'accept',
          peers: [
            { kind: 'workloads', select: { namespaces: { labels: [] }, labels: [label('app', 'probe')] } },
          ],
          ports: [
            range('TCP', 80),
            range('UDP', 53),
            range('TCP', 8000, 8080),
            range('SCTP', 1, 2),
            { kind: 'named', name: 'web' },
          ],
        },
      ],
      egress: [
        {
          name: 'inward',
          action: 'pass',
          peers: [{ kind: 'workloads', select: { namespaces: { labels: [] }, labels: [] } }],
        },
        {
          name: 'egress[1]',
          action: 'deny',
          peers: [{ kind: 'addresses', cidr: '198.51.100.0/24', except: [] }],
        },
      ],
    })
    expect(baseline).toMatchObject({
      name: 'BaselineAdminNetworkPolicy default',
      tier: 'baseline',
      priority: 0,
      egress: [
        { action: 'accept', peers: [{ kind: 'nodes', labels: [] }], ports: [range('TCP', 6443)] },
        { action: 'deny' },
      ],
    })
  })
})
