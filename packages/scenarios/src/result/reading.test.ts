import { describe, expect, it } from 'vitest'
import { dropsOf, hottestLinks, scenario, slowdownOf, traffic } from '../index.ts'
import { pod, transport } from '../run/small-scenarios.fixture.ts'

describe('reading a result', async () => {
  const result = await scenario({
    regions: pod({ capacity: '4 packets', ecnThreshold: '2 packets' }),
    traffic: [
      traffic.incast({ name: 'web', from: 'r/leaf-0', to: 'r/leaf-1/host-0', size: '50kB', transport }),
    ],
    run: { for: '200us', drain: '10ms' },
  }).run()

  it('hottestLinks: the busiest first', () => {
    const hottest = hottestLinks(result, 3)
    expect(hottest).toHaveLength(3)
    expect(hottest[0]!.name).toBe('r/leaf-1 → r/leaf-1/host-0')
    const means = result.links.map(({ utilization }) => utilization.mean).sort((a, b) => b - a)
    expect(hottest.map(({ utilization }) => utilization.mean)).toEqual(means.slice(0, 3))
    expect(hottestLinks(result)).toHaveLength(5)
    expect(hottestLinks(result, 1_000)).toHaveLength(result.links.length)
  })

  it('slowdownOf: of all sizes, of one bin, of none', () => {
    expect(slowdownOf(result, 'web')).toBe(result.flows[0]!.all.slowdown.p99)
    expect(slowdownOf(result, 'web', { percentile: 50, sizes: '10kB..100kB' }).samples).toBe(2)
    expect(slowdownOf(result, 'web', { sizes: '>= 1MB' })).toMatchObject({ value: null, samples: 0 })
  })

  it('slowdownOf: names the traffic that was probably meant', () => {
    expect(() => slowdownOf(result, 'wbe')).toThrow('unknown traffic "wbe"; did you mean "web"?')
    expect(() => slowdownOf(result, 'something else')).toThrow('the result has web')
  })

  it('slowdownOf: has none to tell under the steady clock', async () => {
    const options = { regions: pod(), traffic: [traffic.allToAll({ name: 'web', sizes: '50kB', load: 0.1 })] }
    const steady = await scenario({ ...options, run: { for: '200us', clock: 'steady' } }).run()
    expect(() => slowdownOf(steady, 'web')).toThrow('the steady clock does not tell flows apart')
    expect(dropsOf(steady)).toBe(0)
  })

  it('dropsOf: by reason, or all', () => {
    expect(dropsOf(result)).toBe(result.packets!.dropped)
    expect(dropsOf(result, 'queue-full')).toBe(result.packets!.dropped)
    expect(dropsOf(result)).toBeGreaterThan(0)
    expect(dropsOf(result, 'no-route')).toBe(0)
  })
})
