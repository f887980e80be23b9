import { describe, expect, it } from 'vitest'
import { runScenario } from '../../run/run-scenario.ts'
import type { ScenarioResult } from '../../result/result.ts'
import { compileScenario } from '../compile.ts'
import { clusterWith, scenarioWith } from './ingress.fixture.ts'

/** A second controller, with a rule for one path of the same host. */
const SECOND = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: new }
spec: { controller: example.com/new }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: controller, namespace: new }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: new } }
  template:
    metadata: { labels: { app.kubernetes.io/name: new } }
    spec: { containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Service
metadata: { name: controller, namespace: new }
spec:
  selector: { app.kubernetes.io/name: new }
  ports: [{ name: http, port: 80, targetPort: 8080 }, { name: https, port: 443, targetPort: 8443 }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: new, namespace: shop }
spec:
  ingressClassName: new
  tls: [{ hosts: [shop.example.com], secretName: new-tls }]
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /cart, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
    - host: "*.wild.example.com"
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
`
const BOTH = [{ class: 'nginx' }, { class: 'new', perRequest: '1ms' }]
const OLD_SERVICE = 'ingress-nginx/controller'
const NEW_SERVICE = 'new/controller'
const ROUTE = 'Ingress shop/front rules[0].paths[0]'
const MOVE = {
  dns: { ttl: '200ms', records: { 'shop.example.com': OLD_SERVICE } },
  events: [{ at: '400ms', move: 'shop.example.com', to: NEW_SERVICE, retire: '500ms' }],
}

function built(entry: object, rest: object) {
  const scenario = scenarioWith(BOTH, { flowRate: '200/s', ...entry }, rest)
  const found = compileScenario(scenario, { cluster: () => clusterWith(SECOND) })
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

const resultUnder = (clock: string, entry: object, rest: object): Promise<ScenarioResult> =>
  runScenario(built(entry, { ...rest, run: { for: '1s', drain: '3s', clock } }), { inputs: 'x' })

const endedAt = ({ ingress }: ScenarioResult, controller: string): number =>
  ingress.find((each) => each.controller === controller)!.requests.ended

describe('requests to a name that moves', () => {
  it.each(['http', 'https'])(
    'go to the old controller by what caches have, then to the new one: %s',
    async (scheme) => {
      const entry = { to: `${scheme}://shop.example.com/cart` }
      const packet = await resultUnder('packet', entry, MOVE)
      const [counts] = packet.names!.traffic
      expect(counts!.stale).toBeGreaterThan(0)
      expect(counts!.stale).toBeLessThan(0.3 * counts!.lookups)
      const [old, fresh] = [endedAt(packet, OLD_SERVICE), endedAt(packet, NEW_SERVICE)]
      expect(old + fresh).toBe(counts!.lookups)
      expect(fresh).toBeGreaterThan(0.4 * counts!.lookups)
      expect(packet.flows[0]!.failed).toBe(0)
      const flow = await resultUnder('flow', entry, MOVE)
      expect(flow.names!.traffic).toEqual(packet.names!.traffic)
      expect(flow.ingress.map(({ requests }) => requests)).toEqual(
        packet.ingress.map(({ requests }) => requests),
      )
      expect(flow.flows.map(({ completed, failed }) => [completed, failed])).toEqual(
        packet.flows.map(({ completed, failed }) => [completed, failed]),
      )
    },
  )

  it('are answered by whoever has the address: a service is called as any other', async () => {
    const away = {
      ...MOVE,
      events: [{ at: '400ms', move: 'shop.example.com', to: 'shop/cart', retire: '1ms' }],
    }
    const entry = { to: 'http://shop.example.com/cart' }
    const [packet, flow] = [await resultUnder('packet', entry, away), await resultUnder('flow', entry, away)]
    const ended = endedAt(packet!, OLD_SERVICE)
    const { completed, started } = packet!.flows[0]!
    expect(endedAt(packet!, NEW_SERVICE)).toBe(0)
    expect(completed).toBeGreaterThan(ended)
    // those that still go to the old address once it is out of service
    const [refused] = packet!.ingress[0]!.requests.counts.filter(
      ({ outcome }) => outcome === 'connection-failed',
    )
    expect(started - completed).toBe(refused!.requests)
    expect(flow!.ingress.map(({ requests }) => requests)).toEqual(
      packet!.ingress.map(({ requests }) => requests),
    )
    expect(flow!.flows[0]!.completed).toBe(completed)
  })

  it('load both legs under the steady clock by the closed form of stale shares', async () => {
    const { steady } = await resultUnder('steady', { to: 'http://shop.example.com/cart' }, MOVE)
    const sent = new Map(
      steady!.traffic.map(({ traffic, connectionsPerSecond }) => [traffic, connectionsPerSecond]),
    )
    const [old, fresh] = [OLD_SERVICE, NEW_SERVICE].map((controller) =>
      sent.get(`shoppers → ${controller} → shop/cart:80`),
    ) as [number, number]
    expect(sent.size).toBe(3)
    expect(old + fresh).toBeCloseTo(sent.get('shoppers')!, 6)
    // 80 requests in a time to live, half of which is the mean age; the last 600 ms of a second
    expect(fresh / (old + fresh)).toBeCloseTo(0.6 - (0.1 * 80) / 81, 6)
  })
})

describe('requests to a URL', () => {
  const outcomesOf = ({ ingress }: ScenarioResult) =>
    ingress.flatMap(({ controller, requests }) =>
      requests.counts.map(({ outcome, rule }) => [controller, outcome, rule ?? null]),
    )

  it.each([
    [
      { records: { 'api.example.com': { to: OLD_SERVICE } } },
      'http://api.example.com/',
      [OLD_SERVICE, 'no-rule', null],
    ],
    [
      { records: { 'shop.example.com': { to: 'alias.example.com' }, 'alias.example.com': OLD_SERVICE } },
      'http://shop.example.com/cart',
      [OLD_SERVICE, 'served', ROUTE],
    ],
    [{}, 'http://a.wild.example.com/', [NEW_SERVICE, 'served', 'Ingress shop/new rules[1].paths[0]']],
  ])('meet the controller where their name leads to one: %j, %s', async (dns, to, outcome) => {
    expect(outcomesOf(await resultUnder('packet', { to }, { dns }))).toEqual([outcome])
  })

  it('meet none where their name leads elsewhere, though there are rules for it', async () => {
    const dns = { records: { 'shop.example.com': { to: 'shop/cart' } } }
    const result = await resultUnder('packet', { to: 'http://shop.example.com/elsewhere' }, { dns })
    expect(outcomesOf(result)).toEqual([])
    expect(result.flows[0]).toMatchObject({ failed: 0 })
  })

  it('fail where nobody knows the name, and never reach the controller', async () => {
    const dns = { records: { 'shop.example.com': { to: 'nowhere.invalid' } } }
    const result = await resultUnder('flow', { to: 'http://shop.example.com/cart' }, { dns })
    expect(outcomesOf(result)).toEqual([])
    expect(result.flows[0]!.failed).toBe(result.flows[0]!.started)
  })
})
