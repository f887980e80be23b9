import { exp } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { readManifests } from '../kubernetes/index.ts'
import { planScenario } from '../planning/make-plan.ts'
import { renderPlan } from '../planning/render-plan.ts'
import { renderReport, renderSummary } from '../report/index.ts'
import { renderWhatIf } from '../whatif/render.ts'
import { subjectOf } from '../whatif/subject.ts'
import { whatIf } from '../whatif/whatif.ts'
import { runScenario } from './run-scenario.ts'

const TIMEOUT_S = 5
const CLIENTS = 40
const manifests = (affinity: string) => `
apiVersion: v1
kind: Pod
metadata: { name: cart, namespace: shop, labels: { app: cart } }
spec: { nodeName: one, containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Pod
metadata: { name: pay, namespace: shop, labels: { app: cart } }
spec: { nodeName: two, containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: one, containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: List
items:
- { apiVersion: v1, kind: Node, metadata: { name: one } }
- { apiVersion: v1, kind: Node, metadata: { name: two } }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec:
  type: LoadBalancer
  sessionAffinity: ${affinity}
  ${affinity === 'None' ? '' : `sessionAffinityConfig: { clientIP: { timeoutSeconds: ${TIMEOUT_S} } }`}
  selector: { app: cart }
  ports: [{ port: 80, targetPort: 8080 }]
`
const clusterOf = (affinity: string) => () =>
  readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(manifests(affinity)) }])

/** Each client outside calls the service so often; the workload inside less. */
const document = (sessionAffinity: object | undefined, rest: object = {}) => ({
  weft: 1,
  name: 'shop',
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
      addresses: { loadBalancers: '203.0.113.64/28' },
      internet: { rate: '100Gbps', delay: '1ms' },
      nat: { pool: '198.51.100.7/32' },
      ...(sessionAffinity !== undefined && { sessionAffinity }),
    },
  },
  internet: { clients: CLIENTS },
  kubernetes: [{ region: 'r', manifests: 'm.yaml' }],
  traffic: [
    { name: 'visitors', from: 'internet', to: 'shop/cart', sizes: '1400B', flowRate: '0.5/s' },
    { name: 'inside', from: 'shop/web', to: 'shop/cart', sizes: '1400B', flowRate: '0.1/s' },
  ],
  run: { for: '60s', warmup: '10s' },
  ...rest,
})

