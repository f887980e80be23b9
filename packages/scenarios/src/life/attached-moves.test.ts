import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { explain } from '../explain/explain.ts'
import { networkAt } from '../explain/network-at.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import type { ScenarioResult } from '../result/result.ts'
import { runScenario } from '../run/run-scenario.ts'

const workload = (kind: string, name: string) => `
---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: games }
spec:
  replicas: 1
  serviceName: ${name}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: a, ports: [{ containerPort: 80 }] }] }
`
const guard = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: only-web, namespace: games }
spec:
  podSelector: { matchLabels: { app: lobby } }
  ingress: [{ ports: [{ port: 80 }] }]
`
const manifests =
  workload('StatefulSet', 'lobby') + workload('Deployment', 'door') + workload('StatefulSet', 'fan')
const OWN = '203.0.113.40'
const INNER = '10.200.0.1'
const LOAD = { sizes: '20kB', flowRate: '20/s', transport: { newreno: { synRetries: 1 } } }

function compiled(events: readonly object[], traffic: readonly object[], rest: object = {}, more = '') {
  const result = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' },
          },
          internet: { rate: '1Gbps' },
          nat: { pool: '198.51.100.7' },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm' }],
      directAttach: [
        { workload: 'games/lobby', address: OWN },
        { workload: 'games/door', address: INNER },
        { workload: 'games/door', address: '203.0.113.41' },
      ],
      traffic,
      events,
      ...rest,
    },
    { cluster: () => clusterOf(manifests + more) },
  )
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return result.value
}

const CLOCKS = ['packet', 'flow'] as const
const run = (
  events: readonly object[],
  traffic: readonly object[],
  clock: 'packet' | 'flow' | 'steady',
): Promise<ScenarioResult> =>
  runScenario(compiled(events, traffic, { run: { for: '6s', drain: '10s', clock } }), { inputs: '' })
const fates = ({ flows }: ScenarioResult) =>
  flows.map(({ traffic, started, completed, failed }) => ({ traffic, started, completed, failed }))
const pooledIn = ({ pools }: ScenarioResult) =>
  pools.filter(({ kind, asked }) => kind === 'nat-mappings' && asked !== 0).map(({ name }) => name)

describe('an attached address of a pod that is rescheduled', () => {
  const events = [{ at: '2s', reschedule: 'games/lobby' }]
  const traffic = [
    { name: 'in', from: 'internet', to: OWN, port: 80, ...LOAD },
    { name: 'out', from: 'games/lobby', to: '192.0.2.80', port: 443, ...LOAD },
    { name: 'own', from: 'games/fan', to: OWN, port: 80, ...LOAD },
  ]

  it('is at its successor at once: calls come and go by it, by packets as by flows', async () => {
    const results = await Promise.all(CLOCKS.map((clock) => run(events, traffic, clock)))
    const [packets, flows] = results.map(fates)
    packets!.forEach(({ started, completed, failed }, i) => {
      expect([started > 80, completed + failed]).toEqual([true, started])
      // who is on the way at that instant may be told otherwise
      expect(failed).toBeLessThan(8)
      expect(Math.abs(failed - flows![i]!.failed)).toBeLessThan(3)
      expect(flows![i]!.completed + flows![i]!.failed).toBe(started)
    })
    expect(results.flatMap(pooledIn)).toEqual([])
  })

  it('carries the same under the steady clock', async () => {
    const { steady } = await run(events, traffic, 'steady')
    expect(steady!.traffic.map(({ packetsLost }) => packetsLost)).toEqual([0, 0, 0])
    expect(steady!.intervals.map(({ fromPs }) => fromPs)).toEqual([0, 2 * SECOND])
  })

  it('is where `explain` finds it at every instant, behind policies, and its sender bears it', () => {
    const scenario = compiled(events, traffic, { run: { for: '6s' } }, guard)
    const asked = { protocol: 'tcp' as const, port: 80 }
    const outside = { host: 'internet/192.0.2.80', address: '192.0.2.80' }
    const inward = (atPs: number, port = 80) =>
      explain(scenario, { from: outside, to: { host: 'lobby', address: OWN }, ...asked, port, atPs })
    expect(inward(SECOND).hops.at(-1)!.node).toBe('games/lobby-0')
    expect(inward(3 * SECOND).hops.at(-1)!.node).toBe('games/lobby-0#2')
    expect(inward(3 * SECOND).reply!.verdict).toBe('delivered')
    expect(inward(3 * SECOND, 81)).toMatchObject({ reason: 'policy-denied-ingress' })
    for (const [atPs, name] of [
      [SECOND, 'games/lobby-0'],
      [3 * SECOND, 'games/lobby-0#2'],
    ] as const) {
      const { network } = networkAt(scenario, atPs)
      const own = network.addressOf(name, 'ipv4')!
      const from = { host: name, address: network.addresses.textOf(own) }
      const outward = explain(scenario, { from, to: outside, ...asked, atPs })
      expect([outward.verdict, outward.question.from.address]).toEqual(['delivered', OWN])
    }
  })
})

describe('an attached address of a pod that drains while its successor starts', () => {
  const events = [{ at: '2s', rollout: 'games/door', drain: '2s', grace: '2s' }]

  it('goes over when that starts: what is open by it is reset, and new connections reach the successor', async () => {
    const traffic = [
      { name: 'in', from: 'internet', to: '203.0.113.41', port: 80, ...LOAD, flowRate: '2/s' },
      { name: 'inner', from: 'games/fan', to: INNER, port: 80, ...LOAD },
      // 0.8 s at the rate of the link
      {
        name: 'long',
        port: 80,
        flows: ['1.5s', '2.5s'].map((at) => ({ from: 'games/fan', to: INNER, size: '100MB', at })),
      },
    ]
    const results = await Promise.all(CLOCKS.map((clock) => run(events, traffic, clock)))
    const [packets, flows] = results.map(fates)
    expect(flows).toEqual(packets)
    expect(packets!.map(({ started, completed }) => started - completed)).toEqual([0, 0, 1])
    for (const { flows: rows } of results)
      expect(rows.find(({ traffic: name }) => name === 'long')!.failures).toEqual([
        { reason: 'connection-reset', flows: 1 },
      ])
  })

  it('leaves streams of the old pod to the NAT, and leads streams to it on without a gap', async () => {
    const stream = { packet: '1000B', rate: '80kbps' }
    const traffic = [
      { name: 'to', from: 'internet/client-0', to: '203.0.113.41', port: 80, stream },
      { name: 'of', from: 'games/door', to: '192.0.2.80', port: 443, stream },
    ]
    const results = await Promise.all(CLOCKS.map((clock) => run(events, traffic, clock)))
    const [packets, flows] = results.map(({ streams }) =>
      streams.map(({ traffic: name, packetsSent, packetsReceived }) => [name, packetsSent, packetsReceived]),
    )
    expect(packets).toEqual([
      // its sender is gone at 4 s
      ['of', 60, 40],
      ['to', 60, 60],
    ])
    expect(flows).toEqual(packets)
    for (const result of results) expect(pooledIn(result)).toEqual(['r gateways ipv4 nat-mappings'])
  })
})

describe('a pod with an attached address that is called by its name', () => {
  const events = [{ at: '2s', reschedule: 'games/lobby' }]
  const stream = { packet: '1000B', rate: '80kbps' }
  const called = (to: string) => [
    { name: 'calls', from: 'internet', to, port: 80, ...LOAD },
    { name: 'stream', from: 'internet/client-0', to, port: 81, stream },
    {
      name: 'listed',
      port: 82,
      flows: ['1s', '3s', '4s'].map((at) => ({ from: 'internet/client-1', to, size: '20kB', at })),
    },
  ]

  it('is found where it is now from the internet, as by that address, by packets as by flows', async () => {
    for (const clock of CLOCKS) {
      const [byName, byAddress] = await Promise.all(
        ['games/lobby', OWN].map((to) => run(events, called(to), clock)),
      )
      expect(byName!.flows).toEqual(byAddress!.flows)
      expect(byName!.streams).toEqual(byAddress!.streams)
      expect(byName!.streams).toMatchObject([{ packetsSent: 60, packetsReceived: 60 }])
      const [calls, listed] = fates(byName!)
      expect(listed).toMatchObject({ started: 3, completed: 3 })
      expect(calls!.started).toBeGreaterThan(80)
      // who is on the way at that instant
      expect(calls!.failed).toBeLessThan(8)
    }
  })

  it('loses nothing under the steady clock', async () => {
    const { steady } = await run(events, called('games/lobby'), 'steady')
    expect(steady!.traffic.map(({ packetsLost }) => packetsLost)).toEqual([0, 0, 0])
  })

  it('is found by a name that stands for two on the way of a rollout', async () => {
    const rollout = [{ at: '2s', rollout: 'games/door', drain: '2s', grace: '2s' }]
    const traffic = [{ name: 'stream', from: 'internet/client-0', to: 'games/door', port: 80, stream }]
    const results = await Promise.all(CLOCKS.map((clock) => run(rollout, traffic, clock)))
    for (const { streams } of results)
      expect(streams).toMatchObject([{ packetsSent: 60, packetsReceived: 60 }])
  })

  it('is an entry of its own from the internet where it moves, and only there', () => {
    const refusal = `"games/lobby-0" is replaced during the run, and from the internet it is called by the address that goes along, ${OWN}; make what goes there from the internet an entry of its own`
    const lasts = { run: { for: '6s' } }
    const shapes = [
      { from: ['internet', 'games/fan'], to: 'games/lobby', ...LOAD },
      { from: 'internet', to: ['games/lobby', 'games/fan'], ...LOAD },
      { between: ['internet/client-0', 'games/lobby'], ...LOAD },
      {
        flows: [
          { from: 'internet/client-0', to: 'games/lobby', size: '1kB', at: '1s' },
          { from: 'games/fan', to: 'games/lobby', size: '1kB', at: '1s' },
        ],
      },
    ]
    for (const shape of shapes) {
      const traffic = [{ name: 'mixed', port: 80, ...shape }]
      expect(() => compiled(events, traffic, lasts)).toThrow(refusal)
      expect(() => compiled([], traffic, lasts)).not.toThrow()
    }
    const inner = [{ name: 'inner', from: 'games/fan', to: 'games/lobby', port: 80, ...LOAD }]
    expect(() => compiled(events, inner, lasts)).not.toThrow()
  })
})

describe('an attached address that is the only one of its IP version', () => {
  const SIX = '2001:db8:1::7'
  const FAR = '2001:db8:9::80'
  const events = [{ at: '2s', rollout: 'games/door', drain: '2s', grace: '2s' }]
  const rest = {
    directAttach: [{ workload: 'games/door', address: SIX }],
    internet: { endpoints: [FAR] },
  }

  it('leaves the old pod none to send from once it has gone: nothing comes from the new one in its place', async () => {
    const stream = { packet: '1000B', rate: '80kbps' }
    const traffic = [
      { name: 'of', from: 'games/door', to: FAR, port: 443, stream },
      { name: 'call', from: 'games/door', to: FAR, port: 443, ...LOAD, sizes: '1kB' },
    ]
    const asked = (clock: string) =>
      runScenario(compiled(events, traffic, { ...rest, run: { for: '6s', drain: '10s', clock } }), {
        inputs: '',
      })
    const [packets, flows] = await Promise.all(CLOCKS.map(asked))
    for (const result of [packets!, flows!]) {
      const [of] = result.streams
      expect([of!.packetsSent, of!.packetsReceived]).toEqual([60, 20])
      // the new pod's calls get through, the old one's end with it, or give up before
      const [call] = result.flows
      expect(call!.failed).toBeGreaterThan(20)
      expect(call!.started - call!.completed).toBe(call!.failed)
    }
    expect(flows!.flows[0]).toMatchObject({
      started: packets!.flows[0]!.started,
      failed: packets!.flows[0]!.failed,
      failures: packets!.flows[0]!.failures,
    })
    const { steady } = await asked('steady')
    expect(steady!.traffic.find(({ traffic: name }) => name === 'of')).toMatchObject({
      packetsSent: 40,
      packetsLost: 20,
    })
  })

  it('leads streams to the pod by its name on without a gap, from inside too', async () => {
    const far = {
      directAttach: [
        { workload: 'games/door', address: SIX },
        { workload: 'games/fan', address: '2001:db8:1::8' },
      ],
    }
    const traffic = ['games/fan', `internet/${FAR}`].map((from, i) => ({
      name: `to-${i}`,
      from,
      to: 'games/door',
      family: 'ipv6',
      port: 80 + i,
      stream: { packet: '1000B', rate: '80kbps' },
    }))
    const ran = (clock: string) => {
      const scenario = compiled(events, traffic, { ...rest, ...far, run: { for: '6s', drain: '10s', clock } })
      return runScenario(scenario, { inputs: '' })
    }
    for (const clock of CLOCKS) {
      const { streams } = await ran(clock)
      expect(streams.map(({ packetsSent, packetsReceived }) => [packetsSent, packetsReceived])).toEqual([
        [60, 60],
        [60, 60],
      ])
    }
    const { steady } = await ran('steady')
    expect(steady!.traffic.map(({ packetsLost }) => packetsLost)).toEqual([0, 0])
  })

  it('is the new pod’s for `explain`, and the old one has none', () => {
    const scenario = compiled(events, [], { ...rest, run: { for: '6s' } })
    const to = { host: `internet/${FAR}`, address: FAR }
    const of = (host: string, atPs: number) =>
      explain(scenario, { from: { host, address: SIX }, to, protocol: 'tcp', port: 443, atPs })
    const old = scenario.blueprint.network.nodes.find(({ name }) => /^games\/door-[^#]*$/.test(name))
    expect(of(old!.name, SECOND)).toMatchObject({ verdict: 'delivered' })
    for (const atPs of [3 * SECOND, 5 * SECOND])
      expect(of(old!.name, atPs)).toMatchObject({ reason: 'no-source-address', at: old!.name })
    const after = of(`${old!.name}#2`, 3 * SECOND)
    expect([after.verdict, after.question.from.address]).toEqual(['delivered', SIX])
  })
})

describe('what takes a pod its place', () => {
  it('is not attached to by its own name', () => {
    const attach = { directAttach: [{ workload: 'games/lobby-0#2', address: OWN }] }
    expect(() => compiled([{ at: '2s', reschedule: 'games/lobby' }], [], attach)).toThrow(
      `"games/lobby-0#2" takes another pod's place; name "games/lobby-0", and the address goes along`,
    )
  })
})
