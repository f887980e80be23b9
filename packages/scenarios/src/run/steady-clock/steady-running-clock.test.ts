import { describe, expect, it } from 'vitest'
import {
  fail,
  graph,
  leafSpine,
  region,
  repair,
  type ScenarioOptions,
  scenario,
  traffic,
} from '../../index.ts'
import { assertConserved, assertDropsExplained, assertEnded } from '../../kit/index.ts'
import { buildResult } from '../../result/build-result.ts'
import type { ScenarioResult } from '../../result/result.ts'
import { finished, pod, ring, star, started } from '../small-scenarios.fixture.ts'

const US = 1e6
const MS = 1e9
const S = 1e12
const HOUR = 3600 * S

const spray = (rate = '10Gbps') => ({
  r: region({
    fabric: leafSpine({
      leaves: 3,
      spines: 3,
      hostsPerLeaf: 3,
      hostLink: rate,
      fabricLink: rate,
      ecmp: 'spray',
    }),
    routing: { detection: '2ms', convergence: '3ms' },
  }),
})

const stream = (name: string, from: string, to: string, rate: string, times: object = {}) =>
  traffic.stream({ name, from, to, packet: '1200B', rate, ...times })

const run = (options: ScenarioOptions, clock: 'flow' | 'steady' = 'steady') =>
  scenario({ ...options, run: { ...options.run, clock } }).run()

const linkOf = ({ links }: ScenarioResult, name: string) => links.find((link) => link.name === name)!

/** Streams that come and go over a spine that fails, split by weight. */
const fading: ScenarioOptions = {
  regions: spray(),
  traffic: [
    stream('steady', 'r/leaf-0', 'r/leaf-1', '1Gbps'),
    stream('late', 'r/leaf-1/host-0', 'r/leaf-2/host-1', '2Gbps', { start: '31ms' }),
    stream('early', 'r/leaf-2', 'r/leaf-0', '700Mbps', { stop: '77ms' }),
  ],
  events: [fail('r/spine-1', '40ms'), repair('r/spine-1', '60ms')],
  run: { for: '100ms', warmup: '10ms', window: '7ms' },
}

