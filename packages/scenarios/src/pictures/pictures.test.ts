import { LinkState, Network } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fatTree, graph, leafSpine, region } from '../builders/fabric.ts'
import { scenario } from '../builders/scenario.ts'
import { traffic } from '../builders/traffic.ts'
import { subjectOf } from '../whatif/subject.ts'
import { worstCase, type WorstCaseOptions } from '../worst-case/worst-case.ts'
import { type DemandWays, demandWays } from './demand-ways.ts'
import { flowMatrix } from './flow-matrix.ts'
import { binsOf, foldSmallest } from './fold.ts'
import { withoutCommonPrefix } from './labels.ts'
import { linkComposition } from './link-composition.ts'
import { pairMatrix } from './pair-matrix.ts'
import { tierMatrices } from './tier-matrices.ts'

type Fabric = Parameters<typeof region>[0]['fabric']

const subject = (fabric: Fabric) =>
  subjectOf(
    scenario({
      regions: { ord1: region({ fabric }) },
      traffic: [traffic.allToAll({ name: 'all', sizes: '1MB', load: '30%' })],
    }).compiled,
  )

const RATES = { hostLink: '25Gbps', fabricLink: '100Gbps' }
const FABRIC = leafSpine({ leaves: 4, spines: 2, hostsPerLeaf: 8, ...RATES })

/** What leaves or enters the stations of a column. */
const sumOf = ({ ribbons, columns }: DemandWays, end: 'from' | 'to', column: number) =>
  ribbons
    .filter((ribbon) => ribbon[end][0] === (column < 0 ? columns.length + column : column))
    .reduce((sum, { bps }) => sum + bps, 0)

/** Everything that enters a station leaves it, and all of it starts in the first column and ends in the last. */
function expectConserved(ways: DemandWays): void {
  const relative = (value: number, of: number) => expect(value / of).toBeCloseTo(1, 9)
  relative(sumOf(ways, 'from', 0), ways.shownBps)
  relative(sumOf(ways, 'to', -1), ways.shownBps)
  ways.columns.forEach(({ stations }, column) => {
    stations.forEach(({ bps }, station) => {
      const through = (end: 'from' | 'to') =>
        ways.ribbons
          .filter(({ [end]: [c, s] }) => c === column && s === station)
          .reduce((sum, each) => sum + each.bps, 0)
      if (column > 0) relative(through('to'), bps)
      if (column < ways.columns.length - 1) relative(through('from'), bps)
    })
  })
}

