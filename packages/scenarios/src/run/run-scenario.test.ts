import { describe, expect, it } from 'vitest'
import { type ScenarioOptions, scenario, traffic } from '../index.ts'
import { DropRecorder } from './packet-clock/drop-recorder.ts'
import { InstantLog } from './instant-log.ts'
import {
  countsOf,
  finished,
  packetClockOf,
  pod,
  star,
  started,
  transport,
} from './small-scenarios.fixture.ts'

const US = 1e6
const short: ScenarioOptions = {
  regions: pod(),
  traffic: [traffic.allToAll({ name: 'flows', sizes: '20kB', load: 0.3, transport })],
  run: { for: '200us', warmup: '50us', drain: '1s' },
}
const one = (size: string) => [traffic.flows([{ at: '0us', from: 'r/h1', to: 'r/h2', size }])]

describe('a run', () => {
  it('ends early once drained, with a whole and conserved result', async () => {
    const result = await scenario(short).run()
    expect(result.partial).toBe(false)
    expect(result.simulatedPs).toBeLessThan(10_000 * US)
    const { originated, delivered, dropped, inFlight } = result.packets!
    expect([inFlight, originated]).toEqual([0, delivered + dropped])
    expect(result.drops!.reduce((sum, { packets }) => sum + packets, 0)).toBe(dropped)
  })

  it('does not depend on how fast the machine is', async () => {
    const [one, other] = [await scenario(short).run(), finished(started(short), [13 * US])]
    expect([one.digest, one.simulatedPs, one.events]).toEqual([
      countsOf(other).digest,
      countsOf(other).nowPs,
      countsOf(other).events,
    ])
  })

  it('stops at the signal with a partial result whose numbers agree', async () => {
    const stop = new AbortController()
    const endless: ScenarioOptions = { ...short, run: { for: '1s', drain: '0s' } }
    const result = await scenario(endless).run({
      signal: stop.signal,
      onProgress: ({ nowPs }) => nowPs > 300 * US && stop.abort(),
    })
    expect(result.partial).toBe(true)
    expect(result.simulatedPs).toBeGreaterThan(300 * US)
    const { originated, delivered, dropped, inFlight } = result.packets!
    expect(originated).toBe(delivered + dropped + inFlight)
    expect(result.series.startPs).toHaveLength(result.series.activeFlows.length)
    for (const link of result.links) expect(link.utilization.mean).toBeLessThanOrEqual(1)
    expect(result.links.some(({ packets }) => packets! > 0)).toBe(true)
  })

  it('aborted before the warm-up has no load to show, and does not fail', async () => {
    const result = await scenario({ ...short, expect: [{ metric: 'link.marks', atMost: 5 }] }).run({
      signal: AbortSignal.abort(),
    })
    expect(result).toMatchObject({ partial: true, simulatedPs: 0, expectations: [{ pass: true }] })
    expect(result.links.every(({ packets, utilization }) => packets === 0 && utilization.mean === 0)).toBe(
      true,
    )
  })

  it('ends at the horizon when flows do not', async () => {
    const run = { for: '100us', drain: '50us' }
    const result = await scenario({ regions: star(2), traffic: one('1GB'), run }).run()
    expect(result).toMatchObject({ partial: false, simulatedPs: 150 * US, horizonPs: 150 * US })
    expect(result.flows[0]).toMatchObject({ completed: 0, unfinished: 1, failed: 0 })
    expect(result.packets!.inFlight).toBeGreaterThan(0)
  })

  it('measures links from the warm-up to the end of arrivals', async () => {
    const stream = traffic.stream({ from: 'r/h1', to: 'r/h2', packet: '962B', rate: '962Mbps' })
    const run = { for: '100us', warmup: '40us', window: '20us' }
    const { links } = await scenario({ regions: star(2), traffic: [stream], run }).run()
    // 1,000 bytes on the wire, 0.8 us, at 40, 48 ... 96 us; the window from 40 us has three of them
    const { packets, utilization } = links.find(({ from }) => from === 'r/h1')!
    expect(packets).toBe(8)
    expect(utilization.mean).toBeCloseTo((8 * 0.8) / 60, 12)
    expect(utilization.max).toBeCloseTo((3 * 0.8) / 20, 6)
  })

  it('keeps a bounded number of windows however long it drains', async () => {
    // SYNs to a dead host: nothing but timers for 3 s, or 3 million windows
    const dead = scenario({
      regions: star(2),
      traffic: one('1kB'),
      events: [{ at: '0s', fail: 'r/h2' }],
      run: { for: '100us', window: '1us', drain: '3s' },
    })
    const result = await dead.run()
    expect(result.simulatedPs).toBe(3_000_100 * US)
    expect(result.series.startPs).toHaveLength(20_000)
    expect(result.warnings).toEqual(['the time series ends at 20ms, after 20000 windows'])
  })
})

describe('the drop recorder', () => {
  const overload: ScenarioOptions = {
    regions: star(3, '10Gbps', { capacity: '4 packets' }),
    traffic: [
      traffic.stream({ name: 'x', from: 'r/h1', to: 'r/h3', packet: '1500B', rate: '8Gbps' }),
      traffic.stream({
        name: 'y',
        from: 'r/h2',
        to: 'r/h3',
        packet: '1500B',
        rate: '8Gbps',
        process: 'poisson',
      }),
    ],
    run: { for: '200us' },
  }

  it('has every drop of the ledger, by reason and place', () => {
    const run = finished(started(overload))
    const { ledger } = packetClockOf(run).engine.network
    expect(ledger.dropped).toBeGreaterThan(20)
    const rows = [...packetClockOf(run).packets.drops.rows()]
    expect(rows).toHaveLength(ledger.dropped)
    expect(ledger.drops()).toEqual([{ reason: 'queue-full', place: 'r/a → r/h3', packets: rows.length }])
    expect(rows.every(({ reason, place }) => reason === 'queue-full' && place === 'r/a → r/h3')).toBe(true)
    expect(rows.map(({ firstPs }) => firstPs)).toEqual(
      rows.map(({ firstPs }) => firstPs).sort((a, b) => a - b),
    )
    expect(packetClockOf(run).packets.drops.droppedAt('r/a → r/h3')).toBe(rows.length)
    expect(packetClockOf(run).packets.drops.droppedAt('r/a → r/h1')).toBe(0)
  })

  it('sums up what is beyond its room, and loses none', () => {
    const run = started(overload)
    const { network, flows } = packetClockOf(run).engine
    const small = new DropRecorder(network, (flow) => flows.traffic[flow]!, 10)
    finished(run)
    const all = [...packetClockOf(run).packets.drops.rows()]
    const kept = [...small.rows()]
    expect(kept.slice(0, 10)).toEqual(all.slice(0, 10))
    for (const traffic of [0, 1]) {
      const late = all.slice(10).filter((row) => row.traffic === traffic)
      const sum = { firstPs: late[0]!.firstPs, lastPs: late.at(-1)!.lastPs, packets: late.length, traffic }
      expect(kept.slice(10).find((row) => row.traffic === traffic)).toMatchObject(sum)
    }
    expect(small.size + small.summed).toBe(network.ledger.dropped)
  })
})

describe('counters at instants', () => {
  it('are those of the last instant reached', () => {
    const log = new InstantLog<string>()
    expect(log.at(5)).toBeUndefined()
    log.mark(0, 'zero')
    log.mark(10, 'ten')
    log.mark(10, 'ten again')
    expect([0, 9, 10, 1e15].map((atPs) => log.at(atPs))).toEqual(['zero', 'zero', 'ten again', 'ten again'])
  })
})