describe('a run under the steady clock', () => {
  it("has the flow clock's averages where traffic is split by weight, over failures and new routes", async () => {
    const [steady, flow] = [await run(fading), await run(fading, 'flow')]
    expect(Math.max(...steady.links.map(({ utilization }) => utilization.mean))).toBeGreaterThan(0.2)
    steady.links.forEach(({ name, utilization, wireBytes }, direction) => {
      const other = flow.links[direction]!
      expect(other.name).toBe(name)
      const off = Math.abs(utilization.mean - other.utilization.mean)
      expect(off, name).toBeLessThanOrEqual(1e-9 * other.utilization.mean)
      expect(Math.abs(wireBytes - other.wireBytes)).toBeLessThanOrEqual(1)
    })
    expect(steady.changes).toEqual(flow.changes)
    steady.streams.forEach(({ packetsSent, packetsLost, goodputBps }, index) => {
      const other = flow.streams[index]!
      expect(packetsSent).toBe(other.packetsSent)
      expect(Math.abs(packetsLost - other.packetsLost)).toBeLessThanOrEqual(1)
      expect(goodputBps / other.goodputBps).toBeCloseTo(1, 9)
    })
  })

  it("has the loads of the scenario's plan while everything is up", async () => {
    const calm: ScenarioOptions = {
      regions: pod({ capacity: '64 packets', ecnThreshold: '16 packets' }),
      traffic: [
        traffic.allToAll({ name: 'web', sizes: 'WebSearch', load: 0.3 }),
        traffic.incast({ from: 'r/leaf-0', to: 'r/leaf-1/host-0', size: '1MB', at: '5ms' }),
        stream('voice', 'r/leaf-1', 'r/leaf-0', '500Mbps'),
      ],
      run: { for: '20ms' },
    }
    const result = await run(calm)
    const plan = await scenario(calm).plan()
    const planned = new Map(plan.resources.flatMap((each) => each.names.map((name) => [name, each])))
    for (const { name, utilization, steady } of result.links) {
      const expected = planned.get(name)!
      expect(utilization.mean / expected.utilization).toBeCloseTo(1, 9)
      expect(steady!.offered.mean / expected.utilization).toBeCloseTo(1, 9)
      expect(steady!.packetsPerSecond / expected.packetsPerSecond).toBeCloseTo(1, 9)
      expect(steady!.connectionsPerSecond).toBeCloseTo(expected.connectionsPerSecond, 6)
    }
    const opened = result.steady!.traffic.map(({ connectionsPerSecond }) => connectionsPerSecond)
    expect(opened.reduce((a, b) => a + b)).toBeCloseTo(plan.demand.connectionsPerSecond, 6)
    // arriving flows, flows of a burst over 20 ms, a stream
    expect(opened.map((rate) => rate > 0)).toEqual([true, false, true])
    expect(plan.oversubscription).toMatchObject(result.network.oversubscription)
  })

  it('has an interval for every failure, new route, repair, start and stop, with what each loses', async () => {
    const { steady, drops } = await run(fading)
    const begins = steady!.intervals.map(({ fromPs }) => fromPs / MS)
    // the repaired spine carries again at once; routes lead there 5 ms later
    expect(begins).toEqual([0, 31, 40, 45, 60, 65, 77])
    const [, , dark, routed] = steady!.intervals
    expect(dark!.lost.map(({ reason }) => reason)).toEqual(['link-down'])
    // a third of what crosses leaves goes over the dead spine
    expect(dark!.lost[0]!.ipBps / dark!.demandBps).toBeCloseTo(1 / 3, 9)
    expect(routed!.lost).toEqual([])
    for (const { demandBps, deliveredBps, lost } of steady!.intervals) {
      const lostBps = lost.reduce((sum, { ipBps }) => sum + ipBps, 0)
      expect((deliveredBps + lostBps) / demandBps).toBeCloseTo(1, 9)
    }
    for (const { firstPs, lastPs } of drops!) expect([firstPs, lastPs]).toEqual([40 * MS, 45 * MS])
    // a host's own link has most of its rate all the time
    expect(steady!.highestLoad).toEqual([[0, steady!.intervals[0]!.worst!.offered]])
  })

  it('accounts for every packet, and names its clock and what it leaves out', async () => {
    const result = await run(fading)
    assertConserved(result)
    assertDropsExplained(result)
    assertEnded(result)
    expect(result).toMatchObject({
      schema: 2,
      clock: 'steady',
      sharing: null,
      flowModel: null,
      flows: [],
      simulatedPs: 100 * MS,
    })
    expect(result.notModelled).toContain('depths of queues')
    expect(result.series.activeFlows).toEqual([])
    expect(result.series.startPs).toHaveLength(15)
    for (const { marked, queuePeakPackets } of result.links)
      expect([marked, queuePeakPackets]).toEqual([null, null])
    const inSeries = result.series.drops!.flatMap(({ values }) => values).reduce((a, b) => a + b, 0)
    // places are rounded to whole packets, windows are not
    expect(Math.abs(inSeries - result.packets!.dropped)).toBeLessThanOrEqual(result.drops!.length / 2)
    for (const link of (await run(fading, 'flow')).links) expect(link.steady).toBeNull()
  })
})

