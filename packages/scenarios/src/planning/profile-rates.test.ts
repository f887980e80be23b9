import { describe, expect, it } from 'vitest'
import { exportNetwork, leafSpine, region, type ScenarioOptions, scenario, traffic } from '../index.ts'
import { profilesText } from './profile-rates.ts'

const fabric = leafSpine({
  leaves: 2,
  spines: 2,
  hostsPerLeaf: 2,
  hostLink: '100Gbps',
  fabricLink: '100Gbps',
})
const regions = { r: region({ fabric }) }
type Profile = NonNullable<NonNullable<ScenarioOptions['traffic']>[number]['profile']>

/** From 20 % at 4:00 to all of it at 20:00: 60 % on the mean. */
const DAY: Profile = {
  period: 'day',
  points: [
    ['4h', '20%'],
    ['20h', '100%'],
  ],
}

const withProfile = (profile?: Profile, rest: Partial<ScenarioOptions> = {}) =>
  scenario({
    regions,
    traffic: [
      traffic.allToAll({ name: 'daily', sizes: '1MB', load: '40%', ...(profile && { profile }) }),
      traffic.allToAll({ name: 'flat', sizes: '1MB', load: '10%' }),
    ],
    ...rest,
  })

describe('loads of no one time', () => {
  const shares = [
    [{}, 1, 'peak'],
    [{ rates: 'peak' }, 1, 'peak'],
    [{ rates: 'mean' }, 0.6, 'mean'],
    [{ rates: '12h' }, 0.6, '12h'],
    [{ rates: '28h' }, 0.2, '28h'],
  ] as const

  it.each(shares)('of a plan: %o', async (request, ofLoad, rates) => {
    const flat = (await withProfile().plan()).demand.ipBps
    const plan = await withProfile(DAY).plan({ ...request, growth: '2x' })
    expect(plan.demand.ipBps / flat).toBeCloseTo((0.4 * ofLoad + 0.1) / 0.5, 9)
    expect(plan.profiles).toEqual({
      rates,
      traffic: [{ traffic: 'daily', ofLoad: expect.closeTo(ofLoad, 12) }],
    })
    // sizes are found for the same rates: as many spines as fit twice the demand
    const sizing = (await withProfile(undefined).plan({ growth: `${2 * ((0.4 * ofLoad + 0.1) / 0.5)}x` }))
      .sizing
    expect(plan.sizing.map(({ needed }) => needed)).toEqual(sizing.map(({ needed }) => needed))
  })

  it.each(shares)('of failures: %o', async (request, ofLoad) => {
    const [flat, daily] = [withProfile(), withProfile(DAY)]
    const failed = { any: 1, of: 'link' } as const
    const [a, b] = [await flat.whatIf(failed), await daily.whatIf({ ...failed, ...request })]
    expect(a.profiles).toBeNull()
    expect(b.profiles!.traffic).toEqual([{ traffic: 'daily', ofLoad: expect.closeTo(ofLoad, 12) }])
    expect(b.demandBps / a.demandBps).toBeCloseTo((0.4 * ofLoad + 0.1) / 0.5, 9)
  })

  it('of two scenarios, and says whose profiles differ', () => {
    const [day, other] = [withProfile(DAY), withProfile({ ...DAY, zone: '+02:00' })]
    expect(day.diff(day)).toMatchObject({ differs: false, otherProfiles: [] })
    expect(day.diff(other)).toMatchObject({ differs: true, otherProfiles: ['daily'] })
    const atFour = day.diff(other, { rates: '4h' })
    expect(atFour.profiles.after!.traffic[0]!.ofLoad).toBeCloseTo(0.3, 12)
    expect(atFour.demandBps.after).toBeGreaterThan(atFour.demandBps.before)
  })

  it('tells reliabilities apart', () => {
    const of = (mtbf: string) =>
      withProfile(undefined, { reliability: [{ name: 'r/spine-0', mtbf, mttr: '4h' }] })
    expect(of('100d').diff(of('200d')).network.changed).toEqual([{ name: 'r/spine-0', keys: ['mtbfPs'] }])
    expect(of('100d').diff(withProfile()).network.changed).toEqual([
      { name: 'r/spine-0', keys: ['mtbfPs', 'mttrPs'] },
    ])
  })

  it('are refused where they are none', async () => {
    const ask = (rates: string, rest = {}) => withProfile(DAY).plan({ rates, ...rest })
    await expect(ask('noon')).rejects.toThrow(
      /rates: "noon" is not known here; expected peak, mean, or an instant/,
    )
    await expect(ask('20')).rejects.toThrow(/rates: "20" needs a unit/)
    const demands = [{ from: 'r/leaf-0/host-0', to: 'r/leaf-1/host-0', rateBps: 1e9 }]
    await expect(ask('mean', { demands })).rejects.toThrow(
      /rates: demands in place of traffic have no profiles/,
    )
    await expect(withProfile(DAY).whatIf({ any: 1, rates: 'mean', demands })).rejects.toThrow(
      /rates: demands/,
    )
  })

  it('are said in a sentence, the first traffic by name', () => {
    const many = Array.from({ length: 6 }, (_, i) => ({ traffic: `t${i}`, ofLoad: (i + 1) / 10 }))
    expect(profilesText({ rates: 'peak', traffic: many })).toBe(
      'of traffic with a profile its peak counts: t0 at 10%, t1 at 20%, t2 at 30%, t3 at 40% of its load and 2 more',
    )
    expect(profilesText({ rates: '20h', traffic: many.slice(0, 1) })).toBe(
      'of traffic with a profile the rate at 20h counts: t0 at 10% of its load',
    )
  })
})

describe('exports', () => {
  it('say what they leave out of failures and profiles', () => {
    const { compiled } = withProfile(DAY, {
      risks: { feed: 'r/spine-*' },
      reliability: [{ of: 'link', mtbf: '365d', mttr: '4h' }],
      availability: [{ of: 'switch', up: '99.9%' }],
    })
    const notes = exportNetwork(compiled, { format: 'graphml' }).notes.map((note) => JSON.stringify(note))
    const sections = notes.find((note) => note.includes('"kind":"section"'))
    for (const name of ['reliability', 'availability', 'risks'])
      expect(sections).toContain(`{"name":"${name}"}`)
    expect(notes.some((note) => note.includes('left out, and its profile'))).toBe(true)
  })
})
