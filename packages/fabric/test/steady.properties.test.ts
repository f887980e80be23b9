import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import type { SteadyLoads } from '../src/clocks/steady/steady-loads.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandMatrix, type Demand, type DemandClass } from '../src/traffic/demand/demand-matrix.ts'
import { applyOutages, networks, outages } from './helpers/arbitraries.ts'
import { demandsOf, drawnDemands, hostsOf, PLAIN_CLASSES } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork, mixedRates, smallFatTree } from './helpers/networks.ts'
import { type WalkedLoads, walkedLoads } from './helpers/walked-loads.ts'

/** As if its switches looked at everything in a packet. */
class Opaque extends Network {
  override decidesByRoutes(node: number): boolean {
    return !this.topology.nodes[node]!.name.endsWith('s0') && super.decidesByRoutes(node)
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) expectNear(actual[i]!, expected[i]!)
}

function expectNear(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected))
}

function expectWalked(loads: SteadyLoads, walked: WalkedLoads): void {
  expectClose(loads.offeredBps, walked.wireBps)
  expectClose(loads.offeredPacketsPerSecond, walked.packetsPerSecond)
  expectClose(loads.offeredConnectionsPerSecond, walked.connectionsPerSecond)
  if (loads.thinning.iterations > 0) return
  expectClose(loads.arrivingConnectionsPerSecond, walked.connectionsPerSecond)
  expectClose(loads.connectionsPerSecondTo, walked.connectionsTo)
  expectNear(loads.delivered.ipBps, walked.deliveredBps)
  const drops = new Map(loads.drops.map(({ place, reason, ipBps }) => [`${place} ${reason}`, ipBps]))
  for (const [key, ipBps] of walked.drops) expectNear(drops.get(key) ?? 0, ipBps)
}

function expectConserved({ demand, delivered, connectionsPerSecondTo, drops }: SteadyLoads): void {
  const opened = connectionsPerSecondTo.reduce((sum, rate) => sum + rate, 0)
  expect(Math.abs(opened - delivered.connectionsPerSecond)).toBeLessThanOrEqual(1e-9 * opened)
  for (const key of ['ipBps', 'packetsPerSecond', 'connectionsPerSecond'] as const) {
    const lost = drops.reduce((sum, drop) => sum + drop[key], 0)
    expect(Math.abs(delivered[key] + lost - demand[key])).toBeLessThanOrEqual(1e-9 * demand[key])
  }
}

/** Every direction carries what arrives, up to its rate; what arrives is what is offered, less losses upstream. */
function expectFixedPoint({ offeredBps, arrivingBps, carriedBps, rateBps, thinning }: SteadyLoads): void {
  expect(thinning.converged).toBe(true)
  arrivingBps.forEach((arriving, direction) => {
    const carried = Math.min(arriving, rateBps[direction]!)
    expect(Math.abs(carriedBps[direction]! - carried)).toBeLessThanOrEqual(1e-9 * carried)
    expect(arriving).toBeLessThanOrEqual(offeredBps[direction]! * (1 + 1e-12))
  })
}

function check(
  network: Network,
  demands: readonly Demand[],
  state: LinkState,
  noticed: boolean,
  classes: readonly DemandClass[] = PLAIN_CLASSES,
): void {
  const clock = new SteadyClock(network, demandMatrix(demands, classes))
  const live = network.packets.live
  if (noticed) network.installRoutes(state)
  const loads = noticed ? clock.loads(state) : clock.loadsAsInstalled(state)
  expect(network.packets.live).toBe(live)
  expectWalked(loads, walkedLoads(network, demands, classes, state))
  expectConserved(loads)
  expectFixedPoint(loads)
}

function uniform(network: Network): Demand[] {
  const hosts = hostsOf(network.topology)
  return hosts.flatMap((source, i) =>
    hosts.map((destination, j) => ({
      source,
      destination,
      ipBps: 1e6 * (1 + ((i * 7 + j * 3) % 5)),
      packetsPerSecond: 1000,
      connectionsPerSecond: (i * 5 + j) % 4,
    })),
  )
}

describe('steady loads', { timeout: 30_000 }, () => {
  it('are the sum of all walks, whatever is down, noticed by routing or not', () => {
    const property = fc.property(
      networks(),
      outages,
      fc.boolean(),
      drawnDemands,
      (blueprint, down, noticed, drawn) => {
        const network = new Network(blueprint, { checked: true })
        const state = applyOutages(network.topology, new LinkState(network.topology), down)
        check(network, demandsOf(network.topology, drawn), state, noticed)
      },
    )
    fc.assert(property, { numRuns: 200 })
  })

  it('are the same where some switches decide by more than destination, so that pairs are followed one by one', () => {
    const property = fc.property(
      networks(),
      outages,
      fc.boolean(),
      drawnDemands,
      (blueprint, down, noticed, drawn) => {
        const network = new Opaque(blueprint, { checked: true })
        const state = applyOutages(network.topology, new LinkState(network.topology), down)
        check(network, demandsOf(network.topology, drawn), state, noticed)
      },
    )
    fc.assert(property, { numRuns: 60 })
  })

  const fabrics: [string, NetworkBlueprint][] = [
    ['leaf-spine of mixed rates', mixedRates()],
    [
      'bonds to two leaves',
      leafSpineNetwork({ leaves: 4, nicsPerHost: 2, nicAttachment: 'neighbours', bond: true }),
    ],
    ['fat-tree', smallFatTree()],
  ]
  it.each(fabrics)('are the sum of all walks on a %s, with every link down in turn', (_, blueprint) => {
    const network = new Network(blueprint)
    const demands = uniform(network)
    network.topology.links.slice(0, 24).forEach((_link, index) => {
      const state = new LinkState(network.topology)
      state.linkUp[index] = 0
      check(network, demands, state, true)
    })
  })

  it('follow direct links between hosts', () => {
    const parts = leafSpineNetwork({ leaves: 2, hostsPerLeaf: 1 })
    const [a, b] = parts.nodes.filter((node) => node.kind === 'host').map(({ name }) => name) as [
      string,
      string,
    ]
    const template = parts.links[0]!
    const direct = { ...template, name: 'direct', ends: [a, b] as const }
    const nodes = parts.nodes.map((node) =>
      node.kind === 'host'
        ? { ...node, interfaces: node.interfaces.map((nic) => ({ ...nic, links: [...nic.links, 'direct'] })) }
        : node,
    )
    const network = new Network({ ...parts, nodes, links: [...parts.links, direct] })
    check(network, uniform(network), new LinkState(network.topology), true)
  })
})
