import { Simulation } from '@weft/core'
import { LinkState, Network, walk } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graph, leafSpine, region } from '../builders/fabric.ts'
import { type Scenario, scenario } from '../builders/scenario.ts'
import { readDemandsCsv } from '../exchange/demands/read-csv.ts'
import { writeDemandsCsv } from '../exchange/demands/write-csv.ts'
import { given } from '../exchange/given.ts'
import type { ExchangeDemand } from '../exchange/network.ts'
import { Source } from '../exchange/source.ts'
import { HostNames } from './host-names.ts'

const LINK = { rate: '10Gbps' }
const FABRICS: readonly Scenario[] = [
  leafSpine({
    leaves: 3,
    spines: 2,
    hostsPerLeaf: 2,
    parallelLinks: 2,
    hostLink: '10Gbps',
    fabricLink: '10Gbps',
  }),
  // a ring of switches: longest ways, and halves of what goes across
  graph({
    switches: ['s0', 's1', 's2', 's3'],
    hosts: ['h0', 'h1', 'h2', 'h3'],
    links: [0, 1, 2, 3].flatMap((i) => [
      { between: [`s${i}`, `s${(i + 1) % 4}`], ...LINK },
      { between: [`h${i}`, `s${i}`], ...LINK },
    ]),
  }),
].map((fabric) => scenario({ regions: { r: region({ fabric }) } }))

const stated = (value: fc.Arbitrary<number>) => fc.option(value, { nil: undefined })
const drawn = fc.record({
  fabric: fc.nat(FABRICS.length - 1),
  factor: fc.constantFrom(0.25, 3, 7.5),
  demands: fc.array(
    fc.record({
      from: fc.nat(),
      to: fc.nat(),
      rateBps: fc.constantFrom(0, 1e6, 3.7e8),
      packetBytes: stated(fc.constantFrom(20, 64, 333, 9000, 65_535)),
      connectionsPerSecond: stated(fc.constantFrom(0, 0.5, 1200)),
    }),
    { minLength: 1, maxLength: 12 },
  ),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never

/** Between hosts, or all hosts of the region. */
function demandsOf({ fabric, demands }: Drawn): ExchangeDemand[] {
  const { nodes } = FABRICS[fabric]!.blueprint.network
  const hosts = nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))
  return demands.map(({ from, to, rateBps, packetBytes, connectionsPerSecond }) => {
    const [sender, receiver] = [from % (hosts.length + 1), to % hosts.length]
    return {
      from: hosts[sender] ?? 'r',
      to: hosts[receiver === sender ? (receiver + 1) % hosts.length : receiver]!,
      rateBps,
      ...given({
        packetsPerSecond: packetBytes === undefined ? undefined : rateBps / 8 / packetBytes,
        connectionsPerSecond,
      }),
    }
  })
}

interface PerSecond {
  packets: number
  connections: number
}

/** By direction: the sum of every pair's walk, with its share of the demand's packets and connections. */
function walked({ blueprint }: Scenario, demands: readonly ExchangeDemand[]): Map<string, PerSecond> {
  const network = new Network(blueprint.network, { sim: new Simulation() })
  const { topology } = network
  const names = new HostNames(blueprint.network)
  const state = new LinkState(topology)
  const sums = new Map<string, PerSecond>()
  for (const { from, to, rateBps, packetsPerSecond, connectionsPerSecond = 0 } of demands) {
    for (const name of [from, to]) expect(names.nameRefusal(name)).toBeUndefined()
    const pairs = names
      .hostsOf(from)
      .flatMap((a) => names.hostsOf(to).flatMap((b) => (a === b ? [] : [[a, b] as const])))
    for (const [source, destination] of pairs) {
      const { hops } = walk(
        network,
        {
          source: network.addressOf(source, 'ipv4')!,
          destination: network.addressOf(destination, 'ipv4')!,
          protocol: 17,
          destinationPort: 0,
          sizeBytes: 0,
        },
        (link) => state.usable(link),
        () => true,
      )
      for (const { node, outcome } of hops) {
        if (outcome.kind !== 'forwarded') continue
        for (const { port, share } of outcome.members) {
          const { link } = topology.ports[node]![port]!
          const end = topology.linkNodes[link]![0] === node ? 0 : 1
          const sum = sums.get(topology.directionName(link, end)) ?? { packets: 0, connections: 0 }
          sum.packets += ((packetsPerSecond ?? rateBps / 12_000) * share) / pairs.length
          sum.connections += (connectionsPerSecond * share) / pairs.length
          sums.set(topology.directionName(link, end), sum)
        }
      }
    }
  }
  return sums
}

const near = (value: number) => expect.closeTo(value, 6)

async function planned(of: Scenario, demands: readonly ExchangeDemand[]): Promise<Map<string, PerSecond>> {
  const { resources, demand } = await of.plan({ demands })
  const sum = (key: 'packetsPerSecond' | 'connectionsPerSecond') =>
    demands.reduce((total, each) => total + (each[key] ?? 0), 0)
  expect(demand.connectionsPerSecond).toEqual(near(sum('connectionsPerSecond')))
  return new Map(
    resources.flatMap(({ names, packetsPerSecond: packets, connectionsPerSecond: connections }) =>
      names.map((name) => [name, { packets, connections }]),
    ),
  )
}

const sends = (demands: readonly ExchangeDemand[]) => demands.some(({ rateBps }) => rateBps > 0)

describe('packets and new connections per second of every direction in a plan', () => {
  it('are the sums of walks, in proportion to demand, and the same from a CSV file', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (given) => {
        const of = FABRICS[given.fabric]!
        const demands = demandsOf(given)
        fc.pre(sends(demands))
        const sums = walked(of, demands)
        const one = await planned(of, demands)
        for (const [name, { packets, connections }] of one) {
          const sum = sums.get(name) ?? { packets: 0, connections: 0 }
          expect([packets, connections]).toEqual([near(sum.packets), near(sum.connections)])
        }
        const times = (rate: number | undefined) => (rate === undefined ? undefined : rate * given.factor)
        const more = demands.map((each) => scaled(each, times))
        for (const [name, { packets, connections }] of await planned(of, more)) {
          const before = one.get(name)!
          expect([packets, connections]).toEqual([
            near(before.packets * given.factor),
            near(before.connections * given.factor),
          ])
        }
        const read = readDemandsCsv(
          new Source('x.csv', writeDemandsCsv(demands)),
          new HostNames(of.blueprint.network),
        )
        expect(await planned(of, read)).toEqual(one)
      }),
      { numRuns: 40 },
    )
  })
})

const scaled = (
  { rateBps, packetsPerSecond, connectionsPerSecond, ...rest }: ExchangeDemand,
  times: (rate: number | undefined) => number | undefined,
): ExchangeDemand => ({
  ...rest,
  rateBps: times(rateBps)!,
  ...given({
    packetsPerSecond: times(packetsPerSecond),
    connectionsPerSecond: times(connectionsPerSecond),
  }),
})
