import { describe, expect, it } from 'vitest'
import { leafSpine, region } from '../builders/fabric.ts'
import { scenario, type ScenarioOptions } from '../builders/scenario.ts'
import { compileScenario } from '../compile/compile.ts'
import { clusterWith, scenarioWith } from '../compile/ingress/ingress.fixture.ts'
import { type PlanRequest, planScenario } from './make-plan.ts'

const GBPS = 1e9
/** Wire bits of a packet of 1500 bytes over its IP bits. */
const WIRE = 1538 / 1500

interface Shape {
  leaves: number
  spines: number
  hostsPerLeaf: number
  parallelLinks: number
  hostGbps: number
  fabricGbps: number
}

const SHAPE: Shape = { leaves: 4, spines: 3, hostsPerLeaf: 6, parallelLinks: 2, hostGbps: 25, fabricGbps: 40 }

function fabricOf({ hostGbps, fabricGbps, ...counts }: Shape): ScenarioOptions['regions'] {
  const links = { hostLink: `${hostGbps}Gbps`, fabricLink: `${fabricGbps}Gbps` }
  return { r: region({ fabric: leafSpine({ ...counts, ...links }) }) }
}

/** Every host sends `hostBps` to all others alike. */
const uniform = ({ leaves, hostsPerLeaf }: Shape, hostBps: number) => [
  { from: 'r', to: 'r', rateBps: leaves * hostsPerLeaf * hostBps },
]

const planOf = (
  shape: Shape,
  hostBps: number,
  request: PlanRequest = {},
  plan: ScenarioOptions['plan'] = {},
) => scenario({ regions: fabricOf(shape), plan }).plan({ demands: uniform(shape, hostBps), ...request })

/** Load of one uplink, in bit/s on the wire: what a leaf's hosts send to other leaves, over all its uplinks. */
function uplinkBps({ leaves, spines, hostsPerLeaf, parallelLinks }: Shape, hostBps: number): number {
  const hosts = leaves * hostsPerLeaf
  const outside = (hosts - hostsPerLeaf) / (hosts - 1)
  return (hostsPerLeaf * hostBps * outside * WIRE) / (spines * parallelLinks)
}

