import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { graph } from '../src/blueprint/generators/graph.ts'
import { ecmp } from '../src/blueprint/generators/options.fixture.ts'
import { Network } from '../src/build/network.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { FailureSweep } from '../src/clocks/steady/sweep/failure-sweep.ts'
import { LinkState } from '../src/routing/topology.ts'
import { type Demand, demandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { networks } from './helpers/arbitraries.ts'
import { demandsOf, drawnDemands, PLAIN_CLASSES } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork, networkOf, plainLink } from './helpers/networks.ts'
import { FABRICS, ring, uneven } from './helpers/sweep-fabrics.ts'
import { GATEWAY_CLASSES, unevenByGateways, withGateways } from './helpers/sweep-gateways.ts'

const TOLERANCE = 1e-12

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const failures = fc.array(
  fc.record({
    links: fc.array(fraction, { maxLength: 4 }),
    nodes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fraction, { maxLength: 2 }) },
    ),
  }),
  { minLength: 1, maxLength: 8, size: 'max' },
)

interface Failure {
  readonly links: readonly number[]
  readonly nodes: readonly number[]
}

/** What the sweep says of a state is what following all demands by the routes of that state says. */
function expectSame(
  clock: SteadyClock,
  sweep: FailureSweep,
  base: Float64Array,
  { links, nodes }: Failure,
): void {
  const state = new LinkState(clock.network.topology)
  for (const each of links) state.linkUp[each] = 0
  for (const each of nodes) state.nodeUp[each] = 0
  sweep.fail(links, nodes)
  const { offeredBps, lostBps } = clock.offered(state)
  offeredBps.forEach((load, direction) => {
    // a sum from which parts are taken away is exact to the last bits of what it was
    const scale = Math.max(load, base[direction]!)
    expect(Math.abs(sweep.load(direction) - load)).toBeLessThanOrEqual(TOLERANCE * scale)
  })
  expect(Math.abs(sweep.lostBps - lostBps)).toBeLessThanOrEqual(TOLERANCE * clock.index.demand().ipBps)
  const worst = offeredBps.reduce((most, load, d) => Math.max(most, load / clock.rateBps[d]!), 0)
  expect(Math.abs(sweep.worstUtilization - worst)).toBeLessThanOrEqual(TOLERANCE * worst)
  if (worst > 0) expect(sweep.utilization(sweep.worstDirection)).toBeCloseTo(sweep.worstUtilization, 12)
}

/** Answers how many of the states were computed in full. */
function sweepAll(
  blueprint: NetworkBlueprint,
  demands: (network: Network) => Demand[],
  drawn: readonly Failure[],
  classes = PLAIN_CLASSES,
): number {
  const network = new Network(blueprint)
  const { links, nodes } = network.topology
  const clock = new SteadyClock(network, demandMatrix(demands(network), classes))
  const sweep = new FailureSweep(clock)
  const base = clock.offered(new LinkState(network.topology)).offeredBps
  for (const failure of drawn) {
    expectSame(clock, sweep, base, {
      links: failure.links.map((at) => Math.floor(at * links.length)),
      nodes: failure.nodes.map((at) => Math.floor(at * nodes.length)),
    })
  }
  if (classes === PLAIN_CLASSES) expect(sweep.fullCount).toBe(0)
  return sweep.fullCount
}

