import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { type FailingPart, FailureSweep } from '../src/clocks/steady/sweep/failure-sweep.ts'
import { LinkState } from '../src/routing/topology.ts'
import { type Demand, demandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { networks } from './helpers/arbitraries.ts'
import { demandsOf, drawnDemands, PLAIN_CLASSES } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork } from './helpers/networks.ts'
import { FABRICS, ring, uneven } from './helpers/sweep-fabrics.ts'
import { GATEWAY_CLASSES, unevenByGateways, withGateways } from './helpers/sweep-gateways.ts'

const TOLERANCE = 1e-12

/** Every link, every node, and a few groups of both. */
function partsOf({ topology }: Network): FailingPart[] {
  const links = topology.links.map((_, link) => ({ links: [link], nodes: [] }))
  const nodes = topology.nodes.map((_, node) => ({ links: [], nodes: [node] }))
  const groups = [0, 1, 2].map((at) => ({
    links: [at, at + 3].map((link) => link % links.length),
    nodes: [(at * 5) % nodes.length],
  }))
  return [...links, ...nodes, ...groups]
}

function clockOf(
  blueprint: NetworkBlueprint,
  demands: (network: Network) => Demand[],
  classes = PLAIN_CLASSES,
): SteadyClock {
  const network = new Network(blueprint)
  return new SteadyClock(network, demandMatrix(demands(network), classes))
}

/** Both parts down, by the routes of that state and all demands: what `failTwo` is to say. */
function expectSame(
  clock: SteadyClock,
  sweep: FailureSweep,
  base: Float64Array,
  [a, b]: readonly [FailingPart, FailingPart],
): void {
  const state = new LinkState(clock.network.topology)
  for (const part of [a, b]) {
    for (const each of Array.from(part.links)) state.linkUp[each] = 0
    for (const each of Array.from(part.nodes)) state.nodeUp[each] = 0
  }
  const { offeredBps, lostBps } = clock.offered(state)
  let worst = 0
  offeredBps.forEach((load, direction) => {
    const rate = clock.rateBps[direction]!
    const error = Math.abs(sweep.load(direction) - load)
    if (error > TOLERANCE * Math.max(load, base[direction]!)) expect(sweep.load(direction)).toBe(load)
    if (Math.abs(sweep.utilizations()[direction]! - sweep.utilization(direction)) > TOLERANCE)
      expect(sweep.utilizations()[direction]).toBe(sweep.utilization(direction))
    worst = Math.max(worst, load / rate)
  })
  expect(Math.abs(sweep.lostBps - lostBps)).toBeLessThanOrEqual(TOLERANCE * clock.index.demand().ipBps)
  expect(Math.abs(sweep.worstUtilization - worst)).toBeLessThanOrEqual(TOLERANCE * Math.max(worst, 1))
  if (worst > 0) expect(sweep.utilization(sweep.worstDirection)).toBeCloseTo(sweep.worstUtilization, 12)
}

/** All pairs, or every so many of them; answers how many were put together, and how many computed in full. */
function checkPairs(clock: SteadyClock, step = 1) {
  const parts = partsOf(clock.network)
  const base = clock.offered(new LinkState(clock.network.topology)).offeredBps
  const sweep = new FailureSweep(clock)
  sweep.prepare(parts)
  let pairs = 0
  let at = 0
  for (let first = 0; first < parts.length; first++) {
    for (let second = first + 1; second < parts.length; second++) {
      if (at++ % step !== 0) continue
      sweep.failTwo(first, second)
      expectSame(clock, sweep, base, [parts[first]!, parts[second]!])
      pairs++
    }
  }
  if (clock.network.edges === undefined) expect(sweep.fullCount).toBe(0)
  return { pairs, paired: sweep.pairedCount, full: sweep.fullCount }
}

describe('two parts put together from what each changes alone', { timeout: 60_000 }, () => {
  it.each(FABRICS)('equal a full computation on a %s', (_, blueprint) => {
    checkPairs(clockOf(blueprint, uneven), blueprint.links.length > 30 ? 5 : 1)
  })

  it.each(FABRICS.filter(([name]) => !/bonds|framings/.test(name)))(
    'take most pairs of links of a %s',
    (_, blueprint) => {
      const clock = clockOf(blueprint, uneven)
      const sweep = new FailureSweep(clock)
      const { links } = clock.network.topology
      sweep.prepare(links.map((_link, link) => ({ links: [link], nodes: [] })))
      for (let a = 0; a < links.length; a++) for (let b = a + 1; b < links.length; b++) sweep.failTwo(a, b)
      expect(sweep.pairedCount).toBeGreaterThan(0.8 * ((links.length * (links.length - 1)) / 2))
    },
  )

  it('equal a full computation on any graph', () => {
    const property = fc.property(networks(), drawnDemands, (blueprint, drawn) => {
      checkPairs(
        clockOf(blueprint, (network) => demandsOf(network.topology, drawn)),
        7,
      )
    })
    fc.assert(property, { numRuns: 40 })
  })

  it('equal a full computation on larger graphs with demands between all hosts', () => {
    const larger = networks({ switchesMax: 12, hostsMax: 8 })
    fc.assert(
      fc.property(larger, (blueprint) => void checkPairs(clockOf(blueprint, uneven), 11)),
      { numRuns: 30 },
    )
  })

  it('equal a full computation on rings, where what fails is gone around', () => {
    for (const size of [3, 4, 7, 8]) checkPairs(clockOf(ring(size, false), uneven))
  })

  it('are computed from the start where demands go by way of gateways', () => {
    const inside = leafSpineNetwork({ leaves: 3, spines: 2, hostsPerLeaf: 1 })
    const clock = clockOf(withGateways(inside, 2), unevenByGateways, GATEWAY_CLASSES)
    const { pairs, paired, full } = checkPairs(clock)
    expect(paired).toBe(0)
    // a gateway without the fabric gets from the internet what it may not send back there
    expect(full).toBeLessThan(0.1 * pairs)
  })

  it('are computed from the start where what parts change takes more memory than is allowed', () => {
    const clock = clockOf(leafSpineNetwork({ leaves: 4, spines: 3, hostsPerLeaf: 2 }), uneven)
    const base = clock.offered(new LinkState(clock.network.topology)).offeredBps
    const parts = partsOf(clock.network)
    const sweep = new FailureSweep(clock)
    sweep.prepare(parts, 1)
    sweep.failTwo(0, 1)
    expectSame(clock, sweep, base, [parts[0]!, parts[1]!])
    expect(sweep.pairedCount).toBe(0)
  })
})
