import { randomStream, shuffle, Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GraphLink, graph } from '../src/blueprint/generators/graph.ts'
import { leafSpineOptions } from '../src/blueprint/generators/options.fixture.ts'
import { leafSpine } from '../src/blueprint/generators/leaf-spine.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { networks } from './helpers/arbitraries.ts'
import { networkOf, plainLink } from './helpers/networks.ts'
import { type Datagram, type Fate, OpenLoop } from './helpers/open-loop.ts'

const US = 1_000_000
const seed = fc.integer({ min: 0, max: 1e6 }).map(String)

const hostsOf = (blueprint: NetworkBlueprint) =>
  blueprint.nodes.filter((node) => node.kind === 'host').map((node) => node.name)

/** Bursts between all pairs of hosts, with ties and overload. */
function burstsBetween(hosts: readonly string[], timeScale = 1): Datagram[] {
  return hosts.flatMap((from, i) =>
    hosts.flatMap((to, j) =>
      Array.from({ length: 12 }, (_, k) => ({
        atPs: (((i * 7 + j * 3 + k) % 20) * US) / timeScale,
        from,
        to,
        sizeBytes: 1500 + 300 * ((i + j + k) % 5),
        sourcePort: 1000 + (k % 4),
      })),
    ),
  )
}

function play(
  blueprint: NetworkBlueprint,
  datagrams: readonly Datagram[],
): { digest: string; fates: readonly Fate[] } {
  const clock = new PacketClock(new Network(blueprint, { sim: new Simulation({ seed: 'metamorphic' }) }))
  const traffic = new OpenLoop(clock)
  traffic.send(datagrams)
  clock.network.sim.run()
  return { digest: clock.network.sim.digest.toString(), fates: traffic.fates as Fate[] }
}

describe('the order in which a blueprint lists things', { timeout: 30_000 }, () => {
  it('changes neither digest nor outcome', () => {
    const property = fc.property(networks(), seed, (blueprint, seed) => {
      const stream = randomStream(seed, 'order')
      const shuffled: NetworkBlueprint = {
        ...blueprint,
        nodes: shuffle(stream, [...blueprint.nodes]).map((node) =>
          node.kind !== 'host'
            ? node
            : {
                ...node,
                interfaces: node.interfaces.map((nic) => ({
                  ...nic,
                  links: shuffle(stream, [...nic.links]),
                })),
              },
        ),
        links: shuffle(stream, [...blueprint.links]),
      }
      const datagrams = burstsBetween(hostsOf(blueprint))
      expect(play(shuffled, datagrams)).toEqual(play(blueprint, datagrams))
    })
    fc.assert(property, { numRuns: 60 })
  })
})

/** What walks over all ways show: shares by sender, receiver and place, under the names that `rename` gives. */
function reachability(blueprint: NetworkBlueprint, rename = (name: string) => name): Record<string, number> {
  const network = new Network(blueprint)
  const hosts = hostsOf(blueprint)
  const nameOf = (node: number) => rename(network.topology.nodes[node]!.name)
  const shares: Record<string, number> = {}
  for (const from of hosts) {
    for (const to of hosts) {
      const [source, destination] = [network.addressOf(from, 'ipv4')!, network.addressOf(to, 'ipv4')!]
      const probe = { source, destination, protocol: PROTOCOL_UDP, destinationPort: 9, sizeBytes: 100 }
      const { hops, delivered, drops } = walk(network, probe)
      const pair = `${rename(from)} to ${rename(to)}`
      shares[`${pair} delivered`] = delivered
      for (const { node, depth, share } of hops) shares[`${pair} hop ${depth} at ${nameOf(node)}`] = share
      for (const { node, reason, share } of drops) shares[`${pair} ${reason} at ${nameOf(node)}`] = share
    }
  }
  return shares
}

/** The same, each share within 1e-12: sums of weights in another order may differ in the last bit. */
const closeTo = (shares: Record<string, number>) =>
  Object.fromEntries(Object.entries(shares).map(([key, share]) => [key, expect.closeTo(share, 12)]))

describe('names', { timeout: 30_000 }, () => {
  it('do not matter to who reaches whom over which nodes in which shares', () => {
    const property = fc.property(networks(), seed, (blueprint, seed) => {
      const stream = randomStream(seed, 'names')
      const old = [...blueprint.nodes, ...blueprint.links].map(({ name }) => name)
      const numbers = shuffle(
        stream,
        old.map((_, i) => i),
      )
      const fresh = new Map(old.map((name, i) => [name, `x${numbers[i]}`]))
      const back = new Map([...fresh].map(([from, to]) => [to, from]))
      const renamed: NetworkBlueprint = {
        ...blueprint,
        nodes: blueprint.nodes.map((node) => {
          const name = fresh.get(node.name)!
          if (node.kind === 'vswitch') return { ...node, name, host: fresh.get(node.host)! }
          if (node.kind !== 'host') return { ...node, name }
          const interfaces = node.interfaces.map((nic) => ({
            ...nic,
            links: nic.links.map((link) => fresh.get(link)!),
          }))
          return { ...node, name, interfaces }
        }),
        links: blueprint.links.map((link) => ({
          ...link,
          name: fresh.get(link.name)!,
          ends: [fresh.get(link.ends[0])!, fresh.get(link.ends[1])!] as const,
        })),
      }
      expect(reachability(renamed, (name) => back.get(name)!)).toEqual(closeTo(reachability(blueprint)))
    })
    fc.assert(property, { numRuns: 60 })
  })
})

