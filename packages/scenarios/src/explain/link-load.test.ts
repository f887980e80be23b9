import { describe, expect, it } from 'vitest'
import { leafSpine, region, scenario, traffic } from '../index.ts'
import { explainLink } from './link-load.ts'

const fabric = { leaves: 4, spines: 2, hostsPerLeaf: 3, hostLink: '100Gbps', fabricLink: '100Gbps' } as const

describe('what loads a link', () => {
  const { compiled } = scenario({
    regions: { r: region({ fabric: leafSpine(fabric) }) },
    traffic: [traffic.allToAll({ name: 'all', sizes: 'WebSearch', load: 0.5 })],
    events: [{ at: '2ms', fail: 'r/spine-1' }],
  })

  it('is the share of pairs that leave the leaf, split over the spines', () => {
    // 3 senders of 50 Gbit/s; 9 of 11 receivers are elsewhere; half of it by each spine
    const [up] = explainLink(compiled, { link: 'r/leaf-0:r/spine-0', at: '0s' }).directions
    expect(up!.offeredBps).toBeCloseTo((3 * 50e9 * 9) / 11 / 2, -3)
    expect(up!.demands.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(up!.demands.map(({ to }) => to)).toEqual([
      'hosts of r/leaf-1',
      'hosts of r/leaf-2',
      'hosts of r/leaf-3',
    ])
  })

  it('takes over the other spine once routing knows of its failure', () => {
    const at = (instant: string) =>
      explainLink(compiled, { link: 'r/leaf-0:r/spine-0', at: instant }).directions[0]!
    expect(at('5ms').offeredBps).toBeCloseTo(2 * at('0s').offeredBps, -3)
  })

  it('adds up to the load on a host link', () => {
    const { directions } = explainLink(compiled, { link: 'r/leaf-2/host-1:r/leaf-2', at: '0s' })
    expect(directions.map(({ offeredBps }) => Math.round(offeredBps / 1e6))).toEqual([50_000, 50_000])
  })

  it('follows the profile of its traffic', () => {
    const daily = scenario({
      regions: { r: region({ fabric: leafSpine(fabric) }) },
      traffic: [
        traffic.allToAll({
          name: 'all',
          sizes: 'WebSearch',
          load: 0.5,
          profile: {
            period: 'day',
            points: [
              ['0h', '0%'],
              ['12h', '100%'],
              ['24h', '0%'],
            ],
          },
        }),
      ],
      run: { clock: 'flow', for: '1s', begin: '3h' },
    })
    const at = (instant: string) => daily.explainLink({ link: 'r/leaf-0:r/spine-0', at: instant })
    const full = (3 * 50e9 * 9) / 11 / 2
    expect(at('9h').directions[0]!.offeredBps).toBeCloseTo(full, -3)
    expect(at('3h').directions[0]!.offeredBps).toBeCloseTo(full / 2, -3)
    expect(at('3h').profiles).toEqual([{ traffic: 'all', ofLoad: 0.5 }])
    expect(at('21h').directions[0]).toMatchObject({ offeredBps: 0, demands: [] })
  })

  it('knows what has failed by itself', async () => {
    const failing = scenario({
      regions: { r: region({ fabric: leafSpine({ ...fabric, hostsPerLeaf: 1 }) }) },
      traffic: [traffic.allToAll({ name: 'all', sizes: '1GB', flowRate: '0.01/s' })],
      reliability: [{ of: 'link', tier: 'fabric', mtbf: '1d', mttr: '4h' }],
      run: { clock: 'flow', for: '5d' },
    })
    const { changes } = await failing.run()
    expect(changes.length).toBeGreaterThan(20)
    expect(changes.every(({ cause, target }) => cause === target)).toBe(true)
    const fabricLinks = failing.blueprint.network.links.filter(({ tier }) => tier === 'fabric')
    for (const hour of [0, 11, 37, 60, 99, 119]) {
      const down = new Set<string>()
      for (const { atPs, action, target } of changes) {
        if (atPs > hour * 3_600e12) continue
        if (action === 'fail') down.add(target)
        else down.delete(target)
      }
      for (const { name } of fabricLinks)
        expect(failing.explainLink({ link: name, at: `${hour}h` }).directions[0]!.up).toBe(!down.has(name))
    }
  })

  it('names the nearest link for one that does not exist', () => {
    expect(() => explainLink(compiled, { link: 'r/leaf-0:r/spin-0', at: '0s' })).toThrow(
      /did you mean "r\/leaf-0:r\/spine-0"/,
    )
  })
})
