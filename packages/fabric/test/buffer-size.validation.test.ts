import { MS, randomStream, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import type { LinkOptions } from '../src/blueprint/generators/parts.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { bufferBytes } from '../src/transport/tcp/buffer-size.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const
const PACKET_BYTES = 1500

/** One link under long-lived NewReno flows whose round trips lie within a quarter of this one. */
interface Shared {
  readonly rateBps: number
  readonly roundTripPs: number
  readonly flows: number
  /** What its queue holds, in shares of what `bufferBytes` says. */
  readonly buffer: number
  /** From when on it is measured, for as long again. */
  readonly warmPs: number
}

/** Share of the time that the link is busy. */
function utilization({ rateBps, roundTripPs, flows, buffer, warmPs }: Shared): number {
  const queueBytes = buffer * bufferBytes({ rateBps, roundTripPs, flows })
  const stream = randomStream('buffers', `${flows}`)
  const numbers = Array.from({ length: flows }, (_, i) => i)
  const access = (): LinkOptions => ({
    ...plainLink(10 * rateBps, Math.round((roundTripPs / 2) * (0.75 + 0.5 * stream.next()))),
  })
  const bottleneck = plainLink(rateBps, US, Math.round(queueBytes / PACKET_BYTES))
  const network = networkOf(
    graph({
      region: 'r',
      switches: ['s', 't'].map((name) => ({ name, tier: 'any', ecmp: ECMP })),
      hosts: [...numbers.map((i) => `a${i}`), 'b'].map((name) => ({ name, bond: false })),
      links: [
        { between: ['s', 't'], options: bottleneck },
        ...numbers.map((i) => ({ between: [`a${i}`, 's'] as const, options: access() })),
        { between: ['t', 'b'], options: plainLink(10 * rateBps, US) },
      ],
    }),
  )
  const list = numbers.map((i) => ({
    startPs: Math.round(stream.next() * SECOND),
    from: `r/a${i}`,
    to: 'r/b',
    bytes: 1e10,
  }))
  const run = new PacketRun(flowsOver(network, list, { control: 'newreno' }), { arrivalsEndPs: SECOND })
  const [sent] = run.clock.transmitters[network.links.findIndex((each) => each.rateBps === rateBps)]!
  run.sim.run(warmPs)
  const before = sent.wireBytesSent
  run.sim.run(2 * warmPs)
  return (8 * (sent.wireBytesSent - before)) / ((rateBps * warmPs) / SECOND)
}

describe('buffers of links under many flows', { timeout: 60_000 }, () => {
  it.each([
    [10e9, 250 * MS, 50_000, 1.398e6],
    [2.5e9, 250 * MS, 10_000, 0.781e6],
    [100e9, 100 * US, 100, 125e3],
  ])('row 38: %f bit/s, round trip of %f ps, %i flows: %f bytes', (rateBps, roundTripPs, flows, expected) => {
    const bytes = bufferBytes({ rateBps, roundTripPs, flows })
    expect(Math.abs(bytes / expected - 1)).toBeLessThan(0.001)
  })

  it('row 38: 2.5 Gbit/s, 250 ms: 10,000 flows need 1 % of what one needs', () => {
    const link = { rateBps: 2.5e9, roundTripPs: 250 * MS }
    const one = bufferBytes({ ...link, flows: 1 })
    expect(bufferBytes({ ...link, flows: 10_000 }) / one).toBeCloseTo(0.01, 12)
    expect(one).toBeCloseTo((2.5e9 * 0.25) / 8, 3)
  })

  it('row 38: with that much, packets of 100 flows keep a link busy; one flow needs all of the product', () => {
    const many = { rateBps: 1e9, roundTripPs: 30 * MS, flows: 100, warmPs: 3 * SECOND }
    const one = { rateBps: 1e8, roundTripPs: 20 * MS, flows: 1, warmPs: 10 * SECOND }
    expect(utilization({ ...many, buffer: 1 })).toBeGreaterThan(0.95)
    expect(utilization({ ...many, buffer: 0.1 })).toBeLessThan(0.75)
    expect(utilization({ ...one, buffer: 1 })).toBeGreaterThan(0.99)
    // a tenth of the product, which is all that 100 flows need
    expect(utilization({ ...one, buffer: 0.1 })).toBeLessThan(0.85)
  })

  it('refuses what is no link', () => {
    expect(() => bufferBytes({ rateBps: 0, roundTripPs: Number.NaN, flows: 0.5 })).toThrow(
      /rateBps.*roundTripPs.*flows/s,
    )
  })
})
