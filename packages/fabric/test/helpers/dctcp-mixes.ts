import { MS, US } from '@weft/core'
import type { Blueprint } from '../../src/blueprint/blueprint.ts'
import { FlowRun } from '../../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../../src/clocks/packet/packet-run.ts'
import { publishedSizes } from '../../src/traffic/published-sizes.ts'
import { flowsOver, hostsOf } from './flow-lists.ts'
import { leafSpineNetwork, plainLink } from './networks.ts'

const RATE_BPS = 10e9

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

/** The same mix under both clocks. */
export class BothClocks {
  readonly packets: PacketRun
  readonly fluid: FlowRun

  constructor(name: keyof typeof publishedSizes, load: number, arrivalsEndPs: number) {
    this.packets = new PacketRun(mix(name, load), { arrivalsEndPs })
    this.fluid = new FlowRun(mix(name, load), { arrivalsEndPs })
  }

  /** Wire bits that every direction of every link has carried by then, by packets and by flows. */
  carried(atPs: number): [number, number][] {
    const { packets, fluid } = this
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

  /**
   * Mean absolute difference of links' utilization from `warmPs` to `endPs`, in parts of their rate; and the mean of that
   * over so many equal parts of the window.
   */
  utilizationErrors(warmPs: number, endPs: number, parts: number): { whole: number; part: number } {
    const partPs = (endPs - warmPs) / parts
    const books = Array.from({ length: parts + 1 }, (_, i) => this.carried(warmPs + i * partPs))
    const error = (from: number, to: number) => {
      const capacity = ((to - from) * partPs * RATE_BPS) / 1e12
      const errors = books[to]!.map(([byPackets, byFlows], direction) => {
        const [packetsBefore, flowsBefore] = books[from]![direction]!
        return Math.abs(byFlows - flowsBefore - (byPackets - packetsBefore)) / capacity
      })
      return mean(errors)
    }
    return { whole: error(0, parts), part: mean(Array.from({ length: parts }, (_, i) => error(i, i + 1))) }
  }
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length
