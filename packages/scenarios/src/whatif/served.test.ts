import { type DemandMatrix, LinkState, SteadyClock } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { availability } from './availability.ts'
import { stateWithout } from './parts.ts'
import { ServedFinder } from './served.ts'
import { Subject } from './subject.ts'

/** Carts take calls of shops alone; what is on one host is behind one virtual switch. */
const MANIFESTS = `${deployment('web', 2)}${deployment('other', 2)}${deployment('cart', 2)}
apiVersion: v1
kind: Service
metadata: { name: carts, namespace: shop }
spec: { selector: { app: cart }, type: LoadBalancer, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: carts, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }, { ipBlock: { cidr: 198.51.100.0/24 } }] }]
`

const HOSTS = ['r/leaf-0/host-0', 'r/leaf-1/host-0']

function subject(services: 'hosts' | 'gateways'): Subject {
  const result = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
          },
          addresses: { loadBalancers: '203.0.113.0/28' },
          internet: { rate: '10Gbps' },
          nat: { pool: '198.51.100.7' },
        },
      },
      kubernetes: [
        {
          region: 'r',
          manifests: 'm',
          services,
          pin: {
            'shop/web': HOSTS,
            'shop/other': HOSTS,
            'shop/cart': ['r/leaf-0/host-1', 'r/leaf-1/host-1'],
          },
        },
      ],
      traffic: [
        { name: 'allowed', from: 'shop/web', to: 'shop/cart', port: 8080, rate: '10 requests/s' },
        { name: 'denied', from: 'shop/other', to: 'shop/cart', port: 8080, rate: '10 requests/s' },
        { name: 'back', from: 'shop/cart', to: 'shop/other', port: 8080, rate: '10 requests/s' },
        { name: 'service', from: 'shop/web', to: 'shop/carts', rate: '10 requests/s' },
        { name: 'denied-service', from: 'shop/other', to: 'shop/carts', rate: '10 requests/s' },
        { name: 'out', from: 'shop/other', to: '192.0.2.80', port: 443, rate: '10 requests/s' },
        { name: 'in', from: 'internet', to: 'shop/carts', rate: '10 requests/s' },
        {
          name: 'datagrams',
          from: 'shop/other',
          to: 'shop/cart',
          stream: { packet: '100B', rate: '10kbps' },
        },
      ],
      availability: [{ of: 'host', up: '99%' }],
    },
    { cluster: () => clusterOf(MANIFESTS) },
  )
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return new Subject(result.value)
}

/** A matrix of one entry of another. */
const alone = (demand: DemandMatrix, entry: number): DemandMatrix => {
  const only = <Column extends Int32Array | Uint16Array | Float64Array>(column: Column) =>
    column.slice(entry, entry + 1) as Column
  return {
    classes: demand.classes,
    source: only(demand.source),
    destination: only(demand.destination),
    classOf: only(demand.classOf),
    ipBps: only(demand.ipBps),
    packetsPerSecond: only(demand.packetsPerSecond),
    connectionsPerSecond: only(demand.connectionsPerSecond),
  }
}

describe('demands that are served', () => {
  it.each(['hosts', 'gateways'] as const)(
    'are those that the steady clock delivers by themselves, services balanced at %s',
    (services) => {
      const { network, demand, parts } = subject(services)
      const finder = new ServedFinder(network, new SteadyClock(network, demand), demand)
      const clocks = Array.from(demand.source, (_, entry) => new SteadyClock(network, alone(demand, entry)))
      const down = ['link', 'switch', 'host'] as const
      const states = [
        new LinkState(network.topology),
        ...down.flatMap((kind) => parts.of({ kind }).map((part) => stateWithout(network.topology, [part]))),
      ]
      const seen = new Set<string>()
      for (const state of states) {
        const served = finder.find(state)
        clocks.forEach((clock, entry) => {
          const loads = clock.loads(state)
          const isDelivered = loads.delivered.ipBps >= loads.demand.ipBps * (1 - 1e-9)
          const traffic = demand.classes[demand.classOf[entry]!]!.name
          expect([traffic, entry, served[entry]]).toEqual([traffic, entry, isDelivered ? 1 : 0])
          seen.add(`${traffic} ${served[entry]}`)
        })
      }
      expect([...seen].some((each) => /^denied.* 1$/.test(each))).toBe(false)
      expect([...seen].some((each) => /^allowed.* 1$/.test(each))).toBe(true)
    },
  )

  it('are told by traffic: what policies deny never is, with its answers', async () => {
    const { rows } = await availability(subject('hosts'))
    const most = new Map<string, number>()
    for (const { traffic, available } of rows)
      most.set(traffic, Math.max(most.get(traffic) ?? 0, available.most))
    // in states that were not computed they may be
    for (const traffic of ['denied', 'denied-service', 'datagrams'])
      expect(most.get(traffic)).toBeCloseTo(0, 4)
    // a client and a server on hosts of their own, each up 99 % of the time
    for (const traffic of ['allowed', 'back', 'service']) expect(most.get(traffic)).toBeCloseTo(0.99 ** 2, 4)
    expect(most.get('out')).toBeCloseTo(0.99, 4)
  })
})
