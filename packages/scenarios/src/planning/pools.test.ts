import { erlangB } from '@weft/core'
import { poolLoad } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { leafSpine, region, renderPlan, type ScenarioOptions, scenario, traffic } from '../index.ts'
import { planReport } from '../report/index.ts'

const SERVERS = 'r/leaf-1'

const options = (connections: object, plan: ScenarioOptions['plan'] = {}): ScenarioOptions => ({
  regions: {
    r: region({
      fabric: {
        ...leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 4, hostLink: '10Gbps', fabricLink: '40Gbps' }),
        connections: [{ hosts: SERVERS, max: 15, ...connections }],
      },
    }),
  },
  // 200 a second to each of the four
  traffic: [
    traffic.fromTo({ name: 'calls', from: 'r/leaf-0', to: SERVERS, sizes: '10kB', flowRate: '200/s' }),
  ],
  plan,
})

const planned = (connections: object, plan?: ScenarioOptions['plan'], request?: object) =>
  scenario(options(connections, plan)).plan(request)

describe('connections that hosts accept, in a plan', () => {
  it('are full by the erlangs that come, alike hosts together', async () => {
    const { pools, warnings, assumptions } = await planned({ whenFull: 'reset', holding: '50ms' })
    expect(pools).toHaveLength(1)
    const [pool] = pools
    expect(pool).toMatchObject({
      names: [0, 1, 2, 3].map((host) => `${SERVERS}/host-${host}`),
      size: 15,
      connectionsPerSecond: expect.closeTo(200, 9),
      holdingPs: 5e10,
      offeredErlangs: expect.closeTo(10, 9),
      utilization: expect.closeTo(10 / 15, 9),
      blocking: expect.closeTo(erlangB(10, 15), 9),
      limit: 0.01,
      // the least servers that lose 1 % of 10 erlangs
      needed: 18,
    })
    expect(erlangB(10 * pool!.growth!, 15)).toBeCloseTo(0.01, 9)
    expect(pool!.headroomErlangs).toBeCloseTo(10 * pool!.growth! - 10, 9)
    expect(warnings).toEqual([])
    expect(assumptions.join()).toContain("Erlang's loss formula")
  })

  it('count those that ask again where full hosts drop SYNs', async () => {
    const { pools } = await planned({ holding: '50ms' })
    const { blocking } = poolLoad(15, [{ erlangs: 10, retries: 6 }])
    expect(blocking).toBeGreaterThan(erlangB(10, 15))
    expect(pools[0]!.blocking).toBeCloseTo(blocking, 9)
  })

  it('last until demand has grown to the limit, on that day', async () => {
    const plan = { from: '2026-01-31', growth: '100%', limits: { pools: '5%' } }
    const { pools } = await planned({ max: 30, whenFull: 'reset', holding: '50ms' }, plan)
    const [{ growth, years, date, limit }] = pools as [(typeof pools)[number]]
    expect(limit).toBe(0.05)
    expect(erlangB(10 * growth!, 30)).toBeCloseTo(0.05, 9)
    expect(2 ** years!).toBeCloseTo(growth!, 9)
    expect(date).toBe('2027-05-24')
  })

  it('grow part by part', async () => {
    const base = options({ max: 30, whenFull: 'reset', holding: '50ms' })
    const more = traffic.fromTo({
      name: 'more',
      from: 'r/leaf-0',
      to: SERVERS,
      sizes: '10kB',
      flowRate: '100/s',
    })
    const growth = { all: '0%', traffic: { more: '100%' } }
    const { pools } = await scenario({
      ...base,
      traffic: [...base.traffic!, more],
      plan: { growth },
    }).plan()
    const [pool] = pools as [(typeof pools)[number]]
    const erlangs = 10 + 5 * 2 ** pool.years!
    expect(erlangB(erlangs, 30)).toBeCloseTo(0.01, 9)
  })

  it('take so many places for the growth asked about, and are in all that is printed', async () => {
    const subject = scenario(options({ whenFull: 'reset', holding: '50ms' }))
    const plan = await subject.plan({ growth: '3x' })
    // 30 erlangs at 1 %
    expect(plan.pools[0]!.needed).toBe(42)
    const text = renderPlan(plan, { color: false })
    expect(text).toMatch(/✗ connections at once: too few by 1\.2\d*x/)
    expect(text).toMatch(/r\/leaf-1\/host-0 \(4 alike\) +15 +200 +50ms +10 +66\.7% +3\.6% +0\.81\d*x +42/)
    const page = await planReport(subject, plan, { growth: '3x' })
    expect(page).toContain('Connections that a host accepts at once')
    expect(page).toContain('refuses more connections than 1%')
  })

  it('are named where nobody says how long they last', async () => {
    const { pools, warnings } = await planned({})
    expect(pools[0]).toMatchObject({ size: 15, holdingPs: null, blocking: null, growth: null, needed: null })
    expect(warnings.join()).toContain(
      'how full connections of r/leaf-1/host-0 and 3 more hosts are cannot be told: give "holding"',
    )
  })

  it('are not there where hosts accept any number', async () => {
    const plan = await scenario({
      ...options({}),
      regions: {
        r: region({
          fabric: leafSpine({
            leaves: 2,
            spines: 1,
            hostsPerLeaf: 4,
            hostLink: '10Gbps',
            fabricLink: '40Gbps',
          }),
        }),
      },
    }).plan()
    expect(plan.pools).toEqual([])
    expect(renderPlan(plan, { color: false })).not.toContain('onnections at once')
  })

  it.each([
    ['0%', 'is zero'],
    ['100%', 'more leaves nothing to plan for'],
    [0.01, 'needs a unit'],
  ])('refuse a limit of %j', (pools, message) => {
    expect(() => scenario(options({}, { limits: { pools: pools as string } }))).toThrow(message)
  })
})
