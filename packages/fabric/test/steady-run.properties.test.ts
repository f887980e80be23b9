import { MS, SECOND, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint, EventBlueprint } from '../src/blueprint/blueprint.ts'
import type { HostBlueprint, NetworkBlueprint } from '../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { SteadyMix } from '../src/clocks/steady/steady-mix.ts'
import { SteadyRun, type SteadySpan } from '../src/clocks/steady/steady-run.ts'
import { LinkState } from '../src/routing/topology.ts'
import { joinDemands, scaledDemand } from '../src/traffic/demand/index.ts'
import { networks } from './helpers/arbitraries.ts'
import { hasSingleUplinks, leafSpineNetwork } from './helpers/networks.ts'

const END_PS = 3 * MS

/** Switches spray; a bond or several uplinks of a vswitch would hash, and the flow clock takes the member that the hash names. */
const sprayed = networks({ modes: ['spray'], hostsMax: 5 }).filter(
  (network) =>
    hostsOf(network.nodes).length > 1 &&
    hostsOf(network.nodes).every(isUnbonded) &&
    hasSingleUplinks(network),
)
/** A part of the run, in whole microseconds. */
const instant = fc.nat(3_500).map((us) => us * US)
const drawn = fc.record({
  streams: fc.array(
    fc.record({
      from: fc.nat(),
      to: fc.nat(),
      weight: fc.integer({ min: 1, max: 9 }),
      packetBytes: fc.constantFrom(64, 576, 1500, 9000),
      startPs: instant,
      stopPs: fc.option(instant, { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  events: fc.array(fc.record({ atPs: instant, target: fc.nat(), isRepair: fc.boolean() }), { maxLength: 6 }),
  detectionPs: fc.constantFrom(0, 50 * US, 400 * US),
  convergencePs: fc.constantFrom(0, 30 * US, 300 * US),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

function hostsOf(nodes: NetworkBlueprint['nodes']): HostBlueprint[] {
  return nodes.filter((node): node is HostBlueprint => node.kind === 'host')
}

function isUnbonded({ interfaces }: HostBlueprint): boolean {
  return interfaces.every(({ links }) => links.length === 1)
}

function blueprintOf(plan: NetworkBlueprint, totalBps: number, given: Drawn): Blueprint {
  const { detectionPs, convergencePs } = given
  const network = { ...plan, routing: { ...plan.routing, detectionPs, convergencePs } }
  const names = hostsOf(network.nodes).map(({ name }) => name)
  const weights = given.streams.reduce((sum, { weight }) => sum + weight, 0)
  const traffic = given.streams.map((stream, i): TrafficBlueprint => {
    const sender = stream.from % names.length
    const receiver = (sender + 1 + (stream.to % (names.length - 1))) % names.length
    return {
      name: `stream ${i}`,
      pairs: { kind: 'from-to', from: [names[sender]!], to: [names[receiver]!] },
      offered: {
        kind: 'stream',
        packetBytes: stream.packetBytes,
        rateBps: (totalBps * stream.weight) / weights,
        process: { kind: 'constant' },
        startPs: stream.startPs,
        ...(stream.stopPs !== undefined && { stopPs: stream.stopPs }),
      },
      transport: { kind: 'udp' },
      dscp: 0,
      priority: 0,
      family: 'ipv4',
    }
  })
  const targets = [...network.links, ...network.nodes].map(({ name }) => name)
  const events = given.events.map(
    ({ atPs, target, isRepair }): EventBlueprint => ({
      atPs,
      target: targets[target % targets.length]!,
      action: isRepair ? 'repair' : 'fail',
    }),
  )
  return { name: 'any', seed: 'any', network, traffic, events }
}

/** Spans of a run in order, and the run. */
function spansOf(blueprint: Blueprint, windowPs = END_PS): { run: SteadyRun; spans: SteadySpan[] } {
  const run = new SteadyRun(blueprint, { arrivalsEndPs: END_PS, windowPs })
  const spans: SteadySpan[] = []
  run.listener = {
    onSpan: (span) => {
      if (spans.at(-1)?.fromPs === span.fromPs) spans.pop()
      spans.push(span)
    },
  }
  run.sim.run(END_PS - 1)
  return { run, spans }
}

/** Bits on the wire that every direction has carried. */
function carriedBits({ run, spans }: { run: SteadyRun; spans: readonly SteadySpan[] }): Float64Array {
  const bits = new Float64Array(run.mix.rateBps.length)
  spans.forEach(({ fromPs, loads }, i) => {
    const lastedPs = (spans[i + 1]?.fromPs ?? END_PS) - fromPs
    for (let d = 0; d < bits.length; d++) bits[d]! += (loads.carriedBps[d]! * lastedPs) / SECOND
  })
  return bits
}

/** Of what a direction could carry: differences of sums lose digits where little is left of much. */
const TOLERANCE = 1e-9

describe('a run under the steady clock, where traffic is split by weight', () => {
  it.each([
    ['nothing is over capacity', 2e9],
    ['links are over capacity', 60e9],
  ])("carries the flow clock's bits over failures, new routes, starts and stops: %s", (_, totalBps) => {
    fc.assert(
      fc.property(sprayed, drawn, (network, given) => {
        const blueprint = blueprintOf(network, totalBps, given)
        const flow = new FlowRun(blueprint, { arrivalsEndPs: END_PS })
        flow.sim.run(END_PS - 1)
        flow.sim.advanceTo(END_PS)
        flow.clock.bookAll()
        const steady = spansOf(blueprint)
        const bits = carriedBits(steady)
        bits.forEach((carried, direction) => {
          const room = (steady.run.mix.rateBps[direction]! * END_PS) / SECOND
          expect(Math.abs(carried - flow.clock.carriedBits(direction))).toBeLessThanOrEqual(
            TOLERANCE * (totalBps > 10e9 ? room : Math.max(carried, room / 1e6)),
          )
        })
        expect(steady.run.failures.changes).toEqual(flow.failures.changes)
      }),
      { numRuns: 150 },
    )
  })

  it('balances what is sent, delivered and lost of every traffic', () => {
    fc.assert(
      fc.property(sprayed, drawn, (network, given) => {
        const { run, spans } = spansOf(blueprintOf(network, 60e9, given))
        for (const { loads } of spans) {
          expect(loads.parts).toHaveLength(run.parts.length)
          for (const { demand, delivered, drops } of loads.parts) {
            const lost = drops.reduce((sum, { packetsPerSecond }) => sum + packetsPerSecond, 0)
            const { packetsPerSecond } = demand
            expect(Math.abs(delivered.packetsPerSecond + lost - packetsPerSecond)).toBeLessThanOrEqual(
              1e-9 * packetsPerSecond,
            )
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('has the same events and digest however it is sliced', () => {
    fc.assert(
      fc.property(sprayed, drawn, fc.array(instant, { maxLength: 8 }), (network, given, cuts) => {
        const blueprint = blueprintOf(network, 20e9, given)
        const whole = spansOf(blueprint)
        const run = new SteadyRun(blueprint, { arrivalsEndPs: END_PS, windowPs: END_PS })
        for (const cut of cuts.sort((a, b) => a - b)) run.sim.run(Math.min(cut, END_PS - 1))
        run.sim.run(END_PS - 1)
        expect(run.sim.digest.toString()).toBe(whole.run.sim.digest.toString())
        expect(run.sim.eventsRun).toBe(whole.run.sim.eventsRun)
      }),
      { numRuns: 30 },
    )
  })
})

describe('a mix of demands, each times a factor', () => {
  it('of none loads nothing', () => {
    const network = new Network(leafSpineNetwork({ leaves: 2 }))
    const loads = new SteadyMix(network, [], new LinkState(network.topology)).loads(new Float64Array(0))
    const zeros = new Float64Array(2 * network.topology.links.length)
    expect(loads.offeredBps).toEqual(zeros)
    expect(loads.offeredPacketsPerSecond).toEqual(zeros)
    expect(loads.arrivingConnectionsPerSecond).toEqual(zeros)
    expect(loads.delivered).toEqual({ ipBps: 0, packetsPerSecond: 0, connectionsPerSecond: 0 })
  })

  it('has the loads of the steady clock for their sum, whatever was asked before', () => {
    const factors = fc.array(fc.constantFrom(0, 0.25, 1, 7), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(
        networks(),
        drawn,
        fc.array(factors, { minLength: 1, maxLength: 3 }),
        (network, given, asked) => {
          fc.pre(hostsOf(network.nodes).length > 1)
          const { run } = spansOf(blueprintOf(network, 20e9, given))
          const state = new LinkState(run.network.topology)
          const demands = run.parts.map(({ demand }) => ({
            ...demand,
            connectionsPerSecond: demand.packetsPerSecond.map((rate) => rate / 100),
          }))
          const mix = new SteadyMix(run.network, demands, state)
          for (const each of asked) {
            const loads = mix.loads(Float64Array.from(demands, (_, part) => each[part]!))
            const sum = joinDemands(demands.map((demand, part) => scaledDemand(demand, each[part]!)))
            const expected = new SteadyClock(run.network, sum).loadsAsInstalled(state)
            const { offeredBps, carriedBps, delivered, rateBps } = expected
            carriedBps.forEach((carried, direction) => {
              const tolerance = 1e-9 * rateBps[direction]!
              expect(Math.abs(loads.carriedBps[direction]! - carried)).toBeLessThanOrEqual(tolerance)
              expect(Math.abs(loads.offeredBps[direction]! - offeredBps[direction]!)).toBeLessThanOrEqual(
                tolerance,
              )
            })
            expect(Math.abs(loads.delivered.ipBps - delivered.ipBps)).toBeLessThanOrEqual(
              1e-9 * delivered.ipBps,
            )
            expected.connectionsPerSecondTo.forEach((rate, node) => {
              expect(Math.abs(loads.connectionsPerSecondTo[node]! - rate)).toBeLessThanOrEqual(
                1e-9 * delivered.connectionsPerSecond,
              )
            })
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
