import type { NetworkBlueprint } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scenario } from '../builders/scenario.ts'
import type { ScenarioData } from '../schema/scenario.ts'
import { exportNetwork } from './export-network.ts'
import type { NetworkFormat } from './formats.ts'
import { type ImportOptions, importNetwork } from './import-network.ts'
import { formatNote } from './notes.ts'

type LinkData = NonNullable<ScenarioData['regions'][string]['fabric']['graph']>['links'][number]

const RATES = ['1Gbps', '2.5Gbps', '10Gbps', '9953280000bps', '25Gbps', '400Gbps', '1kbps', '1234567bps']

const details = fc.record(
  {
    delay: fc.constantFrom('0s', '1us', '5.003ms', '1ps'),
    cost: fc.integer({ min: 1, max: 65_535 }),
    bitErrorRate: fc.constantFrom(0, 1e-12, 0.25),
    framing: fc.constantFrom('ethernet' as const, { overhead: '2B' }, { overhead: '38B', slot: '417B' }),
    tier: fc.constantFrom('core', 'long haul', 'a <b> & "c"'),
  },
  { requiredKeys: [] },
)

/** A connected graph: a random tree of switches, links anywhere beside it, parallel ones too, and hosts, some bonded. */
const graphs = fc
  .record({
    parents: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
    extra: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }),
    hosts: fc.array(fc.record({ at: fc.nat(), links: fc.integer({ min: 1, max: 3 }), bond: fc.boolean() }), {
      minLength: 2,
      maxLength: 6,
    }),
    tiers: fc.array(fc.constantFrom('switch', 'leaf', 'spine'), { minLength: 10, maxLength: 10 }),
    // All links have one or none has.
    weights: fc.option(fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 40, maxLength: 40 }), {
      nil: undefined,
    }),
    words: fc.array(fc.record({ rate: fc.constantFrom(...RATES), details }), {
      minLength: 40,
      maxLength: 40,
    }),
  })
  .map(({ parents, extra, hosts, tiers, weights, words }) => {
    const count = parents.length + 1
    const pairs: [string, string][] = parents.map((parent, index) => [
      `s${index + 1}`,
      `s${parent % (index + 1)}`,
    ])
    for (const [a, b] of extra) if (a % count !== b % count) pairs.push([`s${a % count}`, `s${b % count}`])
    hosts.forEach(({ at, links }, index) => {
      for (let link = 0; link < links; link++) pairs.push([`h${index}`, `s${(at + link) % count}`])
    })
    const links: LinkData[] = pairs.map((between, index) => {
      const { rate, details: more } = words[index % words.length]!
      const weight = weights?.[index % weights.length]
      return { between, rate, ...more, ...(weight !== undefined && { weight }) }
    })
    return {
      switches: Array.from({ length: count }, (_, index) => ({ name: `s${index}`, tier: tiers[index]! })),
      hosts: hosts.map(({ bond, links: number }, index) => ({ name: `h${index}`, bond: bond && number > 1 })),
      links,
    }
  })

const compiled = (graph: ReturnType<typeof Object>, traffic: ScenarioData['traffic'] = []) =>
  scenario({ regions: { net: { fabric: { graph: graph as never } } }, traffic }).compiled

function thereAndBack(format: NetworkFormat, graph: object, options: ImportOptions = {}) {
  const before = compiled(graph)
  const { text } = exportNetwork(before, { format })
  const { data } = importNetwork('x', new TextEncoder().encode(text), options)
  return { before: before.blueprint.network, after: scenario({ ...data }).compiled.blueprint.network }
}

/** Ends and rates of all links, in an order that is theirs alone. */
const drawing = ({ links }: NetworkBlueprint) =>
  links.map(({ ends, rateBps }) => `${[...ends].sort().join(' ')} ${rateBps}`).sort()

const RUNS = { numRuns: 60 }

