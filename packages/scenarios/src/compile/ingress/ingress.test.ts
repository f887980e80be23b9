import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { renderSummary } from '../../report/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { planScenario } from '../../planning/make-plan.ts'
import { compileScenario } from '../compile.ts'
import { clusterWith, scenarioWith } from './ingress.fixture.ts'

function compiled(ingress: readonly object[] | undefined, entry: object = {}, rest: object = {}, more = '') {
  return compileScenario(scenarioWith(ingress, entry, rest), { cluster: () => clusterWith(more) })
}

const issuesOf = (...given: Parameters<typeof compiled>): string[] => {
  const found = compiled(...given)
  return found.ok ? ['accepted'] : found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function built(...given: Parameters<typeof compiled>) {
  const found = compiled(...given)
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

async function resultOf(...given: Parameters<typeof compiled>) {
  const result = await runScenario(built(...given), { inputs: 'x' })
  return { result, ingress: result.ingress[0]! }
}

const outcomes = ({ ingress }: Awaited<ReturnType<typeof resultOf>>) => [
  ...new Set(ingress.requests.counts.map(({ outcome }) => outcome)),
]

describe('ingress controllers of a scenario', () => {
  it('are found by the label that their class names, and asked by the URLs of their hosts', () => {
    const { blueprint } = built(undefined)
    const [controller] = blueprint.ingress!
    expect(controller).toMatchObject({
      name: 'ingress-nginx/controller',
      backends: [
        { name: 'shop/cart:80', port: 80 },
        { name: 'shop/search:80', port: 80 },
      ],
      capacity: { workers: 4, waitingMax: 1024, request: { kind: 'constant', ps: 50 * US } },
      certificates: [
        { name: '*.example.com', hosts: ['*.example.com'] },
        { name: 'shop/front-tls', hosts: ['shop.example.com'] },
      ],
    })
    expect(controller!.replicas).toHaveLength(2)
    expect(blueprint.traffic[0]).toMatchObject({
      port: 443,
      request: {
        scheme: 'https',
        request: { host: 'shop.example.com', path: '/cart' },
        controllers: [{ controller: 'ingress-nginx/controller', replicas: controller!.replicas }],
      },
    })
  })

  it('are left out where nobody asks them and nobody speaks of them', () => {
    expect(built(undefined, { to: 'shop/cart' }).blueprint.ingress).toBeUndefined()
    expect(built([{}], { to: 'shop/cart' }).blueprint.ingress).toHaveLength(1)
  })

  it('have what the scenario says', () => {
    const { blueprint } = built([
      {
        workers: 2,
        waiting: 7,
        perRequest: '1ms',
        times: 'exponential',
        rate: '1Gbps',
        keepAlive: 0,
        tls: { version: '1.2', key: 'rsa-2048', resumed: '25%', chain: '4kB', handshake: '2ms' },
        certificates: { lifetime: '6d', failures: '10%', perDomainAndWeek: 50, initially: 'ordered' },
      },
    ])
    const [controller] = blueprint.ingress!
    expect(controller).toMatchObject({
      capacity: { workers: 2, waitingMax: 7, request: { kind: 'exponential', meanPs: MS } },
      keepAlive: { connections: 0, idlePs: 60 * SECOND },
      tls: { version: '1.2', resumed: 0.25, chainBytes: 4000, fullPs: 2 * MS, resumedPs: 15 * US },
      certificateOptions: { renewBeforePs: 2 * 86_400 * SECOND, rateLimit: { count: 50 } },
    })
    const own = blueprint.network.links.filter(({ ends }) => ends.includes(controller!.replicas[0]!))
    expect(own.map(({ rateBps }) => rateBps)).toEqual([1e9])
  })

  it.each<[readonly object[] | undefined, object, object, string]>([
    [
      [{ controller: 'ingress-nginx/controler' }],
      {},
      {},
      'unknown workload "ingress-nginx/controler"; did you mean "ingress-nginx/controller"?',
    ],
    [[{ service: 'shop/cartt' }], {}, {}, 'unknown service "shop/cartt"; did you mean "shop/cart"?'],
    [[{ class: 'traefik' }], {}, {}, 'unknown class "traefik"; expected one of "nginx"'],
    [
      [{ tls: { version: '1.2', earlyData: true } }],
      {},
      {},
      'kubernetes.0.ingress.0.tls.earlyData: got true; expected false: TLS 1.2 has none',
    ],
    [
      [{ certificates: { lifetime: '1d', renewBefore: '2d' } }],
      {},
      {},
      'renewal begins before the certificate is there',
    ],
    [
      [{ certificates: { retry: '2h', retryMax: '1h' } }],
      {},
      {},
      'certificates.retryMax: is below "retry"; give more',
    ],
    [undefined, { to: 'https://shop.example.com:8443/' }, {}, 'has no port 8443; its ports are 80, 443'],
    [
      undefined,
      { to: 'shop/cart', request: { method: 'POST' } },
      {},
      'is no URL of a host that an ingress controller serves; remove "request"',
    ],
    [
      undefined,
      { sizes: undefined, flowRate: undefined, stream: { packet: '100B', rate: '1Mbps' } },
      {},
      'requests go over TCP; use "sizes", their bytes',
    ],
  ])('are refused: %j with traffic %j, %j', (ingress, entry, rest, message) => {
    expect(issuesOf(ingress, entry, rest).join('\n')).toContain(message)
  })
})

describe('requests of a scenario', () => {
  it('are served, and counted by rule and backend', async () => {
    const { result, ingress } = await resultOf(undefined)
    expect(ingress.requests.counts).toMatchObject([
      { rule: 'Ingress shop/front rules[0].paths[0]', backend: 'shop/cart:80', outcome: 'served' },
    ])
    expect(ingress.requests.answered).toBe(ingress.requests.ended)
    expect(ingress.handshakes.whole).toBe(ingress.requests.ended)
    expect(ingress.replicas.every(({ utilization }) => utilization! > 0 && utilization! < 0.05)).toBe(true)
    expect(ingress.certificates.events.map(({ kind, atPs }) => [kind, atPs])).toEqual([
      ['issued', 0],
      ['issued', 0],
    ])
    expect(result.flows[0]!.completed).toBe(ingress.requests.ended)
    expect(result.drops).toEqual([])
  })

  it.each<[string, readonly object[] | undefined, object, string]>([
    ['no rule', undefined, { to: 'https://shop.example.com/elsewhere' }, 'no-rule'],
    ['no endpoint', undefined, { to: 'https://shop.example.com/search' }, 'no-endpoint'],
    ['the certificate of a wildcard', undefined, { to: 'https://plain.example.com/' }, 'served'],
    ['plain HTTP', undefined, { to: 'http://plain.example.com/x' }, 'served'],
    ['no certificate yet', [{ certificates: { initially: 'ordered' } }], {}, 'certificate-missing'],
    [
      'overload',
      [{ workers: 1, waiting: 0, perRequest: '500ms' }],
      { flowRate: '400/s' },
      'controller-overloaded',
    ],
  ])('with %s', async (_name, ingress, entry, outcome) => {
    expect(outcomes(await resultOf(ingress, entry))).toContain(outcome)
  })

  it('are expected to be answered', async () => {
    const expectation = { expect: [{ metric: 'ingress.refused', below: '1%' }] }
    const good = await resultOf(undefined, {}, { ...expectation, run: { for: '50ms' } })
    expect(good.result.expectations[0]).toMatchObject({ pass: true })
    const bad = await resultOf(undefined, { to: 'https://shop.example.com/search' }, expectation)
    expect(bad.result.expectations[0]).toMatchObject({ pass: false, object: 'ingress-nginx/controller' })
  })
})

describe('requests under the flow clock', () => {
  const underBoth = (...[ingress, entry, rest, more]: Parameters<typeof resultOf>) =>
    Promise.all(
      (['packet', 'flow'] as const).map((clock) =>
        resultOf(ingress, entry, { ...rest, run: { for: '500ms', drain: '3s', clock } }, more),
      ),
    )
  const SINGLE = { workers: 2, perRequest: '1ms', times: 'exponential', tls: { resumed: '50%' } }

  it.each<[string, string]>([
    ['served', 'https://shop.example.com/cart'],
    ['without a rule', 'https://shop.example.com/elsewhere'],
    ['without an endpoint', 'https://shop.example.com/search'],
  ])('are counted as under the packet clock: %s', async (_name, to) => {
    const [packet, flow] = await underBoth([SINGLE], { to, flowRate: '200/s', sizes: { exponential: '2kB' } })
    expect(flow!.ingress.requests).toEqual(packet!.ingress.requests)
    expect(flow!.ingress.handshakes).toEqual(packet!.ingress.handshakes)
    for (const [replica, { utilization }] of flow!.ingress.replicas.entries()) {
      const other = packet!.ingress.replicas[replica]!.utilization!
      expect(Math.abs(utilization! - other)).toBeLessThanOrEqual(0.01 * other)
    }
    const outcomesOf = ({ result }: Awaited<ReturnType<typeof resultOf>>) =>
      result.flows.map(({ started, completed, failed, bytes }) => ({ started, completed, failed, bytes }))
    expect(outcomesOf(flow!)).toEqual(outcomesOf(packet!))
  })

  it('meet policies between the controller and its backends', async () => {
    const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: none, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
`
    const transport = { newreno: { initialRto: '50ms', synRetries: 1 } }
    const rest = { run: { for: '200ms', drain: '200s', clock: 'flow' } }
    const flow = await resultOf(undefined, { transport, flowRate: '20/s' }, rest, deny)
    const packet = await resultOf(
      undefined,
      { transport, flowRate: '20/s' },
      { run: { for: '200ms', drain: '200s' } },
      deny,
    )
    expect(outcomes(flow)).toEqual(['backend-timeout'])
    expect(flow.ingress.requests.counts).toEqual(packet.ingress.requests.counts)
  })

  it('end with pods that stop, as under the packet clock', async () => {
    const events = ['cart', 'controller'].map((workload, index) => ({
      at: `${100 + 200 * index}ms`,
      stop: `${workload === 'cart' ? 'shop' : 'ingress-nginx'}/${workload}`,
    }))
    const [packet, flow] = await underBoth(undefined, { flowRate: '100/s' }, { events })
    expect(flow!.ingress.requests.counts).toEqual(packet!.ingress.requests.counts)
    expect(outcomes(flow!)).toContain('no-endpoint')
    const failuresOf = ({ result }: Awaited<ReturnType<typeof resultOf>>) => result.flows[0]!.failed
    expect(failuresOf(flow!)).toBe(failuresOf(packet!))
    expect(failuresOf(flow!)).toBeGreaterThan(0)
  })
})

describe('the plan of a scenario', () => {
  it('reckons with the workers of its controllers, and with both legs of requests', async () => {
    const run = { run: { for: '50ms' } }
    const given = [{ workers: 1, perRequest: '1ms', tls: { handshake: '3ms' } }] as const
    const compiledFor = (entry: object) => ({ data: {}, compiled: built(given, entry, run) })
    // two hosts send: 400 requests a second of 4 ms each, on two workers
    const plan = await planScenario(compiledFor({ flowRate: '200/s' }))
    expect(plan.ingress).toMatchObject([
      {
        controller: 'ingress-nginx/controller',
        replicas: 2,
        workers: 2,
        requestsPerSecond: expect.closeTo(400, 6),
        capacityPerSecond: expect.closeTo(500, 6),
        headroomPerSecond: expect.closeTo(100, 6),
        utilization: expect.closeTo(0.8, 9),
        growth: expect.closeTo(1.25, 9),
        spare: 0,
        needed: 2,
      },
    ])
    const links = plan.resources.flatMap(({ names, loadBps }) => (loadBps > 0 ? names : []))
    expect(links.some((name) => name.includes('→ shop/cart'))).toBe(true)
    const easy = await planScenario(compiledFor({ flowRate: '100/s' }))
    expect(easy.ingress[0]).toMatchObject({ spare: 1, needed: 1 })
  })

  it('is made of requests that the steady clock carries as well', async () => {
    const { result } = await resultOf(undefined, {}, { run: { for: '1s', clock: 'steady' } })
    const sent = result.steady!.traffic.map(({ traffic }) => traffic)
    expect(sent).toEqual(['shoppers', 'shoppers → shop/cart:80'])
  })

  it('is refused under the steady clock as well, and expectations say so', async () => {
    const rest = {
      run: { for: '1s', clock: 'steady' },
      expect: [{ metric: 'ingress.refused', below: '1%' }],
    }
    const tight = [{ workers: 1, perRequest: '50ms', waiting: 3 }]
    const { result, ingress } = await resultOf(tight, { to: 'http://plain.example.com/' }, rest)
    expect(ingress.requests).toMatchObject({ ended: 200, answered: 40 })
    expect(ingress.replicas.map(({ utilization }) => utilization!.toFixed(2))).toEqual(['1.00', '1.00'])
    expect(result.expectations[0]).toMatchObject({ pass: false, object: 'ingress-nginx/controller' })
    expect(renderSummary(result, { color: false })).toContain('controller-overloaded')
    const [shoppers, passedOn] = result.steady!.traffic
    expect(passedOn!.connectionsPerSecond / shoppers!.connectionsPerSecond).toBeCloseTo(0.2, 2)
  })
})

describe('certificates of a scenario', () => {
  it.each(['flow', 'steady'] as const)('come and go under the %s clock, for months', async (clock) => {
    const expectation = { expect: [{ metric: 'certificate.expired', equals: 0 }], run: { for: '95d', clock } }
    const idle = { to: 'shop/cart', flowRate: undefined, sizes: undefined, burst: '1kB' }
    const good = await resultOf([{}], idle, expectation)
    expect(good.ingress).toMatchObject({
      requests: { ended: 0 },
      replicas: [{ served: 0 }, { served: 0 }],
      certificates: { issued: 2, renewed: 2, failed: 0, expired: 0, eventsOmitted: 0 },
    })
    expect(good.result.expectations[0]).toMatchObject({ pass: true })
    const bad = await resultOf([{ certificates: { failures: '100%' } }], idle, expectation)
    expect(bad.ingress.certificates).toMatchObject({ failed: 62, expired: 2 })
    expect(bad.result.expectations[0]).toMatchObject({ pass: false, object: '*.example.com' })
  })
})