describe('ways of demand', () => {
  test('of a leaf/spine fabric: a seventh of thirty-first parts stays under its leaf, spines share the rest', () => {
    const { network, demand } = subject(FABRIC)
    const ways = demandWays(network, demand)
    expect(ways.columns.map(({ title }) => title)).toEqual(['from hosts of', 'via spine', 'to hosts of'])
    expect(ways.columns[0]!.stations.map(({ label }) => label)).toEqual([
      'leaf-0',
      'leaf-1',
      'leaf-2',
      'leaf-3',
    ])
    for (const { bps } of ways.columns[0]!.stations) expect(bps / ways.totalBps).toBeCloseTo(1 / 4, 12)
    for (const { bps } of ways.columns[1]!.stations) expect(bps / ways.totalBps).toBeCloseTo(12 / 31, 12)
    const within = ways.ribbons.filter(({ from, to }) => from[0] === 0 && to[0] === 2)
    expect(within.map(({ from, to }) => from[1] - to[1])).toEqual([0, 0, 0, 0])
    for (const { bps } of within) expect(bps / ways.totalBps).toBeCloseTo(7 / 31 / 4, 12)
    expectConserved(ways)
  })

  test('of a fat-tree: up to an aggregation, over the cores, down again', () => {
    const { network, demand } = subject(fatTree({ k: 4, ...RATES }))
    const ways = demandWays(network, demand, { stationsMax: 16 })
    expect(ways.columns.map(({ stations }) => stations.length)).toEqual([8, 8, 4, 8, 8])
    // twelve of the fifteen others are in other pods
    for (const { bps } of ways.columns[2]!.stations) expect(bps / ways.totalBps).toBeCloseTo(12 / 15 / 4, 12)
    expectConserved(ways)
  })

  test('few stations stand for many: spines that are alike as their tier, the smallest leaves as others', () => {
    const { network, demand } = subject(leafSpine({ leaves: 40, spines: 12, hostsPerLeaf: 1, ...RATES }))
    const ways = demandWays(network, demand)
    expect(ways.columns.map(({ stations }) => stations.length)).toEqual([10, 1, 10])
    expect(ways.columns[1]!.stations[0]).toMatchObject({ label: '12 × spine', members: 12 })
    expect(ways.columns[0]!.stations.at(-1)).toMatchObject({ label: '31 others', members: 31 })
    expect(ways.shownBps).toBe(ways.totalBps)
    expectConserved(ways)
  })

  test('pairs beyond the most are left out, and said to be', () => {
    const { network, demand } = subject(FABRIC)
    const ways = demandWays(network, demand, { pairsMax: 5 })
    expect(ways).toMatchObject({ pairs: 16, pairsShown: 5 })
    expect(ways.shownBps).toBeLessThan(ways.totalBps)
    expectConserved(ways)
  })

  test('what has no way ends at a station of its own', () => {
    const { network, demand } = subject(FABRIC)
    const state = new LinkState(network.topology)
    for (const spine of [0, 1])
      state.linkUp[network.topology.linkIndex(`ord1/leaf-0:ord1/spine-${spine}`)] = 0
    network.installRoutes(state)
    const ways = demandWays(network, demand)
    const lost = ways.columns.at(-1)!.stations.find(({ isLost }) => isLost)!
    // from and to the eight hosts of one of four leaves
    expect(lost.bps / ways.totalBps).toBeCloseTo((2 * 8 * 24) / (32 * 31), 12)
    expectConserved(ways)
  })

  test('chains longer than there are columns go through one station in between', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const links = names.slice(1).map((name, i) => ({ between: [names[i]!, name] as [string, string] }))
    const ends = ['a', 'g'].map((name) => ({ between: [`h${name}`, name] as [string, string] }))
    const { network, demand } = subject(
      graph({
        switches: names,
        hosts: ['ha', 'hg'],
        links: [...links, ...ends].map((link) => ({ ...link, rate: '10Gbps', delay: '1us' })),
      }),
    )
    const ways = demandWays(network, demand)
    expect(ways.columns).toHaveLength(5)
    expect(ways.columns[2]!.stations.map(({ label }) => label)).toEqual(['further hops'])
    expectConserved(ways)
  })
})

describe('ways of demand through a graph of forty sites', () => {
  const sites = Array.from({ length: 40 }, (_, i) => `s${i}`)
  const pairs = sites.flatMap((site, i): [string, string][] => [
    [site, sites[(i + 1) % 40]!],
    [site, sites[(i * 7 + 11) % 40]!],
    [`h${i}`, site],
  ])
  const { network, demand } = subject(
    graph({
      switches: sites,
      hosts: sites.map((_, i) => `h${i}`),
      links: pairs.filter(([a, b]) => a !== b).map((between) => ({ between, rate: '10Gbps', delay: '1us' })),
    }),
  )

  test('stand together until ribbons are few; nothing is lost by it, nor by rounding', () => {
    const ways = demandWays(network, demand)
    expect(ways.ribbons.length).toBeLessThanOrEqual(90)
    expect(ways.columns.flatMap(({ stations }) => stations).some(({ isLost }) => isLost)).toBe(false)
    expect(ways.shownBps).toBe(ways.totalBps)
    expectConserved(ways)
  })
})

