import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leafSpine, reach, region, scenario } from '../index.ts'
import { anyConnection, assertNothingCloses, assertNothingOpens, policyAdded, ruleRemoved } from './index.ts'

const app = (name: string, namespace = 'shop') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: i, ports: [{ containerPort: 8080 }] }] }
---`
const POLICIES = `
# who may use the cart
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart, namespace: shop }
spec:
  podSelector: &cart { matchLabels: { app: cart } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: front } } }]
      ports: [{ port: 8080 }]
    - from: [{ namespaceSelector: {}, podSelector: *cart }]
  egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: bank }
spec:
  tier: Admin
  priority: 5
  subject: { namespaces: { matchLabels: { kubernetes.io/metadata.name: bank } } }
  ingress:
    - { action: Accept, from: [{ namespaces: { matchLabels: { kubernetes.io/metadata.name: bank } } }] }
    - { action: Deny, from: [{ namespaces: {} }] }
`
const LISTED = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'front', namespace: 'shop' },
      spec: { podSelector: { matchLabels: { app: 'front' } }, egress: [{}] },
    },
  ],
})
const SHOP = {
  'apps.yaml': app('front') + app('cart') + app('ledger', 'bank'),
  'policies.yaml': POLICIES,
  'more.json': LISTED,
}

describe('properties of the manifests that a user has', () => {
  it('removing a rule that allows never opens a connection, and closes one where it mattered', () => {
    const before = reach(SHOP)
    const changes = new Set<string>()
    fc.assert(
      fc.property(ruleRemoved(SHOP), ({ manifests, change }) => {
        changes.add(change)
        assertNothingOpens(before, reach(manifests))
      }),
      { numRuns: 60 },
    )
    expect([...changes].sort()).toEqual([
      'without spec.egress[0] of NetworkPolicy shop/cart in policies.yaml',
      'without spec.egress[0] of NetworkPolicy shop/front in more.json',
      'without spec.ingress[0] of ClusterNetworkPolicy bank in policies.yaml',
      'without spec.ingress[0] of NetworkPolicy shop/cart in policies.yaml',
      'without spec.ingress[1] of NetworkPolicy shop/cart in policies.yaml',
    ])
    // the last egress rule gone, its policy still isolates
    const all = fc.sample(ruleRemoved(SHOP), { numRuns: 60, seed: 1 })
    const front = all.find(({ change }) => change.includes('shop/front'))!
    expect(reach(front.manifests).allows('shop/front', 'shop/cart', { port: 8080 })).toBe(false)
    expect(() => assertNothingCloses(before, reach(front.manifests))).toThrow(/^shop\/front to /)
  })

  it('no policy that anybody adds lets others into the bank, which an administrator closed', () => {
    fc.assert(
      fc.property(policyAdded(SHOP), ({ manifests }) => {
        const who = reach(manifests)
        for (const from of ['shop/front', 'shop/cart'])
          expect(who.portsOf(from, 'bank/ledger')).toBe(who.none)
      }),
      { numRuns: 60 },
    )
  })

  it('without the administrator some policy keeps the team itself out', () => {
    const { 'policies.yaml': _, ...open } = SHOP
    const before = reach(open)
    expect(() =>
      fc.assert(
        fc.property(policyAdded(open), ({ manifests }) => assertNothingCloses(before, reach(manifests))),
        { numRuns: 200, seed: 3 },
      ),
    ).toThrow(/NetworkPolicy/)
  })

  it('explain says of any connection what reach says', () => {
    const fabric = leafSpine({
      leaves: 2,
      spines: 1,
      hostsPerLeaf: 2,
      hostLink: '10Gbps',
      fabricLink: '10Gbps',
    })
    const built = scenario({
      regions: { r: region({ fabric }) },
      kubernetes: [{ region: 'r', manifests: SHOP }],
    })
    const who = built.reach()
    fc.assert(
      fc.property(
        anyConnection(who).filter(({ from, to, protocol }) => from !== to && protocol !== 'SCTP'),
        ({ from, to, protocol, port }) => {
          const asked = { from, to, port, protocol: protocol.toLowerCase() as 'tcp' | 'udp' }
          expect(built.explain(asked).verdict).toBe(
            who.allows(from, to, { protocol, port }) ? 'delivered' : 'dropped',
          )
        },
      ),
      { numRuns: 40 },
    )
  })

  it('are refused where there is nothing to change', () => {
    expect(() => ruleRemoved({ 'apps.yaml': app('front') })).toThrow('no network policy in these manifests')
    expect(() => policyAdded({ 'p.yaml': POLICIES })).toThrow('no workload that a policy could be about')
  })
})