describe('parallel links', { timeout: 30_000 }, () => {
  const options = { ...plainLink(120e9, US), cost: 1 }
  const wire = (between: [string, string], n: number): GraphLink[] =>
    Array.from({ length: n }, () => ({ between, options: { ...options, rateBps: 120e9 / n } }))
  /** a - s0, s0 = s1 over n parallel links and s0 - s2 - s1 as another way, s1 - b. */
  const split = (n: number) =>
    networkOf(
      graph({
        region: 'r',
        switches: ['s0', 's1', 's2', 's3'].map((name) => ({
          name,
          tier: 'any',
          ecmp: { mode: 'five-tuple', weights: 'rate', flowletGapPs: 0 },
        })),
        hosts: [
          { name: 'a', bond: false },
          { name: 'b', bond: false },
        ],
        links: [
          ...wire(['a', 's0'], 1),
          ...wire(['s0', 's1'], n),
          ...wire(['s0', 's2'], 1),
          ...wire(['s1', 's3'], 1),
          ...wire(['s2', 's3'], 1),
          ...wire(['s3', 'b'], 1),
        ],
      }),
    )

  it.each([2, 3, 4, 6])('one link split into %d keeps the shares of every node', (n) => {
    expect(reachability(split(n))).toEqual(closeTo(reachability(split(1))))
  })

  it('stay distinct: own names, own transmitters, own share of the packets', () => {
    const clock = new PacketClock(new Network(split(4)))
    const traffic = new OpenLoop(clock)
    traffic.send(
      Array.from({ length: 4000 }, (_, i) => ({
        atPs: i * US,
        from: 'r/a',
        to: 'r/b',
        sizeBytes: 100,
        sourcePort: i,
      })),
    )
    clock.network.sim.run()
    const names = ['r/s0 → r/s1', 'r/s0 → r/s1#2', 'r/s0 → r/s1#3', 'r/s0 → r/s1#4']
    const used = clock.transmitters.flat().filter(({ name }) => names.includes(name))
    expect(used.map(({ name }) => name)).toEqual(names)
    // an eighth of the packets each, as the other way carries half; binomial, four deviations
    for (const { packetsSent } of used)
      expect(Math.abs(packetsSent - 500)).toBeLessThan(4 * Math.sqrt(4000 * (7 / 64)))
  })
})

/** Leaf/spine with these multiples of rates, sizes and delays. */
function scaled(rates: number, sizes: number, delays: number) {
  const capacity = { bytes: 10_000 * sizes }
  const ecn = { threshold: { bytes: 4_000 * sizes }, markAt: 'dequeue' as const }
  const queue = { capacity, ecn }
  const link = (rateBps: number) => ({ ...plainLink(rateBps * rates, US * delays), queue, nicQueue: queue })
  const parts = leafSpine(leafSpineOptions({ hostLink: link(40e9), fabricLink: link(25e9), hostsPerLeaf: 4 }))
  return networkOf(parts)
}

describe('units', { timeout: 30_000 }, () => {
  const hosts = hostsOf(scaled(1, 1, 1))
  const datagrams = burstsBetween(hosts)
  const plain = play(scaled(1, 1, 1), datagrams)

  it('the yardstick is a busy one: drops, marks and deliveries', () => {
    const reasons = new Set(plain.fates.map(({ reason }) => reason))
    expect([...reasons].sort()).toEqual(['queue-full', undefined])
    expect(plain.fates.some(({ ecn, reason }) => ecn === 3 && reason === undefined)).toBe(true)
  })

  it('doubling all rates and sizes leaves every time and fate unchanged', () => {
    const doubled = play(
      scaled(2, 2, 1),
      datagrams.map((each) => ({ ...each, sizeBytes: each.sizeBytes * 2 })),
    )
    expect(doubled.fates).toEqual(plain.fates)
  })

  it('four times the rates over a quarter of the delays takes a quarter of the time', () => {
    const fast = play(scaled(4, 1, 0.25), burstsBetween(hosts, 4))
    expect(fast.fates.map((fate) => ({ ...fate, atPs: fate.atPs * 4 }))).toEqual(plain.fates)
  })
})
