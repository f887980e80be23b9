import { rateCurve } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { leafSpine, region, type ScenarioOptions, scenario, traffic } from '../../index.ts'

const HOUR = 3_600e12
const fabric = leafSpine({ leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' })
const regions = { r: region({ fabric }) }

type Profile = NonNullable<NonNullable<ScenarioOptions['traffic']>[number]['profile']>

/** The curve of a profile in a run that begins at this time. */
function curveOf(profile: Profile, begin = '0s') {
  const { blueprint } = scenario({
    regions,
    traffic: [traffic.allToAll({ sizes: '1MB', flowRate: '0.01/s', profile })],
    run: { clock: 'flow', for: '1h', begin },
  })
  const [{ offered }] = blueprint.traffic as [(typeof blueprint.traffic)[number]]
  if (offered.kind !== 'flows' || offered.profile === undefined) throw new Error('no profile')
  return rateCurve(offered.profile)
}

describe('profiles of scenario files', () => {
  it('have points in percent of the load', () => {
    const { at, mean, max } = curveOf({
      period: 'day',
      points: [
        ['6h', '20%'],
        ['18h', '150%'],
      ],
    })
    expect([6, 12, 18, 24, 30].map((hour) => at(hour * HOUR))).toEqual(
      [0.2, 0.85, 1.5, 0.85, 0.2].map((value) => expect.closeTo(value, 12)),
    )
    expect([mean, max]).toEqual([expect.closeTo(0.85, 12), 1.5])
  })

  it('repeat by the day, by the week, or after any time', () => {
    const points: [string, string][] = [
      ['0h', '0%'],
      ['1h', '100%'],
    ]
    expect(curveOf({ period: 'day', points }).at(25 * HOUR)).toBeCloseTo(1, 12)
    expect(curveOf({ period: 'week', points }).at(169 * HOUR)).toBeCloseTo(1, 12)
    expect(curveOf({ period: '2h', points }).at(4 * HOUR)).toBe(0)
  })

  it('swing about the load', () => {
    const { at, mean } = curveOf({ period: 'day', swing: '60%', peak: '20h' })
    expect([20, 8, 2].map((hour) => at(hour * HOUR))).toEqual(
      [1.6, 0.4, 1].map((value) => expect.closeTo(value, 12)),
    )
    expect(mean).toBe(1)
  })

  it('of zones ahead are that much further', () => {
    const utc = curveOf('evening')
    for (const [zone, hours] of [
      ['+08:00', 8],
      ['-05:30', -5.5],
      ['+00:00', 0],
    ] as const) {
      const local = curveOf({ shape: 'evening', zone })
      for (const hour of [0, 7, 21])
        expect(local.at(hour * HOUR)).toBeCloseTo(utc.at((48 + hour + hours) * HOUR), 12)
    }
    const swinging = curveOf({ period: 'day', swing: '50%', peak: '20h', zone: '+08:00' })
    expect(swinging.at(12 * HOUR)).toBeCloseTo(1.5, 12)
  })

  it('are met where the run begins', () => {
    for (const profile of ['evening', { period: 'week', swing: '50%', peak: '60h' }] satisfies Profile[]) {
      const [fromMidnight, later] = [curveOf(profile), curveOf(profile, '32h')]
      for (const hour of [0, 5, 50])
        expect(later.at(hour * HOUR)).toBeCloseTo(fromMidnight.at((hour + 32) * HOUR), 12)
    }
  })

  it('of names peak at the load', () => {
    const [week, day] = [curveOf('business-hours'), curveOf('evening')]
    expect([week.max, day.max]).toEqual([1, 1])
    // Tuesday at eleven, and Saturday at eleven
    expect([week.at(35 * HOUR), week.at(131 * HOUR)]).toEqual([1, expect.closeTo(0.15, 12)])
    expect([day.at(21 * HOUR), day.at(4.5 * HOUR)]).toEqual([1, 0.2])
  })

  it('count where a scenario is too large, and where links would be too full', () => {
    const withLoad = (load: string, profile?: Profile) =>
      scenario({
        regions,
        traffic: [{ between: 'all hosts', sizes: '10kB', load, ...(profile !== undefined && { profile }) }],
        run: { clock: 'flow', for: '300s' },
      })
    // 4 hosts of 1 Gbit/s at 100 % send 15 million such flows in 300 s; a run that begins at night a fraction of them
    expect(() => withLoad('100%')).toThrow(/some 15,000,000 flows would start/)
    expect(withLoad('100%', { shape: 'evening', zone: '+04:30' }).warnings).toEqual([])
    const peak = {
      period: 'day',
      points: [
        ['0h', '10%'],
        ['12h', '110%'],
      ],
    } satisfies Profile
    expect(withLoad('100%', peak).warnings).toEqual([
      "traffic.0.load: 110% at the profile's peak is more than the senders' links carry; flows will pile up",
    ])
  })
})
