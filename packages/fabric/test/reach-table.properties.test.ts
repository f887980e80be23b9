import { Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leafSpineNetwork } from './helpers/networks.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { ARRIVES, IS_LOST, ReachTable } from '../src/clocks/walk/reach-table.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import { LinkState } from '../src/routing/topology.ts'
import { applyOutages, networks, outages } from './helpers/arbitraries.ts'
import { hostsOf } from './helpers/demand-arbitraries.ts'
import { FABRICS, ring } from './helpers/sweep-fabrics.ts'

const FAMILIES = ['ipv4', 'ipv6'] as const

/** From a walk of this very pair. */
function walkedFate(network: Network, state: LinkState, from: number, to: number): number {
  const { nodes } = network.topology
  const addresses = FAMILIES.map((family) =>
    [from, to].map((node) => network.addressOf(nodes[node]!.name, family)),
  )
  const [source, destination] = addresses.find((pair) => !pair.includes(undefined)) ?? []
  if (source === undefined || destination === undefined) return IS_LOST
  const { delivered, drops } = walk(
    network,
    { source, destination, protocol: PROTOCOL_TCP, destinationPort: 0, sizeBytes: 0 },
    (link) => state.usable(link),
    (node) => state.nodeUp[node] === 1,
  )
  return (delivered > 0 ? ARRIVES : 0) | (drops.length > 0 ? IS_LOST : 0)
}

/** Every pair by its own, and all together, must come out as walks have them. */
function compare(network: Network, state: LinkState): void {
  const table = new ReachTable(
    network,
    (link) => state.usable(link),
    (node) => state.nodeUp[node] === 1,
  )
  const hosts = hostsOf(network.topology)
  const counts = new Map<number, number>()
  for (const from of hosts)
    for (const to of hosts) {
      if (from === to) continue
      const fate = walkedFate(network, state, from, to)
      expect(table.fate(from, to), `${from} to ${to}`).toBe(fate)
      counts.set(fate, (counts.get(fate) ?? 0) + 1)
    }
  const pairs = hosts.length * (hosts.length - 1)
  for (const wanted of [ARRIVES, IS_LOST]) {
    const { first, ...count } = table.count(hosts, hosts, wanted)
    expect(count).toEqual({ pairs, broken: pairs - (counts.get(wanted) ?? 0) })
    expect(first === undefined).toBe(count.broken === 0)
    if (first !== undefined) expect(walkedFate(network, state, first.from, first.to)).not.toBe(wanted)
  }
}

const damage = fc.record({ down: outages, isNoticed: fc.boolean(), alsoDown: outages })

/** Routes for some outages, on what is left of the network after more of them. */
function compareDamaged(
  blueprint: NetworkBlueprint,
  { down, isNoticed, alsoDown }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): void {
  const network = new Network(blueprint, { sim: new Simulation({ seed: 'reach' }), checked: true })
  const state = applyOutages(network.topology, new LinkState(network.topology), down)
  if (isNoticed) network.installRoutes(state)
  compare(network, applyOutages(network.topology, state, alsoDown))
  expect(network.packets.live).toBe(0)
}

describe('a table of who reaches whom', () => {
  it('has what walks have, on networks of all kinds', () => {
    fc.assert(fc.property(networks(), damage, compareDamaged), { numRuns: 150, seed: 1 })
  }, 60_000)

  it.each([...FABRICS, ['a ring', ring(9, true)] as const])(
    'has what walks have: %s',
    (_, blueprint) => {
      fc.assert(
        fc.property(damage, (each) => compareDamaged(blueprint, each)),
        { numRuns: 25, seed: 2 },
      )
    },
    60_000,
  )

  it('leaves ways near the end of a TTL to walks', () => {
    // halfway round, a packet meets 63 switches and arrives; with the ring cut open beside its host, it meets too many
    const network = new Network(ring(140, false))
    const state = new LinkState(network.topology)
    state.linkUp[network.topology.linkIndex('r/s0:r/s70')] = 0
    network.installRoutes(state)
    compareSome(network, state)
    state.linkUp[network.topology.linkIndex('r/s0:r/s1')] = 0
    network.installRoutes(state)
    compareSome(network, state)
  })

  it('counts any to any of a thousand hosts in a moment', () => {
    const network = new Network(leafSpineNetwork({ leaves: 32, spines: 16, hostsPerLeaf: 32 }))
    const hosts = hostsOf(network.topology)
    const fromMs = performance.now()
    expect(new ReachTable(network).count(hosts, hosts, ARRIVES)).toEqual({ pairs: 1024 * 1023, broken: 0 })
    // a walk takes 50 us and more, which makes a minute of a million
    expect(performance.now() - fromMs).toBeLessThan(5_000)
  })
})

function compareSome(network: Network, state: LinkState): void {
  const table = new ReachTable(network, (link) => state.usable(link))
  const hosts = hostsOf(network.topology)
  const [from] = hosts as [number]
  const fates = hosts.slice(1).map((to) => {
    const fate = walkedFate(network, state, from, to)
    expect(table.fate(from, to)).toBe(fate)
    return fate
  })
  expect(new Set(fates).size).toBeGreaterThan(1)
}
