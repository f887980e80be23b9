import { MS, randomStream, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { StreamProcess } from '../../blueprint/traffic.ts'
import { Pair, type PipeOptions } from '../test-kit/pipe.ts'
import { createGaps } from './gaps.ts'
import { DatagramSink } from './sink.ts'
import { DatagramSource } from './source.ts'

const PORT = 9
const CONSTANT: StreamProcess = { kind: 'constant' }

function stream(
  process: StreamProcess,
  options: { rateBps: number; stopPs: number; firstPs?: number; pipe?: PipeOptions },
) {
  const pair = new Pair(options.pipe)
  const { context, output } = pair.client.udp
  const sink = new DatagramSink(pair.server.udp.context)
  pair.server.udp.bind(PORT, sink)
  const flow = pair.addFlow(0)
  const source = new DatagramSource(
    context,
    output,
    {
      flow,
      source: pair.clientAddress,
      destination: pair.serverAddress,
      sourcePort: 10_000,
      destinationPort: PORT,
      packetBytes: 1500,
      firstPs: options.firstPs ?? 0,
      stopPs: options.stopPs,
    },
    createGaps(process, 1500, options.rateBps, randomStream('udp', 'gaps')),
  )
  return { pair, sink, flow, source }
}

describe('a datagram stream', () => {
  it('of constant rate leaves at offset + k periods, before the stop', () => {
    const { pair, sink, source } = stream(CONSTANT, { rateBps: 80e9, firstPs: 2000, stopPs: 2000 + 600_000 })
    pair.sim.run()
    expect(pair.log.map((packet) => packet.sentPs)).toEqual([2000, 152_000, 302_000, 452_000])
    expect(pair.log[0]).toMatchObject({ size: 1500, payload: 1472 })
    expect([source.sent, sink.received, sink.payloadBytes]).toEqual([4, 4, 4 * 1472])
    expect([sink.delayPs.min, sink.delayPs.max]).toEqual([10 * US, 10 * US])
  })

  it('keeps a rate exactly whose period is no whole number of picoseconds', () => {
    // 1500 bytes at 7 Mbit/s take 12000/7 us
    const { pair, source } = stream(CONSTANT, { rateBps: 7e6, stopPs: 1 * SECOND })
    pair.sim.run()
    const last = pair.log.at(-1)!
    expect(source.sent).toBe(584)
    expect(last.sentPs).toBe(Math.floor((583 * 12e9) / 7))
  })

  it.each([
    ['poisson', { kind: 'poisson' }],
    ['on-off', { kind: 'on-off', onPs: 1 * MS, offPs: 3 * MS }],
  ] as const)('of kind %s has its mean rate', (_, process) => {
    const { pair, source } = stream(process, { rateBps: 120e6, stopPs: 1 * SECOND, pipe: { quiet: true } })
    pair.sim.run()
    // 10,000 expected. Poisson: sd 100. On-off: 250 cycles, sd of the on share 10,000 * sqrt(2 * 0.75^2 /
    // 250) = 671
    const deviation = process.kind === 'poisson' ? 100 : 671
    expect(Math.abs(source.sent - 10_000)).toBeLessThan(3 * deviation)
  })

  it('of kind on-off sends at its peak rate in a burst', () => {
    const { pair } = stream(
      { kind: 'on-off', onPs: 1 * MS, offPs: 3 * MS },
      { rateBps: 120e6, stopPs: 100 * MS },
    )
    pair.sim.run()
    const gaps = pair.log.slice(1).map((packet, i) => packet.sentPs - pair.log[i]!.sentPs)
    // 12,000 bits at 480 Mbit/s
    expect(Math.min(...gaps)).toBe(25 * US)
    expect(gaps.filter((gap) => gap <= 25 * US + 1).length).toBeGreaterThan(gaps.length / 2)
  })

  it('has jitter where delays differ (RFC 3550 section 6.4.1)', () => {
    const fate = ({ count }: { count: number }) => ({ extraDelayPs: count % 2 === 0 ? 0 : 160 })
    const { pair, sink, flow } = stream(CONSTANT, { rateBps: 12e6, stopPs: 2 * MS + 1, pipe: { fate } })
    pair.sim.run()
    // three packets, two differences of 160: 10, then 10 + 150/16
    expect(sink.received).toBe(3)
    expect(sink.jitterPsOf(flow)).toBe(10 + 150 / 16)
  })

  it('is dropped as port-unreachable where nothing is bound, and its sender is told', () => {
    const pair = new Pair()
    const { context, output } = pair.client.udp
    const flow = pair.addFlow(0)
    const ends = {
      source: pair.clientAddress,
      destination: pair.serverAddress,
      sourcePort: 1,
      destinationPort: 2,
    }
    const gaps = createGaps(CONSTANT, 100, 8e9, randomStream('udp', 'gaps'))
    new DatagramSource(
      context,
      output,
      { flow, ...ends, packetBytes: 100, firstPs: 0, stopPs: 500_000 },
      gaps,
    )
    pair.sim.run()
    expect(pair.ledger.drops()).toEqual([{ reason: 'port-unreachable', place: 'server', packets: 5 }])
    const { packetsOriginated, packetsDelivered, packetsDropped, answers, refusals } = pair.flows
    expect([packetsOriginated, packetsDelivered, packetsDropped].map((books) => books[flow])).toEqual([
      5, 0, 5,
    ])
    expect([answers, refusals].map((books) => books[flow])).toEqual([5, 5])
    pair.ledger.assertConserved()
  })
})
