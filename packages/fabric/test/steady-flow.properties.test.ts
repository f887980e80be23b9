import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { HostBlueprint, NetworkBlueprint } from '../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import { networks } from './helpers/arbitraries.ts'
import { hasSingleUplinks } from './helpers/networks.ts'

const SPAN_PS = 3 * MS
/** All streams together fit the slowest link that the arbitrary draws. */
const TOTAL_BPS = 2e9

/** Switches spray; a bond or several uplinks of a vswitch would hash, and the flow clock takes the member that the hash names. */
const sprayed = networks({ modes: ['spray'], hostsMax: 5 }).filter(
  (network) =>
    hostsOf(network.nodes).length > 1 &&
    hostsOf(network.nodes).every(isUnbonded) &&
    hasSingleUplinks(network),
)

const streams = fc.array(
  fc.record({
    from: fc.nat(),
    to: fc.nat(),
    weight: fc.integer({ min: 1, max: 9 }),
    packetBytes: fc.constantFrom(64, 576, 1500, 9000),
  }),
  { minLength: 1, maxLength: 8 },
)

function hostsOf(nodes: NetworkBlueprint['nodes']): HostBlueprint[] {
  return nodes.filter((node): node is HostBlueprint => node.kind === 'host')
}

function isUnbonded({ interfaces }: HostBlueprint): boolean {
  return interfaces.every(({ links }) => links.length === 1)
}

type Streams = typeof streams extends fc.Arbitrary<infer Value> ? Value : never

function blueprintOf(network: NetworkBlueprint, drawn: Streams): Blueprint {
  const names = hostsOf(network.nodes).map(({ name }) => name)
  const weights = drawn.reduce((sum, { weight }) => sum + weight, 0)
  const traffic = drawn.map(({ from, to, weight, packetBytes }, i): TrafficBlueprint => {
    const sender = from % names.length
    const receiver = (sender + 1 + (to % (names.length - 1))) % names.length
    return {
      name: `stream ${i}`,
      pairs: { kind: 'from-to', from: [names[sender]!], to: [names[receiver]!] },
      offered: {
        kind: 'stream',
        packetBytes,
        rateBps: (TOTAL_BPS * weight) / weights,
        process: { kind: 'constant' },
        startPs: 0,
      },
      transport: { kind: 'udp' },
      dscp: 0,
      priority: 0,
      family: 'ipv4',
    }
  })
  return { name: 'any', seed: 'any', network, traffic, events: [] }
}

describe('where flows are split by weight and nothing is over capacity', () => {
  it("the steady clock's load of every link is the flow clock's average over time", () => {
    fc.assert(
      fc.property(sprayed, streams, (network, drawn) => {
        const run = new FlowRun(blueprintOf(network, drawn), { arrivalsEndPs: SPAN_PS })
        const demand = demandOfTraffic(run.network, run.blueprint.traffic, { forPs: SPAN_PS })
        const steady = new SteadyClock(run.network, demand).loads()
        run.sim.run(SPAN_PS)
        run.clock.bookAll()
        expect(Math.max(...steady.offeredBps)).toBeGreaterThan(0)
        steady.offeredBps.forEach((offeredBps, direction) => {
          const averageBps = (run.clock.carriedBits(direction) / SPAN_PS) * SECOND
          expect(Math.abs(averageBps - offeredBps)).toBeLessThanOrEqual(1e-9 * offeredBps)
        })
      }),
      { numRuns: 100 },
    )
  })
})
