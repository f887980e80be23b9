import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { given } from '../given.ts'
import { Source } from '../source.ts'
import { readDemandsCsv } from './read-csv.ts'
import { writeDemandsCsv } from './write-csv.ts'

const read = (text: string) =>
  readDemandsCsv(new Source('x.csv', text)).map(({ from, to, rateBps }) => [from, to, rateBps])

const readAll = (text: string) => readDemandsCsv(new Source('x.csv', text))

const refusal = (text: string): string => {
  try {
    read(text)
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

describe('demands as CSV', () => {
  it('as a list, every rate with its unit', () => {
    const demands = [
      ['a', 'b', 1.5e9],
      ['b', 'a', 0],
      ['a', 'b', 2e6],
    ]
    expect(read('# made up\nfrom,to,rate\na,b,1.5Gbps\n\nb,a,0Mbps\na,b,2 Mbps\n')).toEqual(demands)
  })

  it.each(['from,to,rate_Mbps', 'Source, Target, demand (Mbps)', 'src,dst,Rate Mbps'])(
    'as a list with the unit in the header: %s',
    (header) => expect(read(`${header}\n"a, the first",b,1.1\n`)).toEqual([['a, the first', 'b', 1_100_000]]),
  )

  it('as a matrix: its rows send, its columns receive, its diagonal says nothing', () => {
    expect(read('Mbps,a,b,c\na,7,1,\nb,2,,3.5\nc,0,0,0\n')).toEqual([
      ['a', 'b', 1e6],
      ['b', 'a', 2e6],
      ['b', 'c', 3.5e6],
    ])
    expect(read(',a,b\na,,1Gbps\nb,5kbps,\n')).toEqual([
      ['a', 'b', 1e9],
      ['b', 'a', 5e3],
    ])
  })

  it.each<[string, string, number]>([
    ['packets_per_s', '2000', 2000],
    ['packets (/s)', '2000', 2000],
    ['Packets per second', '2000', 2000],
    ['kpps', '2', 2000],
    ['packet_bytes', '500', 2000],
    ['packet (bytes)', '500', 2000],
  ])('packets beside rates: %s', (header, cell, packetsPerSecond) => {
    const rows = `a,b,8Mbps,${cell}\nb,a,8Mbps,\nb,a,0bps,${header.includes('ytes') ? 500 : 0}\n`
    expect(readAll(`from,to,rate,${header}\n${rows}`)).toEqual([
      { from: 'a', to: 'b', rateBps: 8e6, packetsPerSecond, line: 2 },
      { from: 'b', to: 'a', rateBps: 8e6, line: 3 },
      { from: 'b', to: 'a', rateBps: 0, packetsPerSecond: 0, line: 4 },
    ])
  })

  it('new connections beside rates, in any order of columns, also where nothing else is sent', () => {
    expect(readAll('to,cps,rate_kbps,packets/s,from\nb,12.5,8,2,a\nb,3,0,,a\nb,,8,,a\n')).toEqual([
      { from: 'a', to: 'b', rateBps: 8000, packetsPerSecond: 2, connectionsPerSecond: 12.5, line: 2 },
      { from: 'a', to: 'b', rateBps: 0, connectionsPerSecond: 3, line: 3 },
      { from: 'a', to: 'b', rateBps: 8000, line: 4 },
    ])
  })

  it.each<[string, string, string, string]>([
    [
      'too few packets',
      'packets_per_s',
      '10',
      'x.csv:2:13  1Gbps in 10 packets/s makes packets of 12,500,000 bytes; expected 1,907.38 packets/s or more, since IP packets have 20 to 65,535 bytes',
    ],
    [
      'too many packets',
      'packets_per_s',
      '1e9',
      'x.csv:2:13  1Gbps in 1,000,000,000 packets/s makes packets of 0.125 bytes; expected at most 6,250,000 packets/s',
    ],
    ['bits without packets', 'packets_per_s', '0', 'x.csv:2:13  no packets carry 1Gbps; expected 1,907.38'],
    [
      'negative packets',
      'pps',
      '-1',
      'x.csv:2:13  "-1" is negative; expected pps as a number, 0 or more, or nothing',
    ],
    ['packets in words', 'packets_per_s', 'many', 'x.csv:2:13  "many" is no number; expected packets_per_s'],
    ['NaN packets', 'packets_per_s', 'NaN', 'x.csv:2:13  "NaN" is no number; expected packets_per_s'],
    ['endless packets', 'packets_per_s', '1e999', 'x.csv:2:13  "1e999" is no number'],
    [
      'a packet smaller than its header',
      'packet_bytes',
      '19',
      'x.csv:2:13  an IP packet has no 19 bytes; expected 20 to 65,535, its header included',
    ],
    ['a packet of nothing', 'packet_bytes', '0', 'x.csv:2:13  an IP packet has no 0 bytes; expected 20'],
    ['a packet too large', 'packet_bytes', '65536', 'x.csv:2:13  an IP packet has no 65,536 bytes'],
    ['negative connections', 'connections_per_s', '-0.5', 'x.csv:2:13  "-0.5" is negative; expected connec'],
    ['packets without a unit', 'packets', '1', 'x.csv:1:14  unknown column "packets"; expected from, to and'],
  ])('%s beside a rate: refused', (_name, header, cell, message) =>
    expect(refusal(`from,to,rate,${header}\na,b, 1Gbps, ${cell}\n`)).toContain(message),
  )

  it.each<[string, string, string]>([
    [
      'packets and their size',
      'from,to,rate,pps,packet_bytes\n',
      'x.csv:1:18  pps and packet_bytes say the same beside a rate; leave one out',
    ],
    [
      'one quantity twice',
      'from,to,rate,pps,kpps\n',
      'x.csv:1:18  a second column for pps, "kpps"; leave one out',
    ],
    [
      'packets without bits',
      'from,to,rate_bps,pps\na,b,0,5\n',
      'x.csv:2:7  0bps in 5 packets/s makes packets of 0 bytes; expected none, since IP packets have 20 to',
    ],
    ['connections to oneself', 'from,to,rate_bps,cps\na,a,0,5\n', 'x.csv:2:3  "a" would send to itself'],
  ])('%s: refused', (_name, text, message) => expect(refusal(text)).toContain(message))

  it('names that nobody knows come together with bad rates, each at its place', () => {
    const names = {
      nameRefusal: (name: string) => (name.startsWith('z') ? `no ${name} here` : undefined),
      pairRefusal: (from: string, to: string) => (from === 'far' ? `no way to ${to}` : undefined),
    }
    const problems = (text: string) => {
      try {
        readDemandsCsv(new Source('x.csv', text), names)
      } catch (error) {
        return (error as Error).message.split('\n')
      }
      return []
    }
    expect(problems('from,to,rate_bps,pps\n"z, one",b,-1,x\na,z2,5,\nfar,b,many,1\nfar,a\n')).toEqual([
      'x.csv:2:1  no z, one here',
      'x.csv:2:12  "-1" is negative; a demand is 0 or more',
      'x.csv:2:15  "x" is no number; expected pps as a number, 0 or more, or nothing',
      'x.csv:3:3  no z2 here',
      'x.csv:4:5  no way to b',
      'x.csv:4:7  "many" is no number; the header has the unit',
      'x.csv:5:1  this row has 2 cells; the header has 4',
    ])
    expect(problems('Mbps,a,z3\nfar,1,x\nz4,0,1\n')).toEqual([
      'x.csv:1:8  no z3 here',
      'x.csv:2:5  no way to a',
      'x.csv:2:7  "x" is no number; the header has the unit',
      'x.csv:3:1  no z4 here',
    ])
  })

  it.each<[string, string, string]>([
    ['nothing', '', 'x.csv:1:1  the file is empty; expected a header'],
    ['no header', 'a,b,1Gbps\n', 'x.csv:1:1  expected a header "from,to,rate"'],
    [
      'an unknown column',
      'from,to,rate,colour\n',
      'x.csv:1:14  unknown column "colour"; expected from, to and rate',
    ],
    ['no receiver', 'from,rate\n', 'x.csv:1:1  expected a header "from,to,rate"'],
    ['an unknown unit', 'from,to,rate_mph\n', 'x.csv:1:1  unknown unit "mph"; expected one of bps, kbps'],
    ['a bare number', 'from,to,rate\na,b,5\n', 'x.csv:2:5  "5" needs a unit; did you mean 5Gbps?'],
    [
      'a negative demand',
      'from,to,rate\na,b,-5Gbps\n',
      'x.csv:2:5  "-5Gbps" is negative; expected zero or more',
    ],
    ['a negative number', 'from,to,rate_bps\na,b,-5\n', 'x.csv:2:5  "-5" is negative; a demand is 0 or more'],
    ['no number', 'from,to,rate_bps\na,b,many\n', 'x.csv:2:5  "many" is no number; the header has the unit'],
    ['NaN', 'from,to,rate_bps\na,b,NaN\n', 'x.csv:2:5  "NaN" is no number'],
    ['a demand on oneself', 'from,to,rate_bps\na,a,1\n', 'x.csv:2:3  "a" would send to itself'],
    ['a nameless end', 'from,to,rate_bps\n,a,1\n', 'x.csv:2:1  a name is missing'],
    ['a short row', 'from,to,rate_bps\na,b\n', 'x.csv:2:1  this row has 2 cells; the header has 3'],
    ['a ragged matrix', 'bps,a,b\na,1\n', 'x.csv:2:1  this row has 2 cells; the header has 3'],
    ['a name twice', 'bps,a,a\n', 'x.csv:1:7  duplicate name "a"'],
    ['a row twice', 'bps,a,b\na,0,1\na,0,1\n', 'x.csv:3:1  duplicate name "a"'],
    ['an open quote', 'from,to,rate_bps\n"a,b,1\n', 'this is no CSV: a quote is not closed'],
  ])('%s is refused', (_name, text, message) => expect(refusal(text)).toContain(message))

  it('all problems at once', () => {
    expect(refusal('from,to,rate_bps\na,b,x\nc,c,1\nd,e,-1\n').split('\n')).toHaveLength(3)
  })

  it('what is written is read back, what is stated beside rates too', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() === text)
    const known = (value: fc.Arbitrary<number>) => fc.option(value, { nil: undefined })
    const demand = fc.record({
      from: name,
      to: name,
      rateBps: fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e15, noNaN: true })),
      packetBytes: known(
        fc.oneof(fc.constantFrom(20, 65_535), fc.double({ min: 20, max: 65_535, noNaN: true })),
      ),
      connectionsPerSecond: known(fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.abs)),
    })
    fc.assert(
      fc.property(fc.array(demand.filter(({ from, to }) => from !== to)), (drawn) => {
        const demands = drawn.map(({ packetBytes, ...rest }) =>
          given({
            ...rest,
            packetsPerSecond: packetBytes === undefined ? undefined : rest.rateBps / 8 / packetBytes,
          }),
        )
        expect(readAll(writeDemandsCsv(demands)).map(({ line, ...rest }) => rest)).toEqual(demands)
      }),
      { numRuns: 300 },
    )
  })

  it('columns of what nobody states are not written', () => {
    const demand = { from: 'a', to: 'b', rateBps: 5 }
    expect(writeDemandsCsv([demand])).toBe('from,to,rate_bps\na,b,5\n')
    expect(writeDemandsCsv([{ ...demand, connectionsPerSecond: 0 }, demand])).toBe(
      'from,to,rate_bps,connections_per_s\na,b,5,0\na,b,5,\n',
    )
    expect(writeDemandsCsv([])).toBe('from,to,rate_bps\n')
  })
})
