import { Simulation } from '@weft/core'
import { LinkState, Network, type NetworkBlueprint, SteadyClock } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fatTree, graph, leafSpine, region } from '../builders/fabric.ts'
import { type Scenario, scenario } from '../builders/scenario.ts'
import { smallFabric } from '../kit/fabrics.ts'
import type { ScenarioData } from '../schema/scenario.ts'
import { type Assessment, assess, firstPassing } from './assessment.ts'
import { demandBasis } from './demand-basis.ts'
import { amountAfter, YEARS_MAX, yearsUntil } from './growth-dates.ts'
import { matrixOfDemands } from './given-demands.ts'
import { Pace } from './pace.ts'

type Fabric = ScenarioData['regions'][string]['fabric']
type Demands = Parameters<typeof matrixOfDemands>[1]

const networkOf = (blueprint: NetworkBlueprint) => new Network(blueprint, { sim: new Simulation() })

/** What brute force says of a direction. */
interface Truth {
  readonly normalBps: number
  worstBps: number
  normalYears: number | null
  failureYears: number | null
}

/** Every failure by itself on a network of its own, without sweeps, symmetry or shares of demand. */
function bruteForce({ compiled }: Scenario, demands: Demands): { truths: Truth[]; cuts: number } {
  const { plan, blueprint } = compiled
  const network = networkOf(blueprint.network)
  const { topology } = network
  const { groups } = demandBasis(network, compiled, matrixOfDemands(network, demands))
  const perYear = groups.map((group) => group.perYear)
  const columnsIn = (state: LinkState) =>
    groups.map(({ demand }) => {
      const clock = new SteadyClock(networkOf(blueprint.network), demand)
      return clock.loads(state)
    })
  const amounts = (columns: ReturnType<typeof columnsIn>, direction: number) =>
    columns.map(({ offeredBps }) => offeredBps[direction]!)
  const limitBps = (direction: number, kind: 'normal' | 'failure') => {
    const { tier, rateBps } = topology.links[direction >> 1]!
    const own = plan.limits.tiers.find((each) => each.tier === tier) ?? plan.limits
    return own[kind] * rateBps
  }
  const up = columnsIn(new LinkState(topology))
  const truths = Array.from({ length: 2 * topology.links.length }, (_, direction): Truth => {
    const own = amounts(up, direction)
    const years = yearsUntil(own, perYear, limitBps(direction, 'normal'))
    return { normalBps: amountAfter(own, perYear, 0), worstBps: 0, normalYears: years, failureYears: null }
  })
  let cuts = 0
  const look = (change: (state: LinkState) => unknown) => {
    const state = new LinkState(topology)
    change(state)
    const columns = columnsIn(state)
    truths.forEach((truth, direction) => {
      const own = amounts(columns, direction)
      truth.worstBps = Math.max(truth.worstBps, amountAfter(own, perYear, 0))
      const years = yearsUntil(own, perYear, limitBps(direction, 'failure'))
      if (years !== null) truth.failureYears = Math.min(truth.failureYears ?? YEARS_MAX, years)
    })
    if (columns.some(({ drops }) => drops.some(({ reason }) => reason !== 'queue-full'))) cuts++
  }
  for (const link of topology.links.keys()) look((state) => state.linkUp.fill(0, link, link + 1))
  topology.nodes.forEach(({ kind }, node) => {
    if (kind !== 'host') look((state) => state.nodeUp.fill(0, node, node + 1))
  })
  return { truths, cuts }
}

async function assessed({ compiled }: Scenario, demands: Demands, symmetry: boolean): Promise<Assessment> {
  const network = networkOf(compiled.blueprint.network)
  const basis = demandBasis(network, compiled, matrixOfDemands(network, demands))
  return assess(network, basis, { limits: compiled.plan.limits, symmetry }, new Pace({}))
}

const near = (value: number) => expect.closeTo(value, 10)

async function check(built: Scenario, demands: Demands): Promise<Assessment> {
  const { truths, cuts } = bruteForce(built, demands)
  const { links } = built.compiled.blueprint.network
  const rates = networkOf(built.compiled.blueprint.network).topology.links.map(({ rateBps }) => rateBps)
  expect(truths.length).toBe(2 * links.length)
  let last: Assessment | undefined
  for (const symmetry of [false, true]) {
    const found = await assessed(built, demands, symmetry)
    const { resources, sweep, failures } = found
    const seen = resources.flatMap(({ directions }) => directions)
    expect([...seen].sort((a, b) => a - b)).toEqual(truths.map((_, direction) => direction))
    expect(failures.reduce((sum, { alike }) => sum + alike, 0)).toBe(
      links.length + built.compiled.blueprint.network.nodes.filter(({ kind }) => kind !== 'host').length,
    )
    expect(sweep.losses.reduce((sum, { failure }) => sum + failure.alike, 0)).toBe(cuts)
    resources.forEach(({ directions }, r) => {
      for (const direction of directions) {
        const truth = truths[direction]!
        const rate = rates[direction >> 1]!
        expect(sweep.normalBps[r]! / rate).toEqual(near(truth.normalBps / rate))
        expect(sweep.worst[r]!.loadBps / rate).toEqual(near(truth.worstBps / rate))
        for (const [years, expected] of [
          [sweep.normalPassing[r]!.years, truth.normalYears],
          [sweep.failurePassing[r]!.years, truth.failureYears],
        ] as const)
          expect(years).toEqual(expected === null ? null : expect.closeTo(expected, 7))
      }
    })
    if (last !== undefined) {
      const rooms = [last, found].map((each) => 1 / firstPassing(each).first.factor)
      expect(rooms[1]).toEqual(near(rooms[0]!))
    }
    last = found
  }
  return last!
}

