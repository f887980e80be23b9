import { MS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { publishedSizes } from '../src/traffic/published-sizes.ts'
import { flowsOver, hostsOf } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

const RATE_BPS = 10e9
const LAST_ARRIVAL = 60 * MS
const END = 400 * MS

/** Flows of these sizes by DCTCP among 16 hosts of four leaves, so much of what their links hold. */
function mix(name: keyof typeof publishedSizes, load: number): Blueprint {
  const queue = {
    capacity: { packets: 500 },
    ecn: { threshold: { packets: 65 }, markAt: 'enqueue' as const },
  }
  const wire = { ...plainLink(RATE_BPS, US), framing: 'ethernet' as const, queue, nicQueue: queue }
  const network = leafSpineNetwork({
    leaves: 4,
    spines: 4,
    hostsPerLeaf: 4,
    hostLink: wire,
    fabricLink: wire,
  })
  const base = flowsOver(network, [], { control: 'dctcp', minRtoPs: MS, initialRtoPs: 10 * MS })
  const sizes = { kind: 'cdf', name, points: publishedSizes[name] } as const
  const pairs = { kind: 'all-to-all', hosts: hostsOf(network) } as const
  const offered = { kind: 'flows', sizes, rate: { load }, startPs: 0 } as const
  return { ...base, traffic: [{ ...base.traffic[0]!, pairs, offered }] }
}

/** Wire bits that every direction of every link has carried by now, under both clocks. */
function carried(packets: PacketRun, fluid: FlowRun, atPs: number): [number, number][] {
  packets.sim.run(atPs)
  fluid.sim.run(atPs)
  fluid.clock.bookAll()
  return packets.clock.transmitters.flatMap((pair, link) =>
    pair.map(({ wireBytesSent }, end): [number, number] => [
      8 * wireBytesSent,
      fluid.clock.carriedBits(2 * link + end),
    ]),
  )
}

describe('utilization of links by DCTCP mixes, against packets', { timeout: 60_000 }, () => {
  it.each([
    ['WebSearch', 0.3, 50, 300],
    ['AliStorage2019', 0.4, 50, 130],
  ] as const)('row 22: %s at load %f, from %i to %i ms', (name, load, warmMs, endMs) => {
    const [packets, fluid] = [PacketRun, FlowRun].map(
      (Run) => new Run(mix(name, load), { arrivalsEndPs: endMs * MS }),
    ) as [PacketRun, FlowRun]
    const before = carried(packets, fluid, warmMs * MS)
    const after = carried(packets, fluid, endMs * MS)
    const capacity = ((endMs - warmMs) * MS * RATE_BPS) / 1e12
    const errors = after.map(([byPackets, byFlows], direction) => {
      const [packetsBefore, flowsBefore] = before[direction]!
      return (byFlows - flowsBefore - (byPackets - packetsBefore)) / capacity
    })
    const mean = errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length
    // in points of the links' rate, where the mean utilization is near the load
    expect(mean).toBeLessThan(0.005)
  })
})

const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!

describe('web search by DCTCP at 60 % load, against packets', { timeout: 60_000 }, () => {
  const packets = new PacketRun(mix('WebSearch', 0.6), { arrivalsEndPs: LAST_ARRIVAL })
  const fluid = new FlowRun(mix('WebSearch', 0.6), { arrivalsEndPs: LAST_ARRIVAL })

  it('row 22: once all is through, every link has carried the same bits, within 0.25 % on average', () => {
    const bits = carried(packets, fluid, END)
    expect([packets.flows.active, fluid.flows.active]).toEqual([0, 0])
    expect(fluid.flows.size).toBe(packets.flows.size)
    const errors = bits.map(([byPackets, byFlows]) => Math.abs(byFlows / byPackets - 1))
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.0025)
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
