import { describe, expect, it } from 'vitest'
import { type ScenarioOptions, type ScenarioResult, scenario, traffic } from '../index.ts'
import { star } from '../run/small-scenarios.fixture.ts'

type ExpectData = NonNullable<ScenarioOptions['expect']>[number]

/** 1,000 bytes on the wire, 0.8 us at 10 Gbit/s, every 1.6 us: exactly half of h1's link and of h3's, no queue. */
const half = traffic.stream({
  name: 'half',
  from: 'r/h1',
  to: 'r/h3',
  packet: '962B',
  rate: '4.81Gbps',
  stop: '160us',
})
/** As much again and more towards h3: its queue of 4 packets overflows. */
const surge = traffic.stream({
  name: 'surge',
  from: 'r/h2',
  to: 'r/h3',
  packet: '962B',
  rate: '9.62Gbps',
  start: '80us',
  stop: '120us',
})
const flows = traffic.flows(
  [
    { at: '0us', from: 'r/h4', to: 'r/h5', size: '1kB' },
    { at: '10us', from: 'r/h4', to: 'r/h5', size: '50kB' },
    { at: '100us', from: 'r/h5', to: 'r/h4', size: '200kB' },
    { at: '150us', from: 'r/h4', to: 'r/h5', size: '1GB' },
  ],
  { name: 'flows' },
)

const base: ScenarioOptions = {
  regions: star(5, '10Gbps', { capacity: '4 packets', ecnThreshold: '2 packets' }),
  traffic: [half, surge, flows],
  run: { for: '208us', window: '16us', drain: '208us' },
}

const run = (expectations: ExpectData[]): Promise<ScenarioResult> =>
  scenario({ ...base, expect: expectations }).run()

/** What is measured, from one run: the bound holds for sure, so that the text is what counts. */
async function measured(expectation: ExpectData): Promise<string> {
  const { expectations } = await run([expectation])
  return expectations[0]!.measured
}

describe('link.utilization', () => {
  it.each<[Partial<ExpectData>, string]>([
    [{ statistic: 'max', link: 'r/h1:r/a' } as Partial<ExpectData>, '50%'],
    [{ statistic: 'mean', link: 'r/h1:r/a', to: '160us' } as Partial<ExpectData>, '50%'],
    [{ statistic: 'min', link: 'r/h1:r/a', from: '160us' } as Partial<ExpectData>, '0%'],
    [{ percentile: 50, link: 'r/h1:r/a' } as Partial<ExpectData>, '50%'],
    [{ statistic: 'max', switch: 'r/a', link: 'r/h1:r/a' } as Partial<ExpectData>, '0%'],
    // the worst direction of all is full while both send
    [{ statistic: 'max', from: '80us', to: '112us', link: 'r/h3:r/a' } as Partial<ExpectData>, '100%'],
  ])('%j is %s', async (filter, value) => {
    expect(await measured({ metric: 'link.utilization', atMost: '100%', ...filter } as ExpectData)).toBe(
      value,
    )
  })

  it('looks for the smallest where it must be above, and names it', async () => {
    const [idle] = (
      await run([{ metric: 'link.utilization', statistic: 'max', link: 'r/h1:r/a', above: '10%' }])
    ).expectations
    expect(idle).toMatchObject({ pass: false, measured: '0%', object: 'r/a → r/h1', bound: 'above 10%' })
  })

  it('of a range finds what is out of it on either side', async () => {
    const range = {
      metric: 'link.utilization',
      statistic: 'max',
      link: 'r/h1:r/a',
      atLeast: '20%',
      atMost: '90%',
    } as const
    const [low] = (await run([range])).expectations
    expect(low).toMatchObject({
      pass: false,
      measured: '0%',
      object: 'r/a → r/h1',
      bound: 'at most 90% and at least 20%',
    })
  })

  it('names direction, windows, demands and the command', async () => {
    const expectation: ExpectData = {
      metric: 'link.utilization',
      statistic: 'max',
      below: '90%',
      link: 'r/h3:r/a',
    }
    const [{ object, fromPs, toPs, hints, pass }] = (await run([expectation])).expectations as [
      ScenarioResult['expectations'][0],
    ]
    expect({ pass, object }).toEqual({ pass: false, object: 'r/a → r/h3' })
    expect(fromPs).toBe(80e6)
    expect(toPs).toBeLessThanOrEqual(128e6)
    // the queue takes one of the surge's packets for each of the other stream's: half each
    expect(hints[0]).toMatch(/^top demands: (r\/h[12] → r\/h3 (4|5)\d%(, )?){2}$/)
    const shares = [...hints[0]!.matchAll(/(\d+)%/g)].map((match) => Number(match[1]))
    expect(Math.abs(shares.reduce((a, b) => a + b) - 100)).toBeLessThanOrEqual(1)
    expect(hints[1]).toBe("see it: scenario.explainLink({ link: 'r/a:r/h3', at: '80us' })")
  })
})

