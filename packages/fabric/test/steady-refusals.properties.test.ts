import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { MixLoads } from '../src/clocks/steady/steady-mix.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { EDGE_PLACES, type EdgePlace } from '../src/edge/edge-blueprint.ts'
import { OUTSIDE, POOL, regionOnline } from './helpers/region-online.ts'

const END_PS = 2 * SECOND
const SENDERS = ['shop/web', 'shop/cart-0', 'shop/cart-1']

interface Choices {
  readonly place: EdgePlace
  readonly ports: number
  readonly overloading: boolean
  /** By traffic: who sends a stream each, to which of those outside. */
  readonly streams: readonly { readonly from: readonly string[]; readonly to: number }[]
}

const choices: fc.Arbitrary<Choices> = fc.record({
  place: fc.constantFrom(...EDGE_PLACES),
  ports: fc.integer({ min: 1, max: 12 }),
  overloading: fc.boolean(),
  streams: fc.array(
    fc.record({ from: fc.subarray(SENDERS, { minLength: 1 }), to: fc.integer({ min: 0, max: 1 }) }),
    { minLength: 1, maxLength: 4 },
  ),
})

const streamsOf = ({ from, to }: Choices['streams'][number], port: number): TrafficBlueprint => ({
  name: `streams ${port}`,
  pairs: { kind: 'from-to', from, to: [`internet/${OUTSIDE[to]}`] },
  port,
  offered: { kind: 'stream', packetBytes: 500, rateBps: 200_000, process: { kind: 'constant' }, startPs: 0 },
  transport: { kind: 'udp' },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

function blueprint({ place, ports, overloading, streams }: Choices): Blueprint {
  const nat = {
    pool: { addresses: [POOL], ports: [[2000, 1999 + 3 * ports]] as const },
    allocation: 'sequential' as const,
    overloading,
    shareSize: ports,
  }
  return {
    name: 'refusals',
    seed: 'refusals',
    network: regionOnline({ place, nat }),
    // towards one port each remote endpoint has all ports to itself, where they are overloaded
    traffic: streams.map((each, index) => streamsOf(each, overloading ? 80 + index : 53 + index)),
    events: [],
  }
}

function loadsOf(given: Blueprint): MixLoads {
  const run = new SteadyRun(given, { arrivalsEndPs: END_PS, windowPs: END_PS })
  let found: MixLoads | undefined
  run.listener = {
    onSpan: ({ loads }) => {
      found ??= loads
    },
  }
  run.sim.run(1)
  return found!
}

const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0)

describe('streams that find no port', { timeout: 60_000 }, () => {
  it('are as many under the steady clock as with packets, and load links as far as they come', () => {
    fc.assert(
      fc.property(choices, (given) => {
        const made = blueprint(given)
        const packets = new PacketRun(made, { arrivalsEndPs: END_PS })
        packets.sim.run(END_PS + 500 * MS)
        const loads = loadsOf(made)
        const arrived = sum(packets.flows.packetsDelivered.subarray(0, packets.flows.size))
        const expected = (loads.delivered.packetsPerSecond * END_PS) / SECOND
        expect(expected / arrived).toBeCloseTo(1, 1)
        const bits = packets.clock.transmitters.flat().map(({ wireBytesSent }) => 8 * wireBytesSent)
        expect(sum(bits) / (sum(loads.carriedBps) * (END_PS / SECOND))).toBeCloseTo(1, 1)
        const dropped = sum(loads.drops.map(({ packetsPerSecond }) => packetsPerSecond))
        expect(loads.delivered.packetsPerSecond + dropped).toBeCloseTo(loads.demand.packetsPerSecond, 6)
      }),
      { numRuns: 25 },
    )
  })
})
