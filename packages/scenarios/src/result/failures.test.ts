import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { readManifests } from '../kubernetes/index.ts'
import { renderReport } from '../report/report.ts'
import { renderSummary } from '../report/summary.ts'
import { runScenario } from '../run/run-scenario.ts'

const pod = (name: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i, ports: [{ containerPort: 80 }] }] }
---`

const service = (name: string, app: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${app} }, ports: [{ port: 80, protocol: TCP, name: tcp }, { port: 80, protocol: UDP, name: udp }] }
---`

const MANIFESTS = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: crawler, namespace: shop }
spec:
  replicas: 5
  selector: { matchLabels: { app: crawler } }
  template:
    metadata: { labels: { app: crawler } }
    spec: { containers: [{ name: c, image: i }] }
---${['web', 'cart', 'vault'].map(pod).join('')}
${service('vault', 'vault')}${service('empty', 'nobody')}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: vault, namespace: shop }
spec: { podSelector: { matchLabels: { app: vault } } }
`

const OUTSIDE = '192.0.2.80'
const calls = (name: string, to: string, rest: object = {}) => ({
  name,
  from: 'shop/web',
  to,
  rate: '40 requests/s',
  transport: { newreno: { synRetries: 1, initialRto: '50ms' } },
  ...rest,
})
const stream = (name: string, to: string, rest: object = {}) => ({
  name,
  from: 'shop/web',
  to,
  port: 80,
  ...rest,
  stream: { rate: '1Mbps', packet: '1000B' },
})

async function ran(clock: 'packet' | 'flow', traffic: readonly object[], rest: object = {}) {
  const compiled = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '10Gbps' },
          },
          internet: { rate: '10Gbps' },
          nat: { pool: '198.51.100.7/32', ports: '2000-2002', idle: { udp: '1s' } },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm.yaml' }],
      traffic,
      run: { clock, for: '800ms', drain: '1s' },
      ...rest,
    },
    { cluster: () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }]) },
  )
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return runScenario(compiled.value, { inputs: '' })
}

const both = (traffic: readonly object[], rest: object = {}) =>
  Promise.all((['packet', 'flow'] as const).map((clock) => ran(clock, traffic, rest)))

describe('what fails', () => {
  it('is counted by its reason under the packet clock and the flow clock alike, and told', async () => {
    const traffic = [
      calls('denied', 'shop/vault'),
      calls('unserved', 'shop/empty'),
      calls('stopped', 'shop/cart', { port: 80 }),
      { name: 'cut', flows: [{ at: '0s', from: 'shop/web', to: 'shop/cart', size: '70MB' }] },
    ]
    const events = [{ at: '500ms', stop: 'shop/cart' }]
    const [packets, flows] = await both(traffic, { events })
    const told = packets!.flows.map(({ traffic: name, failed, failures, unfinished }) => {
      expect(failures.reduce((sum, each) => sum + each.flows, 0)).toBe(failed)
      return { name, failures, unfinished }
    })
    expect(new Set(told.flatMap(({ failures }) => failures.map(({ reason }) => reason)))).toEqual(
      new Set(['syn-timeout', 'connection-refused', 'connection-reset']),
    )
    flows!.flows.forEach(({ failures, unfinished }, i) => {
      expect({ failures, unfinished }).toEqual({
        failures: told[i]!.failures,
        unfinished: told[i]!.unfinished,
      })
    })
    for (const result of [packets!, flows!]) {
      const { failures } = result.flows.find(({ traffic: name }) => name === 'denied')!
      const words = `${failures[0]!.flows} syn-timeout`
      expect(renderSummary(result, { color: false })).toContain(`denied failed: ${words}`)
      expect(await renderReport(result)).toContain(`failed: ${words}`)
    }
  })

  it('is told of flows that go on trying to connect: what dropped them last, under both clocks alike', async () => {
    const patient = { transport: { newreno: { synRetries: 9, initialRto: '50ms' } } }
    const results = await both([
      calls('denied', 'shop/vault', patient),
      calls('served', 'shop/cart', { port: 80 }),
    ])
    for (const result of results) {
      const [denied, served] = result.flows
      expect(denied).toMatchObject({ failed: 0, failures: [], unfinished: denied!.started })
      expect(denied!.trying).toEqual([{ reason: 'policy-denied-ingress', flows: denied!.started }])
      expect(served!.trying).toEqual([])
      const words = `${denied!.started} policy-denied-ingress`
      expect(renderSummary(result, { color: false })).toContain(`denied unfinished, last dropped: ${words}`)
      expect(await renderReport(result)).toContain(`unfinished, last dropped: ${words}`)
    }
    expect(results[1]!.flows.map(({ trying }) => trying)).toEqual(
      results[0]!.flows.map(({ trying }) => trying),
    )
  })

  it('of streams is told by reason and place as by packets, and as many', async () => {
    const streams = [
      stream('denied', 'shop/vault'),
      stream('unserved', 'shop/empty'),
      // two ports more than the pool has
      stream('outside', OUTSIDE, { from: 'shop/crawler', port: 53 }),
      stream('gone', 'shop/cart', { port: 90 }),
    ]
    const events = [{ at: '500ms', stop: 'shop/cart' }]
    const [packets, flows] = await both(streams, { events })
    const places = packets!.drops!.map(({ reason, place }) => `${reason} at ${place}`)
    expect(new Set(packets!.drops!.map(({ reason }) => reason)).size).toBeGreaterThan(3)
    expect(flows!.streamDrops!.map(({ reason, place }) => `${reason} at ${place}`).sort()).toEqual(
      places.sort(),
    )
    for (const { reason, place, packets: lost } of flows!.streamDrops!) {
      const expected = packets!.drops!.find((each) => each.reason === reason && each.place === place)!
      expect(Math.abs(lost - expected.packets), reason).toBeLessThanOrEqual(2)
    }
  })
})
