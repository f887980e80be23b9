import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Network } from '../src/build/network.ts'
import { CrossingShares } from '../src/clocks/steady/following/crossing-shares.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { LinkState } from '../src/routing/topology.ts'
import { applyOutages, networks, outages } from './helpers/arbitraries.ts'
import { hostsOf } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork } from './helpers/networks.ts'

/** As if its switches looked at everything in a packet. */
class Opaque extends Network {
  override decidesByRoutes(node: number): boolean {
    return !this.topology.nodes[node]!.name.endsWith('s0') && super.decidesByRoutes(node)
  }
}

/** By direction and pair, what `walk` says. */
function walkedShares(network: Network, state: LinkState): Map<string, number> {
  const { topology } = network
  const shares = new Map<string, number>()
  const hosts = hostsOf(topology)
  for (const from of hosts) {
    for (const to of hosts) {
      if (from === to) continue
      const [source, destination] = [from, to].map(
        (host) => network.addressOf(topology.nodes[host]!.name, 'ipv4')!,
      ) as [number, number]
      const probe = { source, destination, protocol: PROTOCOL_UDP, destinationPort: 9, sizeBytes: 100 }
      const { hops } = walk(
        network,
        probe,
        (link) => state.usable(link),
        (node) => state.nodeUp[node] === 1,
      )
      for (const { node, outcome } of hops) {
        if (outcome.kind !== 'forwarded') continue
        for (const { port, share } of outcome.members) {
          const { link } = topology.ports[node]![port]!
          if (!state.usable(link)) continue
          const key = `${2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1)} ${from} ${to}`
          shares.set(key, (shares.get(key) ?? 0) + share)
        }
      }
    }
  }
  return shares
}

/** The same from groups; a pair in two groups, or a host and itself, would fail here. */
function groupedShares(network: Network, state: LinkState): Map<string, number> {
  const crossing = new CrossingShares(network, { state })
  const found = new Map<string, number>()
  for (let direction = 0; direction < 2 * network.topology.links.length; direction++) {
    const { senders, receivers, shares } = crossing.of(direction)
    for (const [i, from] of senders.entries()) {
      for (const [j, to] of receivers.entries()) {
        const share = shares[i * receivers.length + j]!
        if (share === 0) continue
        for (const pair of from.flatMap((a) => to.map((b) => [a, b] as const))) {
          const key = [direction, ...pair].join(' ')
          expect(found.has(key) || pair[0] === pair[1]).toBe(false)
          found.set(key, share)
        }
      }
    }
  }
  crossing.free()
  return found
}

function expectWalked(network: Network, state: LinkState, noticed: boolean): void {
  if (noticed) network.installRoutes(state)
  const live = network.packets.live
  const [walked, grouped] = [walkedShares(network, state), groupedShares(network, state)]
  expect(network.packets.live).toBe(live)
  expect([...grouped.keys()].sort()).toEqual([...walked.keys()].sort())
  for (const [key, share] of walked) expect(Math.abs(grouped.get(key)! - share)).toBeLessThanOrEqual(1e-12)
}

describe('crossing shares', () => {
  it.each([
    ['classes at a time', Network],
    ['pairs one by one', Opaque],
  ])('are those of the walk for every pair and direction: %s', (_, Kind) => {
    const property = fc.property(networks(), outages, fc.boolean(), (blueprint, down, noticed) => {
      const network = new Kind(blueprint, { checked: true })
      expectWalked(network, applyOutages(network.topology, new LinkState(network.topology), down), noticed)
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('are few groups on a leaf-spine: those behind a leaf send over its uplink to all others as one', () => {
    const network = new Network(leafSpineNetwork({ leaves: 4, spines: 2, hostsPerLeaf: 3 }))
    const crossing = new CrossingShares(network)
    const up = network.topology.links.findIndex(({ ends }) => ends.join().includes('spine'))
    const sizes = [0, 1].map((end) => {
      const { senders, receivers, shares } = crossing.of(2 * up + end)
      return { shares: [...shares], from: senders.map((g) => g.length), to: receivers.map((g) => g.length) }
    })
    expect(sizes).toContainEqual({ shares: [0.5], from: [3], to: [9] })
    expect(sizes).toContainEqual({ shares: [0.5], from: [9], to: [3] })
  })
})
