import { meanInterval } from '@weft/core'
import { describe, expect, it } from 'vitest'
import {
  leafSpine,
  region,
  type ScenarioOptions,
  type ScenarioResult,
  scenario,
  traffic,
} from '../../index.ts'
import { finished, started } from '../../run/small-scenarios.fixture.ts'

const HOUR = 3_600e12
const DAY = 24 * HOUR
const fabric = leafSpine({ leaves: 4, spines: 8, hostsPerLeaf: 1, hostLink: '10Gbps', fabricLink: '10Gbps' })
const regions = { r: region({ fabric }) }
const backups = traffic.allToAll({ name: 'backups', sizes: { exponential: '10GB' }, flowRate: '0.0005/s' })
/** Hardly any: failures are what is looked at. */
const quiet = traffic.allToAll({ name: 'quiet', sizes: '1GB', flowRate: '0.00002/s' })
const run = { clock: 'flow', for: '10d', window: '1d' } as const
const often = { of: 'link', tier: 'fabric', mtbf: '20h', mttr: '4h' } as const

type Reliability = NonNullable<ScenarioOptions['reliability']>

const runWith = (reliability: Reliability, rest: Partial<ScenarioOptions> = {}): Promise<ScenarioResult> =>
  scenario({ regions, traffic: [quiet], reliability, run, ...rest }).run()

const changesOf = ({ changes }: ScenarioResult, name: string) =>
  changes.flatMap(({ target, atPs, action }) => (target === name ? [{ atPs, action }] : []))

describe('what fails by itself', () => {
  it('is up for MTBF / (MTBF + MTTR) of a long run under the flow clock', async () => {
    const days = 90
    const { reliability, changes } = await runWith([often], {
      run: { clock: 'flow', for: `${days}d`, window: '1d' },
    })
    const untilPs = days * DAY
    const names = scenario({ regions }).blueprint.network.links.flatMap(({ name, tier }) =>
      tier === 'fabric' ? [name] : [],
    )
    const shares = names.map((name) => {
      let [down, since] = [0, Number.NaN]
      for (const { atPs, action } of changes.filter(({ target }) => target === name)) {
        if (action === 'fail') since = atPs
        else {
          down += Math.max(0, Math.min(atPs, untilPs) - Math.min(since, untilPs))
          since = Number.NaN
        }
      }
      if (!Number.isNaN(since)) down += Math.max(0, untilPs - since)
      const failed = reliability!.failed.find((part) => part.name === name)
      expect(failed?.downPs ?? 0).toBeCloseTo(down, -3)
      return 1 - down / untilPs
    })
    const { mean, low, high } = meanInterval(shares, 0.999)
    // that all begin up adds MTBF MTTR^2 / (MTBF + MTTR)^2 of up time once (renewal theory)
    const longRun = 20 / 24
    const expected = longRun + (20 * HOUR * (4 / 24) ** 2) / untilPs
    // Var of a share of T: 2 (MTBF MTTR)^2 / ((MTBF + MTTR)^3 T), so that the interval is some 0.027 wide
    expect(high - low).toBeLessThan(0.04)
    expect(low).toBeLessThan(expected)
    expect(high).toBeGreaterThan(expected)
    expect(mean).toBeCloseTo(longRun, 1)
    const { failures, failuresExpected, parts } = reliability!
    expect(parts).toBe(32)
    expect(Math.abs(failures - failuresExpected)).toBeLessThan(3.3 * Math.sqrt(failuresExpected))
  })

  it('follows from the seed', async () => {
    const [a, b, c] = [
      await runWith([often]),
      await runWith([often]),
      await runWith([often], { seed: 'other' }),
    ]
    expect(b.digest).toBe(a.digest)
    expect(b.changes).toEqual(a.changes)
    expect(c.changes).not.toEqual(a.changes)
  })

  it('disturbs nothing else that is drawn', () => {
    const startsOf = (reliability?: Reliability) => {
      const { engine } = finished(
        started({ regions, traffic: [backups], run, ...(reliability && { reliability }) }),
      )
      const { startPs, source, destination, bytes, size } = engine.flows
      return Array.from({ length: size }, (_, i) => [startPs[i], source[i], destination[i], bytes[i]])
    }
    const alone = startsOf()
    expect(alone.length).toBeGreaterThan(1000)
    expect(startsOf([often])).toEqual(alone)
  })

  it('fails as it would without the others, in whatever order they are written', async () => {
    const one = { name: 'r/leaf-1:r/spine-3', mtbf: '20h', mttr: '4h' }
    const spine = { name: 'r/spine-7', mtbf: '3d', mttr: '1h' }
    const [alone, both, turned] = await Promise.all([
      runWith([one]),
      runWith([one, spine]),
      runWith([spine, one]),
    ])
    expect(changesOf(alone, one.name).length).toBeGreaterThan(5)
    expect(changesOf(both, one.name)).toEqual(changesOf(alone, one.name))
    expect(changesOf(both, spine.name).length).toBeGreaterThan(1)
    expect(turned.digest).toBe(both.digest)
  })

  it('takes all of a shared risk at once, and says why', async () => {
    const risks = { conduit: ['r/leaf-0:r/spine-0', 'r/leaf-1:r/spine-0'] }
    const { changes, reliability } = await runWith([{ of: 'risk', mtbf: '2d', mttr: '4h' }], { risks })
    expect(reliability).toMatchObject({ parts: 1, failed: [{ name: 'conduit' }] })
    expect(changes.length).toBeGreaterThan(4)
    expect(changes.every(({ cause }) => cause === 'conduit')).toBe(true)
    for (let i = 0; i < changes.length; i += 2) expect(changes[i + 1]!.atPs).toBe(changes[i]!.atPs)
  })

  it('may be anything from nothing to much in the milliseconds of a packet run', async () => {
    const packets = { clock: 'packet', for: '2ms', drain: '20ms' } as const
    const small = traffic.allToAll({ name: 'small', sizes: '20kB', load: '10%' })
    const rest = { traffic: [small], run: packets }
    const without = await scenario({ regions, ...rest }).run()
    const years = await runWith([{ of: 'link', mtbf: '365d', mttr: '4h' }], rest)
    expect(years.digest).toBe(without.digest)
    expect(without.reliability).toBeNull()
    expect(years.reliability).toMatchObject({ parts: 36, failures: 0, failed: [] })
    // 36 links for 2 ms at one failure in 365 days
    expect(years.reliability!.failuresExpected).toBeCloseTo((36 * 0.002) / (365 * 86_400), 12)
    const flapping = await runWith([{ of: 'link', tier: 'fabric', mtbf: '1ms', mttr: '300us' }], rest)
    expect(flapping.reliability!.failures).toBeGreaterThan(20)
    expect(flapping.changes.every(({ cause, target }) => cause === target)).toBe(true)
  })

  it('has its availability from there, as if it had been said', async () => {
    const means = { of: 'link', tier: 'fabric', mtbf: '100h', mttr: '1h' } as const
    const load = traffic.allToAll({ name: 'all', sizes: '1MB', load: '10%' })
    const answers = await Promise.all(
      [{ reliability: [means] }, { availability: [means] }].map((section) =>
        scenario({ regions, traffic: [load], ...section }).availability({ any: 1 }),
      ),
    )
    const [byReliability, byAvailability] = answers as [(typeof answers)[number], (typeof answers)[number]]
    expect(byReliability.rows).toEqual(byAvailability.rows)
    expect([byReliability.partsFromReliability, byAvailability.partsFromReliability]).toEqual([32, 0])
    expect(byReliability.parts).toBe(32)
  })
})

