import { describe, expect, it } from 'vitest'
import { deployment } from '../../kubernetes/deployment.fixture.ts'
import { readManifests } from '../../kubernetes/index.ts'
import { renderReport } from '../../report/report.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'

const DNS = `
apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system }
spec: { selector: { k8s-app: kube-dns }, ports: [{ port: 53, protocol: UDP }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
spec:
  replicas: 2
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata: { labels: { k8s-app: kube-dns } }
    spec: { containers: [{ name: c, image: i }] }
---`
const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ port: 80, targetPort: 8080 }] }
---`
const egress = (name: string, rules: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rules}] }
---`
const TO_CART = '{ to: [{ podSelector: { matchLabels: { app: cart } } }] }'
const TO_DNS =
  '{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { k8s-app: kube-dns } } }], ports: [{ port: 53, protocol: UDP }] }'
const INGRESS_CLOSED = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: kube-system }
spec: { podSelector: {}, policyTypes: [Ingress] }
---`
const SHOP = deployment('web') + deployment('cart') + SERVICE

const clusterOf = (text: string) => readManifests({ 'm.yaml': text })

function compiled(text: string, rest: object) {
  const found = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 4, hostLink: '10Gbps', fabricLink: '40Gbps' },
          },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'shop' }],
      dns: {},
      traffic: [{ name: 'calls', from: 'shop/web', to: 'cart.shop', rate: '20 requests/s' }],
      run: { clock: 'flow', for: '60s' },
      ...rest,
    },
    { cluster: () => clusterOf(text), read: (files, options) => readManifests(files, options) },
  )
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

async function lookedUp(text: string, rest: object = {}) {
  const result = await runScenario(compiled(text, rest), { inputs: 'x' })
  return { result, ...result.names!.traffic[0]! }
}

const CLOCKS = [
  ['flow', { clock: 'flow', for: '20s' }],
  ['packet', { clock: 'packet', for: '2s' }],
] as const

describe.each(CLOCKS)("lookups over the way to the cluster's DNS, under the %s clock", (_, run) => {
  it('arrive where policies of both ends let them', async () => {
    const { lookups, serverFailed, lost, result } = await lookedUp(
      DNS + SHOP + egress('web', `${TO_CART}, ${TO_DNS}`),
      { run },
    )
    expect(lookups).toBeGreaterThan(20)
    expect({ serverFailed, lost, failed: result.flows[0]!.failed }).toEqual({
      serverFailed: 0,
      lost: [],
      failed: 0,
    })
  })

  it.each([
    ['egress of the client', DNS + SHOP + egress('web', TO_CART), 'policy-denied-egress'],
    ['ingress of the DNS', DNS + INGRESS_CLOSED + SHOP, 'policy-denied-ingress'],
    [
      'no pod of it is ready',
      DNS.replace('replicas: 2', 'replicas: 0') +
        `
apiVersion: v1
kind: Pod
metadata: { name: slow, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, conditions: [{ type: Ready, status: "False" }] }
---` +
        SHOP,
      'service-no-endpoint',
    ],
  ])('are lost, and their flows fail, by %s', async (__, text, reason) => {
    const { lookups, serverFailed, lost, result } = await lookedUp(text, {
      run,
      expect: [{ metric: 'dns.failed', equals: 0 }],
    })
    expect(serverFailed).toBe(lookups)
    expect(lost).toEqual([{ reason, lookups }])
    expect(result.flows[0]!.failed).toBe(lookups)
    const [expectation] = result.expectations
    expect(expectation!.pass).toBe(false)
    expect(JSON.stringify(expectation)).toContain(`questions lost: ${reason}`)
    expect(await renderReport(result)).toContain(reason)
    expect(result.names!.resolvers[0]!.queries).toBe(0)
  })
})

describe("the way to the cluster's DNS", () => {
  it('closes with a policy, and its clients live on what they know until that expires', async () => {
    const policy = egress('late', TO_CART).replace(/---$/, '')
    const events = [{ at: '20s', apply: { 'late.yaml': policy } }]
    const { lookups, lost } = await lookedUp(DNS + SHOP, { events, run: { clock: 'flow', for: '100s' } })
    const [{ reason, lookups: failed }] = lost as [{ reason: string; lookups: number }]
    expect(reason).toBe('policy-denied-egress')
    // answers live for 30 s at the most
    expect(failed).toBeGreaterThanOrEqual(0.45 * lookups)
    expect(failed).toBeLessThanOrEqual(0.85 * lookups)
    const uncached = await lookedUp(DNS + SHOP, {
      events,
      dns: { clients: { cache: 'none' } },
      run: { clock: 'flow', for: '100s' },
    })
    expect(uncached.lost[0]!.lookups / uncached.lookups).toBeCloseTo(0.8, 1)
  })

  it('is closed while none of its pods runs', async () => {
    const { lookups, lost } = await lookedUp(DNS + SHOP, {
      dns: { clients: { cache: 'none' } },
      events: [{ at: '15s', stop: 'kube-system/coredns' }],
    })
    expect(lost.map(({ reason }) => reason)).toEqual(['service-no-endpoint'])
    expect(lost[0]!.lookups / lookups).toBeCloseTo(0.75, 1)
  })

  it('is open where manifests leave the DNS out, and where every host has a resolver of its own', async () => {
    expect((await lookedUp(SHOP + egress('web', TO_CART))).serverFailed).toBe(0)
    const each = { dns: { resolver: { each: 'host' } } }
    expect((await lookedUp(DNS + SHOP + egress('web', TO_CART), each)).serverFailed).toBe(0)
  })

  it('decides who connects under the steady clock too, where lookups are expected numbers', async () => {
    const steady = async (text: string, rest: object = {}) => {
      const { result, ...found } = await lookedUp(text, { run: { clock: 'steady', for: '3000s' }, ...rest })
      const { connectionsPerSecond } = result.steady!.traffic[0]!
      return { ...found, result, connectionsPerSecond, resolver: result.names!.resolvers[0]! }
    }
    const expectations = [
      { metric: 'dns.failed', equals: 0 },
      { metric: 'dns.stale', equals: 0 },
    ]
    const closed = await steady(DNS + SHOP + egress('web', TO_CART), { expect: expectations })
    expect(closed.connectionsPerSecond).toBe(0)
    expect(closed.lost[0]!.reason).toBe('policy-denied-egress')
    expect(closed.lost[0]!.lookups).toBeCloseTo(60_000, 3)
    expect(closed.result.expectations.map(({ pass }) => pass)).toEqual([false, true])
    expect(JSON.stringify(closed.result.expectations)).toContain('questions lost: policy-denied-egress')

    const open = await steady(DNS + SHOP + egress('web', `${TO_CART}, ${TO_DNS}`))
    expect(open.connectionsPerSecond).toBeCloseTo(20, 6)
    expect(open.serverFailed).toBe(0)
    expect(open.lookups).toBeCloseTo(60_000, 3)
    // cart.shop in the first search path is nothing, in the next one an address and no other; all for 30 s
    expect(open.questions / (3 * (3000 / (30 + 1 / 20)))).toBeCloseTo(1, 6)
    expect(open.resolver.queries).toBeCloseTo(open.questions, 6)
    expect(open.resolver.hits / open.resolver.queries).toBeCloseTo(0, 6)

    const late = await steady(DNS + SHOP, {
      events: [{ at: '600s', stop: 'kube-system/coredns' }],
    })
    expect(late.lost[0]!.reason).toBe('service-no-endpoint')
    expect(late.lost[0]!.lookups / late.lookups).toBeCloseTo(0.8, 6)
  })
})