const scenarioOf = (fabric: Fabric, plan: ScenarioData['plan']) =>
  scenario({ regions: { r: region({ fabric }) }, ...(plan !== undefined && { plan }) })

const plans = (hosts: readonly string[]) =>
  fc.constantFrom<ScenarioData['plan']>(
    {},
    { growth: '40%', limits: { normal: '60%', tiers: { host: { failure: '90%' } } } },
    { growth: { all: '10%', pairs: [{ from: hosts[0]!, to: 'all hosts', growth: '80%' }] } },
  )

const demandsAmong = (hosts: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(1e9, 30e9).map((rateBps): Demands => [{ from: 'r', to: 'r', rateBps }]),
    fc
      .array(
        fc.record({
          pair: fc.shuffledSubarray([...hosts], { minLength: 2, maxLength: 2 }),
          gbps: fc.integer({ min: 1, max: 9 }),
        }),
        { minLength: 1, maxLength: 6 },
      )
      .map(
        (list): Demands =>
          list.map(({ pair, gbps }) => ({ from: pair[0]!, to: pair[1]!, rateBps: gbps * 1e9 })),
      ),
  )

describe('all single failures, with symmetry and without, equal brute force', () => {
  it('on random fabrics and demands', async () => {
    const drawn = smallFabric()
      .filter(({ hosts, parts }) => hosts.length >= 2 && parts.length <= 40)
      .chain(({ regions, hosts }) => fc.tuple(fc.constant(regions), plans(hosts), demandsAmong(hosts)))
    await fc.assert(
      fc.asyncProperty(drawn, async ([regions, plan, demands]) => {
        const built = scenario({ regions, ...(plan !== undefined && { plan }) })
        await check(built, demands)
      }),
      { numRuns: 25 },
    )
  })

  const small = { leaves: 3, spines: 3, hostsPerLeaf: 2, hostLink: '25Gbps', fabricLink: '40Gbps' }
  const all: Demands = [{ from: 'r', to: 'r', rateBps: 20e9 }]

  it('on a leaf/spine of mixed rates, parallel links and shares by rate', async () => {
    const options = { ...small, parallelLinks: 2, ecmp: { mode: 'five-tuple', weights: 'rate' } } as const
    const mixed = leafSpine(options, [{ links: 'r/leaf-*:r/spine-1', rate: '10Gbps' }])
    const { failures } = await check(scenarioOf(mixed, {}), all)
    // the odd spine, the others, leaves, slow links and those beside them, links to hosts, links to the other spines
    expect(failures.map(({ alike }) => alike).sort((a, b) => a - b)).toEqual([1, 2, 3, 3, 3, 6, 12])
  })

  it('on bonds to two leaves', async () => {
    const bonded = leafSpine({ ...small, leaves: 4, nicsPerHost: 2, nicAttachment: 'neighbours', bond: true })
    await check(scenarioOf(bonded, { growth: '20%' }), all)
  })

  it('on a fat-tree', async () => {
    const { failures } = await check(
      scenarioOf(fatTree({ k: 4, hostLink: '10Gbps', fabricLink: '10Gbps' }), {}),
      all,
    )
    expect(failures.length).toBe(6)
  })

  const ring = graph({
    switches: ['a', 'b', 'c', 'd', 'e'],
    hosts: ['ha', 'hb', 'hc', 'hd', 'he'],
    links: [
      ...['ab', 'bc', 'cd', 'de', 'ea'].map((ends) => ({
        between: [ends[0], ends[1]] as [string, string],
        rate: '10Gbps',
      })),
      ...['a', 'b', 'c', 'd', 'e'].map((to) => ({
        between: [`h${to}`, to] as [string, string],
        rate: '25Gbps',
      })),
    ],
  })
  const around = ['ab', 'bc', 'cd', 'de', 'ea'].map((ends) => ({
    from: `h${ends[0]}`,
    to: `h${ends[1]}`,
    rateBps: 3e9,
  }))

  it('on a ring whose demand goes round one way: its links can be turned round, their directions cannot', async () => {
    const { failures, resources } = await check(scenarioOf(ring, {}), around)
    expect(failures.length).toBe(15)
    expect(resources.length).toBe(20)
  })

  it('on a ring whose demand goes both ways', async () => {
    const { failures, resources } = await check(scenarioOf(ring, {}), all)
    expect(failures.length).toBe(3)
    expect(resources.length).toBe(3)
  })
})
