import { describe, expect, it } from 'vitest'
import { type ScenarioOptions, scenario, traffic } from '../../index.ts'
import { pod, star } from '../small-scenarios.fixture.ts'
import { WeightedDelays } from './weighted-delays.ts'

/** 1,000 bytes on the wire each, 0.8 us at 10 Gbit/s: 10 Gbit/s and 5 Gbit/s on the wire. */
const stream = (name: string, from: string, rate: string, times: object = {}) =>
  traffic.stream({ name, from, to: 'r/h3', packet: '962B', rate, ...times })
const crowd: ScenarioOptions = {
  regions: star(3),
  traffic: [stream('full', 'r/h1', '9.62Gbps'), stream('half', 'r/h2', '4.81Gbps', { start: '500us' })],
  run: { clock: 'flow', for: '1ms' },
}

describe('streams under the flow clock', () => {
  it('lose the same share of what does not fit', async () => {
    const { streams, links } = await scenario(crowd).run()
    const [full, half] = streams
    // alone for 500 us; then 15 Gbit/s for 10, so that a third is lost
    expect(half!.packetsSent).toBe(Math.round(5e9 / 8000 / 2000))
    expect(half!.packetsLost / half!.packetsSent).toBeCloseTo(1 / 3, 2)
    expect(full!.packetsLost / full!.packetsSent).toBeCloseTo(1 / 6, 2)
    expect(half!.goodputBps).toBeCloseTo((2 / 3) * 4.81e9 * (934 / 962), -4)
    expect(half!.packetsReceived + half!.packetsLost).toBe(half!.packetsSent)
    expect(half!.jitterPs).toBeNull()
    // two links of 1 us, twice 0.8 us to send
    expect(half!.delayPs).toEqual({ mean: 3.6e6, p50: 3.6e6, p99: 3.6e6, max: 3.6e6 })
    expect(links.find(({ name }) => name === 'r/a → r/h3')!.utilization.mean).toBeCloseTo(1, 9)
    expect(links.find(({ name }) => name === 'r/h2 → r/a')!.utilization.mean).toBeCloseTo(0.25, 9)
  })

  it('are measured by expectations, in their windows', async () => {
    const result = await scenario({
      ...crowd,
      expect: [
        { metric: 'stream.loss', of: 'full', to: '500us', equals: 0 },
        { metric: 'stream.loss', of: 'full', from: '500us', to: '1ms', below: '40%', above: '30%' },
        { metric: 'stream.loss', of: 'half', below: '30%' },
        { metric: 'stream.delay', percentile: 99, below: '4us' },
        { metric: 'stream.goodput', of: 'full', to: '500us', atLeast: '9.3Gbps' },
        { metric: 'link.utilization', link: 'r/h3:r/a', statistic: 'max', atMost: '100%' },
      ],
    }).run()
    expect(result.expectations.map(({ pass, measured }) => [pass, measured])).toEqual([
      [true, '0'],
      [true, '33.3%'],
      [false, '33.3%'],
      [true, '3.6us'],
      [true, '9.34Gbps'],
      [true, '100%'],
    ])
    expect(result.expectations[2]!.object).toBe('r/h2 → r/h3, half')
    expect(result.warnings).toEqual([
      'expect.3.metric: under the flow clock delays are those of idle links: nothing waits in queues',
    ])
  })

  it('leave the rest to flows', async () => {
    const bulk = traffic.flows([{ at: '0s', from: 'r/h2', to: 'r/h3', size: '1MB' }], { name: 'bulk' })
    const both = [stream('half', 'r/h1', '4.81Gbps'), bulk]
    const result = await scenario({ ...crowd, traffic: both, run: { clock: 'flow', for: '3ms' } }).run()
    const bulkResult = result.flows.find(({ traffic: name }) => name === 'bulk')!
    // 1 MB and its headers at 5 Gbit/s, after a handshake and slow start
    const fctPs = bulkResult.all.fctPs.p50.value!
    expect(fctPs).toBeGreaterThan(1_600e6)
    expect(fctPs).toBeLessThan(1_800e6)
    expect(result.streams[0]!.packetsLost).toBe(0)
  })

  it('take every way that they are sprayed over, with the delay of each', async () => {
    const fabric = pod().r.fabric
    const sprayed = { leafSpine: { ...fabric.leafSpine!, ecmp: 'spray' as const } }
    const slow = { links: 'r/leaf-0:r/spine-1', delay: '11us' }
    const { streams } = await scenario({
      regions: { r: { fabric: { ...sprayed, overrides: [slow] } } },
      traffic: [
        traffic.stream({
          name: 's',
          from: 'r/leaf-0/host-0',
          to: 'r/leaf-1/host-0',
          packet: '962B',
          rate: '1Gbps',
        }),
      ],
      run: { clock: 'flow', for: '1ms' },
    }).run()
    // four links of 1 us and 0.8 us; every other packet takes 10 us more
    const { mean, p50, p99, max } = streams[0]!.delayPs!
    expect([p50, p99, max]).toEqual([7.2e6, 17.2e6, 17.2e6])
    expect(mean).toBeCloseTo(12.2e6, 0)
    expect(streams[0]!.packetsLost).toBe(0)
  })
})

describe('delays by number of packets', () => {
  it('have the statistics of a sample with so many of each', () => {
    const delays = new WeightedDelays([
      { delayPs: 30, packets: 1 },
      { delayPs: 10, packets: 6 },
      { delayPs: 20, packets: 3 },
      { delayPs: 99, packets: 0 },
    ])
    expect([delays.count, delays.mean, delays.min, delays.max]).toEqual([10, 15, 10, 30])
    expect([0.1, 0.6, 0.61, 0.9, 0.91].map((p) => delays.quantile(p))).toEqual([10, 10, 20, 20, 30])
  })

  it('of none have none', () => {
    const none = new WeightedDelays([{ delayPs: 5, packets: 0 }])
    expect(none.count).toBe(0)
    expect([none.min, none.quantile(0.5)]).toEqual([Number.NaN, Number.NaN])
  })
})