describe('matrices of tiers', () => {
  const { topology } = subject(FABRIC).network
  const byNumber = (direction: number) => direction / 1000

  test('a cell for each link and direction, rows the tier nearer to the hosts', () => {
    const matrices = tierMatrices(topology, byNumber)
    expect(matrices.map(({ from, to, rows, columns }) => [from, to, rows.length, columns.length])).toEqual([
      ['leaf', 'spine', 4, 2],
      ['spine', 'leaf', 4, 2],
      ['leaf', 'host', 4, 8],
      ['host', 'leaf', 4, 8],
    ])
    const link = topology.linkIndex('ord1/leaf-2:ord1/spine-1')
    expect(matrices[0]!.values[2 * 2 + 1]).toBe(byNumber(2 * link))
    expect(matrices[1]!.values[2 * 2 + 1]).toBe(byNumber(2 * link + 1))
    const all = matrices.flatMap(({ values }) => values)
    expect(new Set(all).size).toBe(2 * topology.links.length)
  })

  test('of many rows neighbours stand together, and the highest counts', () => {
    const { topology: large } = subject(
      leafSpine({ leaves: 100, spines: 3, hostsPerLeaf: 1, ...RATES }),
    ).network
    const [up] = tierMatrices(large, byNumber, { cellsMax: 32 })
    expect(up!.rows).toHaveLength(32)
    expect(up!.rowsEach).toBe(4)
    expect(up!.rows[0]).toBe('leaf-0 to leaf-2')
    const highest = Math.max(...up!.values.map((value) => value!))
    const links = large.links.flatMap(({ tier }, link) => (tier === 'fabric' ? [2 * link] : []))
    expect(highest).toBe(byNumber(Math.max(...links)))
  })

  test('of pods: columns count the neighbours of each row, not all switches of the tier', () => {
    const [up] = tierMatrices(subject(fatTree({ k: 8, ...RATES })).network.topology, byNumber)
    expect(up).toMatchObject({ isByNeighbour: true, columns: ['1', '2', '3', '4'] })
    expect(up!.values).not.toContain(null)
  })

  test('a network without tiers has none', () => {
    const { topology: flat } = subject(
      graph({
        switches: ['a', 'b'],
        hosts: ['ha', 'hb'],
        links: (
          [
            ['a', 'b'],
            ['ha', 'a'],
            ['hb', 'b'],
          ] as [string, string][]
        ).map((between) => ({
          between,
          rate: '1Gbps',
          delay: '1us',
        })),
      }),
    ).network
    expect(tierMatrices(flat, byNumber)).toEqual([])
  })
})

describe('matrices of flows', () => {
  const { topology } = subject(leafSpine({ leaves: 60, spines: 2, hostsPerLeaf: 2, ...RATES })).network
  const hosts = topology.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
  const total = (values: readonly (number | null)[]) =>
    values.reduce<number>((sum, value) => sum + (value ?? 0), 0)

  test('host by host where they are few, in their order', () => {
    const flows = [
      { from: hosts[3]!, to: hosts[0]!, rateBps: 5 },
      { from: hosts[1]!, to: hosts[0]!, rateBps: 7 },
    ]
    const matrix = flowMatrix(topology, flows)
    expect(matrix).toMatchObject({ of: 'hosts', values: [7, 5] })
  })

  test('by switch where they are many, the least together; the cells add up to all flows', () => {
    const flows = hosts.map((from, i) => ({ from, to: hosts[(7 * i + 1) % hosts.length]!, rateBps: 1 + i }))
    const matrix = flowMatrix(topology, flows, 20)
    expect(matrix.of).toBe('places')
    expect(matrix.rows).toHaveLength(20)
    expect(matrix.rows.at(-1)).toBe('41 others')
    expect(total(matrix.values)).toBe(flows.reduce((sum, { rateBps }) => sum + rateBps, 0))
  })
})

