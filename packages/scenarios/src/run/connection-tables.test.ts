import { erlangB } from '@weft/core'
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

const pod = (name: string, node: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec: { nodeName: ${node}, containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Node
metadata: { name: ${node} }
---`
const MANIFESTS = pod('web', 'one') + pod('cart', 'two')
const cluster = () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }])

const NEAR = 'r/leaf-0/host-0'
const TRAFFIC = [{ name: 'calls', from: 'shop/web', to: 'shop/cart', sizes: '1400B', flowRate: '50/s' }]

/** 50 connections a second that each have an entry for 200 ms: 10 erlangs. */
const document = (conntrack: object | undefined, rest: object) => ({
  weft: 1,
  name: 'shop',
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
      ...(conntrack !== undefined && { conntrack }),
    },
  },
  kubernetes: [{ region: 'r', manifests: 'm.yaml' }],
  traffic: TRAFFIC,
  ...rest,
})

const WAIT = { timeouts: { tcpTimeWait: '200ms' } }

function compiled(conntrack: object | undefined, rest: object = {}) {
  const found = compileScenario(document(conntrack, rest), { cluster })
  if (!found.ok)
    throw new Error(found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return found.value
}

const run = (conntrack: object | undefined, rest: object) =>
  runScenario(compiled(conntrack, rest), { inputs: 'none' })

const drops = { metric: 'pool.refused', pool: 'connection-tracking', host: NEAR, atMost: 0 }

describe('tables of connections of a scenario', () => {
  it.each(['packet', 'flow'])(
    'are in its result, with who was refused first: the %s clock',
    async (clock) => {
      const conntrack = { ...WAIT, capacity: 8, evictionReach: 0 }
      const result = await run(conntrack, { expect: [drops], run: { clock, for: '2s' } })
      const [near, far] = result.pools
      expect(near).toMatchObject({
        name: `${NEAR} connection-tracking`,
        kind: 'connection-tracking',
        size: 8,
        peak: { inUse: 8 },
        firstVictim: { from: 'shop/web', to: 'shop/cart' },
        steady: null,
      })
      expect(near!.refused).toBeGreaterThan(5)
      expect(near!.blocking).toBeGreaterThan(0.1)
      expect(near!.inUseMean).toBeGreaterThan(6)
      expect(far).toMatchObject({ owner: 'r/leaf-0/host-1', size: 8 })
      expect(result.expectations[0]).toMatchObject({ pass: false, object: near!.name })
      expect(result.expectations[0]!.hints[0]).toMatch(/^refused first: shop\/web → shop\/cart at /)
      const text = renderSummary(result, { color: false })
      expect(text).toMatch(/Connection tables +entries +mean +peak +new +refused +first refused\n/)
      expect(text).toMatch(/r\/leaf-0\/host-0 +8 .* shop\/web at /)
      expect(await renderReport(result)).toContain('Entries of the tables of connections')
    },
  )

  it("fill by Erlang's formula under the steady clock", async () => {
    const share = { metric: 'pool.refused', pool: 'connection-tracking', below: '1%' }
    const transport = { newreno: { synRetries: 0 } }
    const traffic = TRAFFIC.map((each) => ({ ...each, transport }))
    const result = await run(
      { ...WAIT, capacity: 15 },
      { traffic, expect: [share], run: { clock: 'steady', for: '2s', window: '500ms' } },
    )
    const [near] = result.pools
    expect(near!.steady!.connectionsPerSecond).toBeCloseTo(50, 9)
    expect(near!.steady!.holdingPs! / 2e11).toBeCloseTo(1, 4)
    expect(near!.steady!.offeredErlangs).toBeCloseTo(10, 3)
    expect(near!.blocking! / erlangB(10, 15)).toBeCloseTo(1, 3)
    expect(near!.inUseMean).toBeCloseTo(10 * (1 - erlangB(10, 15)), 2)
    expect(result.expectations[0]).toMatchObject({ pass: false })
    expect(renderSummary(result, { color: false })).toMatch(/r\/leaf-0\/host-0 +15 +9\.6\d+ +10\S* +200ms/)
    expect(result.steady!.assumptions.join()).toContain('Tables of connections')
  })

  it('have room for so much growth in a plan, and for streams as long as these last', async () => {
    const streams = [
      { name: 'talk', from: 'shop/web', to: 'shop/cart', stream: { rate: '1Mbps', packet: '1000B' } },
    ]
    const conntrack = { ...WAIT, capacity: 16 }
    const rest = { traffic: [...TRAFFIC, ...streams] }
    const plan = await planScenario({ compiled: compiled(conntrack, rest), data: document(conntrack, rest) })
    expect(plan.pools).toHaveLength(1)
    const [pool] = plan.pools
    expect(pool).toMatchObject({ kind: 'connection-tracking', names: [NEAR, 'r/leaf-0/host-1'], size: 16 })
    expect(pool!.offeredErlangs).toBeCloseTo(11, 3)
    const retried = pool!.growth!
    expect(retried).toBeLessThan(1)
    // of its 16 places a stream has one
    expect(erlangB(10 * retried * (1 + 0.01), 15)).toBeCloseTo(0.01, 3)
    const text = renderPlan(plan, { color: false })
    expect(text).toMatch(/✗ entries of connection tables: too few by 1\.\d+x/)
    expect(text).toMatch(/r\/leaf-0\/host-0 \(2 alike\) +16 +50 +200ms/)
    expect(plan.assumptions.join()).toContain('tables of connections')
  })

  it('are told beside what fails, which brings them no more', async () => {
    const answer = await whatIf(subjectOf(compiled({ ...WAIT, capacity: 15 })), { any: 1, of: 'switch' })
    expect(answer.pools).toMatchObject([
      { kind: 'connection-tracking', size: 15, names: [NEAR, 'r/leaf-0/host-1'] },
    ])
    const text = renderWhatIf(answer, { color: false, command: 'weft whatif', title: 'shop' })
    expect(text).toMatch(
      /✗ entries of connection tables: fullest at r\/leaf-0\/host-0, 10\S* erlangs for 15, \S+% of at most 1% refused/,
    )
  })

  it('are as Linux has them where nobody says', async () => {
    const result = await run(undefined, { run: { clock: 'flow', for: '1s' } })
    expect(result.pools.map(({ size, refused }) => ({ size, refused }))).toEqual([
      { size: 262_144, refused: 0 },
      { size: 262_144, refused: 0 },
    ])
  })

  it.each([
    [{ capacity: 0 }, 'capacity'],
    [{ size: 10 }, 'the most entries are "capacity"'],
    [{ timeouts: { tcpTimeWaits: '1s' } }, 'did you mean "tcpTimeWait"'],
    [{ timeouts: { udp: '0s' } }, 'udp'],
    [{ profile: 'bsd' }, 'profile'],
  ])('refuse %j', (conntrack, message) => {
    expect(() => compiled(conntrack)).toThrow(message)
  })

  it('are not there without workloads', () => {
    expect(() => compiled(WAIT, { kubernetes: [], traffic: [] })).toThrow(
      'no host of r keeps a table of connections',
    )
    expect(() => compiled(undefined, { kubernetes: [], traffic: [], expect: [{ ...drops }] })).toThrow(
      'keeps a table of connections',
    )
  })
})
