import { meanInterval, SECOND, Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { demandOfTraffic, trafficOfClass } from '../src/traffic/demand/from-traffic.ts'
import { leafSpineNetwork } from './helpers/networks.ts'

const FOR_PS = 0.01 * SECOND
const network = leafSpineNetwork({ leaves: 2, spines: 2, hostsPerLeaf: 2 })
/** Without a least slot: there bits on the wire depend on sums of sizes alone. */
const slotless = {
  ...network,
  links: network.links.map((link) => ({ ...link, framing: { overheadBytes: 38 } })),
}
const hosts = network.nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))

function blueprintOf(traffic: readonly TrafficBlueprint[], seed: string, of: NetworkBlueprint = network) {
  return { name: 'x', seed, network: of, traffic, events: [] } satisfies Blueprint
}

function trafficOf(rest: Partial<TrafficBlueprint>): TrafficBlueprint {
  return {
    name: 't',
    pairs: { kind: 'all-to-all', hosts },
    offered: { kind: 'burst', bytes: 1, atPs: 0 },
    transport: { kind: 'tcp', options: { delayedAckSegments: 1 } },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
    ...rest,
  }
}

function expectedLoads({ network: parts, traffic, seed }: Blueprint) {
  const built = new Network(parts, { sim: new Simulation({ seed }) })
  return new SteadyClock(built, demandOfTraffic(built, traffic, { forPs: FOR_PS })).loads()
}

/** Directions that leave hosts: there nothing depends on how ECMP chose. */
function fromHosts({ topology }: Network): number[] {
  return topology.links.flatMap((_, link) =>
    ([0, 1] as const).flatMap((end) =>
      topology.isHost(topology.linkNodes[link]![end]) ? [2 * link + end] : [],
    ),
  )
}

function sentByHosts(blueprint: Blueprint) {
  const run = new PacketRun(blueprint, { arrivalsEndPs: FOR_PS })
  run.sim.run(40 * FOR_PS)
  return fromHosts(run.network).map((direction) => {
    const transmitter = run.clock.transmitters[direction >> 1]![direction & 1]!
    return { packets: transmitter.packetsSent, wireBits: 8 * transmitter.wireBytesSent }
  })
}

const SECONDS = FOR_PS / SECOND

