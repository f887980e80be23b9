import { describe, expect, it } from 'vitest'
import { deployment } from '../deployment.fixture.ts'
import { warningsOf } from '../manifests.fixture.ts'

const policy = (name: string, spec: string, namespace = 'shop') => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
---`
const CLOSED = policy('closed', '{ podSelector: {}, policyTypes: [Egress] }')
const TO_CART = '{ to: [{ podSelector: { matchLabels: { app: cart } } }] }'
const WEB = deployment('web') + deployment('cart')

const web = (...egress: readonly string[]) =>
  policy(
    'web',
    `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${egress.join(', ')}] }`,
  )

const warned = (text: string) => warningsOf(text).filter((line) => line.includes("the cluster's DNS"))

describe('workloads whose egress policies leave them no DNS', () => {
  it('are warned of once for a namespace, where its policy stands that isolates most of them', () => {
    const others = ['a', 'b', 'c', 'd'].map((name) => deployment(name)).join('')
    const egress =
      '{ podSelector: { matchExpressions: [{ key: app, operator: Exists }] }, egress: [{ to: [{ podSelector: {} }] }] }'
    const text = WEB + others + CLOSED + policy('open', egress) + web(TO_CART)
    const line = text.slice(0, text.indexOf('kind: NetworkPolicy')).split('\n').length - 1
    expect(warned(text)).toEqual([
      `${line}:1 NetworkPolicy shop/closed: 6 workloads of namespace shop (a, b, c and 3 more) are isolated for egress, and no rule ` +
        "allows UDP port 53 to the cluster's DNS (pods k8s-app=kube-dns in namespace kube-system): they cannot look names up",
    ])
  })

  it('are those that may connect to somebody at all', () => {
    expect(warned(WEB + CLOSED)).toEqual([])
    expect(warned(WEB + CLOSED + web(TO_CART))).toEqual([
      expect.stringMatching(/1 workload of namespace shop \(web\) is isolated .*: it cannot look names up$/),
    ])
    expect(warned(WEB + policy('in', '{ podSelector: {}, policyTypes: [Ingress] }'))).toEqual([])
  })

  it.each([
    ['every port to everybody', '{}', false],
    ['UDP 53 to everybody', '{ ports: [{ port: 53, protocol: UDP }] }', false],
    ['a range around it', '{ ports: [{ port: 1, endPort: 100, protocol: UDP }] }', false],
    ['TCP 53 alone', '{ ports: [{ port: 53 }] }', true],
    ['another port', '{ ports: [{ port: 54, protocol: UDP }] }', true],
    ['a named port, which pods behind it may have', '{ ports: [{ port: dns, protocol: UDP }] }', false],
    [
      'its namespace, by the name that every namespace bears',
      '{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }] }',
      false,
    ],
    [
      'its namespace by a label that nobody gave it',
      '{ to: [{ namespaceSelector: { matchLabels: { name: kube-system } } }] }',
      true,
    ],
    [
      'its pods in every namespace',
      '{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { k8s-app: kube-dns } } }] }',
      false,
    ],
    [
      'its pods in their own namespace',
      '{ to: [{ podSelector: { matchLabels: { k8s-app: kube-dns } } }] }',
      true,
    ],
    [
      'addresses that may be its',
      '{ to: [{ ipBlock: { cidr: 10.96.0.10/32 } }], ports: [{ port: 53, protocol: UDP }] }',
      false,
    ],
  ])('or not, by a rule for %s', (_, rule, isWarned) => {
    expect(warned(WEB + CLOSED + web(TO_CART, rule)).length).toBe(isWarned ? 1 : 0)
  })

  it('go by the DNS that manifests have, and labels of its namespace', () => {
    const dns = `
apiVersion: v1
kind: Namespace
metadata: { name: kube-system, labels: { name: kube-system } }
---
apiVersion: v1
kind: Service
metadata: { name: coredns, namespace: kube-system }
spec: { selector: { app: core }, ports: [{ port: 53, protocol: UDP }] }
---
apiVersion: v1
kind: Pod
metadata: { name: core, namespace: kube-system, labels: { app: core } }
spec: { containers: [{ name: c, image: i }] }
---`
    const to = (labels: string) =>
      `{ to: [{ namespaceSelector: { matchLabels: { name: kube-system } }, podSelector: { matchLabels: { ${labels} } } }] }`
    expect(warned(dns + WEB + CLOSED + web(to('app: core')))).toEqual([])
    expect(warned(dns + WEB + CLOSED + web(to('k8s-app: kube-dns')))).toEqual([
      expect.stringContaining('(pods app=core in namespace kube-system)'),
    ])
  })

  it('are none that ask their node, or policies of administrators let through', () => {
    const onNode = WEB.replaceAll('spec: { containers:', 'spec: { dnsPolicy: Default, containers:')
    expect(warned(onNode + CLOSED + web(TO_CART))).toEqual([])
    const admin = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: dns }
spec:
  priority: 1
  subject: { namespaces: {} }
  egress:
    - action: Allow
      to: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }]
      ports: [{ portNumber: { protocol: UDP, port: 53 } }]
---`
    expect(warned(admin + WEB + CLOSED + web(TO_CART))).toEqual([])
  })
})