describe('failure sweep', { timeout: 60_000 }, () => {
  it('equals a full computation on any graph, state after state', () => {
    const property = fc.property(networks(), drawnDemands, failures, (blueprint, drawn, states) => {
      sweepAll(blueprint, (network) => demandsOf(network.topology, drawn), states)
    })
    fc.assert(property, { numRuns: 80 })
  })

  it('equals a full computation on larger graphs with demands between all hosts', () => {
    const larger = networks({ switchesMax: 14, hostsMax: 9 })
    const property = fc.property(larger, failures, (blueprint, states) => {
      sweepAll(blueprint, uneven, states)
    })
    fc.assert(property, { numRuns: 80 })
  })

  it('equals a full computation on rings, where what fails is gone around', () => {
    const property = fc.property(
      fc.integer({ min: 3, max: 12 }),
      fc.boolean(),
      failures,
      (size, bonded, states) => void sweepAll(ring(size, bonded), uneven, states),
    )
    fc.assert(property, { numRuns: 60 })
  })

  it.each(FABRICS)('equals a full computation on a %s', (_, blueprint) => {
    fc.assert(
      fc.property(failures, (states) => void sweepAll(blueprint, uneven, states)),
      { numRuns: 25 },
    )
  })

  it.each(FABRICS)('equals a full computation on a %s by way of gateways', (_, inside) => {
    const blueprint = withGateways(inside, 2)
    let states = 0
    let full = 0
    const property = fc.property(failures, (drawn) => {
      states += drawn.length
      full += sweepAll(blueprint, unevenByGateways, drawn, GATEWAY_CLASSES)
    })
    fc.assert(property, { numRuns: 8 })
    // a gateway without the fabric gets from the internet what it may not send back there
    expect(full).toBeLessThan(0.3 * states)
  })

  it('equals a full computation on any graph by way of gateways', () => {
    const graphs = networks({ switchesMax: 8, hostsMax: 6 })
    const attached = fc.integer({ min: 1, max: 3 })
    let states = 0
    let full = 0
    const property = fc.property(graphs, attached, failures, (inside, attachedTo, drawn) => {
      states += drawn.length
      full += sweepAll(withGateways(inside, attachedTo), unevenByGateways, drawn, GATEWAY_CLASSES)
    })
    fc.assert(property, { numRuns: 50 })
    // of graphs in several pieces, one of twenty, demands between these are walked one by one
    expect(full).toBeLessThan(0.3 * states)
  })

  it('computes no single failure in full where demands go by way of gateways', () => {
    const inside = leafSpineNetwork({ leaves: 3, spines: 2, hostsPerLeaf: 2 })
    const { nodes, links } = withGateways(inside, 2)
    const parts = [...links.map((_, i) => ({ links: [i / links.length], nodes: [] }))]
    const states = [...parts, ...nodes.map((_, i) => ({ links: [], nodes: [i / nodes.length] }))]
    expect(sweepAll(withGateways(inside, 2), unevenByGateways, states, GATEWAY_CLASSES)).toBe(0)
  })

  it('computes in full where the internet alone joins what is private', () => {
    const options = plainLink(10e9, 0)
    const inside = graph({
      region: 'r',
      switches: ['s0', 's1'].map((name) => ({ name, tier: 'any', ecmp })),
      hosts: ['h0', 'h1'].map((name) => ({ name, bond: false })),
      links: [
        { between: ['s0', 's1'], options },
        { between: ['h0', 's0'], options },
        { between: ['h1', 's1'], options },
      ],
    })
    const network = new Network(withGateways(networkOf(inside), 2))
    const clock = new SteadyClock(network, demandMatrix(unevenByGateways(network), GATEWAY_CLASSES))
    const sweep = new FailureSweep(clock)
    const base = clock.offered(new LinkState(network.topology)).offeredBps
    const ends = ['r/s0:r/s1', 'r/gateway-0:r/s1', 'r/gateway-1:r/s0']
    const links = ends.map((name) => network.topology.linkIndex(name))
    expectSame(clock, sweep, base, { links, nodes: [] })
    expect(sweep.lostBps).toBeGreaterThan(0)
    expect(sweep.fullCount).toBe(1)
  })

  it('computes in full what its short cuts do not hold for', () => {
    class Opaque extends Network {
      override decidesByRoutes(): boolean {
        return false
      }
    }
    const opaque = new Opaque(leafSpineNetwork({ leaves: 2, spines: 2, hostsPerLeaf: 1 }))
    const clock = new SteadyClock(opaque, demandMatrix(uneven(opaque), PLAIN_CLASSES))
    const sweep = new FailureSweep(clock)
    const base = clock.offered(new LinkState(opaque.topology)).offeredBps
    expectSame(clock, sweep, base, { links: [1], nodes: [] })
    expectSame(clock, sweep, base, { links: [], nodes: [0] })
    expect(sweep.fullCount).toBe(2)
  })

  it('computes in full where a detour may outlast a TTL', () => {
    const network = new Network(ring(120, false))
    const { topology } = network
    const nodeAt = (name: string) => topology.nodeIndex(`r/${name}`)
    const demands = ['h2', 'h64', 'h100'].map((to) => ({
      source: nodeAt('h0'),
      destination: nodeAt(to),
      ipBps: 1e9,
      packetsPerSecond: 1e5,
    }))
    const clock = new SteadyClock(network, demandMatrix(demands, PLAIN_CLASSES))
    const sweep = new FailureSweep(clock)
    const base = clock.offered(new LinkState(topology)).offeredBps
    // without the first link of the circle, and without the shortcut, some demands live and some do not
    const first = topology.linkIndex('r/s0:r/s1')
    const shortcut = topology.linkIndex('r/s0:r/s60')
    expectSame(clock, sweep, base, { links: [], nodes: [] })
    expectSame(clock, sweep, base, { links: [first], nodes: [] })
    expectSame(clock, sweep, base, { links: [first, shortcut], nodes: [] })
    expect(sweep.lostBps).toBeGreaterThan(0)
    expect(sweep.fullCount).toBeGreaterThan(0)
  })
})
