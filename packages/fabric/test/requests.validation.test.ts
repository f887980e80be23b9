import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { HostBlueprint, NetworkBlueprint } from '../src/blueprint/network.ts'
import type { OfferedBlueprint, TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyRun, type SteadySpan } from '../src/clocks/steady/steady-run.ts'
import { leafSpine } from '../src/blueprint/generators/leaf-spine.ts'
import { leafSpineOptions } from '../src/blueprint/generators/options.fixture.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import { IdealFct } from '../src/traffic/ideal-fct.ts'
import { leafSpineNetwork, networkOf, plainLink } from './helpers/networks.ts'

const CLIENT = 'ord1/leaf-0/host-0'
const SERVER = 'ord1/leaf-1/host-0'
const HEADER_BYTES = 52
const MSS_BYTES = 1448

type Flows = Extract<OfferedBlueprint, { kind: 'flows' }>

const trafficOf = (offered: Partial<Flows>): TrafficBlueprint => ({
  name: 'requests',
  pairs: { kind: 'from-to', from: [CLIENT], to: [SERVER] },
  offered: {
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 500 },
    rate: { totalPerSecond: 50 },
    startPs: 0,
    ...offered,
  },
  transport: { kind: 'tcp', options: {} },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
  port: 80,
})

const blueprintOf = (network: NetworkBlueprint, offered: Partial<Flows>): Blueprint => ({
  name: 'requests',
  seed: 'requests',
  network,
  traffic: [trafficOf(offered)],
  events: [],
})

/** Two hosts, a leaf each. */
const quiet = () => {
  const link = plainLink(10e9, 10 * US)
  return networkOf(
    leafSpine({
      ...leafSpineOptions({ leaves: 2, spines: 1, hostsPerLeaf: 1 }),
      hostLink: link,
      fabricLink: link,
    }),
  )
}

/** What a server has room for, so that places in use are counted. */
const counted = (network: NetworkBlueprint): NetworkBlueprint => ({
  ...network,
  nodes: network.nodes.map((node) =>
    node.name === SERVER
      ? { ...(node as HostBlueprint), connections: { max: 100_000, whenFull: 'drop' as const } }
      : node,
  ),
})

/** No other flow was under way at the same time. */
const isAlone = (starts: Float64Array, flow: number): boolean =>
  starts.every((start, other) => other === flow || Math.abs(start - starts[flow]!) > MS)

const constant = (bytes: number) => ({ kind: 'constant' as const, bytes })

describe('a request and its answer', () => {
  for (const [requestBytes, responseBytes] of [
    [500, 500],
    [500, 10_000],
    [5000, 1],
    [14_480, 14_480],
  ] as const) {
    it(`of ${requestBytes} and ${responseBytes} bytes take a round trip to connect, and then each its way`, () => {
      const offered = { sizes: constant(requestBytes), response: constant(responseBytes), stopPs: SECOND }
      const blueprint = blueprintOf(quiet(), offered)
      const network = new Network(blueprint.network)
      const [client, server] = [CLIENT, SERVER].map((name) => network.addressOf(name, 'ipv4')!)
      const ideal = new IdealFct(network)
      const onePs = (from: number, to: number, bytes: number) =>
        ideal.of(from, to, bytes, MSS_BYTES, HEADER_BYTES)
      const syn = ideal.of(client!, server!, 60, MSS_BYTES, 0) + ideal.of(server!, client!, 60, MSS_BYTES, 0)
      const acknowledgement = (8 * HEADER_BYTES * 1e12) / 10e9
      const expectedPs =
        syn + acknowledgement + onePs(client!, server!, requestBytes) + onePs(server!, client!, responseBytes)
      for (const run of [
        new PacketRun(blueprint, { arrivalsEndPs: SECOND }),
        new FlowRun(blueprint, { arrivalsEndPs: SECOND }),
      ]) {
        run.sim.run(2 * SECOND)
        const { flows } = run
        expect(flows.completed).toBe(flows.size)
        expect(flows.size).toBeGreaterThan(20)
        for (let flow = 0; flow < flows.size; flow++) {
          const fctPs = flows.completedPs[flow]! - flows.startPs[flow]!
          if (isAlone(flows.startPs.slice(0, flows.size), flow))
            expect(Math.abs(fctPs - expectedPs)).toBeLessThan(2)
          expect(flows.bytesDelivered[flow]).toBe(requestBytes + responseBytes)
        }
      }
    })
  }

  it('are as many packets as the steady clock expects, held or not, answered or not', () => {
    for (const hold of [undefined, { kind: 'constant' as const, ps: 300 * MS }])
      for (const [requestBytes, responseBytes] of [
        [1, 1],
        [1448, 2896],
        [3000, 20_000],
        [20_000, 0],
        [9000, 700],
        [500, 10_000],
      ] as const) {
        if (hold === undefined && responseBytes === 0) continue
        const offered = {
          sizes: constant(requestBytes),
          ...(responseBytes > 0 && { response: constant(responseBytes) }),
          ...(hold !== undefined && { hold }),
          rate: { totalPerSecond: 20 },
          stopPs: SECOND,
        }
        const blueprint = blueprintOf(quiet(), offered)
        const run = new PacketRun(blueprint, { arrivalsEndPs: SECOND })
        run.sim.run(3 * SECOND)
        const { size, packetsOriginated } = run.flows
        const demand = demandOfTraffic(run.network, blueprint.traffic, { forPs: SECOND })
        const perFlow = demand.packetsPerSecond.reduce((sum, packets) => sum + packets) / 20
        for (let flow = 0; flow < size; flow++) expect(packetsOriginated[flow]).toBe(perFlow)
        const [host] = run.clock.transmitters.flat().filter(({ name }) => name.startsWith(`${CLIENT} `))
        const ipBytes = demand.ipBps[0]! / 8 / 20
        expect(host!.wireBytesSent / size).toBe(ipBytes)
        expect(run.stackOf(CLIENT).tcp.connectionCount).toBe(0)
        expect(run.stackOf(SERVER).tcp.connectionCount).toBe(0)
      }
  })
})

