import { describe, expect, it } from 'vitest'
import { warningsOf } from '../manifests.fixture.ts'

const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: {name: empty, labels: {team: none}}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {zone: a}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}, {name: dns, protocol: UDP, containerPort: 53}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {hostNetwork: true, containers: [{name: c, image: i}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: asleep, namespace: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: asleep}}
  template: {metadata: {labels: {app: asleep}}, spec: {containers: [{name: c, image: i}]}}
---
`

/** Messages without their places; those of the cluster itself are none, and names that cannot be looked up have a test of their own. */
const messages = (text: string) =>
  warningsOf(CLUSTER + text)
    .map((line) => line.replace(/^\S+ /, ''))
    .filter((line) => !line.includes("the cluster's DNS"))

const policy = (spec: string) =>
  messages(
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: walls, namespace: shop}\nspec: ${spec}`,
  )

describe('what policies name and the cluster has not', () => {
  it.each([
    ['{podSelector: {matchLabels: {app: web}}}', []],
    ['{podSelector: {matchLabels: {app: asleep}}}', []],
    ['{}', []],
    [
      '{podSelector: {matchLabels: {app: wbe}}}',
      [
        'NetworkPolicy shop/walls: spec.podSelector: no pod in namespace shop has these labels: the policy does nothing',
      ],
    ],
    [
      '{podSelector: {matchLabels: {app: agent}}}',
      [
        "NetworkPolicy shop/walls: spec.podSelector: of namespace shop, pods on their nodes' network alone have these labels: the policy does nothing",
      ],
    ],
    [
      '{ingress: [{from: [{podSelector: {matchLabels: {app: x}}}]}]}',
      [
        'NetworkPolicy shop/walls: spec.ingress[0].from[0]: no pod in namespace shop has these labels: this peer matches nothing',
      ],
    ],
    [
      '{ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}',
      [
        'NetworkPolicy shop/walls: spec.ingress[0].from[0]: no namespace has these labels: this peer matches nothing',
      ],
    ],
    [
      '{ingress: [{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {team: none}}}]}]}',
      [
        'NetworkPolicy shop/walls: spec.ingress[0].from[1]: namespace empty has no pods: this peer matches nothing',
      ],
    ],
    [
      '{ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}]}]}',
      [expect.stringMatching(/spec.ingress\[0\].from\[0\]: no pod in these namespaces has these labels/)],
    ],
    ['{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}', []],
    ['{ingress: [{ports: [{port: http}, {port: 99}]}]}', []],
    [
      '{ingress: [{ports: [{port: htpt}]}]}',
      [
        'NetworkPolicy shop/walls: spec.ingress[0].ports[0]: no pod that the policy selects has a TCP port named "htpt": it matches nothing',
      ],
    ],
    [
      '{ingress: [{ports: [{port: dns}]}]}',
      [expect.stringMatching(/no pod that the policy selects has a TCP port named "dns"/)],
    ],
    ['{ingress: [{ports: [{port: dns, protocol: UDP}]}]}', []],
    ['{policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: http}]}]}', []],
    [
      '{policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: asleep}}}], ports: [{port: http}]}]}',
      [
        expect.stringMatching(
          /spec.egress\[0\].ports\[0\]: no pod that it leads to has a TCP port named "http"/,
        ),
      ],
    ],
    [
      '{policyTypes: [Egress], egress: [{ports: [{port: grpc}]}]}',
      [expect.stringMatching(/no pod in the cluster has a TCP port named "grpc"/)],
    ],
    ['{policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}]}]}', []],
  ])('%s', (spec, warnings) => expect(policy(spec)).toEqual(warnings))

  it('nodes, and ports of any protocol', () => {
    const admin = (egress: string) =>
      messages(
        `apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: walls}\nspec:\n  tier: Admin\n  priority: 1\n  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}\n  egress: [${egress}]`,
      )
    expect(admin('{action: Deny, to: [{nodes: {matchLabels: {zone: a}}}]}')).toEqual([])
    expect(admin('{action: Deny, to: [{nodes: {matchLabels: {zone: b}}}]}')).toEqual([
      'ClusterNetworkPolicy walls: spec.egress[0].to[0]: no node has these labels: this peer matches nothing',
    ])
    expect(admin('{action: Deny, to: [{namespaces: {}}], protocols: [{destinationNamedPort: dns}]}')).toEqual(
      [],
    )
    expect(
      admin('{action: Deny, to: [{namespaces: {}}], protocols: [{destinationNamedPort: nope}]}'),
    ).toEqual([
      'ClusterNetworkPolicy walls: spec.egress[0].protocols[0]: no pod that it leads to has a port named "nope": it matches nothing',
    ])
  })

  it('and stand at their place in the file', () => {
    const before = CLUSTER.split('\n').length - 1
    const [warning] = warningsOf(
      `${CLUSTER}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: walls, namespace: shop}\nspec:\n  ingress:\n  - ports:\n    - port: htpt`,
    )
    expect(warning!.split(' ')[0]).toBe(`${before + 7}:7`)
  })
})
