import { describe, expect, it } from 'vitest'
import { fail, repair, type ScenarioOptions, scenario, traffic } from '../../index.ts'
import { finished, pod, star, started, transport } from '../small-scenarios.fixture.ts'
import type { ScenarioRun } from '../scenario-run.ts'

const US = 1e6
const HOUR = 3600e12

const busy: ScenarioOptions = {
  regions: pod(),
  traffic: [
    traffic.allToAll({ name: 'flows', sizes: { exponential: '30kB' }, load: 0.4, transport }),
    traffic.stream({
      name: 'stream',
      from: 'r/leaf-0',
      to: 'r/leaf-1/host-0',
      packet: '1000B',
      rate: '1Gbps',
    }),
  ],
  events: [fail('r/spine-1', '150us'), repair('r/spine-1', '250us')],
  run: { for: '400us', drain: '5ms', window: '50us' },
}
const under = (clock: 'packet' | 'flow', options: ScenarioOptions = busy): ScenarioOptions => ({
  ...options,
  run: { ...options.run, clock },
})

/** Every flow's start, ends, ports and size: what traffic decides, and no clock. */
function flowsOf({ engine: { flows, network } }: ScenarioRun) {
  return Array.from({ length: flows.size }, (_, flow) => [
    flows.startPs[flow],
    network.addresses.textOf(flows.source[flow]!),
    network.addresses.textOf(flows.destination[flow]!),
    flows.destinationPort[flow],
    flows.bytes[flow],
  ])
}

function countsOf(run: ScenarioRun) {
  const { sim, flows } = run.engine
  return {
    nowPs: run.nowPs,
    digest: sim.digest.toString(),
    events: sim.eventsRun,
    completed: Array.from(flows.completedPs.subarray(0, flows.size)),
  }
}

describe('one scenario under both clocks', () => {
  const [packet, flow] = (['packet', 'flow'] as const).map((clock) => finished(started(under(clock))))

  it('starts the same flows, of the same sizes, at the same instants', () => {
    expect(flowsOf(flow!).length).toBeGreaterThan(20)
    expect(flowsOf(flow!)).toEqual(flowsOf(packet!))
  })

  it('names its clock, and what that leaves out', async () => {
    const result = await scenario(busy).run({ clock: 'flow' })
    expect(result).toMatchObject({ schema: 2, clock: 'flow', packets: null, drops: null })
    expect(result.notModelled).toContain('queues')
    expect(result.series.drops).toBeNull()
    for (const link of result.links) {
      const { packets, marked, dropped, queuePeakPackets } = link
      expect([packets, marked, dropped, queuePeakPackets]).toEqual([null, null, null, null])
    }
    expect(result.flows[0]).toMatchObject({ retransmissions: null, timeouts: null, unfinished: 0 })
    const { solutions, flowsTouched, flowsTouchedMax } = result.sharing!
    expect(solutions).toBeGreaterThan(result.flows[0]!.started)
    expect(flowsTouched).toBeGreaterThanOrEqual(flowsTouchedMax)
    expect(await scenario(busy).run()).toMatchObject({ clock: 'packet', notModelled: [], sharing: null })
  })
})

describe('at low load, after the warm-up', () => {
  const calm: ScenarioOptions = {
    regions: pod({ capacity: '256 packets', ecnThreshold: '65 packets' }, 4),
    traffic: [traffic.allToAll({ name: 'flows', sizes: { exponential: '100kB' }, load: 0.15, transport })],
    run: { for: '40ms', warmup: '2ms', drain: '10ms', window: '1ms' },
  }

  it('every link is as busy as under the packet clock within 0.5 % of its rate, and no flow is slower', async () => {
    const [packet, flow] = await Promise.all(
      (['packet', 'flow'] as const).map((clock) => scenario(calm).run({ clock })),
    )
    packet!.links.forEach(({ name, utilization }, direction) => {
      const other = flow!.links[direction]!
      expect(other.name).toBe(name)
      expect(utilization.mean).toBeGreaterThan(0.05)
      expect(Math.abs(other.utilization.mean - utilization.mean), name).toBeLessThan(0.005)
    })
    const [slow, quick] = [packet!, flow!].map((result) => result.flows[0]!.all)
    expect(quick!.flows).toBe(slow!.flows)
    for (const percentile of ['p50', 'p95', 'p99'] as const) {
      expect(quick!.slowdown[percentile].value).toBeLessThan(slow!.slowdown[percentile].value!)
    }
    expect(quick!.slowdown.p50.value).toBeGreaterThan(1)
  })
})