describe("Little's law", () => {
  // connections arrive as a Poisson process and stay for `hold`: open ones are Poisson with mean rate x hold
  const RATE = 400
  const HOLD_PS = 250 * MS
  const MEAN = 100
  const WARM_UP_PS = 3 * SECOND
  const SPAN_PS = 40 * SECOND

  for (const hold of [
    { kind: 'constant' as const, ps: HOLD_PS },
    { kind: 'exponential' as const, meanPs: HOLD_PS },
  ]) {
    const offered = { response: constant(500), hold, rate: { totalPerSecond: RATE } }
    const blueprint = blueprintOf(
      counted(leafSpineNetwork({ leaves: 2, spines: 1, hostsPerLeaf: 1 })),
      offered,
    )
    const endPs = WARM_UP_PS + SPAN_PS
    for (const make of [PacketRun, FlowRun]) {
      it(`holds for connections of ${hold.kind} times, ${make.name}`, () => {
        const run = new make(blueprint, { arrivalsEndPs: endPs })
        const [pool] = run.network.pools.all
        run.sim.run(WARM_UP_PS)
        const before = pool!.counts(WARM_UP_PS)
        run.sim.run(endPs)
        const after = pool!.counts(endPs)
        // of correlated samples: the variance of the mean is 2 x mean x hold / span where holds are exponential, less else
        const deviation = Math.sqrt((2 * MEAN * HOLD_PS) / SPAN_PS)
        expect(Math.abs((after.usedPs - before.usedPs) / SPAN_PS - MEAN)).toBeLessThan(4 * deviation)
        expect(after.asked - before.asked).toBeGreaterThan(RATE * 40 - 4 * Math.sqrt(RATE * 40))
        expect(after.asked - before.asked).toBeLessThan(RATE * 40 + 4 * Math.sqrt(RATE * 40))
      })
    }

    it(`is what the steady clock says of connections of ${hold.kind} times`, () => {
      const run = new SteadyRun(blueprint, { arrivalsEndPs: endPs, windowPs: SECOND })
      const spans: SteadySpan[] = []
      run.listener = { onSpan: (span) => void spans.push(span) }
      run.sim.run(SECOND)
      const [pool] = spans[0]!.pools
      expect(pool!.connectionsPerSecond).toBeCloseTo(RATE, 9)
      expect(pool!.load!.offeredErlangs).toBeCloseTo(MEAN, 9)
    })
  }

  it('lets connections go by FIN when their time is over', () => {
    const hold = { kind: 'constant' as const, ps: 2 * SECOND }
    const blueprint = blueprintOf(quiet(), { response: constant(500), hold, stopPs: SECOND })
    const run = new PacketRun(blueprint, { arrivalsEndPs: SECOND })
    const { flows } = run
    run.sim.run(1.9 * SECOND)
    expect(flows.completed).toBe(flows.size)
    expect(run.stackOf(SERVER).tcp.connectionCount).toBe(flows.size)
    const busy = flows.packetsOriginated.slice(0, flows.size)
    run.sim.run(4 * SECOND)
    expect(run.stackOf(SERVER).tcp.connectionCount).toBe(0)
    // FIN, FIN and its acknowledgement, which acknowledges too
    const closing = flows.packetsOriginated.slice(0, flows.size).map((packets, flow) => packets - busy[flow]!)
    expect(new Set(closing)).toEqual(new Set([3]))
  })
})