describe('demand of traffic', () => {
  it('is what the packet clock sends, packet by packet, of lists without loss', () => {
    const flow = fc.record({
      from: fc.nat(hosts.length - 1),
      to: fc.nat(hosts.length - 2),
      bytes: fc.oneof(fc.integer({ min: 1, max: 60_000 }), fc.constantFrom(1448, 1460, 2896)),
    })
    const options = fc.record({
      mssBytes: fc.constantFrom(1448, 1460, 536),
      timestamps: fc.boolean(),
      sack: fc.boolean(),
      windowScaling: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.array(flow, { minLength: 1, maxLength: 8 }),
        options,
        fc.constantFrom('ipv4' as const, 'ipv6' as const),
        (drawn, tcp, family) => {
          const flows = drawn.map(({ from, to, bytes }, i) => ({
            startPs: i * 0.001 * SECOND,
            from: hosts[from]!,
            to: hosts[to >= from ? to + 1 : to]!,
            bytes,
          }))
          const transport = { kind: 'tcp', options: { ...tcp, delayedAckSegments: 1 } } as const
          const traffic = trafficOf({ offered: { kind: 'list', flows }, transport, family })
          const blueprint = blueprintOf([traffic], 's', slotless)
          const loads = expectedLoads(blueprint)
          const sent = sentByHosts(blueprint)
          const built = new Network(network)
          fromHosts(built).forEach((direction, i) => {
            expect(loads.offeredPacketsPerSecond[direction]! * SECONDS).toBeCloseTo(sent[i]!.packets, 6)
            expect(loads.offeredBps[direction]! * SECONDS).toBeCloseTo(sent[i]!.wireBits, 2)
          })
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('demand of traffic at low load, over seeds', () => {
  const seeds = Array.from({ length: 24 }, (_, i) => `seed ${i}`)
  const sizes = { kind: 'uniform', minBytes: 1000, maxBytes: 30_000 } as const
  const arriving = { kind: 'flows', sizes, rate: { load: 0.02 }, startPs: 0 } as const

  it.each<[string, Partial<TrafficBlueprint>]>([
    ['all to all', { offered: arriving }],
    ['flows per second', { offered: { ...arriving, rate: { flowsPerSecond: 5000 } } }],
    [
      'from to',
      { pairs: { kind: 'from-to', from: hosts.slice(0, 3), to: hosts.slice(2) }, offered: arriving },
    ],
    ['a permutation', { pairs: { kind: 'permutation', hosts }, offered: arriving }],
    ['a burst', { offered: { kind: 'burst', bytes: 20_000, atPs: 0 } }],
  ])('has the packet clock’s packets and bits in its interval: %s', (_name, rest) => {
    const runs = seeds.map((seed) => {
      const blueprint = blueprintOf([trafficOf(rest)], seed)
      const { offeredBps, offeredPacketsPerSecond } = expectedLoads(blueprint)
      const directions = fromHosts(new Network(network))
      const sum = (values: ArrayLike<number>) =>
        directions.reduce((all, direction) => all + values[direction]!, 0)
      const sent = sentByHosts(blueprint)
      return {
        packets: sent.reduce((all, { packets }) => all + packets, 0) - sum(offeredPacketsPerSecond) * SECONDS,
        bits: sent.reduce((all, { wireBits }) => all + wireBits, 0) - sum(offeredBps) * SECONDS,
      }
    })
    for (const key of ['packets', 'bits'] as const) {
      const { low, high } = meanInterval(
        runs.map((run) => run[key]),
        0.999,
      )
      expect(low).toBeLessThanOrEqual(1e-6)
      expect(high).toBeGreaterThanOrEqual(-1e-6)
    }
  })
})

describe('demand of traffic makes the choices of the clocks', () => {
  const stream = {
    kind: 'stream',
    packetBytes: 1500,
    rateBps: 1e9,
    process: { kind: 'constant' },
    startPs: 0,
  } as const
  it.each<[string, Partial<TrafficBlueprint>]>([
    ['permutations', { pairs: { kind: 'permutation', hosts } }],
    ['receivers of streams', { offered: stream, transport: { kind: 'udp' } }],
    [
      'permuted streams',
      { pairs: { kind: 'permutation', hosts }, offered: stream, transport: { kind: 'udp' } },
    ],
  ])('%s', (_name, rest) => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const blueprint = blueprintOf([trafficOf(rest)], seed)
      const run = new FlowRun(blueprint, { arrivalsEndPs: FOR_PS })
      run.sim.run(FOR_PS)
      const { flows, network: built } = run
      const pairs = Array.from({ length: flows.size }, (_, flow) => [
        built.hostOf(flows.source[flow]!),
        built.hostOf(flows.destination[flow]!),
      ])
      const matrix = demandOfTraffic(built, blueprint.traffic, { forPs: FOR_PS })
      const demanded = Array.from(matrix.source, (source, i) => [source, matrix.destination[i]]).filter(
        (_, i) => matrix.classes[matrix.classOf[i]!]!.name === 't',
      )
      expect(pairs.sort()).toEqual(demanded.sort())
    }
  })
})

const ARRIVING = {
  kind: 'flows',
  sizes: { kind: 'constant', bytes: 1e6 },
  rate: { load: 0.1 },
  startPs: 0,
} as const

describe('demand of traffic: rates and classes', () => {
  it('counts bits of streams as they say, packets as they are sized', () => {
    const offered = {
      kind: 'stream',
      packetBytes: 500,
      rateBps: 2e9,
      process: { kind: 'poisson' },
      startPs: 7,
    } as const
    const built = new Network(network)
    const matrix = demandOfTraffic(built, [trafficOf({ offered, transport: { kind: 'udp' } })], {
      forPs: FOR_PS,
    })
    expect([...matrix.ipBps]).toEqual(hosts.map(() => 2e9))
    expect([...matrix.packetsPerSecond]).toEqual(hosts.map(() => 5e5))
    expect([...matrix.connectionsPerSecond]).toEqual(hosts.map(() => 0))
    expect(matrix.classes.map(({ name }) => name)).toEqual(['t'])
  })

  it.each<[string, Partial<TrafficBlueprint>, number]>([
    ['flows per second', { offered: { ...ARRIVING, rate: { flowsPerSecond: 120 } } }, 120],
    ['8 % of 100 Gbit/s in flows of 1 MB', { offered: { ...ARRIVING, rate: { load: 0.08 } } }, 1000],
    [
      'a profile, by its mean',
      {
        offered: {
          ...ARRIVING,
          rate: { flowsPerSecond: 120 },
          profile: {
            kind: 'piecewise-linear',
            periodPs: SECOND,
            points: [
              [0, 0.5],
              [SECOND / 2, 1],
            ],
          },
        },
      },
      90,
    ],
    ['bursts, on the average of the run', { offered: { kind: 'burst', bytes: 1e6, atPs: 0 } }, 300],
  ])('opens new connections to every host at the rate of its flows: %s', (_name, rest, perSecond) => {
    const traffic = trafficOf(rest)
    const { connectionsPerSecondTo, demand } = expectedLoads(blueprintOf([traffic], 's'))
    const built = new Network(network)
    for (const host of hosts)
      expect(connectionsPerSecondTo[built.topology.nodeIndex(host)]).toBeCloseTo(perSecond, 9)
    expect(demand.connectionsPerSecond).toBeCloseTo(perSecond * hosts.length, 9)
    const matrix = demandOfTraffic(built, [traffic], { forPs: FOR_PS })
    matrix.classOf.forEach((of, i) => {
      if (of === 1) expect(matrix.connectionsPerSecond[i]).toBe(0)
    })
  })

  it('names a class per traffic and one for what comes back', () => {
    const matrix = demandOfTraffic(new Network(network), [trafficOf({}), trafficOf({ name: 'u' })], {
      forPs: FOR_PS,
    })
    expect(matrix.classes.map(({ name }) => name)).toEqual([
      't',
      't/acknowledgements',
      'u',
      'u/acknowledgements',
    ])
    expect(matrix.classes.map(({ name }) => trafficOfClass(name))).toEqual(['t', 't', 'u', 'u'])
    const connections = matrix.connectionsPerSecond.reduce((sum, value) => sum + value, 0)
    expect(connections * SECONDS).toBeCloseTo(2 * 12, 9)
  })

  it('refuses more pairs than fit', () => {
    const many = leafSpineNetwork({ leaves: 2, spines: 1, hostsPerLeaf: 1500 })
    const all = many.nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))
    expect(() =>
      demandOfTraffic(new Network(many), [trafficOf({ pairs: { kind: 'all-to-all', hosts: all } })], {
        forPs: 1,
      }),
    ).toThrow('"t" joins 8,997,000 pairs of hosts; a matrix holds at most 8,000,000, so name fewer hosts')
  })
})