describe('queue.depth', () => {
  it('in packets and in bytes of IP', async () => {
    const at = { metric: 'queue.depth', statistic: 'max', switch: 'r/a', link: 'r/h3:r/a' } as const
    const result = await run([
      { ...at, atMost: '4 packets' },
      { ...at, atMost: '3848B' },
      { ...at, below: '4 packets' },
      { ...at, below: '3848B' },
    ])
    expect(result.expectations.map(({ pass, measured: value }) => [pass, value])).toEqual([
      [true, '4 packets'],
      [true, '3848B'],
      [false, '4 packets'],
      [false, '3848B'],
    ])
    expect(result.expectations[2]).toMatchObject({ object: 'r/a → r/h3', fromPs: 80e6 })
  })
})

describe('drops and marks', () => {
  it('agree with the result, by reason, place, traffic and time', async () => {
    const result = await run([
      { metric: 'drops', atMost: 1e9 },
      { metric: 'drops', reason: 'queue-full', atMost: 1e9 },
      { metric: 'drops', reason: 'link-down', equals: 0 },
      { metric: 'drops', link: 'r/h3:r/a', atMost: 1e9 },
      { metric: 'drops', link: 'r/h1:r/a', equals: 0 },
      { metric: 'drops', of: 'half', atMost: 1e9 },
      { metric: 'drops', of: 'surge', atMost: 1e9 },
      { metric: 'drops', of: 'flows', atMost: 1e9 },
      { metric: 'drops', to: '80us', of: 'half', equals: 0 },
      { metric: 'drops', switch: 'r/a', atMost: 1e9 },
      { metric: 'link.marks', atMost: 1e9 },
    ])
    const values = result.expectations.map(({ measured: value }) => Number(value))
    const at = (place: string) =>
      result.drops!.filter((row) => row.place === place).reduce((sum, row) => sum + row.packets, 0)
    expect(values.slice(0, 6)).toEqual([
      result.packets!.dropped,
      result.packets!.dropped,
      0,
      at('r/a → r/h3'),
      0,
      values[5],
    ])
    expect(values[5]! + values[6]! + values[7]!).toBe(result.packets!.dropped)
    expect(values[6]).toBeGreaterThan(10)
    expect(values[9]).toBe(result.packets!.dropped)
    expect(values[10]).toBe(result.links.reduce((sum, { marked }) => sum + marked!, 0))
    expect(result.expectations.every(({ pass }) => pass)).toBe(true)
  })

  it('as a share are of the packets of that traffic', async () => {
    const { expectations } = await run([
      { metric: 'drops', of: 'surge', above: '100%' },
      { metric: 'drops', of: 'surge', atLeast: 0 },
      { metric: 'drops', of: 'surge', equals: 0 },
    ])
    // 9.62 Gbit/s in packets of 962 bytes for 40 us
    const sent = 50
    const lost = Number(expectations[1]!.measured)
    expect(expectations[0]!.measured).toBe(`${Number(((lost / sent) * 100).toPrecision(3))}%`)
    const [, , broken] = expectations
    expect(broken).toMatchObject({ pass: false, object: 'r/a → r/h3' })
    expect(broken!.fromPs).toBeGreaterThanOrEqual(80e6)
    expect(broken!.toPs).toBeLessThan(125e6)
  })

  it('marks are none where nothing speaks ECN, and none is no fault', async () => {
    expect(
      (await run([{ metric: 'link.marks', link: 'r/h1:r/a', equals: 0 }])).expectations[0],
    ).toMatchObject({
      pass: true,
      measured: '0',
      object: null,
    })
  })
})

