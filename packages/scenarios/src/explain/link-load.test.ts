import { describe, expect, it } from 'vitest'
import { leafSpine, region, scenario, traffic } from '../index.ts'
import { explainLink } from './link-load.ts'

const fabric = { leaves: 4, spines: 2, hostsPerLeaf: 3, hostLink: '100Gbps', fabricLink: '100Gbps' } as const

describe('what loads a link', () => {
  const { blueprint } = scenario({
    regions: { r: region({ fabric: leafSpine(fabric) }) },
    traffic: [traffic.allToAll({ name: 'all', sizes: 'WebSearch', load: 0.5 })],
    events: [{ at: '2ms', fail: 'r/spine-1' }],
  })

  it('is the share of pairs that leave the leaf, split over the spines', () => {
    // 3 senders of 50 Gbit/s; 9 of 11 receivers are elsewhere; half of it by each spine
    const [up] = explainLink(blueprint, { link: 'r/leaf-0:r/spine-0', at: '0s' }).directions
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
      explainLink(blueprint, { link: 'r/leaf-0:r/spine-0', at: instant }).directions[0]!
    expect(at('5ms').offeredBps).toBeCloseTo(2 * at('0s').offeredBps, -3)
  })

  it('adds up to the load on a host link', () => {
    const { directions } = explainLink(blueprint, { link: 'r/leaf-2/host-1:r/leaf-2', at: '0s' })
    expect(directions.map(({ offeredBps }) => Math.round(offeredBps / 1e6))).toEqual([50_000, 50_000])
  })

  it('names the nearest link for one that does not exist', () => {
    expect(() => explainLink(blueprint, { link: 'r/leaf-0:r/spin-0', at: '0s' })).toThrow(
      /did you mean "r\/leaf-0:r\/spine-0"/,
    )
  })
})