describe('export, then import', () => {
  it.each(['graphml', 'containerlab'] as const)('%s: everything comes back', (format) => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { before, after } = thereAndBack(format, graph, { region: 'net' })
        expect(after).toEqual(before)
      }),
      RUNS,
    )
  })

  it.each(['sndlib-xml', 'sndlib-native'] as const)(
    '%s: nodes, parallel links, rates and costs come back',
    (format) => {
      fc.assert(
        fc.property(graphs, (graph) => {
          const { before, after } = thereAndBack(format, graph, { hostNodes: ['h*'] })
          const names = (network: NetworkBlueprint) =>
            network.nodes.map(({ kind, name }) => `${kind} ${name}`)
          expect(names(after)).toEqual(names(before))
          const links = ({ links: all }: NetworkBlueprint) =>
            all.map(({ name, rateBps, cost }) => ({ name: name.replace(/#\d+$/, ''), rateBps, cost }))
          expect(links(after)).toEqual(links(before))
        }),
        RUNS,
      )
    },
  )

  it('batfish: nodes and parallel links come back', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { before, after } = thereAndBack('batfish', graph, { hostNodes: ['h*'], rateBps: 1e9 })
        expect(after.nodes.map(({ name }) => name)).toEqual(before.nodes.map(({ name }) => name))
        const atOneRate = { ...before, links: before.links.map((link) => ({ ...link, rateBps: 1e9 })) }
        expect(drawing(after)).toEqual(drawing(atOneRate))
      }),
      RUNS,
    )
  })

  it('what a format cannot hold is said', () => {
    const more: Omit<LinkData, 'between'> = {
      rate: '10Gbps',
      delay: '5ms',
      cost: 3,
      weight: 2,
      bitErrorRate: 1e-9,
      framing: { overhead: '2B' },
      tier: 'core',
      queue: { capacity: '9 packets' },
    }
    const graph = {
      switches: [{ name: 'a', tier: 'leaf', ecmp: 'spray' as const }, 'B.1'],
      hosts: ['h/1', { name: 'h2', bond: true }],
      links: [
        { between: ['a', 'B.1'] as [string, string], ...more },
        { between: ['h/1', 'a'] as [string, string], rate: '1Gbps' },
        { between: ['h2', 'a'] as [string, string], rate: '1Gbps', parallel: 2 },
      ],
    }
    const stream = { packet: '1000B', rate: '1Mbps', process: 'poisson' as const }
    const traffic: ScenarioData['traffic'] = [
      { name: 'steady', from: 'net/h/1', to: 'net/h2', stream },
      { name: 'bursts', between: 'net', sizes: '1kB', load: '1%' },
    ]
    const said = (format: NetworkFormat) =>
      exportNetwork(compiled(graph, traffic), { format }).notes.map(({ what }) => what)
    const always = [
      'its own way to choose among paths (ecmp)',
      'queues that are not the usual ones',
      'not streams to one receiver, and so no demand',
      'spacing or times of its own',
      'no part of a network',
    ]
    const linkWords = ['a delay of its own', 'a weight', 'a bit error rate', 'a framing of its own', 'a tier']
    const nodeWords = ['a node like any other in this format', 'a bond of its links']
    const demands = 'no place for it in this format'
    expect(new Set(said('graphml'))).toEqual(new Set([...always, demands]))
    expect(new Set(said('containerlab'))).toEqual(new Set([...always, demands, 'no image to deploy']))
    for (const format of ['sndlib-xml', 'sndlib-native'] as const)
      expect(new Set(said(format))).toEqual(
        new Set([
          ...always,
          ...linkWords,
          ...nodeWords,
          'packets per second of its own',
          'a name that is no identifier of SNDlib',
        ]),
      )
    expect(new Set(said('batfish'))).toEqual(
      new Set([
        ...always,
        ...linkWords,
        ...nodeWords,
        'a rate',
        'a cost',
        demands,
        'host names are in lower case here',
      ]),
    )
  })
})

