import { CM02_SHARING, LV08, LV08_SHARING } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { graph, region, type ScenarioOptions, scenario, traffic } from '../../index.ts'
import { renderReport } from '../../report/report.ts'
import { renderSummary } from '../../report/summary.ts'

type RunData = NonNullable<ScenarioOptions['run']>
type Sharing = NonNullable<RunData['flow']>['sharing']
type Link = { readonly between: [string, string]; readonly rate: string; readonly delay: string }

const SECOND = 1e12
/** So fast that it counts for nothing. */
const FAST: Link = { between: ['a', 's'], rate: '1000Tbps', delay: '0s' }

/** One flow of each of these hosts to `b`, all at once. */
function flowsTo(links: readonly Link[], from: readonly string[], size: string, flow: RunData['flow']) {
  const fabric = graph({ switches: ['s'], hosts: [...from, 'b'], links: [FAST, ...links] })
  return scenario({
    regions: { r: region({ fabric }) },
    traffic: [traffic.flows(from.map((host) => ({ at: '0s', from: `r/${host}`, to: 'r/b', size })))],
    run: { clock: 'flow', for: '1s', drain: '100s', flow },
  })
}

const alone = (rate: string, delay: string, size: string, sharing: Sharing) =>
  flowsTo([{ between: ['s', 'b'], rate, delay }], ['a'], size, { sharing })

/** `a` comes to `b` by a slow link, `c` crosses another one before it, with 30 ms of latency. */
const joined = (sharing: Sharing) =>
  flowsTo(
    [
      { between: ['c', 's'], rate: '10Mbps', delay: '30ms' },
      { between: ['s', 'b'], rate: '1Mbps', delay: '10ms' },
    ],
    ['a', 'c'],
    '100kB',
    { sharing },
  )

const secondsOf = ({ flows }: Awaited<ReturnType<ReturnType<typeof joined>['run']>>) => {
  const { p50, p99 } = flows[0]!.all.fctPs
  return [p50, p99].map(({ value }) => value! / SECOND)
}

describe("SimGrid's models in a scenario", () => {
  it.each<[Sharing, string, string, string, string]>([
    ['cm02', '80Gbps', '1ms', '10GB', '4.769372'],
    [{ cm02: {} }, '80Gbps', '100ms', '10GB', '476.937158'],
    [{ cm02: { tcpGamma: 'unlimited' } }, '80Gbps', '1ms', '10GB', '1.001000'],
    [{ lv08: { duplex: 'half' } }, '1Mbps', '10ms', '100kB', '0.996079'],
    // 13.01 × 0.01 s, then 8e5 bits at 0.97 Mbit/s, or at the whole rate
    ['lv08', '1Mbps', '10ms', '100kB', (0.1301 + 8e5 / 0.97e6).toFixed(6)],
    [{ lv08: { bandwidthFactor: 1, latencyFactor: 2 } }, '1Mbps', '10ms', '100kB', '0.820000'],
  ])('%j: one flow over %s and %s', async (sharing, rate, delay, size, expected) => {
    const [seconds] = secondsOf(await alone(rate, delay, size, sharing).with({ drain: '1000s' }).run())
    expect(seconds!.toFixed(6)).toBe(expected)
  })

  it.each<[Sharing, number[]]>([
    ['lv08', [1.297899663969, 1.779584536082]],
    [{ lv08: { duplex: 'half' } }, [1.371699669566, 1.862058762887]],
    ['cm02', [1.0025, 1.61]],
  ])('%j gives two flows of unequal latency what SimGrid 3.32 gives them', async (sharing, expected) => {
    expect(secondsOf(await joined(sharing).run())).toEqual(
      expected.map((seconds) => expect.closeTo(seconds, 8)),
    )
  })

  it('without a weight by rates, flows share by latency alone', () => {
    const { model } = joined({ lv08: { weightS: '0B', crossTraffic: 0 } }).compiled.run.flow
    expect(model).toEqual({ ...LV08, sharing: { ...LV08_SHARING, weightBytes: 0, crossTraffic: 0 } })
  })

  it('flows that begin at once are as much earlier as the handshake and slow start took', async () => {
    const links: Link[] = [{ between: ['s', 'b'], rate: '10Gbps', delay: '1ms' }]
    const [slow, quick] = await Promise.all(
      (['slow-start', 'none'] as const).map(async (startUp) => {
        const [seconds] = secondsOf(await flowsTo(links, ['a'], '1MB', { startUp }).run())
        return seconds!
      }),
    )
    // seven bursts of 10 to 640 segments of 1448 bytes: six waits of nearly 2 ms, and 2 ms of handshake
    expect(slow! - quick!).toBeGreaterThan(0.012)
    expect(slow! - quick!).toBeLessThan(0.014)
    // 691 segments with 52 bytes of headers and 38 of framing, and the way
    expect(quick!).toBeCloseTo((8 * (1e6 + 691 * 90)) / 1e10 + 0.001, 6)
  })
})

describe('what is said of it', () => {
  it('in the result, the summary and the assumptions', async () => {
    const result = await joined({ lv08: { tcpGamma: 'unlimited' } }).run()
    expect(result.flowModel).toEqual({
      sharing: 'lv08',
      startUp: 'latency',
      latency: { ...LV08_SHARING, windowBytes: null },
    })
    expect(renderSummary(result, { color: false })).toContain(
      'flows share links by latency, LV08: latency × 13.01, rates × 0.97, weight-S 20537B, TCP gamma unlimited, cross traffic 0.05\n',
    )
    const report = await renderReport(result)
    expect(report).toContain(
      'in proportion to 1 over the latency of the path plus 20537B over the rate of each link from one arrival',
    )
    expect(report).toContain('A flow waits for 13.01 times that latency, then drains')
    expect(report).toContain('Payload alone takes capacity, and 0.05 of it on the way back too')
    expect(report).not.toContain('shakes hands and starts slowly')
  })

  it('of the default, of flows that begin at once, and nothing of other clocks', async () => {
    const usual = joined(undefined)
    const latency = null
    expect((await usual.run()).flowModel).toEqual({ sharing: 'max-min', startUp: 'slow-start', latency })
    const atOnce = await usual.run({ flow: { startUp: 'none' } })
    expect(atOnce.flowModel).toEqual({ sharing: 'max-min', startUp: 'none', latency })
    expect(await renderReport(atOnce)).toContain('without a handshake and slow start')
    const { flow: _flow, ...run } = usual.data.run!
    expect((await scenario({ ...usual.data, run }).run({ clock: 'steady' })).flowModel).toBeNull()
  })

  it('CM02 caps and weighs by latency alone, over both directions at once', async () => {
    const result = await joined({ cm02: { duplex: 'half' } }).run()
    expect(result.flowModel?.latency).toEqual({ ...CM02_SHARING, duplex: 'half' })
    const report = await renderReport(result)
    expect(report).toContain(
      '1 over the latency of the path, at most 4MiB per twice that latency, from one arrival',
    )
    expect(report).toContain('Both directions of a link share its rate')
  })
})