function compiled(data: object, affinity = 'ClientIP') {
  const found = compileScenario(data, { cluster: clusterOf(affinity) })
  if (!found.ok)
    throw new Error(found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return found.value
}

const GATEWAYS = 'r gateways'
const EVICTED = { metric: 'pool.evicted', below: '1%' }
const OF_HOSTS = { metric: 'pool.evicted', host: 'all hosts', equals: 0 }

describe('tables of session affinity of a scenario', { timeout: 60_000 }, () => {
  it.each(['packet', 'flow', 'steady'])('are counted, judged and shown: %s clock', async (clock) => {
    const run = { clock, for: '60s', warmup: '10s' }
    const data = document({ capacity: 10 }, { run, expect: [EVICTED, OF_HOSTS] })
    const result = await runScenario(compiled(data), { inputs: 'none' })
    const tables = result.pools.filter(({ kind }) => kind === 'session-affinity')
    expect(tables.map(({ owner, size }) => [owner, size])).toEqual(
      [GATEWAYS, 'r/leaf-0/host-0', 'r/leaf-0/host-1'].map((owner) => [owner, 10]),
    )
    const [gateways, host] = tables
    expect(gateways!.inUseMean).toBeCloseTo(10, 0)
    // of 40 clients 10 are remembered: three of four calls are new
    expect(gateways!.asked! / (0.75 * CLIENTS * 0.5 * 60)).toBeCloseTo(1, 0.9)
    expect(gateways!.evicted! / gateways!.asked!).toBeGreaterThan(0.97)
    expect(gateways).toMatchObject({ refused: 0, blocking: expect.closeTo(1, 9) })
    expect(host!.evicted).toBe(0)
    expect(result.expectations).toMatchObject([{ pass: false, object: gateways!.name }, { pass: true }])
    const isCounted = clock !== 'steady'
    expect(gateways!.firstVictim === null).toBe(!isCounted)
    const text = renderSummary(result, { color: false })
    expect(text).toMatch(
      isCounted ? /Session affinity .* evicted +first evicted/ : /Session affinity .* expected .* evicted/,
    )
    expect(text).toMatch(/r gateways +10 +(10|9\.\d+)/)
    expect(await renderReport(result)).toContain('Session affinity')
    if (!isCounted) expect(result.steady!.assumptions.join()).toContain('Tables of session affinity')
  })

  it('have the entries of a plan, with room until all are expected to be full', async () => {
    const expected = CLIENTS * (1 - exp(-0.5 * TIMEOUT_S))
    const data = document({ capacity: 39 }, { plan: { growth: '50%', from: '2026-01-01' } })
    const plan = await planScenario({ compiled: compiled(data), data }, { growth: 2 })
    const [pool, inside] = plan.pools.filter(({ kind }) => kind === 'session-affinity')
    expect(pool).toMatchObject({ names: [GATEWAYS], size: 39, blocking: 0, limit: 0.01, needed: 40 })
    expect(pool!.offeredErlangs).toBeCloseTo(expected, 9)
    expect(pool!.headroomErlangs).toBeCloseTo(39 - expected, 9)
    const growth = Math.log(CLIENTS) / (0.5 * TIMEOUT_S)
    expect(pool!.growth).toBeCloseTo(growth, 9)
    expect(pool!.years).toBeCloseTo(Math.log(growth) / Math.log(1.5), 6)
    expect(pool!.date).toMatch(/^2026-/)
    // only clients that are there already are expected to call more often
    expect(inside).toMatchObject({ names: ['r/leaf-0/host-0'], growth: null, years: null, needed: 1 })
    const text = renderPlan(plan, { color: false })
    expect(text).toMatch(/✗ entries of session affinity: room for 1\.48x, until 2026/)
    expect(plan.assumptions.join()).toContain('tables of session affinity')
  })

  it('fail a plan and what-ifs where more clients are expected than there are entries', async () => {
    const data = document({ capacity: 20 })
    const plan = await planScenario({ compiled: compiled(data), data })
    const pool = plan.pools.find(({ names }) => names[0] === GATEWAYS && plan.pools.length > 0)
    expect(pool).toMatchObject({ kind: 'session-affinity', blocking: 1, years: 0 })
    expect(pool!.growth).toBeLessThan(1)
    expect(renderPlan(plan, { color: false })).toMatch(
      /✗ entries of session affinity: too few: 36\.7 expected for 20/,
    )
    const answer = await whatIf(subjectOf(compiled(data)), { any: 1, of: 'switch' })
    const text = renderWhatIf(answer, { color: false, command: 'weft whatif', title: 'shop' })
    expect(text).toMatch(
      /✗ entries of session affinity: fullest at r gateways, 36\.7 expected for 20, 100\S*% of at most 1% evicted/,
    )
  })

  it('have 65,536 entries where nobody says', async () => {
    const run = { clock: 'flow', for: '1s' }
    const result = await runScenario(compiled(document(undefined, { run })), { inputs: 'none' })
    const sizes = result.pools.flatMap(({ kind, size }) => (kind === 'session-affinity' ? [size] : []))
    expect(sizes).toEqual([65_536, 65_536, 65_536])
  })

  it.each([
    [{ capacity: 0 }, 'capacity'],
    [{ size: 10 }, 'the most entries are "capacity"'],
    [{ timeout: '1h' }, 'timeoutSeconds'],
  ])('refuse %j', (sessionAffinity, message) => {
    expect(() => compiled(document(sessionAffinity))).toThrow(message)
  })

  it('are not there where no service remembers its clients', () => {
    expect(() => compiled(document({ capacity: 10 }), 'None')).toThrow(
      'regions.r.sessionAffinity: no service that r balances has sessionAffinity: ClientIP',
    )
    expect(() => compiled(document(undefined, { expect: [EVICTED] }), 'None')).toThrow(
      'no service has sessionAffinity: ClientIP in its manifest',
    )
    expect(() =>
      compiled(
        document(undefined, { expect: [{ metric: 'pool.refused', pool: 'session-affinity', equals: 0 }] }),
      ),
    ).toThrow('session-affinity')
  })
})