describe('where more is offered than fits', () => {
  /** Three senders of 6 Gbit/s of IP to one host behind 10 Gbit/s. */
  const crowded: ScenarioOptions = {
    regions: star(4),
    traffic: [1, 2, 3].map((i) =>
      stream(`s${i}`, `r/h${i}`, 'r/h4', '6Gbps', i === 3 ? { stop: '5ms' } : {}),
    ),
    expect: [
      { metric: 'link.utilization', statistic: 'max', atMost: '100%' },
      { metric: 'drops', reason: 'queue-full', above: '40%', to: '5ms' },
      { metric: 'drops', of: 's1', from: '5ms', below: '25%' },
      { metric: 'drops', switch: 'r/a', above: 0 },
      { metric: 'drops', reason: 'link-down', equals: 0 },
      { metric: 'stream.loss', of: 's3', atLeast: '46%' },
      { metric: 'stream.goodput', of: 's1', from: '5ms', below: '5Gbps' },
    ],
    run: { for: '10ms', window: '1ms' },
  }

  it('all lose the same share, offered and carried loads are told apart', async () => {
    const result = await run(crowded)
    const { utilization, steady, dropped } = linkOf(result, 'r/a → r/h4')
    // 38 bytes of Ethernet on 1200
    const gbps = (6 * 1238) / 1200
    expect(utilization.mean).toBeCloseTo(1, 12)
    expect(steady!.offered.max).toBeCloseTo((3 * gbps) / 10, 12)
    expect(steady!.offered.mean).toBeCloseTo((2.5 * gbps) / 10, 12)
    expect(steady!.waitPs).toBeNull()
    expect(dropped).toBe(result.packets!.dropped)
    const passes = [10 / (3 * gbps), 10 / (2 * gbps)] as const
    const expected = [1 - (passes[0] + passes[1]) / 2, 1 - (passes[0] + passes[1]) / 2, 1 - passes[0]]
    result.streams.forEach(({ packetsLost, packetsSent }, index) => {
      expect(Math.abs(packetsLost - expected[index]! * packetsSent)).toBeLessThanOrEqual(1)
    })
    expect(result.steady!.intervals.map(({ overfull }) => overfull)).toEqual([1, 1])
  })

  it('judges expectations on loads, losses and streams', async () => {
    const { expectations, warnings } = await run(crowded)
    const passes = expectations.map(({ text, pass, measured }) => `${pass} ${text}: ${measured}`)
    expect(passes).toEqual([
      'true link.utilization  max at most 100%: 100%',
      expect.stringMatching(/^true drops {2}queue-full above 40% to 5ms: 46\.1%$/),
      expect.stringMatching(/^true drops {2}s1 below 25% from 5ms: 19\.2%$/),
      expect.stringMatching(/^true drops {2}r\/a above 0: \d/),
      'true drops  link-down equal to 0: 0',
      expect.stringMatching(/^true stream\.loss {2}s3 at least 46%: 46\.1%$/),
      expect.stringMatching(/^true stream\.goodput {2}s1 below 5Gbps from 5ms: 4733Mbps$/),
    ])
    expect(warnings.some((line) => line.includes('nothing slows down'))).toBe(true)
  })

  it('names what broke an expectation, when, and who loaded it', async () => {
    const { expectations } = await run({
      ...crowded,
      expect: [{ metric: 'drops', of: 's3', equals: 0 }],
    })
    expect(expectations[0]).toMatchObject({ pass: false, object: 'r/a → r/h4', fromPs: 0, toPs: 5 * MS })
    expect(expectations[0]!.hints[0]).toBe('top demands: r/h1 → r/h4 33%, r/h2 → r/h4 33%, r/h3 → r/h4 33%')
  })
})