describe('a run under the flow clock', () => {
  const whole = countsOf(finished(started(under('flow'))))

  it('has the same digest again, and another with another seed', () => {
    expect(countsOf(finished(started(under('flow'))))).toEqual(whole)
    const other = finished(started({ ...under('flow'), seed: 'other' }))
    expect(countsOf(other).digest).not.toBe(whole.digest)
  })

  it.each([[[13 * US]], [[1, 7 * US, 400 * US]], [[777_777]]])(
    'does not depend on how it is sliced: %j',
    (slices) => {
      expect(countsOf(finished(started(under('flow')), slices))).toEqual(whole)
    },
  )

  it.each(['1us', '17us', '400us'])('does not depend on its windows: %s', (window) => {
    const run = started(under('flow', { ...busy, run: { ...busy.run, window } }))
    expect(countsOf(finished(run))).toEqual(whole)
  })

  it('stops at the signal with a partial result whose numbers agree', async () => {
    const stop = new AbortController()
    const result = await scenario({ ...busy, run: { for: '1s', drain: '0s' } }).run({
      clock: 'flow',
      signal: stop.signal,
      onProgress: ({ nowPs }) => nowPs > 300 * US && stop.abort(),
    })
    expect(result).toMatchObject({ partial: true, clock: 'flow' })
    const { started: begun, completed, unfinished } = result.flows[0]!
    expect(begun).toBe(completed + unfinished)
    expect(completed).toBeGreaterThan(0)
    for (const { utilization } of result.links) expect(utilization.mean).toBeLessThanOrEqual(1 + 1e-9)
    expect(Math.max(...result.links.map(({ utilization }) => utilization.mean))).toBeGreaterThan(0.1)
  })

  it('ends at the horizon when flows do not', async () => {
    const flows = [traffic.flows([{ at: '0s', from: 'r/h1', to: 'r/h2', size: '1TB' }])]
    const result = await scenario({
      regions: star(2),
      traffic: flows,
      run: { clock: 'flow', for: '100us', drain: '50us' },
    }).run()
    expect(result).toMatchObject({ partial: false, simulatedPs: 150 * US })
    expect(result.flows[0]).toMatchObject({ completed: 0, unfinished: 1 })
  })
})

describe('weeks', () => {
  const weeks: ScenarioOptions = {
    regions: star(4),
    traffic: [
      traffic.allToAll({ name: 'copies', sizes: { exponential: '5TB' }, load: 0.3 }),
      traffic.flows([{ at: '15d', from: 'r/h1', to: 'r/h2', size: '1MB' }], { name: 'late' }),
      traffic.stream({ name: 'feed', from: 'r/h3', to: 'r/h4', packet: '962B', rate: '962Mbps' }),
    ],
    events: [fail('r/h4:r/a', '9d'), repair('r/h4:r/a', '11d')],
    expect: [
      { metric: 'stream.loss', from: '9d', to: '11d', equals: '100%' },
      { metric: 'stream.loss', from: '11.1d', equals: 0 },
    ],
    run: { clock: 'flow', for: '20d', window: '6h' },
  }

  it('pass, with failures of days, and short flows late in them', async () => {
    const result = await scenario(weeks).run()
    expect(result.simulatedPs).toBeGreaterThan(20 * 24 * HOUR)
    expect(result.expectations.map(({ measured }) => measured)).toEqual(['100%', '0'])
    const [copies, late] = ['copies', 'late'].map(
      (name) => result.flows.find((each) => each.traffic === name)!,
    )
    expect(copies!.completed).toBeGreaterThan(200)
    expect(result.flows.every(({ unfinished }) => unfinished === 0)).toBe(true)
    // 1 MB at 10 Gbit/s or a share of it; instants are 1/4 ns apart after 15 days
    const fctPs = late!.all.fctPs.p50.value!
    expect(fctPs).toBeGreaterThan(800 * US)
    expect(fctPs).toBeLessThan(4_000 * US)
    const [feed] = result.streams
    // two of twenty days are lost
    expect(feed!.packetsLost / feed!.packetsSent).toBeCloseTo(0.1, 5)
    expect(feed!.packetsSent).toBe(20 * 86_400 * 125_000)
  })

  it('are explained at their instants', () => {
    const weekly = scenario(weeks)
    const at = (instant: string) => weekly.explain({ from: 'r/h3', to: 'r/h4', at: instant }).verdict
    expect([at('8d'), at('10d'), at('12d')]).toEqual(['delivered', 'dropped', 'delivered'])
    expect(weekly.explainLink({ link: 'r/h4:r/a', at: '10d' }).directions[0]!.up).toBe(false)
  })
})
