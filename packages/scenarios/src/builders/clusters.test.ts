import { ConfigError } from '@weft/core'
import { describe, expect, it } from 'vitest'
import {
  diffManifests,
  events,
  leafSpine,
  ManifestError,
  reach,
  readManifests,
  region,
  type ScenarioOptions,
  scenario,
  traffic,
} from '../index.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'

const app = (name: string, replicas = 1) => deployment(name, replicas, '{ containerPort: 6379 }')
const APPS = `${app('front')}${app('bank')}${app('cart', 2)}
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ port: 6379 }] }
`
const FRONT_ALONE = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: front } } }] }]
`
const fabric = leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' })
const shop = (
  rest: Partial<ScenarioOptions> = {},
  manifests: Record<string, string> = { 'apps.yaml': APPS },
) =>
  scenario({
    regions: { ord1: region({ fabric }) },
    kubernetes: [{ region: 'ord1', manifests }],
    run: { for: '20ms', drain: '1s' },
    ...rest,
  })

describe('scenarios with manifests in their own text', () => {
  it('run under every clock, and again with another seed', async () => {
    const built = shop({
      traffic: [
        traffic.requests({ name: 'calls', from: 'shop/front', to: 'shop/cart', rate: '2000 requests/s' }),
      ],
    })
    for (const clock of ['packet', 'flow'] as const) {
      const [calls] = (await built.run({ clock, seed: 'again' })).flows
      expect(calls!.started).toBeGreaterThan(20)
      expect(calls!.completed).toBe(calls!.started)
    }
    const { steady } = await built.run({ clock: 'steady' })
    expect(steady!.traffic[0]!.deliveredBps).toBeGreaterThan(0)
  })

  it('answer everything that the command does', async () => {
    const files = { 'apps.yaml': APPS, 'policy.yaml': FRONT_ALONE }
    const built = shop({ traffic: [traffic.allToAll({ sizes: '1kB', load: 0.1 })] }, files)
    const to = { to: 'shop/cart', port: 6379 }
    expect(built.explain({ from: 'shop/front', ...to }).verdict).toBe('delivered')
    expect(built.explain({ from: 'shop/bank', ...to })).toMatchObject({ reason: 'policy-denied-ingress' })
    const who = built.reach()
    for (const [from, isAllowed] of [
      ['shop/front', true],
      ['shop/bank', false],
    ] as const)
      expect(who.allows(from, 'shop/cart', { port: 6379 })).toBe(isAllowed)
    const { connections } = built.diff(shop({ traffic: [traffic.allToAll({ sizes: '1kB', load: 0.1 })] }))
    expect(connections).toMatchObject({
      differs: true,
      between: [{ from: ['shop/bank', 'shop/cart'], to: ['shop/cart'] }],
    })
    expect((await built.plan()).resources.length).toBeGreaterThan(0)
  })

  it('take events of pods and policies', async () => {
    const { blueprint } = shop({
      events: [
        events.rollout('shop/cart', '1ms', { drain: '1ms', maxSurge: 1 }),
        events.apply({ 'policy.yaml': FRONT_ALONE }, '5ms', { connections: 'keep' }),
        events.delete('shop/cart', '9ms'),
        events.apply({ 'policy.yaml': FRONT_ALONE }, '10ms'),
        events.delete({ 'policy.yaml': FRONT_ALONE }, '11ms'),
      ],
    })
    const named = blueprint.events.filter(({ target }) => target === 'NetworkPolicy shop/cart')
    expect(named.map(({ action }) => action)).toEqual([
      'apply-policy',
      'delete-policy',
      'apply-policy',
      'delete-policy',
    ])
    expect(
      blueprint.events.some(({ target }) => target.startsWith('shop/cart-') && target.endsWith('#2')),
    ).toBe(true)
  })

  it.each<[string, Parameters<(typeof events)['stop']>, object]>([
    ['ready', ['shop/cart', '1ms'], { ready: 'shop/cart' }],
    ['notReady', ['shop/cart', '1ms'], { notReady: 'shop/cart' }],
    ['healthy', ['shop/cart', '1ms'], { healthy: 'shop/cart' }],
    ['unhealthy', ['shop/cart', '1ms'], { unhealthy: 'shop/cart' }],
    ['start', ['shop/cart', '1ms'], { start: 'shop/cart' }],
    ['stop', ['shop/cart', '1ms', { drain: '2ms' }], { stop: 'shop/cart', drain: '2ms' }],
    ['restart', ['shop/cart', '1ms', { grace: '2s' }], { restart: 'shop/cart', grace: '2s' }],
    ['reschedule', ['shop/cart', '1ms'], { reschedule: 'shop/cart' }],
  ])('events.%s is what a file would say, and is taken', (name, given, data) => {
    const build = events[name as 'stop']
    expect(build(...given)).toEqual({ at: '1ms', ...data })
    expect(() => shop({ events: [build(...given)] })).not.toThrow()
  })

  it('change names', () => {
    const { blueprint } = shop({
      dns: { records: { 'cart.example.com': 'shop/cart' } },
      events: [
        events.record('cart.example.com', '10.64.0.1', '1ms', { ttl: '5s' }),
        events.move('cart.example.com', '10.64.0.2', '2ms'),
        events.removeRecord('cart.example.com', '3ms'),
      ],
    })
    expect(blueprint.events.map(({ action, atPs }) => [action, atPs])).toEqual(
      expect.arrayContaining([1e9, 2e9, 3e9].map((atPs) => ['change-records', atPs])),
    )
  })

  it('hold connections open', () => {
    const { blueprint } = shop({
      traffic: [
        traffic.connections({
          from: 'shop/front',
          to: 'shop/cart',
          newConnections: '5/s',
          hold: '2s',
          port: 6379,
        }),
      ],
    })
    expect(blueprint.traffic[0]).toMatchObject({
      pairs: { kind: 'to-address' },
      port: 6379,
      offered: { hold: { ps: 2e12 }, rate: { totalPerSecond: 5 } },
    })
  })

  it('are refused by line, and where files would have to be read', () => {
    expect(() => shop({}, { 'apps.yaml': APPS.replace('replicas: 2', 'replicas: two') })).toThrow(
      ManifestError,
    )
    expect(() => shop({}, { 'apps.yaml': APPS.replace('replicas: 2', 'replicas: two') })).toThrow(
      /^apps\.yaml:\d+:\d+ /,
    )
    expect(() => shop({ kubernetes: [{ region: 'ord1', manifests: 'apps.yaml' }] })).toThrow(
      'kubernetes.0.manifests: there are no files to read from here; give the text of each by its name',
    )
    expect(() => shop({ events: [events.apply('deny.yaml', '1ms')] })).toThrow(
      'events.0.apply: there are no files to read from here',
    )
    expect(() => shop({ events: [events.delete({ 'p.yaml': FRONT_ALONE }, '1ms')] })).toThrow(
      'events.0.delete.p.yaml: unknown network policy "NetworkPolicy shop/cart"; there is none',
    )
  })
})

describe('reach and diff of manifests', () => {
  const before = { 'apps.yaml': APPS }
  const after = { ...before, 'policy.yaml': FRONT_ALONE }

  it('are functions of their texts, or of what was read of them', () => {
    const who = reach(after)
    expect(who.workloads).toEqual(['shop/bank', 'shop/cart', 'shop/front'])
    expect(who.allows('shop/front', 'shop/cart', { port: 1 })).toBe(true)
    expect(who.allows('shop/bank', 'shop/cart', { protocol: 'UDP', port: 65_535 })).toBe(false)
    expect(reach(after, { listening: true }).portsOf('shop/front', 'shop/cart').TCP).toEqual([[6379, 6379]])
    const { differs, between } = diffManifests(before, readManifests(after))
    expect(differs).toBe(true)
    expect(between.map(({ from, to, change }) => [from, to, change])).toContainEqual([
      ['shop/bank', 'shop/cart'],
      ['shop/cart'],
      'removed',
    ])
    expect(diffManifests(after, after).differs).toBe(false)
  })

  it('know whom and what they are asked about', () => {
    expect(() => reach(after).allows('shop/frnt', 'shop/cart', { port: 0 })).toThrow(ConfigError)
    expect(() => reach(after).allows('shop/frnt', 'shop/cart', { port: 0 })).toThrow(
      'from: unknown workload "shop/frnt"; did you mean "shop/front"?\nport: 0 is no port; expected a whole number from 1 to 65535',
    )
  })
})
