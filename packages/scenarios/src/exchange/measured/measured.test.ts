import { demandMatrix, Network, SteadyClock } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graph, leafSpine, region } from '../../builders/fabric.ts'
import { scenario } from '../../builders/scenario.ts'
import { readDemandsCsv } from '../demands/read-csv.ts'
import { Source } from '../source.ts'
import { type MeasuredOptions, measuredDemands } from './measure.ts'
import { type MeasuredDemands, writeMeasuredCsv } from './measured-demands.ts'

const rate = '10Gbps'
const star = graph({
  switches: ['s'],
  hosts: ['a', 'b', 'c'],
  links: [
    { between: ['a', 's'], rate, delay: '1us' },
    { between: ['b', 's'], rate, delay: '1us' },
    { between: ['c', 's'], rate, delay: '1us' },
  ],
})
const FABRICS = {
  star: scenario({ regions: { r: region({ fabric: star }) } }).blueprint.network,
  leafSpine: scenario({
    regions: {
      r: region({
        fabric: leafSpine({ leaves: 3, spines: 2, hostsPerLeaf: 1, hostLink: rate, fabricLink: rate }),
      }),
    },
  }).blueprint.network,
}
const STAR = FABRICS.star

const bytesOf = (text: string) => new TextEncoder().encode(text)

const measure = (
  text: string,
  options: Partial<MeasuredOptions> & Pick<MeasuredOptions, 'kind'>,
  network = STAR,
) => measuredDemands(network, { file: 'm.csv', bytes: bytesOf(text) }, options)

const flows = (text: string, options: Partial<MeasuredOptions> = {}) =>
  measure(text, { kind: 'flows', ...options })
const counters = (text: string, options: Partial<MeasuredOptions> = {}, network = STAR) =>
  measure(text, { kind: 'counters', ...options }, network)

const table = ({ demands }: MeasuredDemands) =>
  Object.fromEntries(demands.map(({ from, to, meanBps, p95Bps }) => [`${from} ${to}`, [meanBps, p95Bps]]))

