import { parseDuration, printDuration, printRate } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { type ScenarioOptions, type ScenarioResult, scenario, traffic } from '../index.ts'
import { star } from '../run/small-scenarios.fixture.ts'

type ExpectData = NonNullable<ScenarioOptions['expect']>[number]

/** 1,000 bytes on the wire, 0.8 us at 10 Gbit/s, every 1.6 us: 100 packets, 934 bytes of payload in each. */
const half = traffic.stream({
  name: 'half',
  from: 'r/h1',
  to: 'r/h3',
  packet: '962B',
  rate: '4.81Gbps',
  stop: '160us',
})
/** About as much as the link carries, from each of two hosts: the switch's queue of 4 overflows. */
const surge = traffic.stream({
  name: 'surge',
  from: ['r/h2', 'r/h4'],
  to: 'r/h3',
  packet: '1462B',
  rate: '9Gbps',
  process: 'poisson',
  start: '80us',
  stop: '120us',
})
const flows = traffic.flows([{ at: '0us', from: 'r/h4', to: 'r/h5', size: '20kB' }], { name: 'flows' })

const base: ScenarioOptions = {
  regions: star(5, '10Gbps', { capacity: '4 packets' }),
  traffic: [half, surge, flows],
  run: { for: '200us', window: '10us', drain: '200us' },
}

async function run(expectations: ExpectData[], options: Partial<ScenarioOptions> = {}) {
  const result = await scenario({ ...base, ...options, expect: expectations }).run()
  return { result, lines: result.expectations, values: result.expectations.map(({ measured }) => measured) }
}

const quiet = { traffic: [half, flows] }
const percentOf = (share: number) => `${Number((share * 100).toPrecision(3))}%`
const streamOf = (result: ScenarioResult, name: string) =>
  result.streams.find((each) => each.traffic === name)!

describe('a stream alone', () => {
  it('has the delay of two links, no jitter, no loss, and its rate without headers', async () => {
    const { lines, values } = await run(
      [
        { metric: 'stream.delay', statistic: 'max', atMost: '3600ns' },
        { metric: 'stream.delay', statistic: 'min', atLeast: '3600ns' },
        { metric: 'stream.delay', statistic: 'mean', equals: '3600ns' },
        { metric: 'stream.delay', percentile: 99, below: '3615ns', above: '3585ns' },
        { metric: 'stream.jitter', equals: '0s' },
        { metric: 'stream.loss', equals: 0 },
        { metric: 'stream.loss', of: 'half', equals: '0%' },
        { metric: 'stream.goodput', equals: '4.67Gbps' },
      ],
      quiet,
    )
    // 0.8 us on the wire and 1 us of fibre, twice; 934 bytes of 962 arrive every 1.6 us
    expect(values).toEqual(['3.6us', '3.6us', '3.6us', '3.6us', '0s', '0', '0%', '4.67Gbps'])
    expect(lines.filter(({ pass }) => !pass)).toEqual([])
  })

  it('keeps its rate in every window in which it sends', async () => {
    const { values } = await run(
      [
        { metric: 'stream.goodput', from: '16us', to: '32us', above: '1bps' },
        { metric: 'stream.goodput', from: '144us', to: '400us', above: '1bps' },
      ],
      quiet,
    )
    // the second one is measured up to where the stream ends
    expect(values).toEqual(['4.67Gbps', '4.67Gbps'])
  })

  it('that sends nothing in that time is nothing to measure', async () => {
    const { lines } = await run([{ metric: 'stream.loss', from: '160us', equals: 0 }], quiet)
    expect(lines[0]).toMatchObject({
      pass: false,
      measured: 'nothing to measure',
      hints: ['no packet that a stream sent in that time has arrived'],
    })
  })

  it('is not measured where the run was stopped before', async () => {
    const expectation: ExpectData = { metric: 'stream.delay', statistic: 'max', below: '1ms' }
    const stopped = await scenario({ ...base, expect: [expectation] }).run({ signal: AbortSignal.abort() })
    expect(stopped.expectations[0]).toMatchObject({ pass: false, measured: 'nothing to measure' })
  })
})