describe('traffic that follows a profile', () => {
  const daily = (for_: string, rest: Partial<ScenarioOptions['run']> = {}): ScenarioOptions => ({
    regions,
    traffic: [
      traffic.allToAll({
        name: 'daily',
        sizes: '1MB',
        flowRate: '0.005/s',
        profile: {
          period: 'day',
          points: [
            ['4h', '20%'],
            ['20h', '100%'],
          ],
        },
      }),
    ],
    run: { clock: 'flow', for: for_, ...rest },
  })

  it('offers its mean rate times the period, over whole periods', async () => {
    for (const days of [1, 7]) {
      const { flows } = await scenario(daily(`${days}d`)).run()
      const expected = 4 * 0.005 * 0.6 * days * 86_400
      expect(Math.abs(flows[0]!.started - expected)).toBeLessThan(3.3 * Math.sqrt(expected))
    }
  })

  it('has the rate of the time at which a packet run begins', async () => {
    const startedAt = async (begin: string) => {
      const busy = traffic.allToAll({
        name: 'x',
        sizes: '1kB',
        flowRate: '20k/s',
        profile: {
          period: 'day',
          points: [
            ['4h', '20%'],
            ['20h', '100%'],
          ],
        },
      })
      const { flows } = await scenario({ regions, traffic: [busy], run: { for: '20ms', begin } }).run()
      return flows[0]!.started
    }
    for (const [begin, share] of [
      ['4h', 0.2],
      ['12h', 0.6],
      ['20h', 1],
    ] as const) {
      const expected = 4 * 20_000 * 0.02 * share
      expect(Math.abs((await startedAt(begin)) - expected)).toBeLessThan(3.3 * Math.sqrt(expected))
    }
  })
})