describe('waits and hashing', () => {
  it('waits are those of M/D/1 for packets of one size', async () => {
    const result = await run({
      regions: star(3),
      traffic: [stream('a', 'r/h1', 'r/h3', '3Gbps'), stream('b', 'r/h2', 'r/h3', '4Gbps')],
      run: { for: '1ms' },
    })
    const load = (7 / 10) * (1238 / 1200)
    const servicePs = (1238 * 8 * S) / 10e9
    expect(linkOf(result, 'r/a → r/h3').steady!.waitPs).toBeCloseTo((load * servicePs) / (2 * (1 - load)), 3)
    expect(linkOf(result, 'r/h3 → r/a').steady!.waitPs).toBeNull()
  })

  it('the interval of hashing has the binomial of a few streams, and none where packets are sprayed', async () => {
    const streams = [stream('s', 'r/leaf-0', 'r/leaf-1', '2Gbps')]
    const { steady } = linkOf(
      await run({ regions: pod(undefined, 4), traffic: streams, run: { for: '1ms' } }),
      'r/leaf-0 → r/spine-0',
    )
    // four streams over two spines: none of them in one case of 16, so that 0 to 4 holds with 95 %
    const load = (4 * 2 * 1238) / 1200 / 10
    expect(steady!.offered.mean).toBeCloseTo(load / 2, 12)
    expect(steady!.hashed).toEqual({ confidence: 0.95, low: 0, high: expect.closeTo(load, 12) })
    const sprayed = await run({ regions: spray(), traffic: streams, run: { for: '1ms' } })
    for (const link of sprayed.links) expect(link.steady!.hashed).toBeNull()
    expect(sprayed.steady!.assumptions.at(-1)).toMatch(/spray/)
  })

  it('the interval narrows with more and with more equal flows', async () => {
    const width = async (sizes: '1MB' | 'WebSearch', length: string) => {
      const { links } = await run({
        regions: pod(undefined, 4),
        traffic: [traffic.allToAll({ sizes, load: 0.3 })],
        run: { for: length },
      })
      const { low, high } = links.find(({ name }) => name === 'r/leaf-0 → r/spine-0')!.steady!.hashed!
      return high - low
    }
    const [short, long, unlike] = [
      await width('1MB', '100ms'),
      await width('1MB', '10s'),
      await width('WebSearch', '10s'),
    ]
    expect(short / long).toBeGreaterThan(8)
    expect(short / long).toBeLessThan(12)
    expect(unlike).toBeGreaterThan(2 * long)
  })
})

describe('time', () => {
  it('takes weeks with a profile: means over half hours, the peak of each interval', async () => {
    const { steady, series, links, simulatedPs } = await run({
      regions: star(4),
      traffic: [
        traffic.allToAll({
          name: 'web',
          sizes: '1MB',
          load: 0.4,
          profile: { period: 'day', swing: '50%', peak: '14h' },
        }),
      ],
      run: { for: '14d', window: '1h' },
    })
    expect(simulatedPs).toBe(14 * 24 * HOUR)
    expect(steady!.intervals).toHaveLength(1)
    const { offered, mean } = { offered: links[0]!.steady!.offered, mean: links[0]!.utilization.mean }
    expect(offered.mean / mean).toBeCloseTo(1, 9)
    expect(offered.max / offered.mean).toBeCloseTo(1.5, 2)
    expect(steady!.intervals[0]!.worst!.offered).toBeCloseTo(
      Math.max(...links.map((link) => link.steady!.offered.max)),
      9,
    )
    const day = series.goodputBps[0]!.values.slice(24, 48)
    expect(day.indexOf(Math.max(...day))).toBeGreaterThanOrEqual(13)
    expect(day.indexOf(Math.max(...day))).toBeLessThanOrEqual(14)
    expect(day.reduce((a, b) => a + b) / 24 / (4 * 0.4 * 10e9)).toBeCloseTo(1, 3)
    expect(steady!.highestLoad.length).toBeGreaterThan(14 * 40)
  })

  it('ends with the arrivals, whatever there is to drain, and leaves out the warm-up', async () => {
    const result = await run({
      regions: star(2),
      traffic: [stream('s', 'r/h1', 'r/h2', '1Gbps', { stop: '4ms' })],
      run: { for: '8ms', drain: '1s', warmup: '2ms' },
    })
    expect(result).toMatchObject({ simulatedPs: 8 * MS, partial: false })
    expect(result.steady!.traffic[0]!.demandBps / (1e9 / 3)).toBeCloseTo(1, 9)
    expect(linkOf(result, 'r/h1 → r/a').steady!.offered.max).toBeCloseTo((1 / 10) * (1238 / 1200), 9)
  })

  it.each([[[13 * US]], [[1, 7 * MS, 40 * MS]], [[777_777_777]]])(
    'is the same however it is sliced: %j',
    (slices) => {
      const numbers = (options: readonly number[] | undefined) => {
        const done = finished(started({ ...fading, run: { ...fading.run, clock: 'steady' } }), options)
        const { clock, engine, nowPs } = done
        return {
          digest: engine.sim.digest.toString(),
          bytes: done.links.directions.map((_, direction) => clock.meter.wireBytes(direction)),
          losses: clock.losses!.byPlace(),
          intervals: clock.steady!.intervals.results(nowPs),
        }
      }
      expect(numbers(slices)).toEqual(numbers(undefined))
    },
  )

  it('stops at the signal with a partial result whose numbers agree', async () => {
    const stop = new AbortController()
    const result = await scenario({ ...fading, run: { for: '10s' } }).run({
      clock: 'steady',
      signal: stop.signal,
      onProgress: ({ nowPs }) => nowPs > 50 * MS && stop.abort(),
    })
    expect(result).toMatchObject({ partial: true, clock: 'steady' })
    expect(result.steady!.intervals.at(-1)!.toPs).toBe(result.simulatedPs)
    assertConserved(result)
    expect(linkOf(result, 'r/leaf-0 → r/spine-0').utilization.mean).toBeGreaterThan(0.09)
  })

  it('has nothing to tell where nothing is sent', async () => {
    const result = await run({ regions: star(2), traffic: [], run: { for: '1ms' } })
    expect(result.packets).toEqual({ originated: 0, delivered: 0, dropped: 0, inFlight: 0 })
    expect(result.steady).toMatchObject({
      traffic: [],
      intervals: [{ demandBps: 0, deliveredBps: 0, worst: null }],
    })
  })

  it('takes parts that fail by themselves, and counts what they lose', async () => {
    const result = await run({
      regions: {
        r: region({
          fabric: graph({
            switches: ['a'],
            hosts: ['h1', 'h2'],
            links: [
              { between: ['h1', 'a'], rate: '10Gbps' },
              { between: ['h2', 'a'], rate: '10Gbps' },
            ],
          }),
          routing: { detection: '0s', convergence: '0s' },
        }),
      },
      traffic: [stream('s', 'r/h1', 'r/h2', '1Gbps')],
      reliability: [{ name: 'r/h1:r/a', mtbf: '10h', mttr: '1h' }],
      run: { for: '30d' },
    })
    const { failed } = result.reliability!
    const downShare = failed[0]!.downPs / (30 * 24 * HOUR)
    expect(downShare).toBeGreaterThan(0.05)
    expect(result.packets!.dropped / result.packets!.originated).toBeCloseTo(downShare, 9)
    expect(result.drops!.map(({ reason }) => reason)).toEqual(['no-route'])
  })
})

