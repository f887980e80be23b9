import { erlangB, SECOND } from '@weft/core'
import { natLoad, poolLoad } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { readManifests } from '../kubernetes/index.ts'
import { planScenario } from '../planning/make-plan.ts'
import { renderPlan } from '../planning/render-plan.ts'
import { planPoolsSection } from '../report/answers/plan-pools.ts'
import { renderReport, renderSummary } from '../report/index.ts'
import { renderWhatIf } from '../whatif/render.ts'
import { subjectOf } from '../whatif/subject.ts'
import { whatIf } from '../whatif/whatif.ts'
import { runScenario } from './run-scenario.ts'

const deployment = (name: string, replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: c, image: i }] }
---`

interface Asked {
  readonly translation?: 'gateways' | 'hosts'
  readonly nat?: object
  readonly hosts?: number
  /** Pods of the crawler, and of others, which send nothing. */
  readonly replicas?: number
  readonly others?: number
  readonly perSecond?: number
  readonly rest?: object
}

const END = '192.0.2.80'
/** Connections that are held for 400 ms, and then forgotten after 100 ms. */
const HOLD_S = 0.5

const document = ({ translation = 'gateways', nat = {}, hosts = 4, perSecond = 40, rest = {} }: Asked) => ({
  weft: 1,
  name: 'crawler',
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: hosts, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
      internet: { rate: '10Gbps', delay: '1ms', translation },
      nat: { pool: '198.51.100.7', ports: '2000-2015', idle: { tcpTransitory: '100ms' }, share: 1, ...nat },
    },
  },
  kubernetes: [{ region: 'r', manifests: 'm.yaml' }],
  traffic: [
    {
      name: 'crawl',
      from: 'web/crawler',
      to: END,
      port: 443,
      newConnections: `${perSecond}/s`,
      hold: '400ms',
      transport: { newreno: { synRetries: 0 } },
    },
  ],
  ...rest,
})

function compiled(asked: Asked) {
  const { replicas = 2, others = 0 } = asked
  const manifests = deployment('crawler', replicas) + deployment('other', others)
  const bytes = new TextEncoder().encode(manifests)
  const cluster = () => readManifests([{ file: 'm.yaml', bytes }])
  const found = compileScenario(document(asked), { cluster })
  if (!found.ok)
    throw new Error(found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return found.value
}

const run = (asked: Asked) => runScenario(compiled(asked), { inputs: 'none' })
const plan = (asked: Asked, request = {}) =>
  planScenario({ compiled: compiled(asked), data: document(asked) }, request)

/** Within a window ports are settled. */
const steady = (expectations: readonly object[] = []) => ({
  run: { clock: 'steady', for: '4s', window: '1s' },
  expect: expectations,
})
const share = { metric: 'pool.refused', pool: 'nat-mappings', below: '1%' }
const drops = { metric: 'drops', reason: 'nat-ports-exhausted', equals: 0 }

describe('NAT of a scenario', () => {
  it('fills by Erlang’s formula under the steady clock, and what it refuses is told', async () => {
    const result = await run({ rest: steady([share, drops]) })
    const pool = result.pools.find(({ kind }) => kind === 'nat-mappings')!
    const blocking = erlangB(40 * HOLD_S, 16)
    expect(pool).toMatchObject({ owner: 'r gateways ipv4', ports: 16, peak: null, firstVictim: null })
    expect(pool.blocking! / blocking).toBeCloseTo(1, 6)
    expect(pool.inUseMean).toBeCloseTo(40 * HOLD_S * (1 - blocking), 6)
    expect(pool.steady!.holdingPs).toBeCloseTo(HOLD_S * SECOND, -3)
    expect(pool.steady!.carriedPerSecond).toBeCloseTo(40 * (1 - blocking), 6)
    expect(result.pools.find(({ kind }) => kind === 'nat-connections')!.inUseMean).toBeCloseTo(
      pool.inUseMean!,
      6,
    )
    expect(result.drops).toMatchObject([{ reason: 'nat-ports-exhausted', place: 'r/gateway-0' }])
    expect(result.drops![0]!.packets).toBe(Math.round(4 * 40 * blocking))
    expect(result.expectations.map(({ pass }) => pass)).toEqual([false, false])
    expect(result.expectations[0]!.object).toBe('r gateways ipv4 nat-mappings')
    expect(result.steady!.assumptions.join()).toContain('Where regions translate')
    expect(renderSummary(result, { color: false })).toMatch(/r gateways ipv4 +16 +/)
    expect(result.nat).toEqual([])
  })

  it('refuses as under the flow clock', async () => {
    const found = await run({ replicas: 3, rest: { run: { clock: 'flow', for: '61s', warmup: '1s' } } })
    const pool = found.pools.find(({ kind }) => kind === 'nat-mappings')!
    // 2,400 connections: the standard error is some 1 % of them
    expect(Math.abs(pool.blocking! - erlangB(40 * HOLD_S, 16))).toBeLessThan(0.04)
    expect(pool.inUseMean! / (40 * HOLD_S * (1 - erlangB(40 * HOLD_S, 16)))).toBeCloseTo(1, 1)
  })

  it('says which workloads had mappings, which were refused any, and who was first', async () => {
    const result = await run({ replicas: 3, rest: { run: { clock: 'flow', for: '4s' } } })
    const [nat] = result.nat
    expect(nat).toMatchObject({ name: 'r gateways ipv4', workloads: 3, refused: 3 })
    const { firstVictim, refused } = result.pools.find(({ kind }) => kind === 'nat-mappings')!
    expect(nat!.fullest).toHaveLength(3)
    expect(nat!.fullest.reduce((sum, each) => sum + each.refused, 0)).toBe(refused)
    expect(nat!.fullest.map(({ name }) => name)).toContain(firstVictim!.from)
    for (const { name, peak, mappings } of nat!.fullest) {
      expect(name).toMatch(/^web\/crawler-/)
      expect(peak).toBeGreaterThan(0)
      expect(peak).toBeLessThanOrEqual(16)
      expect(mappings).toBe(0)
    }
    const ranked = nat!.fullest.map((each) => each.refused)
    expect(ranked).toEqual([...ranked].sort((a, b) => b - a))
    expect(renderSummary(result, { color: false })).toMatch(/Mappings by workload +NAT +peak +refused\n/)
    expect(await renderReport(result)).toContain('NAT by workload')
  })

  it('has the fullest ten in its result', async () => {
    const result = await run({ replicas: 12, hosts: 4, rest: { run: { clock: 'flow', for: '4s' } } })
    expect(result.nat[0]).toMatchObject({ workloads: 12 })
    expect(result.nat[0]!.fullest).toHaveLength(10)
  })

  it.each([
    ['100 %', 1, 3.1e-3],
    ['80 %', 0.8, 0],
  ])(
    'costs in %s of the ports what the table of NAT says, in one place and spread over 16',
    async (_, load, spread) => {
      const ports = 16 * 64_512
      const perSecond = (load * ports) / HOLD_S
      const nat = { pool: '198.51.100.0/28', ports: '1024-65535', overloading: false, share: 64 }
      const asked = { nat, hosts: 16, replicas: 16, perSecond, rest: steady() }
      const lossOf = async (translation: 'gateways' | 'hosts') => {
        const { pools } = await run({ ...asked, translation })
        const own = pools.filter(({ kind, asked: of }) => kind === 'nat-ports' && of! > 0)
        const sum = (read: (pool: (typeof own)[number]) => number) =>
          own.reduce((all, pool) => all + read(pool), 0)
        return { pools: own.length, blocking: sum(({ refused }) => refused!) / sum(({ asked: of }) => of!) }
      }
      const demands = [{ connectionsPerS: perSecond, holdPs: HOLD_S * SECOND }]
      for (const [translation, parts] of [
        ['gateways', 1],
        ['hosts', 16],
      ] as const) {
        const { pools, blocking } = await lossOf(translation)
        expect(pools).toBe(parts)
        const expected = natLoad({ ports, parts }, demands).blocking
        expect(Math.abs(blocking - expected)).toBeLessThanOrEqual(1e-6 * expected)
        if (parts === 16) expect(blocking).toBeCloseTo(spread, 4)
      }
    },
  )

  it('has room for so much growth in a plan, and takes so many addresses', async () => {
    const { pools, assumptions } = await plan({ perSecond: 10 }, { growth: '4x' })
    const { growth: _, ...nat } = pools.find(({ kind }) => kind === 'nat-mappings')!
    expect(nat).toMatchObject({
      names: ['r gateways ipv4'],
      part: `towards internet/${END} tcp port 443`,
      translatedAt: 'gateways',
      size: 16,
      connectionsPerSecond: expect.closeTo(10, 9),
      offeredErlangs: expect.closeTo(5, 6),
      blocking: expect.closeTo(erlangB(5, 16), 9),
      // the least ports that lose 1 % of 20 erlangs
      needed: 30,
      addresses: { has: 1, needed: 2 },
    })
    expect(erlangB(5 * pools.find(({ kind }) => kind === 'nat-mappings')!.growth!, 16)).toBeCloseTo(0.01, 6)
    expect(pools.find(({ kind }) => kind === 'nat-connections')).toMatchObject({
      part: null,
      addresses: null,
    })
    expect(assumptions.join()).toContain('where regions translate')
  })

  it('lasts until demand has grown to the limit, on that day', async () => {
    const rest = { plan: { from: '2026-01-31', growth: '100%' } }
    const asked = { perSecond: 10, rest }
    const answer = await plan(asked)
    const { growth, years, date } = answer.pools.find(({ kind }) => kind === 'nat-mappings')!
    expect(2 ** years!).toBeCloseTo(growth!, 6)
    // 8.88 erlangs are what 16 servers lose 1 % of, and 5 come: doubled every year, 302 days
    expect(growth).toBeCloseTo(8.88 / 5, 2)
    expect(date).toBe('2026-11-29')
    const text = renderPlan(answer, { color: false })
    expect(text).toMatch(/✓ ports of NAT: room for 1\.\d+x, until 2026-11-29/)
    expect(text).toContain(`r gateways ipv4 towards internet/${END} tcp port 443`)
  })

  it('is planned for each share where hosts translate: those that are used are short while others idle', async () => {
    const asked = { translation: 'hosts', perSecond: 8, others: 2 } as const
    const answer = await plan(asked, { growth: '2x' })
    const nat = answer.pools.filter(({ kind }) => kind === 'nat-mappings')
    expect(nat).toMatchObject([{ size: 4, translatedAt: 'hosts', offeredErlangs: expect.closeTo(2, 6) }])
    expect(nat[0]!.names).toHaveLength(2)
    expect(nat[0]!.blocking).toBeCloseTo(poolLoad(4, [{ erlangs: 2, retries: 0 }]).blocking, 9)
    // 4 erlangs in each share take 10 ports, so that 4 shares take 40
    expect(nat[0]).toMatchObject({ needed: 10, addresses: { has: 1, needed: 3 } })
    const text = renderPlan(answer, { color: false })
    expect(text).toMatch(/r\/leaf-0\/host-\d ipv4 towards .* \(2 alike\) .* 10: 3 addresses/)
    expect(planPoolsSection('nat-mappings', nat, answer).text).toContain('3 for 1')
  })

  it('is the workload’s own limit where that is shorter', async () => {
    const nat = { perWorkload: 3, overloading: false, profile: 'linux' }
    const { pools } = await plan({ nat, perSecond: 8 })
    expect(pools.find(({ kind }) => kind === 'nat-ports')).toMatchObject({
      part: expect.stringMatching(/^of web\/crawler-/),
      size: 3,
      addresses: null,
      blocking: expect.closeTo(erlangB(2, 3), 9),
    })
    const result = await run({ nat, perSecond: 8, rest: steady() })
    expect(result.drops).toMatchObject([{ reason: 'nat-limit' }])
  })

  it.each([
    ['gateways', /ports of NAT: fullest at r gateways ipv4 towards .* gateways share one state/],
    [
      'hosts',
      /ports of NAT: fullest at r\/leaf-0\/host-\d ipv4 towards .* a host that fails takes its share/,
    ],
  ] as const)('is told beside what fails, translated at %s', async (translation, told) => {
    const answer = await whatIf(subjectOf(compiled({ translation })), { any: 1, of: 'switch' })
    const text = renderWhatIf(answer, { color: false, command: 'weft whatif', title: 'crawler' })
    expect(text).toMatch(told)
  })
})
