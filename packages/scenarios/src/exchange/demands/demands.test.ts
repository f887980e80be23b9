import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Source } from '../source.ts'
import { readDemandsCsv } from './read-csv.ts'
import { writeDemandsCsv } from './write-csv.ts'

const read = (text: string) =>
  readDemandsCsv(new Source('x.csv', text)).map(({ from, to, rateBps }) => [from, to, rateBps])

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

  it.each<[string, string, string]>([
    ['nothing', '', 'x.csv:1:1  the file is empty; expected a header'],
    ['no header', 'a,b,1Gbps\n', 'x.csv:1:1  expected a header "from,to,rate"'],
    [
      'an unknown column',
      'from,to,rate,colour\n',
      'x.csv:1:1  unknown column "colour"; expected from, to and rate',
    ],
    ['no receiver', 'from,rate\n', 'x.csv:1:1  expected a header "from,to,rate"'],
    ['an unknown unit', 'from,to,rate_mph\n', 'x.csv:1:1  unknown unit "mph"; expected one of bps, kbps'],
    ['a bare number', 'from,to,rate\na,b,5\n', 'x.csv:2:1  "5" needs a unit; did you mean 5Gbps?'],
    [
      'a negative demand',
      'from,to,rate\na,b,-5Gbps\n',
      'x.csv:2:1  "-5Gbps" is negative; expected zero or more',
    ],
    ['a negative number', 'from,to,rate_bps\na,b,-5\n', 'x.csv:2:1  "-5" is negative; a demand is 0 or more'],
    ['no number', 'from,to,rate_bps\na,b,many\n', 'x.csv:2:1  "many" is no number; the header has the unit'],
    ['NaN', 'from,to,rate_bps\na,b,NaN\n', 'x.csv:2:1  "NaN" is no number'],
    ['a demand on oneself', 'from,to,rate_bps\na,a,1\n', 'x.csv:2:1  "a" would send to itself'],
    ['a nameless end', 'from,to,rate_bps\n,a,1\n', 'x.csv:2:1  a name is missing'],
    ['a short row', 'from,to,rate_bps\na,b\n', 'x.csv:2:1  this row has 2 cells; the header has 3'],
    ['a ragged matrix', 'bps,a,b\na,1\n', 'x.csv:2:1  this row has 2 cells; the header has 3'],
    ['a name twice', 'bps,a,a\n', 'x.csv:1:1  duplicate name "a"'],
    ['a row twice', 'bps,a,b\na,0,1\na,0,1\n', 'x.csv:3:1  duplicate name "a"'],
    ['an open quote', 'from,to,rate_bps\n"a,b,1\n', 'this is no CSV: a quote is not closed'],
  ])('%s is refused', (_name, text, message) => expect(refusal(text)).toContain(message))

  it('all problems at once', () => {
    expect(refusal('from,to,rate_bps\na,b,x\nc,c,1\nd,e,-1\n').split('\n')).toHaveLength(3)
  })

  it('what is written is read back', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() === text)
    const demand = fc.record({
      from: name,
      to: name,
      rateBps: fc.double({ min: 1e-3, max: 1e15, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(demand.filter(({ from, to }) => from !== to)), (demands) => {
        expect(read(writeDemandsCsv(demands))).toEqual(
          demands.map(({ from, to, rateBps }) => [from, to, rateBps]),
        )
      }),
      { numRuns: 200 },
    )
  })
})
