import { MS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { publishedSizes } from '../src/traffic/published-sizes.ts'
import { flowsOver, hostsOf } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

const LAST_ARRIVAL = 60 * MS
const END = 400 * MS

/** Web search by DCTCP among 16 hosts of four leaves, 60 % of what their links hold. */
function webSearch(): Blueprint {
  const queue = {
    capacity: { packets: 500 },
    ecn: { threshold: { packets: 65 }, markAt: 'enqueue' as const },
  }
  const wire = { ...plainLink(10e9, US), framing: 'ethernet' as const, queue, nicQueue: queue }
  const network = leafSpineNetwork({
    leaves: 4,
    spines: 4,
    hostsPerLeaf: 4,
    hostLink: wire,
    fabricLink: wire,
  })
  const base = flowsOver(network, [], { control: 'dctcp', minRtoPs: MS, initialRtoPs: 10 * MS })
  const sizes = { kind: 'cdf', name: 'WebSearch', points: publishedSizes.WebSearch } as const
  const pairs = { kind: 'all-to-all', hosts: hostsOf(network) } as const
  const offered = { kind: 'flows', sizes, rate: { load: 0.6 }, startPs: 0 } as const
  return { ...base, traffic: [{ ...base.traffic[0]!, pairs, offered }] }
}

const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!

describe('web search by DCTCP at 60 % load, against packets', { timeout: 60_000 }, () => {
  const packets = new PacketRun(webSearch(), { arrivalsEndPs: LAST_ARRIVAL })
  const fluid = new FlowRun(webSearch(), { arrivalsEndPs: LAST_ARRIVAL })

  it('every link carries the same bits, within 0.5 % on average', () => {
    packets.sim.run(END)
    fluid.sim.run(END)
    fluid.clock.bookAll()
    expect([packets.flows.active, fluid.flows.active]).toEqual([0, 0])
    expect(fluid.flows.size).toBe(packets.flows.size)
    const errors = packets.clock.transmitters.flatMap((pair, link) =>
      pair.map(({ wireBytesSent }, end) => fluid.clock.carriedBits(2 * link + end) / (8 * wireBytesSent) - 1),
    )
    const mean = errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length
    expect(mean).toBeLessThan(0.005)
  })

  it('flows take what they take, the longer the closer: what queues add is missing', () => {
    const errorsBetween = (least: number, most: number) => {
      const rows = Array.from({ length: packets.flows.size }, (_, row) => row)
      const fct = ({ flows }: PacketRun | FlowRun, row: number) =>
        flows.completedPs[row]! - flows.startPs[row]!
      return rows
        .filter((row) => packets.flows.bytes[row]! >= least && packets.flows.bytes[row]! < most)
        .map((row) => fct(fluid, row) / fct(packets, row) - 1)
    }
    const [tiny, small, medium, large, huge] = [0, 10e3, 100e3, 1e6, 10e6].map((least, bin) =>
      middle(errorsBetween(least, [10e3, 100e3, 1e6, 10e6, Infinity][bin]!)),
    )
    // short flows wait behind full windows of long ones, which the flow clock knows nothing of
    expect(tiny).toBeGreaterThan(-0.85)
    expect(small).toBeGreaterThan(-0.5)
    for (const short of [tiny, small]) expect(short).toBeLessThan(0)
    expect(Math.abs(medium!)).toBeLessThan(0.05)
    for (const long of [large, huge]) expect(Math.abs(long!)).toBeLessThan(0.1)
  })
})