function refusal(ask: () => unknown): string {
  try {
    ask()
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

describe('flow records', () => {
  it('are mean and 95th percentile of the time from the first start to the last end', () => {
    // 100 minutes, 20 intervals: 8 Mbit/s through all of them, and 80 Mbit/s more in two
    const measured = flows(
      [
        'source,destination,bytes,start,end',
        'r/a,b,6000000000,0,6000',
        '10.0.0.1,10.0.0.2,3000000000,600,900',
        'a,b,3000000000,3000,3300',
        'b,c,1000,0,0',
      ].join('\n'),
    )
    expect(measured).toMatchObject({ startS: 0, endS: 6000, intervals: 20, intervalS: 300, notes: [] })
    expect(table(measured)).toEqual({
      'r/a r/b': [(8 * 12e9) / 6000, 88e6],
      'r/b r/c': [8000 / 6000, 0],
    })
  })

  it.each<[string, string]>([
    ['nfdump', 'ts,te,td,sa,da,sp,dp,pr,ipkt,ibyt'],
    [
      'IPFIX',
      'flowStartMilliseconds,flowEndMilliseconds,x,sourceIPv4Address,destinationIPv4Address,y,z,w,packetDeltaCount,octetDeltaCount',
    ],
    ['pmacct', 'TIMESTAMP_START,TIMESTAMP_END,X,SRC_IP,DST_IP,Y,Z,W,PACKETS,BYTES'],
  ])('have columns as %s names them', (_, header) => {
    const row = '2026-03-01 12:00:00.000,2026-03-01 12:00:10.000,10,10.0.0.1,10.0.0.3,1,2,6,1000,1250000'
    expect(table(flows(`${header}\n${row}\n`))).toEqual({ 'r/a r/c': [1e6, 1e6] })
  })

  it('make up for sampling and for framing, by column, option, and mean of both', () => {
    const text =
      'src,dst,bytes,packets,start,end,sampling_rate\na,b,15180,10,0,10,1000\na,b,15180,10,0,10,0\n'
    expect(table(flows(text, { bytes: 'frame' }))['r/a r/b']![0]).toBe((8 * 15_000 * 1001) / 10)
    const plain = 'src,dst,bytes,start,end\na,b,1000,0,1\n'
    expect(table(flows(plain, { sampling: 64 }))['r/a r/b']![0]).toBe(512_000)
  })

  it('tell packets per second, mean and 95th percentile, sampling made up for', () => {
    // 20 intervals of 5 minutes: 300,000 packets through all of them, and as many in the second alone
    const text =
      'src,dst,bytes,packets,start,end,sampling\na,b,30000000,30000,0,6000,10\na,b,30000000,30000,300,600,10\nb,a,1000,1,0,6000,1\n'
    expect(flows(text).demands.map(({ packetsPerSecond }) => packetsPerSecond)).toEqual([
      { mean: 100, p95: 50 },
      { mean: 1 / 6000, p95: expect.closeTo(1 / 6000, 15) },
    ])
    expect(flows('src,dst,bytes,start,end\na,b,1,0,1\n').demands[0]).not.toHaveProperty('packetsPerSecond')
  })

  it('leave out packets that cannot carry the bytes, and say so', () => {
    const { demands, notes } = flows(
      'src,dst,bytes,packets,start,end\na,b,1000,0,0,1\na,c,1000,100,0,1\nb,c,1000,10,0,1\n',
    )
    expect(demands.map(({ packetsPerSecond }) => packetsPerSecond?.mean)).toEqual([undefined, undefined, 10])
    expect(notes).toEqual([
      'packets of 2 pairs of hosts are left out: they cannot carry the bytes, with 20 to 65,535 each',
    ])
  })

  const connectionsOf = (rows: readonly string[], header = 'ts,te,sa,da,sp,dp,pr,ibyt') =>
    Object.fromEntries(
      flows(`${header}\n${rows.join('\n')}\n`).demands.map(({ from, to, connectionsPerSecond }) => [
        `${from} ${to}`,
        connectionsPerSecond?.mean,
      ]),
    )

  it('tell new connections of who opened them: both directions of a five-tuple are one, also in several records', () => {
    const rows = [
      // answered, and cut by the active timeout; 100 s in all
      '0,60,a,b,40000,443,6,1000',
      '0.1,60,b,a,443,40000,6,9000',
      '60,100,a,b,40000,443,6,1000',
      '60,100,b,a,443,40000,6,9000',
      // another port, and another protocol
      '5,6,a,b,40001,443,6,100',
      '5,6,a,b,40001,443,17,100',
      // opened from the other side
      '50,51,b,a,50000,22,6,100',
      '50.5,52,a,b,22,50000,6,100',
    ]
    expect(connectionsOf(rows)).toEqual({ 'r/a r/b': 0.03, 'r/b r/a': 0.01 })
    expect(connectionsOf([...rows].reverse())).toEqual({ 'r/a r/b': 0.03, 'r/b r/a': 0.01 })
  })

  it.each([
    ['a minute apart they are one', 61, 1],
    ['further apart they are two', 61.5, 2],
  ])('records of a five-tuple: %s', (_, startS, expected) => {
    const rows = ['0,1,a,b,1,2,6,100', `${startS},100,a,b,1,2,6,100`]
    expect(connectionsOf(rows)).toEqual({ 'r/a r/b': expected / 100 })
  })

  it.each([
    ['IPFIX', 'sourceTransportPort,destinationTransportPort,protocolIdentifier'],
    ['pmacct', 'SRC_PORT,DST_PORT,PROTOCOL'],
    ['NetFlow 9', 'L4_SRC_PORT,L4_DST_PORT,PROTOCOL'],
    ['no protocol', 'sp,dp,x'],
  ])('ports are known by the headers of %s', (_, header) => {
    const rows = ['0,1,a,b,1,2,tcp,100', '3,4,a,b,1,2,tcp,100', '3,100,a,b,3,2,tcp,100']
    expect(connectionsOf(rows, `ts,te,sa,da,${header},ibyt`)).toEqual({ 'r/a r/b': 0.02 })
  })

  it('clients behind one prefix are told apart by their addresses', () => {
    const prefixes = { file: 'p.csv', bytes: bytesOf('prefix,host\n192.0.2.0/24,r/a\n') }
    const rows = ['192.0.2.1,b,1000,443,100,0,10', '192.0.2.2,b,1000,443,100,0,10']
    const { demands } = flows(`sa,da,sp,dp,bytes,start,end\n${rows.join('\n')}\n`, { prefixes })
    expect(demands).toMatchObject([{ connectionsPerSecond: { mean: 0.2, p95: 0.2 } }])
  })

  it('tell no connections without ports, nor of sampled packets, and say so of the latter', () => {
    expect(connectionsOf(['0,1,a,b,1,2,6,100'], 'ts,te,sa,da,x,y,z,ibyt')).toEqual({ 'r/a r/b': undefined })
    const sampled = flows('sa,da,sp,dp,bytes,start,end\na,b,1,2,100,0,1\n', { sampling: 100 })
    expect(sampled.demands[0]).not.toHaveProperty('connectionsPerSecond')
    expect(sampled.notes).toEqual([
      'new connections are not told: records of sampled packets miss most short ones',
    ])
  })

  it.each(['mean', 'p95'] as const)(
    'are read as demands, what they tell beside rates too: %s',
    (statistic) => {
      const column = fc.integer({ min: 0, max: 900 })
      const record = fc.record({
        ends: fc.constantFrom('a,b', 'b,a', 'b,c'),
        port: fc.constantFrom(1, 2),
        packets: fc.integer({ min: 1, max: 1000 }),
        bytes: fc.integer({ min: 20, max: 65_535 }),
        startS: column,
        lastsS: column,
      })
      fc.assert(
        fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), (records) => {
          fc.pre(records.some(({ lastsS }) => lastsS > 0))
          const rows = records.map(({ ends, port, packets, bytes, startS, lastsS }) =>
            [ends, port, port, packets, packets * bytes, startS, startS + lastsS].join(),
          )
          const measured = flows(`sa,da,sp,dp,packets,bytes,start,end\n${rows.join('\n')}\n`, {
            intervalS: 60,
          })
          expect(measured.notes).toEqual([])
          const read = readDemandsCsv(new Source('d.csv', writeMeasuredCsv(measured, statistic)))
          expect(read).toHaveLength(
            measured.demands.filter(({ p95Bps }) => statistic === 'mean' || p95Bps > 0).length,
          )
          for (const { packetsPerSecond, connectionsPerSecond } of read) {
            expect(packetsPerSecond).toBeGreaterThan(0)
            expect(connectionsPerSecond).toBeGreaterThanOrEqual(0)
          }
        }),
        { numRuns: 100 },
      )
    },
  )

  it('take columns by other names, and prefixes that stand for hosts, the longest first', () => {
    const prefixes = {
      file: 'p.csv',
      bytes: bytesOf('prefix,host\n192.0.0.0/8,b\n192.0.2.0/24,r/c\n2001:db8::/32,a\n'),
    }
    const text = 'who,whom,bytes,start,end\n10.0.0.1,192.0.2.9,1000,0,1\n2001:db8::5,192.1.1.1,1000,0,1\n'
    const measured = flows(text, { columns: { source: 'who', destination: 'whom' }, prefixes })
    expect(Object.keys(table(measured))).toEqual(['r/a r/b', 'r/a r/c'])
  })

  it('say what was left out: ends that are no hosts, and hosts to themselves', () => {
    const rows = ['a,198.51.100.7,9000', 'a,198.51.100.7,1000', 'nobody,b,500', 'c,c,125', 'a,b,1']
    const { notes } = flows(`src,dst,bytes,start,end\n${rows.map((row) => `${row},0,1`).join('\n')}\n`)
    expect(notes).toEqual([
      '3 records are left out: no host is 198.51.100.7, nobody, 84kbps on the mean',
      'traffic of hosts to themselves is left out, 1kbps on the mean',
    ])
  })

  it.each<[string, string, string, Partial<MeasuredOptions>]>([
    ['an empty file', '# nothing\n', 'm.csv:1:1  the file is empty; expected a header', {}],
    [
      'no source',
      'dst,bytes,start\n',
      'm.csv:1:1  no column for source; expected a header such as source, src',
      {},
    ],
    [
      'an unknown header',
      'src,dst,bytes,start\n',
      'no column "byte" for bytes; did you mean "bytes"?',
      { columns: { bytes: 'byte' } },
    ],
    [
      'an unknown purpose',
      'src,dst,bytes,start\n',
      'there is no column for "byts"; did you mean "bytes"?',
      { columns: { byts: 'x' } },
    ],
    ['a short row', 'src,dst,bytes,start\na,b\n', 'm.csv:2:1  this row has 2 cells; the header has 4', {}],
    ['negative bytes', 'src,dst,bytes,start\na,b,-1,0\n', 'm.csv:2:1  "-1" is no count', {}],
    ['no time', 'src,dst,bytes,start\na,b,1,soon\n', 'm.csv:2:1  "soon" is no time', {}],
    [
      'an end before the start',
      'src,dst,bytes,start,end\na,b,1,5,4\n',
      'm.csv:2:1  this flow ends before it starts',
      {},
    ],
    [
      'nobody known',
      'src,dst,bytes,start\nx,y,1,5\n',
      'no record is between two hosts of the network: 1 record is left out: no host is x, y',
      {},
    ],
    ['one instant', 'src,dst,bytes,start\na,b,1,5\n', 'all records are of one instant', {}],
    ['frames without packets', 'src,dst,bytes,start\n', 'no column for packets', { bytes: 'frame' }],
    [
      'an unknown host of a prefix',
      'src,dst,bytes,start\n',
      'unknown host "d"',
      { prefixes: { file: 'p.csv', bytes: bytesOf('prefix,host\n1.0.0.0/8,d\n') } },
    ],
    [
      'a prefix with host bits',
      'src,dst,bytes,start\n',
      'has bits set behind its length',
      { prefixes: { file: 'p.csv', bytes: bytesOf('prefix,host\n1.0.0.1/8,a\n') } },
    ],
  ])('with %s are refused', (_, text, message, options) => {
    expect(refusal(() => flows(text, options))).toContain(message)
  })
})