describe('uniform demand on a leaf/spine', () => {
  const hostBps = 4 * GBPS
  const shape = SHAPE

  it('is in closed form, with everything up and without a spine', async () => {
    const { resources, tiers, failures, oversubscription, normal, failure } = await planOf(shape, hostBps)
    const fabric = resources.filter(({ tier }) => tier === 'fabric')
    const host = resources.filter(({ tier }) => tier === 'host')
    expect(fabric.map(({ names }) => names.length)).toEqual([24, 24])
    expect(host.map(({ names }) => names.length)).toEqual([24, 24])
    const up = uplinkBps(shape, hostBps)
    for (const { names, loadBps, underFailure, headroomBps, utilization } of fabric) {
      expect(loadBps / up).toBeCloseTo(1, 12)
      expect(utilization).toBeCloseTo(up / (40 * GBPS), 12)
      expect(headroomBps / (0.8 * 40 * GBPS - up)).toBeCloseTo(1, 12)
      // a lost spine leaves a leaf two of three; a lost link of a pair leaves the other all that the spine has for the leaf
      const isUp = names[0]!.startsWith('r/leaf')
      expect(underFailure!.loadBps / up).toBeCloseTo(isUp ? 3 / 2 : 2, 12)
      expect(underFailure!.failure).toMatch(isUp ? /^r\/spine-\d$/ : /^r\/leaf-\d:r\/spine-\d(#2)?$/)
    }
    for (const { loadBps, underFailure } of host) {
      expect(loadBps / (hostBps * WIRE)).toBeCloseTo(1, 12)
      expect(underFailure!.loadBps).toBeLessThanOrEqual(loadBps * (1 + 1e-12))
    }
    expect(failures).toEqual({ total: 24 + 24 + 7, computed: 4, bySymmetry: 51, left: 0 })
    expect(tiers.map(({ tier, links }) => [tier, links])).toEqual([
      ['fabric', 24],
      ['host', 24],
    ])
    expect(oversubscription[0]!.max).toBeCloseTo((6 * 25) / (6 * 40), 12)
    expect(normal!.growth).toBeCloseTo(Math.min((0.8 * 40e9) / up, (0.8 * 25e9) / (hostBps * WIRE)), 12)
    expect(failure!.growth).toBeCloseTo(Math.min(40e9 / (2 * up), 25e9 / (hostBps * WIRE)), 12)
  })

  it('has a mean wait by M/D/1 where all packets are alike', async () => {
    const { resources } = await planOf(shape, hostBps)
    for (const { utilization, rateBps, waitPs } of resources) {
      const packetPs = (1538 * 8 * 1e12) / rateBps
      expect(waitPs! / ((packetPs * utilization) / (2 * (1 - utilization)))).toBeCloseTo(1, 9)
    }
  })

  it('holds k times less of k times the demand', async () => {
    const one = await planOf(shape, hostBps)
    const five = await planOf(shape, 5 * hostBps)
    expect(one.normal!.growth / five.normal!.growth).toBeCloseTo(5, 12)
    expect(one.failure!.growth / five.failure!.growth).toBeCloseTo(5, 12)
    expect(five.resources.map(({ utilization }) => utilization)).toEqual(
      one.resources.map(({ utilization }) => expect.closeTo(5 * utilization, 12)),
    )
  })

  it('passes limits on days that can be counted', async () => {
    const settings: ScenarioOptions['plan'] = { from: '2026-01-31', limits: { normal: '50%' } }
    // hosts at 25 % of their links: 50 % after doubling, at 100 % a year in one year, and a quarter of it
    const quarter = (0.25 * 25 * GBPS) / WIRE
    const doubled = await planOf(shape, quarter, { perYear: '100%' }, settings)
    const tier = ({ resources }: typeof doubled, name: string) =>
      resources.find((each) => each.tier === name)!
    expect(tier(doubled, 'host')).toMatchObject({ date: '2027-01-31', years: expect.closeTo(1, 12) })
    const slow = await planOf(shape, quarter, { perYear: '41.4213562373095%' }, settings)
    expect(tier(slow, 'host').date).toBe('2028-01-31')
    const none = await planOf(shape, quarter, {}, settings)
    expect([none.normal!.years, none.normal!.date]).toEqual([null, null])
    const undated = await planOf(shape, quarter, { perYear: '100%' }, { limits: { normal: '50%' } })
    expect([tier(undated, 'host').date, tier(undated, 'host').years]).toEqual([null, expect.closeTo(1, 12)])
  })

  it('keeps limits by tier', async () => {
    const limits = { normal: '90%', tiers: { host: { normal: '30%', failure: '40%' } } }
    const { normal, failure } = await planOf(shape, hostBps, {}, { limits })
    expect(normal).toMatchObject({
      tier: 'host',
      limit: 0.3,
      growth: expect.closeTo((0.3 * 25) / (4 * WIRE), 12),
    })
    expect(failure).toMatchObject({
      tier: 'host',
      limit: 0.4,
      growth: expect.closeTo((0.4 * 25) / (4 * WIRE), 12),
    })
  })
})

describe('growth by traffic and by pairs', () => {
  const shape = { ...SHAPE, leaves: 2, spines: 1, parallelLinks: 1, hostsPerLeaf: 2 }
  const packet = { packet: '1500B', process: 'constant' as const }
  const from = (name: string, host: string, to: string, rate: string) => ({
    name,
    from: `r/leaf-0/host-${host}`,
    to: `r/leaf-1/host-${to}`,
    stream: { ...packet, rate },
  })
  const traffic = [from('slow', '0', '0', '8Gbps'), from('fast', '1', '1', '4Gbps')]
  const planWith = (growth: NonNullable<ScenarioOptions['plan']>['growth']) =>
    scenario({ regions: fabricOf(shape), traffic, plan: { growth: growth!, from: '2026-01-01' } }).plan()

  it('adds up on shared links, and names who passes first in time', async () => {
    const byTraffic = await planWith({ traffic: { fast: '100%' }, all: '0%' })
    // the fabric link: 8 + 4 · 2^t at 80 % of 40 Gbit/s, on the wire; the fast host's own link: 4 · 2^t at 80 % of 25
    const fabricYears = Math.log2((0.8 * 40) / WIRE / 4 - 2)
    const hostYears = Math.log2((0.8 * 25) / WIRE / 4)
    const { normalByDate, normal, demand } = byTraffic
    expect(normalByDate!.years).toBeCloseTo(Math.min(fabricYears, hostYears), 9)
    expect(normalByDate!.resource).toBe('r/leaf-0/host-1 → r/leaf-0')
    expect(normal!.growth).toBeCloseTo((0.8 * 25) / (8 * WIRE), 12)
    expect(normal!.resource).toBe('r/leaf-0/host-0 → r/leaf-0')
    expect(normal!.years).toBeNull()
    expect(demand.growth).toEqual([
      { perYear: 1, ipBps: 4e9 },
      { perYear: 0, ipBps: 8e9 },
    ])
  })

  it('is the same by pairs, later ones winning', async () => {
    const byTraffic = await planWith({ traffic: { fast: '100%' } })
    const pair = (growth: string) => ({ from: 'r/leaf-0/host-1', to: 'r/leaf-1', growth })
    const byPairs = await planWith({ pairs: [pair('7%'), pair('100%')] })
    expect(byPairs.resources).toEqual(byTraffic.resources)
    expect(byPairs.normalByDate).toEqual(byTraffic.normalByDate)
  })

  it('takes acknowledgements along with what they answer', async () => {
    const flows = { from: 'r/leaf-0', to: 'r/leaf-1', sizes: '1MB', load: '10%' }
    const { demand } = await scenario({
      regions: fabricOf(shape),
      traffic: [{ name: 'bulk', ...flows }],
      plan: { growth: { pairs: [{ from: 'r/leaf-0', to: 'r/leaf-1', growth: '50%' }] } },
    }).plan()
    expect(demand.growth.map(({ perYear }) => perYear)).toEqual([0.5])
  })
})

describe('what a network cannot do', () => {
  it('says which demand a failure cuts off, apart from that of what failed', async () => {
    const shape = { ...SHAPE, spines: 1 }
    const { losses } = await planOf(shape, 1 * GBPS)
    const total = 24 * GBPS
    const outside = 18 / 23
    const byName = new Map(losses.map((loss) => [loss.failure, loss]))
    expect(byName.get('r/spine-0')!.cutBps / (total * outside)).toBeCloseTo(1, 9)
    expect(byName.get('r/spine-0')!.detachedBps).toBe(0)
    // a leaf takes all of its hosts' demand, to and from, with it: 6 of 24 hosts
    const pairs = 24 * 23 - 18 * 17
    expect(byName.get('r/leaf-0')!.detachedBps / ((total * pairs) / (24 * 23))).toBeCloseTo(1, 9)
    expect(byName.get('r/leaf-0')!.cutBps).toBe(0)
  })

  it('takes pods and their server for what hangs off a link that failed, all but what they send each other', async () => {
    const traffic = { from: 'ingress-nginx/controller', to: 'shop/cart', sizes: '1MB', flowRate: '10/s' }
    const compiled = compileScenario(scenarioWith(undefined, traffic), { cluster: () => clusterWith() })
    if (!compiled.ok) throw new Error(compiled.issues[0]!.message)
    const { losses } = await planScenario({ data: {}, compiled: compiled.value })
    expect(losses.map(({ cutBps }) => cutBps)).toEqual(losses.map(() => 0))
    const hosts = losses.filter(({ failure }) => failure.endsWith('/vswitch'))
    expect(hosts.every(({ detachedBps }) => detachedBps > 0)).toBe(true)
  })

  it('takes what policies deny for no loss of a failure', async () => {
    const denied = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nobody, namespace: shop }
spec: { podSelector: { matchLabels: { app: cart } }, policyTypes: [Ingress] }
`
    const traffic = { from: 'ingress-nginx/controller', to: 'shop/cart', sizes: '1MB', flowRate: '10/s' }
    const cutOf = async (more: string) => {
      const compiled = compileScenario(scenarioWith(undefined, traffic), { cluster: () => clusterWith(more) })
      if (!compiled.ok) throw new Error(compiled.issues[0]!.message)
      const { losses } = await planScenario({ data: {}, compiled: compiled.value })
      return new Map(losses.map(({ failure, cutBps }) => [failure, cutBps]))
    }
    const open = await cutOf('')
    const closed = await cutOf(denied)
    expect(closed.size).toBeGreaterThan(0)
    for (const [failure, cutBps] of closed)
      expect([failure, cutBps]).toEqual([failure, open.get(failure) ?? 0])
  })

  it('refuses what was asked wrongly, all at once', async () => {
    const built = scenario({ regions: fabricOf(SHAPE) })
    await expect(built.plan()).rejects.toThrow(
      'traffic: nothing is sent: give the scenario traffic, or give demands in its place',
    )
    await expect(
      built.plan({ growth: '3', perYear: '40', from: '2026-02-30', upgrades: -1 }),
    ).rejects.toThrow(
      [
        'growth: "3" needs an x; did you mean 3x?',
        'perYear: "40" needs a unit; did you mean 40%?',
        'from: 2026-02-30 is not in the calendar',
        'upgrades: is -1, expected a whole number from 0 to 100',
      ].join('\n'),
    )
    const demands = [
      { from: 'r/leaf-0/hots-1', to: 'leaf-1', rateBps: 1 },
      { from: 'leaf-0/host-0', to: 'r/leaf-0/host-0', rateBps: 1 },
    ]
    await expect(built.plan({ demands })).rejects.toThrow(
      [
        '0.from: unknown host "r/leaf-0/hots-1"; did you mean "r/leaf-0/host-1"?',
        '1.to: "r/leaf-0/host-0" would send to itself; name another receiver',
      ].join('\n'),
    )
  })

  it('ends with what it has when it is interrupted', async () => {
    const abort = new AbortController()
    abort.abort()
    const { partial, failures, upgrades, sizing } = await planOf(SHAPE, GBPS, {
      signal: abort.signal,
      growth: '2x',
    })
    expect({ partial, failures, end: upgrades.end, sizing }).toEqual({
      partial: true,
      failures: { total: 55, computed: 0, bySymmetry: 0, left: 55 },
      end: 'interrupted',
      sizing: [],
    })
  })
})