describe('flows', () => {
  const of = 'flows'

  it('every metric is the one of the result', async () => {
    const result = await run([
      { metric: 'flow.slowdown', of, statistic: 'mean', atLeast: 1 },
      { metric: 'flow.fct', of, percentile: 50, atMost: '1s' },
      { metric: 'flow.unfinished', of, equals: 1 },
      { metric: 'flow.unfinished', of, equals: '25%' },
      { metric: 'flow.retransmissions', of, equals: 0 },
      { metric: 'flow.timeouts', equals: 0 },
    ])
    const { all } = result.flows.find(({ traffic: name }) => name === of)!
    expect(result.expectations.map(({ measured: value }) => value)).toEqual([
      String(Number(all.slowdown.mean!.toPrecision(4))),
      `${Number((all.fctPs.p50.value! / 1e6).toPrecision(4))}us`,
      '1',
      '25%',
      String(result.flows.find(({ traffic: name }) => name === of)!.retransmissions),
      '0',
    ])
  })

  it('sizes and times choose flows: the upper end is excluded', async () => {
    const count = (filter: object) =>
      measured({ metric: 'flow.unfinished', of, atLeast: 0, ...filter } as ExpectData)
    expect(await count({ sizes: '>= 1GB' })).toBe('1')
    expect(await count({ sizes: '< 1GB' })).toBe('0')
    expect(await count({ sizes: '200kB..1GB' })).toBe('0')
    expect(await count({ to: '150us' })).toBe('0')
    expect(await count({ from: '150us' })).toBe('1')
  })

  it('the flow that has the value is named, with its lifetime', async () => {
    const result = await run([
      { metric: 'flow.fct', of, statistic: 'max', below: '1us' },
      { metric: 'flow.throughput', of, statistic: 'min', above: '9Gbps' },
      { metric: 'flow.slowdown', of, sizes: '20kB..100kB', percentile: 99, below: 1 },
      { metric: 'flow.unfinished', of, equals: 0 },
      { metric: 'flow.slowdown', of, statistic: 'mean', below: 1 },
    ])
    const [slowest, thinnest, middle, open, mean] = result.expectations
    expect(slowest).toMatchObject({ object: 'r/h5 → r/h4, 200kB', fromPs: 100e6 })
    expect(thinnest).toMatchObject({ object: 'r/h4 → r/h5, 1000B', fromPs: 0 })
    expect(middle).toMatchObject({
      object: 'r/h4 → r/h5, 50kB',
      fromPs: 10e6,
      hints: ['1 flow was measured'],
    })
    expect(open).toMatchObject({ object: 'r/h4 → r/h5, 1GB', fromPs: 150e6, toPs: result.simulatedPs })
    expect(mean).toMatchObject({ pass: false, object: null, hints: ['3 flows were measured'] })
  })
})

describe('relations', () => {
  it.each<[object, boolean]>([
    [{ below: 1 }, false],
    [{ below: 2 }, true],
    [{ above: 1 }, false],
    [{ above: 0 }, true],
    [{ atMost: 1 }, true],
    [{ atMost: 0 }, false],
    [{ atLeast: 1 }, true],
    [{ atLeast: 2 }, false],
    [{ equals: 1 }, true],
    [{ equals: 2 }, false],
    [{ atLeast: 1, atMost: 1 }, true],
    [{ above: 1, below: 3 }, false],
  ])('%j of 1 holds: %s', async (bound, pass) => {
    const { expectations } = await run([{ metric: 'flow.unfinished', of: 'flows', ...bound } as ExpectData])
    expect(expectations[0]).toMatchObject({ measured: '1', pass })
  })
})

describe('nothing to measure', () => {
  it('fails in words', async () => {
    const result = await run([
      { metric: 'flow.fct', of: 'flows', sizes: '2MB..3MB', percentile: 99, below: '1s' },
      { metric: 'link.utilization', statistic: 'max', from: '399us', below: '100%' },
    ])
    expect(result.expectations[0]).toMatchObject({
      pass: false,
      measured: 'nothing to measure',
      hints: ['no completed flow fits the filters'],
    })
    // the last window of the run overlaps it
    expect(result.expectations[1]).toMatchObject({ pass: false, measured: '100%' })
  })

  it('where the run was stopped before', async () => {
    const expectation: ExpectData = {
      metric: 'queue.depth',
      statistic: 'max',
      from: '100us',
      below: '1 packets',
    }
    const stopped = await scenario({ ...base, expect: [expectation] }).run({ signal: AbortSignal.abort() })
    expect(stopped.expectations[0]).toMatchObject({
      pass: false,
      measured: 'nothing to measure',
      hints: ['no window of the time series lies in that time; it ends at 0s'],
    })
  })
})