/** Readings of every interface of a network under some demands, at every time with its factor. */
function readingsOf(
  network: typeof STAR,
  demands: [string, string, number][],
  factors: readonly number[],
): string {
  const built = new Network(network)
  const { topology } = built
  const matrix = demandMatrix(
    demands.map(([from, to, ipBps]) => ({
      source: topology.nodeIndex(from),
      destination: topology.nodeIndex(to),
      ipBps,
    })),
  )
  const { offeredPacketsPerSecond: packets } = new SteadyClock(built, matrix).loads()
  const rows = ['time,node,link,in_octets,out_octets,in_packets,out_packets']
  topology.links.forEach(({ name, ends }, link) => {
    let [inwards, outwards] = [0, 0]
    factors.forEach((factor, i) => {
      // 1,500 bytes and 18 of framing, in 300 seconds
      if (i > 0) outwards += Math.round(300 * factor * packets[2 * link]!)
      if (i > 0) inwards += Math.round(300 * factor * packets[2 * link + 1]!)
      rows.push([300 * i, ends[0], name, inwards * 1518, outwards * 1518, inwards, outwards].join())
    })
  })
  return `${rows.join('\n')}\n`
}

describe('interface counters', () => {
  it('of a star that determine the matrix give it back', () => {
    // c sends nothing, and a and b do not send to each other: two unknowns, and counters of both
    const text = readingsOf(
      STAR,
      [
        ['r/a', 'r/c', 1.2e9],
        ['r/b', 'r/c', 2.4e9],
      ],
      [0, 1, 1],
    )
    const measured = counters(text)
    const demands = table(measured)
    expect(Object.keys(demands)).toEqual(['r/a r/c', 'r/b r/c'])
    expect(demands['r/a r/c']![0]! / 1.2e9).toBeCloseTo(1, 5)
    expect(demands['r/b r/c']![0]! / 2.4e9).toBeCloseTo(1, 5)
    expect(measured).toMatchObject({ startS: 0, endS: 600, intervals: 2, intervalS: 300 })
    expect(measured.notes).toEqual([
      'fitted to counters of 6 of 6 directions; beyond these, demands are as a gravity model has them',
    ])
  })

  it('of a fabric are reproduced by the demands under the steady clock, and peaks show in the 95th percentile', () => {
    const hosts = ['r/leaf-0/host-0', 'r/leaf-1/host-0', 'r/leaf-2/host-0'] as const
    const truth = hosts.flatMap((from, i) =>
      hosts.flatMap((to, j): [string, string, number][] =>
        i === j ? [] : [[from, to, 1.2e8 * (1 + i + 2 * j)]],
      ),
    )
    const measured = counters(readingsOf(FABRICS.leafSpine, truth, [0, 1, 1, 3]), {}, FABRICS.leafSpine)
    expect(measured.intervals).toBe(3)
    const network = new Network(FABRICS.leafSpine)
    const load = (demands: readonly { from: string; to: string; bps: number }[]) => {
      const entries = demands.map(({ from, to, bps }) => ({
        source: network.topology.nodeIndex(from),
        destination: network.topology.nodeIndex(to),
        ipBps: bps,
      }))
      return new SteadyClock(network, demandMatrix(entries)).loads().offeredBps
    }
    const expected = load(truth.map(([from, to, bps]) => ({ from, to, bps })))
    const mean = load(measured.demands.map(({ from, to, meanBps }) => ({ from, to, bps: meanBps })))
    const peak = load(measured.demands.map(({ from, to, p95Bps }) => ({ from, to, bps: p95Bps })))
    expected.forEach((bps, direction) => {
      expect(mean[direction]! / ((bps * 5) / 3)).toBeCloseTo(1, 4)
      expect(peak[direction]! / (bps * 3)).toBeCloseTo(1, 4)
    })
  })

  const row = (time: number, link: string, octets: number | bigint | string) =>
    `${time},${link},${octets},${octets}`
  const text = (...rows: string[]) => `time,link,in_octets,out_octets\n${rows.join('\n')}\n`

  it('wrap at 32 bits; other steps back are resets, counted and left out', () => {
    const wrapped = counters(text(row(0, 'r/a:r/s', 4_294_967_000), row(300, 'r/a:r/s', 1_000)))
    expect(wrapped.notes.join()).not.toContain('went back')
    const reset = counters(
      text(row(0, 'r/a:r/s', 9e12), row(300, 'r/a:r/s', 1_000), row(600, 'r/a:r/s', 2_000)),
    )
    expect(reset.notes).toContain('2 times a counter went back: the time before that reading is left out')
    expect(reset).toMatchObject({ startS: 300, endS: 600 })
  })

  it('say how far they contradict each other', () => {
    const rows = [row(0, 'r/a:r/s', 0), row(0, 'r/b:r/s', 0), row(0, 'r/c:r/s', 0)]
    const more = ['300,r/a:r/s,0,150000000', '300,r/b:r/s,300000000,0', '300,r/c:r/s,0,0']
    const { notes } = counters(text(...rows, ...more))
    expect(notes.some((note) => /counters contradict each other: .* \d+(\.\d+)?% off/.test(note))).toBe(true)
  })

  it('may be deltas, by node and peer', () => {
    const rows = [
      '0,s,a,0,0',
      '100,s,a,1518000,0',
      '0,s,b,0,0',
      '100,s,b,0,1518000',
      '0,s,c,0,0',
      '100,s,c,0,0',
    ]
    const measured = counters(`time,device,neighbor,rx_bytes,tx_bytes\n${rows.join('\n')}\n`, {
      readings: 'deltas',
    })
    expect(table(measured)['r/a r/b']![0]! / ((1_500_000 * 8) / 100)).toBeCloseTo(1, 4)
  })

  it.each<[string, string, string]>([
    [
      'an unknown link',
      text(row(0, 'r/a:r/t', 0)),
      'm.csv:2:1  unknown link "r/a:r/t"; did you mean "r/a:r/s"?',
    ],
    ['no name of a link', 'time,in_octets,out_octets\n', 'no column for link, nor for node and peer'],
    ['an unknown node', 'time,node,peer,in_octets,out_octets\n0,s,z,0,0\n', 'unknown node "z"'],
    [
      'nodes without a link',
      'time,node,peer,in_octets,out_octets\n0,a,b,0,0\n',
      'there is no link between a and b',
    ],
    [
      'a node elsewhere',
      'time,node,link,in_octets,out_octets\n0,b,r/a:r/s,0,0\n',
      '"b" is no end of r/a:r/s',
    ],
    ['a negative counter', text('0,r/a:r/s,-5,0'), '"-5" is no counter'],
    ['one reading', text(row(0, 'r/a:r/s', 0)), 'there are no two readings of one interface'],
    [
      'two readings at once',
      text(row(0, 'r/a:r/s', 0), row(0, 'r/a:r/s', 0)),
      'm.csv:3:1  a second reading of this interface',
    ],
  ])('with %s are refused', (_, csv, message) => {
    expect(refusal(() => counters(csv))).toContain(message)
  })
})
