import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { judgeReach } from '../reach/judge-reach.ts'
import { changesKey } from '../report/sections/changes.ts'
import { circumstance } from '../report/verdict.ts'
import type { ScenarioResult } from '../result/result.ts'
import { runScenario } from '../run/run-scenario.ts'

const deployment = (name: string, replicas: number, container = '') => `
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: a, ports: [{ containerPort: 80 }]${container} }] }
`
const service = `
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, clusterIP: 10.96.0.9, ports: [{ port: 80 }] }
`
const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: shop }
spec: { podSelector: { matchLabels: { app: cart } }, policyTypes: [Ingress] }
`
const PROBE = ', readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 }'
const manifests = deployment('web', 2) + deployment('cart', 2, PROBE) + service

function compiled(events: readonly object[], rest: object = {}) {
  const result = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' },
          },
          addresses: { hosts: '10.0.0.0/16', workloads: '10.64.0.0/16', services: '10.96.0.0/16' },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm', endpointDelay: '300ms', balancer: 'round-robin' }],
      traffic: [
        {
          name: 'calls',
          from: 'shop/web',
          to: 'shop/cart',
          sizes: '20kB',
          flowRate: '25/s',
          transport: { newreno: { synRetries: 1 } },
        },
      ],
      events,
      ...rest,
    },
    { cluster: ([file]) => clusterOf(file === 'deny' ? deny : manifests) },
  )
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return result.value
}

const run = (events: readonly object[], clock: 'packet' | 'flow' | 'steady'): Promise<ScenarioResult> =>
  runScenario(compiled(events, { run: { for: '6s', drain: '20s', clock } }), { inputs: '' })

const calls = ({ flows: [row] }: ScenarioResult) => [row!.started, row!.completed, row!.failed]
const lost = ({ flows: [row] }: ScenarioResult) => row!.started - row!.completed

describe('a rolling update of a service', () => {
  const rollout = { at: '1s', rollout: 'shop/cart', startup: '500ms' }

  it('loses calls where pods stop at once, and none where they drain, by packets as by flows', async () => {
    const abrupt = [await run([rollout], 'packet'), await run([rollout], 'flow')]
    expect(calls(abrupt[1]!)).toEqual(calls(abrupt[0]!))
    expect(lost(abrupt[0]!)).toBeGreaterThan(5)
    expect(abrupt[0]!.drops!.map(({ reason }) => reason)).toContain('workload-stopped')
    const drained = [{ ...rollout, drain: '1s' }]
    const quiet = [await run(drained, 'packet'), await run(drained, 'flow')]
    expect(quiet.map(lost)).toEqual([0, 0])
    expect(quiet[1]!.changes).toEqual(quiet[0]!.changes)
  })

  it('is the same to the steady clock, which loses as much as is led to pods that are gone', async () => {
    const steady = await run([rollout], 'steady')
    const flow = await run([rollout], 'flow')
    const [traffic] = steady.steady!.traffic
    // of 6 s, in twice 0.3 s a third of all goes to who is gone, and with two pods left half
    const { connectionsPerSecond, refusedPerSecond, packetsLost } = traffic!
    expect(refusedPerSecond / connectionsPerSecond).toBeCloseTo(lost(flow) / flow.flows[0]!.started, 1)
    expect(refusedPerSecond).toBeGreaterThan(0)
    // a SYN each, and one more of those that have waited for a second
    expect(packetsLost).toBeGreaterThanOrEqual(Math.floor(6 * refusedPerSecond))
    expect(packetsLost).toBeLessThanOrEqual(Math.ceil(12 * refusedPerSecond))
    expect(steady.changes).toEqual(flow.changes)
    const drained = await run([{ ...rollout, drain: '1s' }], 'steady')
    expect(drained.steady!.traffic[0]!.packetsLost).toBe(0)
  })

  it('stands in results and reports with its instants, and when all hosts went by it', async () => {
    const result = await run(
      [
        { ...rollout, drain: '1s' },
        { at: '5s', apply: 'deny' },
      ],
      'flow',
    )
    const { target: name } = result.changes[0]!
    const first = result.changes.filter(({ target }) => target === name)
    expect(first.map(({ atPs, action, routedPs }) => [atPs / 1e12, action, routedPs! / 1e12])).toEqual([
      [1, 'boot', 1.3],
      [1.5, 'start', 1.8],
      [2, 'ready', 2.3],
    ])
    const text = String(changesKey(result))
    expect(text).toContain('is asked to stop; all hosts go by it at 2.3s')
    expect(text).toContain('NetworkPolicy shop/deny is applied')
    const broken = { fromPs: 3.5e12, toPs: null } as ScenarioResult['expectations'][number]
    expect(circumstance(broken, result.changes)).toMatch(/^from 3.5s, after shop\/cart-\S+ stopped$/)
  })
})

describe('a pod that restarts', () => {
  it('refuses direct calls until its application is up, and is called again, under every clock', async () => {
    const [pod] = compiled([]).clusters[0]!.cluster.pods.filter(({ id }) => id.startsWith('shop/cart'))
    const restart = { at: '2s', restart: pod!.id, startup: '2s' }
    const direct = { name: 'direct', from: 'shop/web', to: pod!.id, sizes: '20kB', flowRate: '25/s' }
    const resultOf = (clock: 'packet' | 'flow' | 'steady') =>
      runScenario(compiled([restart], { traffic: [direct], run: { for: '6s', drain: '20s', clock } }), {
        inputs: '',
      })
    const [packet, flow] = [await resultOf('packet'), await resultOf('flow')]
    for (const { flows } of [packet, flow]) {
      const { started, failed } = flows[0]!
      // of 6 s nobody listens for 2
      expect(failed / started).toBeCloseTo(1 / 3, 1)
    }
    expect(packet.drops!.map(({ reason }) => reason)).toContain('port-unreachable')
    expect(calls(flow)).toEqual(calls(packet))
    const { connectionsPerSecond, refusedPerSecond } = (await resultOf('steady')).steady!.traffic[0]!
    expect(refusedPerSecond / connectionsPerSecond).toBeCloseTo(1 / 3, 2)
  })
})

describe('a host that fails', () => {
  it('loses calls until its node is known not to be ready, and none from then on', async () => {
    const { clusters } = compiled([])
    const { pods } = clusters[0]!.cloud
    const { host } = pods.find(({ name }) => name.startsWith('shop/cart'))!
    expect(pods.filter((pod) => pod.host === host)).toHaveLength(1)
    const kubernetes = [
      { region: 'r', manifests: 'm', balancer: 'round-robin', nodeMonitorGrace: '1s', podEviction: '1s' },
    ]
    const resultOf = (clock: 'packet' | 'flow' | 'steady') => {
      const rest = { kubernetes, run: { for: '6s', drain: '20s', clock } }
      return runScenario(compiled([{ at: '2s', fail: host }], rest), { inputs: '' })
    }
    const [packet, flow] = [await resultOf('packet'), await resultOf('flow')]
    const seconds = ({ changes }: ScenarioResult) =>
      changes.map(({ atPs, action }) => `${atPs / 1e12} ${action}`)
    expect(seconds(packet)).toEqual(['2 fail', '3 not-ready', '4 stop', '4 start', '4 ready'])
    expect(flow.changes).toEqual(packet.changes)
    // half of 50 calls a second, for one second: their SYNs come again, and are led elsewhere by then
    const syns = packet.drops!.filter(({ reason }) => reason === 'no-route').map(({ packets }) => packets)
    expect(syns.reduce((sum, each) => sum + each, 0) / 25).toBeGreaterThan(0.6)
    expect([lost(packet), lost(flow)]).toEqual([0, 0])
    const { packetsLost, packetsSent } = (await resultOf('steady')).steady!.traffic[0]!
    expect(packetsLost / packetsSent).toBeCloseTo(0.5 / 6, 2)
  })
})

describe('senders', () => {
  it('go on in the pods that take their place', async () => {
    for (const clock of ['packet', 'flow'] as const) {
      const [started, completed] = calls(await run([{ at: '3s', rollout: 'shop/web' }], clock))
      expect(completed).toBe(started)
      // 2 pods, 25 calls a second each, over 6 s
      expect(started! / 300).toBeGreaterThan(0.85)
      expect(started! / 300).toBeLessThan(1.15)
    }
  })
})

describe('expectations of who reaches whom', () => {
  it('hold, or break, at every state of pods and policies', () => {
    const [pod] = compiled([]).clusters[0]!.cluster.pods.filter(({ id }) => id.startsWith('shop/cart'))
    const [client] = compiled([]).clusters[0]!.cluster.pods.filter(({ id }) => id.startsWith('shop/web'))
    const judged = (events: readonly object[]) =>
      judgeReach(
        compiled(events, {
          expect: [
            { reachable: { from: pod!.id, to: client!.id } },
            { reachable: { from: client!.id, to: pod!.id } },
          ],
        }),
        6e12,
      ).map(({ breach }) => breach && [breach.fromPs / 1e12, breach.toPs / 1e12])
    expect(judged([])).toEqual([undefined, undefined])
    const events = [
      { at: '1ms', apply: 'deny' },
      { at: '2ms', delete: 'shop/deny' },
    ]
    expect(judged(events)[1]).toEqual([0.001, 0.002])
    expect(judged([{ at: '3ms', stop: pod!.id }])[1]![0]).toBe(0.003)
  })
})
