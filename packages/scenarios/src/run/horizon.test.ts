import { TIME_MAX } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { fail, graph, region, repair, type ScenarioOptions, scenario, traffic } from '../index.ts'
import { PACKET_HORIZON_PS, LINK_RATE_MIN_BPS, TIMER_MAX_PS } from '../schema/quantity.ts'

/** The last microsecond of the longest run. */
const END = '7199999999us'

/** Two hosts on one switch; the slowest and longest link there may be on the way. */
const slow = region({
  fabric: graph({
    switches: ['a'],
    hosts: ['h1', 'h2'],
    links: [
      { between: ['h1', 'a'], rate: '1kbps', delay: '10min', framing: { overhead: '65535B' } },
      { between: ['h2', 'a'], rate: '10Gbps' },
    ],
  }),
  routing: { detection: '10min', convergence: '10min' },
})
const longest = { initialRto: '10min', minRto: '10min', maxRto: '10min', delayedAckTimer: '10min' }
const ends = { from: 'r/h1', to: 'r/h2' }

const run = (options: Omit<ScenarioOptions, 'regions' | 'run'>) =>
  scenario({ regions: { r: slow }, run: { for: '2h' }, ...options }).run()

describe('the end of the longest run', () => {
  it('leaves room for what is scheduled there', () => {
    // a full packet in the largest framing, then the longest delay
    const slowestPs = ((2 * 65_535 * 8) / LINK_RATE_MIN_BPS) * 1e12 + TIMER_MAX_PS
    expect(PACKET_HORIZON_PS + slowestPs).toBeLessThan(TIME_MAX)
    expect(PACKET_HORIZON_PS + TIMER_MAX_PS).toBeLessThan(TIME_MAX)
  })

  it.each(['newreno', 'dctcp'] as const)('takes the timers of %s', async (control) => {
    const burst = traffic.incast({
      ...ends,
      size: '100kB',
      at: END,
      transport: { [control]: longest } as { dctcp: typeof longest },
    })
    const result = await run({ traffic: [burst] })
    expect(result.simulatedPs).toBe(PACKET_HORIZON_PS)
    expect(result.packets!.inFlight).toBe(1)
  })

  it('takes a transfer that has timed out for two hours, paced', async () => {
    const transport = { newreno: { ...longest, pacing: true } }
    const burst = traffic.incast({ from: 'r/h2', to: 'r/h1', size: '100kB', at: '0s', transport })
    const result = await run({ traffic: [burst] })
    expect(result.simulatedPs).toBe(PACKET_HORIZON_PS)
    expect(result.flows[0]!.timeouts).toBeGreaterThan(3)
  })

  it('takes a packet that would take half an hour', async () => {
    const stream = traffic.stream({ ...ends, packet: '65535B', rate: '1Gbps', start: END })
    const result = await run({ traffic: [stream] })
    // 525 us apart
    expect(result.packets!.inFlight).toBe(1)
  })

  it('takes failures that routing would notice later', async () => {
    const result = await run({ events: [fail('r/a', END), repair('r/a', '2h')] })
    expect(result.changes).toMatchObject([
      { action: 'fail', routedPs: null },
      { action: 'repair', routedPs: null },
    ])
  })
})