describe('streams that share too little', () => {
  it('agree with the result and with the drops', async () => {
    const { result, values } = await run([
      { metric: 'stream.loss', of: 'half', atLeast: 0 },
      { metric: 'drops', of: 'half', atLeast: 0 },
      { metric: 'stream.loss', of: 'half', atLeast: '0%' },
      { metric: 'stream.delay', of: 'half', statistic: 'max', below: '1s' },
      { metric: 'stream.delay', of: 'half', percentile: 50, below: '1s' },
      { metric: 'stream.goodput', of: 'half', above: '1bps' },
    ])
    const { packetsLost, packetsSent, delayPs, goodputBps } = streamOf(result, 'half')
    expect(packetsSent).toBe(100)
    expect(packetsLost).toBeGreaterThan(0)
    const time = (ps: number) => printDuration(Math.round(ps), { digits: 4 })
    expect(values).toEqual([
      `${packetsLost}`,
      `${packetsLost}`,
      percentOf(packetsLost / 100),
      time(delayPs!.max),
      time(delayPs!.p50),
      printRate(goodputBps, { digits: 4 }),
    ])
  })

  it('are measured one by one, and the worst is named with its time', async () => {
    const { result, lines } = await run([
      { metric: 'stream.loss', of: 'surge', equals: 0 },
      { metric: 'stream.loss', of: 'surge', atLeast: 100 },
      { metric: 'stream.goodput', above: '9Gbps', from: '80us', to: '120us' },
    ])
    const [most, least, goodput] = lines
    expect(most).toMatchObject({ pass: false, bound: 'equal to 0', hints: ['2 streams were measured'] })
    expect([most!.fromPs, most!.toPs]).toEqual([80e6, 120e6])
    const both = [most, least].map((line) => line!.object).sort()
    expect(both).toEqual(['r/h2 → r/h3, surge', 'r/h4 → r/h3, surge'])
    expect(Number(most!.measured)).toBeGreaterThan(Number(least!.measured))
    expect(Number(most!.measured) + Number(least!.measured)).toBe(streamOf(result, 'surge').packetsLost)
    expect(goodput).toMatchObject({ pass: false, hints: ['3 streams were measured'] })
  })

  it('lose only in the window in which the packets leave', async () => {
    const { result, values } = await run([
      { metric: 'stream.loss', of: 'half', to: '80us', equals: 0 },
      { metric: 'stream.loss', of: 'half', from: '80us', to: '125us', atLeast: 0 },
      { metric: 'stream.loss', of: 'half', from: '125us', equals: 0 },
      { metric: 'stream.delay', of: 'half', statistic: 'max', to: '70us', below: '1s' },
    ])
    expect(values).toEqual(['0', `${streamOf(result, 'half').packetsLost}`, '0', '3.6us'])
  })

  it('leave the warm-up out of delay and goodput, but not of loss', async () => {
    const { result, values } = await run(
      [
        { metric: 'stream.delay', of: 'half', statistic: 'max', below: '1s' },
        { metric: 'stream.goodput', of: 'half', above: '1bps' },
        { metric: 'stream.loss', of: 'half', atLeast: 0 },
      ],
      { run: { ...base.run, warmup: '136us' } },
    )
    expect(values).toEqual(['3.6us', '4.67Gbps', `${streamOf(result, 'half').packetsLost}`])
  })

  it('have jitter, within the differences of delay', async () => {
    const { lines } = await run([{ metric: 'stream.jitter', of: 'surge', equals: '0s' }])
    const jitter = parseDuration(lines[0]!.measured)
    // at most five packets of 1.2 us are before one in the queue
    expect(jitter.ok && jitter.value > 0 && jitter.value < 6e6).toBe(true)
  })
})

describe('expectations of streams', () => {
  it('change nothing in the run', async () => {
    const { result } = await run([{ metric: 'stream.delay', percentile: 99, below: '1s' }])
    expect(result.digest).toBe((await run([])).result.digest)
  })

  it('read as they were written', async () => {
    const { lines } = await run([
      { metric: 'stream.delay', of: 'half', percentile: 99, below: '1ms', from: '10us' },
    ])
    expect(lines[0]!.text).toBe('stream.delay  half p99 below 1ms from 10us')
  })
})