describe('losses in a circle of full links', () => {
  const circling: ScenarioOptions = {
    regions: ring(),
    traffic: [0, 1, 2, 3, 4].map((i) => stream(`s${i}`, `r/h${i}`, `r/h${(i + 2) % 5}`, '8Gbps')),
    run: { for: '10ms', drain: '0s', clock: 'steady' },
  }
  const contextOf = (partial: boolean) => ({ inputs: '', partial, wallSeconds: 1, warnings: [] })

  it('let the run be interrupted pass by pass, and then say that they are not exact', () => {
    const run = started(circling)
    run.advance(10 * MS)
    for (let pass = 0; pass < 10; pass++) {
      expect(run).toMatchObject({ isSettling: true, nowPs: 0, finished: false })
      run.advance(10 * MS)
    }
    run.end()
    expect(run.isSettling).toBe(false)
    const result = buildResult(run, contextOf(true))
    expect(result).toMatchObject({ partial: true, simulatedPs: 0 })
    expect(result.warnings).toContainEqual(expect.stringContaining('losses did not come to rest'))
    expect(JSON.stringify(result)).not.toContain('NaN')
  })

  it('are the same however the run is sliced', () => {
    const [whole, sliced] = [[Infinity], [3 * US, 7 * MS]].map((slices) => {
      const { clock, ...result } = buildResult(finished(started(circling), slices), contextOf(false))
      return result
    })
    expect(sliced).toEqual(whole)
    // each link lets a share p pass of p (1 + p) 8 Gbit/s, here with 38 bytes of framing, and 10 fit
    const share = ((Math.sqrt(1 + 4 * (10 / 8) * (1200 / 1238)) - 1) / 2) ** 2
    const [{ packetsSent, packetsLost }] = whole!.streams as [(typeof whole.streams)[number]]
    expect(packetsLost / packetsSent).toBeCloseTo(1 - share, 3)
  })
})
