import { MS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { TcpOptions } from '../src/blueprint/traffic.ts'
import { plainLink } from './helpers/networks.ts'
import { Star } from './helpers/star.ts'

const ENDLESS = 2 ** 40

const within = (value: number, expected: number, share: number) => Math.abs(value / expected - 1) <= share

describe('row 48: goodput fraction of a 100 Gbit/s Ethernet link', () => {
  const link = { ...plainLink(100e9, 1 * US, 20_000), framing: 'ethernet' as const }
  const SLOTS = 10_000

  /** Payload bits over link bits, over a whole number of full-size slots. */
  function goodputFraction(options: Partial<TcpOptions>, slotBytes: number): number {
    const star = new Star(2, link, [{ startPs: 0, from: 'h0', to: 'h1', bytes: ENDLESS }], options)
    const { sim, flows } = star.run
    const slotPs = slotBytes * 80
    sim.run(1 * MS)
    const before = flows.bytesDelivered[0]!
    sim.run(1 * MS + SLOTS * slotPs)
    return ((flows.bytesDelivered[0]! - before) * 80) / (SLOTS * slotPs)
  }

  it.each([
    [1500, true, 1448, 0.94148],
    [1500, false, 1460, 0.94928],
    [9000, true, 8948, 0.99004],
    [9000, false, 8960, 0.99137],
  ])('row 48: MTU %i, timestamps %s', (mtu, timestamps, mssBytes, expected) => {
    expect(goodputFraction({ mssBytes, timestamps }, mtu + 38)).toBeCloseTo(expected, 5)
  })
})

describe('row 37: the sawtooth of DCTCP', () => {
  /**
   * Highest and lowest queue in packets and the period of the mean sawtooth of two flows, after a warm-up.
   */
  function sawtooth(rateBps: number, threshold: number, prr: boolean) {
    const packetPs = (1500 * 8e12) / rateBps
    // base round trip of 100 us: four propagations and two serialisations
    const delayPs = Math.round((100 * US - 2 * packetPs) / 4)
    const plain = plainLink(rateBps, delayPs, 1000)
    const ecn = { threshold: { packets: threshold }, markAt: 'enqueue' as const }
    const flows = ['h0', 'h1'].map((from) => ({ startPs: 0, from, to: 'h2', bytes: ENDLESS }))
    const star = new Star(3, { ...plain, queue: { ...plain.queue, ecn } }, flows, {
      control: 'dctcp',
      delayedAckSegments: 1,
      prr,
    })
    const queue = star.queueTo('h2')
    const samples: number[] = []
    for (let at = 20 * MS; at < 120 * MS; at += SAMPLE_PS) {
      star.run.sim.run(at)
      samples.push(queue.waitingPackets)
    }
    // one tooth from each crossing of the middle upwards to the next
    const middle = (Math.max(...samples) + Math.min(...samples)) / 2
    const rises = samples.flatMap((value, i) =>
      i > 0 && samples[i - 1]! < middle && value >= middle ? [i] : [],
    )
    const teeth = rises.slice(1).map((end, i) => samples.slice(rises[i], end))
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const most = mean(teeth.map((tooth) => Math.max(...tooth)))
    const least = mean(teeth.map((tooth) => Math.min(...tooth)))
    return { most, least, periodPs: (SAMPLE_PS * (rises.at(-1)! - rises[0]!)) / teeth.length }
  }
  const SAMPLE_PS = 10 * US

  it('row 37: 10 Gbit/s, N 2, K 40: queue between 30.9 and 42 packets, in 5.55 round trips', () => {
    const { most, least, periodPs } = sawtooth(10e9, 40, false)
    expect(within(most, 42, 0.15)).toBe(true)
    expect(within(least, 30.9, 0.15)).toBe(true)
    // the model's round trip is the base one with the queue at its mean
    const roundTripPs = 100 * US + ((42 + 30.9) / 2) * 1.2 * US
    expect(within(periodPs, 5.55 * roundTripPs, 0.15)).toBe(true)
  })

  /**
   * The analysis cuts at once. Spread over a round trip, a cut comes late for what that round trip sends: it
   * finds the queue above K still, and its marks cut once more.
   */
  it('row 37: with proportional rate reduction the peak stays, the tooth is deeper and longer', () => {
    const atOnce = sawtooth(10e9, 40, false)
    const spread = sawtooth(10e9, 40, true)
    expect(within(spread.most, 42, 0.15)).toBe(true)
    expect(within(spread.least, 30.9, 0.15)).toBe(true)
    expect(spread.least).toBeLessThan(atOnce.least)
    expect(spread.periodPs / atOnce.periodPs).toBeGreaterThan(1.2)
  })
})

describe('row 39: incast', () => {
  it('row 39: 64 flows of 270 kB at 10 Gbit/s end no earlier than N S / C, and soon after', () => {
    const plain = plainLink(10e9, 1 * US, 1000)
    const link = {
      ...plain,
      queue: { ...plain.queue, ecn: { threshold: { packets: 65 }, markAt: 'enqueue' as const } },
    }
    const flows = Array.from({ length: 64 }, (_, i) => ({
      startPs: 0,
      from: `h${i + 1}`,
      to: 'h0',
      bytes: 270_000,
    }))
    const star = new Star(65, link, flows, { control: 'dctcp' })
    star.run.sim.run()
    const last = Math.max(...star.completionsPs())
    const bound = 13_824 * US
    const wireBound = (bound * 1500) / 1448
    expect(last).toBeGreaterThan(bound)
    expect(last / wireBound).toBeGreaterThan(1)
    expect(last / wireBound).toBeLessThan(1.02)
  })
})
