import { describe, expect, it } from 'vitest'
import { graph, leafSpine, region } from '../builders/fabric.ts'
import { scenario, type ScenarioOptions } from '../builders/scenario.ts'

const WIRE = 1538 / 1500
type Plan = NonNullable<ScenarioOptions['plan']>

const fabric = leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 4, hostLink: '25Gbps', fabricLink: '40Gbps' })
const demands = [{ from: 'r', to: 'r', rateBps: 8 * 10e9 }]
const planOf = (plan: Plan, of = fabric) =>
  scenario({ regions: { r: region({ fabric: of }) }, plan }).plan({ demands, upgrades: 4 })

/** A leaf sends 4 · 10 · 4/7 Gbit/s to the other; over one spine where the other is down. */
const uplinkGbps = ((40 * 4) / 7) * WIRE
const hostGbps = 10 * WIRE

describe('next upgrades', () => {
  it('take the one with most growth per cost, each computed anew', async () => {
    const { upgrades, failure } = await planOf({
      costs: {
        currency: 'EUR',
        links: {
          fabric: {
            upgrades: [
              { to: '400Gbps', cost: 3000 },
              { to: '100Gbps', cost: 1000 },
            ],
          },
          host: { upgrades: [{ to: '50Gbps', cost: 100 }] },
        },
      },
    })
    expect(failure!.growth).toBeCloseTo(40 / uplinkGbps, 12)
    expect(upgrades).toMatchObject({ currency: 'EUR', hasCosts: true, end: 'no gain' })
    const seen = upgrades.steps.map(({ upgraded, cost, costSoFar, growth }) => ({
      what: upgraded.map(({ tier, fromBps, toBps, links }) => [
        tier,
        fromBps / 1e9,
        toBps / 1e9,
        links.length,
      ]),
      cost,
      costSoFar,
      growth: expect.closeTo(growth, 9),
    }))
    expect(seen).toEqual([
      // fabric first: it alone holds it back; then 80 % of a host's link does
      { what: [['fabric', 40, 100, 4]], cost: 4000, costSoFar: 4000, growth: (0.8 * 25) / hostGbps },
      { what: [['host', 25, 50, 8]], cost: 800, costSoFar: 4800, growth: (0.8 * 50) / hostGbps },
    ])
    // 100 Gbit/s of one spine hold 4.27 times, hosts 3.9 times: hosts pass first, and have no further rate
    expect(100 / uplinkGbps).toBeGreaterThan((0.8 * 50) / hostGbps)
  })

  it('count links where nothing costs anything, to the next usual rate', async () => {
    const { upgrades } = await planOf({})
    expect(upgrades).toMatchObject({ currency: null, hasCosts: false, end: 'steps shown' })
    expect(upgrades.steps[0]).toMatchObject({
      cost: 4,
      upgraded: [{ tier: 'fabric', fromBps: 40e9, toBps: 50e9 }],
    })
    for (const [i, { growth, costSoFar }] of upgrades.steps.entries()) {
      expect(growth).toBeGreaterThan(upgrades.steps[i - 1]?.growth ?? 0)
      expect(costSoFar).toBe(upgrades.steps.slice(0, i + 1).reduce((sum, { cost }) => sum + cost, 0))
    }
  })

  it('upgrade the links of a tier that hold it back, not those beside them', async () => {
    // two disjoint pairs through one switch each side: the thin trunk alone must grow
    const trunks = graph({
      switches: ['a', 'b', 'c', 'd'],
      hosts: ['h1', 'h2', 'h3', 'h4'],
      links: [
        { between: ['h1', 'a'], rate: '100Gbps' },
        { between: ['h2', 'b'], rate: '100Gbps' },
        { between: ['h3', 'c'], rate: '100Gbps' },
        { between: ['h4', 'd'], rate: '100Gbps' },
        { between: ['a', 'b'], rate: '10Gbps' },
        { between: ['c', 'd'], rate: '40Gbps' },
        { between: ['b', 'c'], rate: '100Gbps' },
      ],
    })
    const { upgrades } = await scenario({ regions: { r: region({ fabric: trunks }) } }).plan({
      demands: [
        { from: 'h1', to: 'h2', rateBps: 5e9 },
        { from: 'h3', to: 'h4', rateBps: 5e9 },
      ],
      upgrades: 1,
    })
    expect(upgrades.steps[0]!.upgraded).toEqual([
      { tier: 'fabric', fromBps: 10e9, toBps: 25e9, links: ['r/a:r/b'] },
    ])
  })

  it('follow traffic to where shares go by rate', async () => {
    const weighted = leafSpine({
      leaves: 2,
      spines: 2,
      hostsPerLeaf: 4,
      hostLink: '400Gbps',
      fabricLink: '40Gbps',
      ecmp: { mode: 'five-tuple', weights: 'rate' },
    })
    const costs = { links: { fabric: { upgrades: [{ to: '100Gbps', cost: 10 }] } } }
    const { upgrades } = await planOf({ costs }, weighted)
    expect(upgrades.steps[0]).toMatchObject({ growth: expect.closeTo(100 / uplinkGbps, 12), cost: 40 })
    // as a network of these rates says itself
    const wide = { ...weighted, leafSpine: { ...weighted.leafSpine!, fabricLink: '100Gbps' } }
    expect((await planOf({}, wide)).failure!.growth).toBeCloseTo(upgrades.steps[0]!.growth, 12)
  })

  it('tell the time where parts of demand grow differently', async () => {
    const stream = (name: string, host: number, rate: string) => ({
      name,
      from: `r/leaf-0/host-${host}`,
      to: `r/leaf-1/host-${host}`,
      stream: { packet: '1500B', rate },
    })
    const growing = {
      traffic: [stream('slow', 0, '4Gbps'), stream('fast', 1, '4Gbps')],
      plan: { growth: { traffic: { fast: '100%' }, all: '10%' }, limits: { failure: '80%' } } satisfies Plan,
    }
    const { upgrades } = await scenario({ regions: { r: region({ fabric }) }, ...growing }).plan({
      upgrades: 1,
    })
    const [{ next, upgraded }] = upgrades.steps as [(typeof upgrades.steps)[0]]
    expect(upgraded).toMatchObject([{ tier: 'fabric', fromBps: 40e9, toBps: 50e9 }])
    const wide = { leafSpine: { ...fabric.leafSpine!, fabricLink: '50Gbps' } }
    const again = await scenario({ regions: { r: region({ fabric: wide }) }, ...growing }).plan({
      upgrades: 0,
    })
    const { normal, failure } = again
    const first = failure!.growth < normal!.growth * (1 - 1e-9) ? failure! : normal!
    expect(next).toMatchObject({ resource: first.resource, years: expect.closeTo(first.years!, 9) })
  })
})
