import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint, EventBlueprint } from '../src/blueprint/blueprint.ts'
import { type GraphLink, graph } from '../src/blueprint/generators/graph.ts'
import { leafSpineOptions } from '../src/blueprint/generators/options.fixture.ts'
import type { EcmpMode, NetworkBlueprint } from '../src/blueprint/network.ts'
import type { FlowBlueprint, StreamProcess, TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun, type FlowRunOptions } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { leafSpineNetwork, networkOf, plainLink } from './helpers/networks.ts'

const PACKET = 1000
const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const

interface Stream {
  readonly from: string
  readonly to: string
  readonly rateBps: number
  readonly startPs?: number
  readonly stopPs?: number
}

const traffic = (
  { from, to, rateBps, startPs = 0, stopPs }: Stream,
  index: number,
  process: StreamProcess,
): TrafficBlueprint => ({
  name: `stream-${index}`,
  pairs: { kind: 'from-to', from: [from], to: [to] },
  offered: {
    kind: 'stream',
    packetBytes: PACKET,
    rateBps,
    process,
    startPs,
    ...(stopPs === undefined ? {} : { stopPs }),
  },
  transport: { kind: 'udp' },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

/** Streams, and flows beside them. */
function blueprintOf(
  network: NetworkBlueprint,
  streams: readonly Stream[],
  flows: readonly FlowBlueprint[] = [],
  events: readonly EventBlueprint[] = [],
  process: StreamProcess = { kind: 'constant' },
): Blueprint {
  const base = flowsOver(network, flows, {}, events)
  return { ...base, traffic: [...base.traffic, ...streams.map((each, i) => traffic(each, i, process))] }
}

function run(blueprint: Blueprint, untilPs: number, model: FlowRunOptions['model'] = {}): FlowRun {
  const fluid = new FlowRun(blueprint, { arrivalsEndPs: untilPs, model })
  fluid.sim.run(untilPs)
  fluid.clock.bookAll()
  return fluid
}

/** Switches in a row: stream i comes in at switch i; all leave behind the last. Rates of the links between. */
function funnel(rates: readonly number[]): NetworkBlueprint {
  const switches = Array.from({ length: rates.length + 1 }, (_, i) => `s${i}`)
  const links: GraphLink[] = [
    ...rates.map((rateBps, i) => ({
      between: [`s${i}`, `s${i + 1}`] as const,
      options: plainLink(rateBps, US, 64),
    })),
    ...rates.map((_, i) => ({ between: [`h${i}`, `s${i}`] as const, options: plainLink(100e9, US, 64) })),
    { between: ['sink', `s${rates.length}`], options: plainLink(100e9, US, 64) },
  ]
  return networkOf(
    graph({
      region: 'r',
      switches: switches.map((name) => ({ name, tier: 'any', ecmp: ECMP })),
      hosts: [...rates.map((_, i) => ({ name: `h${i}`, bond: false })), { name: 'sink', bond: false }],
      links,
    }),
  )
}

const toSink = (rates: readonly number[]): Stream[] =>
  rates.map((rateBps, i) => ({ from: `r/h${i}`, to: 'r/sink', rateBps }))

/** Share of each stream's packets that arrive, after so much of warm-up has been taken off. */
const shares = ({ flows }: FlowRun | PacketRun, rows: number) =>
  Array.from({ length: rows }, (_, row) => flows.packetsDelivered[row]! / flows.packetsOriginated[row]!)
const closeTo = (values: readonly number[], digits = 10) =>
  values.map((value) => expect.closeTo(value, digits))

describe('streams under the flow clock', () => {
  it('lose the excess in proportion, at several bottlenecks in a row', () => {
    // 40 over 20; those 20 and 20 more over 30; those 30 and 6 more over 18
    const fluid = run(blueprintOf(funnel([20e9, 30e9, 18e9]), toSink([40e9, 20e9, 6e9])), MS)
    expect(shares(fluid, 3)).toEqual(closeTo([(1 / 2) * (3 / 4) * (1 / 2), (3 / 4) * (1 / 2), 1 / 2]))
    const { topology } = fluid.network
    const lostAt = (a: string, b: string) => {
      const link = topology.linkIndex(`r/${a}:r/${b}`)
      const end = topology.links[link]!.ends[0] === `r/${a}` ? 0 : 1
      return fluid.clock.lostPackets(2 * link + end)
    }
    // of 5,000, 2,500 and 750 packets a millisecond
    expect(lostAt('s0', 's1')).toEqual({ queueFull: expect.closeTo(2500, 6), linkDown: 0 })
    expect(lostAt('s1', 's2')).toEqual({ queueFull: expect.closeTo(1250, 6), linkDown: 0 })
    expect(lostAt('s2', 's3')).toEqual({ queueFull: expect.closeTo(2250, 6), linkDown: 0 })
  })

  it('lose what packets of such streams lose at a bottleneck', () => {
    const network = leafSpineNetwork({
      spines: 1,
      hostsPerLeaf: 3,
      hostLink: plainLink(100e9, US, 64),
      fabricLink: plainLink(40e9, US, 64),
    })
    const streams = [10e9, 20e9, 30e9].map((rateBps, i) => ({
      from: `ord1/leaf-0/host-${i}`,
      to: `ord1/leaf-1/host-${i}`,
      rateBps,
    }))
    const blueprint = blueprintOf(network, streams, [], [], { kind: 'poisson' })
    const packets = new PacketRun(blueprint, { arrivalsEndPs: 20 * MS })
    packets.sim.run()
    const fluid = run(blueprint, 20 * MS)
    expect(shares(fluid, 3)).toEqual(closeTo([2 / 3, 2 / 3, 2 / 3]))
    // 25,000 packets of the smallest stream: a standard deviation of 0.5 %
    for (const share of shares(packets, 3)) expect(Math.abs(share / (2 / 3) - 1)).toBeLessThan(0.02)
  })

  it('load links as their packets do at bottlenecks in a row, where these favour what comes evenly', () => {
    const [rates, offered] = [[20e9, 30e9, 18e9] as const, toSink([40e9, 20e9, 6e9])]
    const blueprint = blueprintOf(funnel(rates), offered, [], [], { kind: 'poisson' })
    const packets = new PacketRun(blueprint, { arrivalsEndPs: 20 * MS })
    packets.sim.run()
    const fluid = run(blueprint, 20 * MS)
    const { topology } = fluid.network
    for (const [i, rate] of rates.entries()) {
      const carried = fluid.clock.carriedBits(2 * topology.linkIndex(`r/s${i}:r/s${i + 1}`))
      expect(carried).toBeCloseTo((rate * 20 * MS) / SECOND, 2)
      const real = packets.clock.transmitters.flat().find(({ name }) => name === `r/s${i} → r/s${i + 1}`)!
      // packets of full queues, here and before, are still to be sent when the streams stop
      const excess = real.wireBytesSent * 8 - carried
      expect(Math.abs(excess)).toBeLessThan((i + 1) * 66 * PACKET * 8)
    }
    // a full queue takes whatever comes next: packets off a busy link, evenly spaced, rather than random ones
    const [real, ideal] = [shares(packets, 3), shares(fluid, 3)]
    expect(real[0]! / ideal[0]!).toBeGreaterThan(1.1)
    expect(real[0]! / ideal[0]!).toBeLessThan(1.2)
    expect(real[2]! / ideal[2]!).toBeGreaterThan(0.7)
    expect(real[2]! / ideal[2]!).toBeLessThan(0.8)
  })

  it('take their rate from flows from their start to their stop', () => {
    // 8 Gbit/s with a stream of 6 for the second millisecond: 1 MB in the first, 0.25 in the second, then the rest
    const flow = { startPs: 0, from: 'r/h0', to: 'r/sink', bytes: 2e6 }
    const stream = { from: 'r/h0', to: 'r/sink', rateBps: 6e9, startPs: MS, stopPs: 2 * MS }
    const fluid = run(blueprintOf(funnel([8e9]), [stream], [flow]), 10 * MS, PURE_SHARING)
    const row = Array.from({ length: 2 }, (_, i) => i).find((i) => fluid.flows.bytes[i] === 2e6)!
    expect(fluid.flows.completedPs[row]! / MS).toBeCloseTo(2.75, 9)
    const other = 1 - row
    expect(fluid.flows.packetsOriginated[other]).toBeCloseTo(750, 9)
    expect(fluid.flows.packetsDelivered[other]).toBeCloseTo(750, 9)
  })

  it('leave nothing to flows where they fill a link', () => {
    const flow = { startPs: 0, from: 'r/h0', to: 'r/sink', bytes: 2e6 }
    const stream = { from: 'r/h0', to: 'r/sink', rateBps: 9e9, stopPs: 3 * MS }
    const fluid = run(blueprintOf(funnel([8e9]), [stream], [flow]), 10 * MS, PURE_SHARING)
    const row = Array.from({ length: 2 }, (_, i) => i).find((i) => fluid.flows.bytes[i] === 2e6)!
    expect(fluid.flows.completedPs[row]! / MS).toBeCloseTo(5, 9)
  })

  it('count headers, framing and all, on every link', () => {
    const network = funnel([8e9])
    const framed = {
      ...network,
      links: network.links.map((link) => ({ ...link, framing: 'ethernet' as const })),
    }
    const fluid = run(blueprintOf(framed, toSink([4e9])), MS)
    const link = fluid.network.topology.linkIndex('r/s0:r/s1')
    expect(fluid.clock.carriedBits(2 * link)).toBeCloseTo(500 * (PACKET + 38) * 8, 6)
    expect(fluid.flows.bytesDelivered[0]).toBeCloseTo(500 * (PACKET - 28), 6)
  })
})

describe('streams over leaf and spine', () => {
  const [FROM, TO] = ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0'] as const
  const fabric = (mode: EcmpMode, rates: readonly number[]) => {
    const routing = { detectionPs: 300 * US, convergencePs: 700 * US }
    const ecmp = { ...leafSpineOptions().ecmp, mode }
    const wire = plainLink(100e9, 0)
    const network = leafSpineNetwork({ hostLink: wire, fabricLink: wire, ecmp }, routing)
    const links = network.links.map((link) => {
      const spine = /leaf-0:.*spine-(\d)/.exec(link.name)
      return spine === null ? link : { ...link, rateBps: rates[Number(spine[1])]! }
    })
    return { ...network, links }
  }

  it('lose on the narrow one of two spines what is sprayed over it', () => {
    const fluid = run(
      blueprintOf(fabric('spray', [100e9, 10e9]), [{ from: FROM, to: TO, rateBps: 40e9 }]),
      MS,
    )
    // half of 40 over 10 passes by half, the other half whole
    expect(shares(fluid, 1)).toEqual(closeTo([0.75]))
  })

  it.each([
    ['spray', 0.5],
    ['five-tuple', 1],
  ] as const)('over a dead spine lose their share until the tables change: %s', (mode, share) => {
    const network = fabric(mode, [100e9, 100e9])
    const stream = { from: FROM, to: TO, rateBps: 40e9, stopPs: 4 * MS }
    const probe = run(blueprintOf(network, [stream]), MS)
    const { topology } = probe.network
    const carries = (spine: number) =>
      probe.clock.carriedBits(2 * topology.linkIndex(`ord1/leaf-0:ord1/spine-${spine}`)) > 0
    const taken = carries(0) ? 0 : 1
    const events = [{ atPs: MS, action: 'fail' as const, target: `ord1/spine-${taken}` }]
    const fluid = run(blueprintOf(network, [stream], [], events), 5 * MS)
    const { packetsOriginated, packetsDelivered, packetsDropped } = fluid.flows
    expect(packetsOriginated[0]).toBeCloseTo(20_000, 6)
    expect(packetsDropped[0]).toBeCloseTo(5000 * share, 6)
    expect(packetsDelivered[0]).toBeCloseTo(20_000 - 5000 * share, 6)
    const dead = 2 * topology.linkIndex(`ord1/leaf-0:ord1/spine-${taken}`)
    expect(fluid.clock.lostPackets(dead)).toEqual({ queueFull: 0, linkDown: expect.closeTo(5000 * share, 6) })
  })

  it('are lost where no route is, and go on when there is one', () => {
    const cut = ['ord1/spine-0', 'ord1/spine-1']
    const events = [
      ...cut.map((target) => ({ atPs: MS, action: 'fail' as const, target })),
      ...cut.map((target) => ({ atPs: 4 * MS, action: 'repair' as const, target })),
    ]
    const stream = { from: FROM, to: TO, rateBps: 40e9, stopPs: 10 * MS }
    const fluid = run(blueprintOf(fabric('five-tuple', [100e9, 100e9]), [stream], [], events), 10 * MS)
    // from the failure to the tables after the repair
    expect(shares(fluid, 1)).toEqual(closeTo([6 / 10]))
  })
})
