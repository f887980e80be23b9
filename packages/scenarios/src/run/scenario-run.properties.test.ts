import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fail, type ScenarioOptions, scenario, traffic } from '../index.ts'
import {
  countsOf,
  finished,
  packetClockOf,
  pod,
  started,
  transmittersOf,
  transport,
} from './small-scenarios.fixture.ts'

const US = 1e6
const busy: ScenarioOptions = {
  regions: pod(),
  traffic: [
    traffic.allToAll({ name: 'flows', sizes: { exponential: '30kB' }, load: 0.6, transport }),
    traffic.stream({
      name: 'stream',
      from: 'r/leaf-0',
      to: 'r/leaf-1/host-0',
      packet: '1000B',
      rate: '2Gbps',
    }),
  ],
  events: [fail('r/spine-1', '150us')],
  run: { for: '300us', drain: '2ms', window: '50us' },
}
const withWindow = (windowPs: number) => ({ ...busy, run: { ...busy.run, window: `${windowPs}ps` } })

describe('slices and windows', () => {
  const whole = countsOf(finished(started(busy)))

  it('the scenario loses packets and sends some again', () => {
    expect(whole.ledger[2]).toBeGreaterThan(0)
    expect(whole.flows.some(([, , , retransmissions]) => retransmissions! > 0)).toBe(true)
  })

  it('change neither digest nor any counter, nor when the run ends', () => {
    const slices = fc.array(fc.integer({ min: 1, max: 400 * US }), { minLength: 1, maxLength: 6 })
    const windowPs = fc.integer({ min: US, max: 300 * US })
    const property = fc.property(slices, windowPs, (slicesPs, window) => {
      fc.pre(slicesPs.reduce((a, b) => a + b) > 5 * US)
      expect(countsOf(finished(started(withWindow(window)), slicesPs))).toEqual(whole)
    })
    fc.assert(property, { numRuns: 25 })
  })

  it('windows are half open: what happens at the end of one is in the next', () => {
    const at = (start: string) => ({
      regions: pod(),
      traffic: [traffic.incast({ from: 'r/leaf-0/host-0', to: 'r/leaf-1/host-0', size: '1kB', at: start })],
      run: { for: '100us', window: '10us', drain: '100us' },
    })
    expect(finished(started(at('10us'))).flows.active.slice(0, 2)).toEqual([0, 1])
    expect(finished(started(at('9999999ps'))).flows.active.slice(0, 2)).toEqual([1, 1])
  })
})

describe('series', () => {
  const lengthsOf = (run: ReturnType<typeof started>) =>
    run.windowStarts.map((startPs, i) => (run.windowStarts[i + 1] ?? run.nowPs) - startPs)
  const quiet = { ...busy, events: [] }

  it('of utilisation add up to busy time, which is wire bytes over the rate', () => {
    const run = finished(started(quiet))
    const lengths = lengthsOf(run)
    transmittersOf(run).forEach((transmitter, direction) => {
      const busyPs = run.links
        .utilization(direction)
        .reduce((sum, share, window) => sum + share * lengths[window]!, 0)
      // single precision holds seven digits of every window
      expect(Math.abs(busyPs - transmitter.busyPs)).toBeLessThan(run.nowPs * 1e-7)
      // 10 Gbit/s: 800 ps a byte
      expect(transmitter.busyPs).toBe(transmitter.wireBytesSent * 800)
    })
  })

  it('of goodput add up to the bytes delivered', () => {
    const run = finished(started(busy))
    const lengths = lengthsOf(run)
    const { flows, blueprint } = run.engine
    blueprint.traffic.forEach((_, traffic) => {
      const bits = run.flows.goodputBps[traffic]!.reduce(
        (sum, bps, window) => sum + (bps * lengths[window]!) / 1e12,
        0,
      )
      let bytes = 0
      for (let flow = 0; flow < flows.size; flow++)
        if (flows.traffic[flow] === traffic) bytes += flows.bytesDelivered[flow]!
      expect(bytes).toBeGreaterThan(0)
      expect(bits / 8).toBeCloseTo(bytes, 3)
    })
  })

  it('of peak queues are at least what waits at any instant', () => {
    const run = started(quiet)
    const waited = run.links.directions.map(() => [] as number[])
    const windowPs = 50 * US
    while (!run.finished) {
      run.advance(run.nowPs + 777_777)
      transmittersOf(run).forEach((transmitter, i) => {
        const window = Math.floor(run.nowPs / windowPs)
        waited[i]![window] = Math.max(waited[i]![window] ?? 0, transmitter.waitingPackets)
      })
    }
    run.end()
    expect(Math.max(...waited.flat())).toBeGreaterThan(4)
    waited.forEach((windows, direction) => {
      const peaks = packetClockOf(run).packets.queues.peakPackets(direction)
      peaks.forEach((peak, window) => {
        expect(peak).toBeGreaterThanOrEqual(windows[window] ?? 0)
      })
    })
  })

  it('do not take part in the digest: a scenario with expectations runs as one without', () => {
    const expect_ = [{ metric: 'queue.depth', statistic: 'max', below: '1MB' }] as const
    const judged = finished(started(scenario({ ...busy, expect: [...expect_] })))
    expect(countsOf(judged)).toEqual(countsOf(finished(started(busy))))
  })
})