describe('what loads a link', () => {
  const { blueprint } = scenario({ regions: { ord1: region({ fabric: FABRIC }) } })
  const cases: [string, WorstCaseOptions][] = [
    ['an uplink', { links: ['ord1/leaf-0:ord1/spine-0'] }],
    ['an uplink while others failed', { any: { count: 1, of: 'link/fabric' } }],
    ['a spine down', { links: ['ord1/leaf-1:ord1/spine-1'], any: { count: 1, of: 'switch/spine' } }],
    ["a host's own link", { links: ['ord1/leaf-0:ord1/leaf-0/host-3'] }],
  ]

  test.each(cases)('adds up to the worst load of %s', async (_, options) => {
    const answer = await worstCase(blueprint.network, options)
    const { direction, failed, loadBps } = answer.directions[0]!
    const network = new Network(blueprint.network)
    const routes = network.routes
    const composition = linkComposition(network, answer.witness, {
      direction,
      down: failed,
      packetBytes: answer.packetBytes,
    })
    expect(composition.loadBps / loadBps).toBeCloseTo(1, 9)
    expect(composition.parts.reduce((sum, part) => sum + part.loadBps, 0)).toBe(composition.loadBps)
    for (const { share } of composition.parts) expect(share).toBeLessThanOrEqual(1 + 1e-12)
    expect(network.routes).toBe(routes)
  })
})

describe('pairs of parts', () => {
  test('are what each set by itself comes to, and the same both ways round', async () => {
    const fabric = scenario({
      regions: { ord1: region({ fabric: FABRIC }) },
      traffic: [traffic.allToAll({ name: 'all', sizes: '1MB', load: '30%' })],
    })
    const of = 'link/fabric'
    const matrix = pairMatrix(subjectOf(fabric.compiled), { of, down: [], worst: [] })
    expect(matrix.parts).toHaveLength(8)
    for (const [row, a] of matrix.parts.entries()) {
      for (const [column, b] of matrix.parts.entries()) {
        const cell = row * 8 + column
        expect(matrix.utilization[cell]).toBe(matrix.utilization[column * 8 + row])
        if (column < row) continue
        const { worst } = await fabric.whatIf({ fail: a === b ? [a] : [a, b] })
        expect(matrix.utilization[cell]).toBeCloseTo(worst[0]!.worst!.utilization, 12)
        expect(matrix.lost[cell]).toBeCloseTo(worst[0]!.lostShare, 12)
      }
    }
  })

  test('of many parts those in the worst sets alone', () => {
    const worst = [['ord1/leaf-1:ord1/spine-1', 'ord1/leaf-0:ord1/spine-0'], ['ord1/leaf-3:ord1/spine-0']]
    const matrix = pairMatrix(subject(FABRIC), { of: 'link', down: [], worst }, 4)
    expect(matrix.parts).toEqual([
      'ord1/leaf-0:ord1/spine-0',
      'ord1/leaf-1:ord1/spine-1',
      'ord1/leaf-3:ord1/spine-0',
    ])
    expect(matrix.all).toBe(40)
  })
})

describe('folding', () => {
  test.each([
    [[], 3, [], []],
    [[5], 1, [0], []],
    [[5, 9, 7], 3, [0, 1, 2], []],
    [[5, 9, 7, 1], 3, [1, 2], [0, 3]],
    [[5, 9], 1, [], [0, 1]],
  ])('%j into %d', (sizes, most, kept, others) => expect(foldSmallest(sizes, most)).toEqual({ kept, others }))

  test('bins cover everything once, and differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100 }), (count, most) => {
        const bins = binsOf(count, most)
        const sizes = bins.slice(1).map((end, bin) => end - bins[bin]!)
        expect([bins[0], bins.at(-1)]).toEqual([0, count])
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        expect(sizes.length).toBe(Math.min(count, most))
      }),
    )
  })
})

test.each([
  [[], []],
  [['ord1/leaf-0'], ['leaf-0']],
  [
    ['ord1/leaf-0', 'ord1/leaf-1/host-2'],
    ['leaf-0', 'leaf-1/host-2'],
  ],
  [
    ['ord1/leaf-0:ord1/spine-0', 'ord1/leaf-0:ord1/spine-1'],
    ['leaf-0:spine-0', 'leaf-0:spine-1'],
  ],
  [
    ['ord1/a + ord1/b', 'ord1/c'],
    ['a + b', 'c'],
  ],
  [
    ['ord1/leaf-0', 'dfw1/leaf-0'],
    ['ord1/leaf-0', 'dfw1/leaf-0'],
  ],
])('names without what they share: %j', (names, short) => expect(withoutCommonPrefix(names)).toEqual(short))