describe('limits on connections', () => {
  it('are lost, and that is said', () => {
    const links: LinkData[] = [{ between: ['h1', 'a'], rate: '1Gbps' }]
    const graph = { switches: ['a'], hosts: ['h1'], links }
    const { compiled: limited } = scenario({
      regions: { net: { fabric: { graph: graph as never, connections: { max: 5 } } } },
    })
    expect(exportNetwork(limited, { format: 'graphml' }).notes.map(({ what }) => what)).toContain(
      'a limit on the connections that it accepts',
    )
  })
})

describe('demands', () => {
  const graph = { switches: ['a', 'b'], hosts: ['h1', 'h2', 'h3'], links: [] as LinkData[] }
  graph.links.push({ between: ['a', 'b'], rate: '10Gbps' })
  for (const [host, at] of [
    ['h1', 'a'],
    ['h2', 'b'],
    ['h3', 'b'],
  ] as const)
    graph.links.push({ between: [host, at], rate: '10Gbps' })
  const stream = (rate: string, packet = '1500B') => ({ packet, rate })
  const traffic: ScenarioData['traffic'] = [
    { name: 'one', from: 'net/h1', to: 'net/h2', stream: stream('123456789bps') },
    { name: 'many', from: ['net/h1', 'net/h2'], to: 'net/h3', stream: stream('1.5Gbps') },
  ]
  const expected = [
    ['net/h1', 'net/h3', 1.5e9],
    ['net/h2', 'net/h3', 1.5e9],
    ['net/h1', 'net/h2', 123_456_789],
  ]

  it.each(['sndlib-xml', 'sndlib-native'] as const)('%s holds them', (format) => {
    const { text } = exportNetwork(compiled(graph, traffic), { format })
    const { demands, data } = importNetwork('x', new TextEncoder().encode(text), { hostNodes: ['h*'] })
    expect(demands.map(({ from, to, rateBps }) => [from, to, rateBps])).toEqual(expected)
    expect(data.traffic?.map(({ from, to, stream: sent }) => [from, to, sent?.rate])).toEqual([
      ['net/h1', 'net/h3', '1.5Gbps'],
      ['net/h2', 'net/h3', '1.5Gbps'],
      ['net/h1', 'net/h2', '123456789bps'],
    ])
  })

  it('csv holds them with their packets, and goes with a network', () => {
    const small = { name: 'small', from: 'net/h3', to: 'net/h1', stream: stream('10Mbps', '81B') }
    const csv = exportNetwork(compiled(graph, [...traffic, small]), { format: 'csv' })
    expect(csv.notes).toEqual([])
    expect(csv.text).toContain('from,to,rate_bps,packets_per_s\nnet/h1,net/h3,1500000000,125000\n')
    const network = exportNetwork(compiled(graph), { format: 'graphml' })
    const { demands, data } = importNetwork('x', new TextEncoder().encode(network.text), {
      demandsFile: { file: 'd.csv', bytes: new TextEncoder().encode(csv.text) },
    })
    expect(demands.map(({ from, to, rateBps }) => [from, to, rateBps])).toEqual([
      ...expected,
      ['net/h3', 'net/h1', 10e6],
    ])
    expect(data.traffic?.map(({ stream: sent }) => sent?.packet)).toEqual(['1500B', '1500B', '1500B', '81B'])
  })

  it('what a stream has no place for is said', () => {
    const network = exportNetwork(compiled(graph), { format: 'graphml' })
    const text = 'from,to,rate,packet_bytes,connections_per_s\nh1,h2,1Mbps,20,7\nh2,h3,1Mbps,99.6,0\n'
    const { data, notes } = importNetwork('x', new TextEncoder().encode(network.text), {
      demandsFile: { file: 'd.csv', bytes: new TextEncoder().encode(text) },
    })
    expect(data.traffic?.map(({ stream: sent }) => sent?.packet)).toEqual(['28B', '100B'])
    expect(notes.filter(({ file }) => file === 'd.csv').map(formatNote)).toEqual([
      'd.csv:2  2 demands (net/h1 -> net/h2, net/h2 -> net/h3): a mean rate; a UDP stream of packets of their mean size in whole bytes at even distances',
      'd.csv:2  demand net/h1 -> net/h2: new connections per second; left out: a stream opens none',
    ])
  })
})
