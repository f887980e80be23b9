import { describe, expect, it } from 'vitest'
import { leafSpine, region } from '../../builders/fabric.ts'
import { scenario } from '../../builders/scenario.ts'
import { type PatternDemandOptions, patternDemands } from './pattern-demands.ts'

const fabric = leafSpine({ leaves: 3, spines: 2, hostsPerLeaf: 4, hostLink: '10Gbps', fabricLink: '40Gbps' })
const { blueprint } = scenario({ regions: { r: region({ fabric }) }, seed: 'a' })
const graph = (rates: readonly string[]) =>
  scenario({
    regions: {
      g: region({
        fabric: {
          graph: {
            switches: ['s'],
            hosts: rates.map((_, i) => `h${i}`),
            links: rates.map((rate, i) => ({ between: [`h${i}`, 's'] as [string, string], rate })),
          },
        },
      }),
    },
  }).blueprint
const RATE = 1e12

const made = (options: Partial<PatternDemandOptions>, of = blueprint) =>
  patternDemands(of, { rateBps: RATE, ...options } as PatternDemandOptions)

type Column = 'from' | 'to'
function totals(demands: readonly { from: string; to: string; rateBps: number }[], by: Column) {
  const sums = new Map<string, number>()
  for (const demand of demands) sums.set(demand[by], (sums.get(demand[by]) ?? 0) + demand.rateBps)
  return sums
}
const csv = (text: string) => ({ masses: { file: 'm.csv', bytes: new TextEncoder().encode(text) } })

function refusal(ask: () => unknown): string {
  try {
    ask()
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

describe('patterns of demands', () => {
  it.each<Partial<PatternDemandOptions>>([
    { pattern: 'uniform' },
    { pattern: 'gravity' },
    { pattern: 'hot-spots', hot: { count: 2 } },
    { pattern: 'permutation' },
  ])('%o: every host sends the same to others, and all of them the rate', (options) => {
    const { demands, hosts } = made(options)
    expect(hosts).toBe(12)
    for (const { from, to } of demands) expect(from).not.toBe(to)
    const sent = totals(demands, 'from')
    expect(sent.size).toBe(12)
    for (const bps of sent.values()) expect(bps / (RATE / 12)).toBeCloseTo(1, 9)
  })

  it('a permutation has every host receive from one other, and another seed another one', () => {
    const { demands } = made({ pattern: 'permutation' })
    expect(demands).toHaveLength(12)
    expect(totals(demands, 'to').size).toBe(12)
    expect(made({ pattern: 'permutation', seed: 'a' }).demands).toEqual(demands)
    expect(made({ pattern: 'permutation', seed: 'b' }).demands).not.toEqual(demands)
  })

  it('hot receivers get their share', () => {
    const { demands, hot } = made({ pattern: 'hot-spots', hot: { share: 0.25 }, hotShare: 0.8 })
    expect(hot).toHaveLength(3)
    const received = totals(demands, 'to')
    const toHot = hot.reduce((sum, host) => sum + received.get(host)!, 0)
    expect(toHot / RATE).toBeCloseTo(0.8, 12)
    expect(made({ pattern: 'hot-spots', hot: { share: 0.01 } }).hot).toHaveLength(1)
    expect(made({ pattern: 'hot-spots', hot: { count: 3 }, seed: 'b' }).hot).not.toEqual(hot)
  })

  it('gravity goes by the rates of hosts', () => {
    const { demands } = made({ pattern: 'gravity' }, graph(['10Gbps', '20Gbps', '30Gbps', '40Gbps']))
    for (const by of ['from', 'to'] as const) {
      const sums = totals(demands, by)
      for (const [i, share] of [0.1, 0.2, 0.3, 0.4].entries())
        expect(sums.get(`g/h${i}`)! / RATE).toBeCloseTo(share, 9)
    }
  })

  it('gravity goes by masses of hosts and switches, sent and received', () => {
    const text = 'host,sent,received\nr/leaf-0,4,1\nleaf-1/host-3,3,7\nr/leaf-2/host-0,3,2\n'
    const { demands, hosts } = made({ pattern: 'gravity', ...csv(text) })
    expect(hosts).toBe(6)
    const [sent, received] = [totals(demands, 'from'), totals(demands, 'to')]
    for (const host of [0, 1, 2, 3]) {
      expect(sent.get(`r/leaf-0/host-${host}`)! / RATE).toBeCloseTo(0.1, 9)
      expect(received.get(`r/leaf-0/host-${host}`)! / RATE).toBeCloseTo(0.025, 9)
    }
    expect(sent.get('r/leaf-1/host-3')! / RATE).toBeCloseTo(0.3, 9)
    expect(received.get('r/leaf-1/host-3')! / RATE).toBeCloseTo(0.7, 9)
  })

  it('is between the hosts that are named, in packets of the size that is said', () => {
    const { demands, hosts } = made({
      pattern: 'uniform',
      among: ['r/leaf-0', 'leaf-1/host-0'],
      packetBytes: 500,
    })
    expect({ hosts, pairs: demands.length }).toEqual({ hosts: 5, pairs: 20 })
    expect(demands[0]).toEqual({
      from: 'r/leaf-0/host-0',
      to: 'r/leaf-0/host-1',
      rateBps: 5e10,
      packetsPerSecond: 5e10 / 4000,
    })
  })

  it.each<[string, Partial<PatternDemandOptions>]>([
    ['among: unknown host "r/leaf-9"; did you mean "r/leaf-0"?', { pattern: 'uniform', among: ['r/leaf-9'] }],
    [
      'among: one host takes part; expected 2 or more',
      { pattern: 'permutation', among: ['r/leaf-0/host-0'] },
    ],
    ['hot: comes to 12 of 12 hosts; expected 1 to 11 of them', { pattern: 'hot-spots', hot: { count: 12 } }],
    [
      'hotShare: is 2, expected a fraction from 0 to 1',
      { pattern: 'hot-spots', hot: { count: 1 }, hotShare: 2 },
    ],
    ['rate: is 0, expected more than 0', { pattern: 'uniform', rateBps: 0 }],
    ['packet: an IP packet has no 19 bytes; expected 20 to 65,535', { pattern: 'uniform', packetBytes: 19 }],
  ])('refuses with %s', (message, options) => {
    expect(refusal(() => made(options))).toContain(message)
  })

  it('refuses rates of hosts of which one is more than half', () => {
    expect(refusal(() => made({ pattern: 'gravity' }, graph(['10Gbps', '10Gbps', '30Gbps'])))).toContain(
      'pattern: gravity by the rates of hosts: g/h2 would send 60% and receive 60% of all; together that can be 100% at most, since it sends itself nothing; give masses',
    )
  })

  it.each<[string, string[]]>([
    ['host,weight\nr/leaf-0,1\n', ['m.csv:1:1  expected the header "host,mass" or "host,sent,received"']],
    [
      'host,mass\nr/leaf-0,1\nr/leaf-7,1\nr/leaf-1,x\nr/leaf-2\nr/leaf-0/host-1,2\n,1\nr/leaf-2,-1\n',
      [
        'm.csv:3:1  unknown host "r/leaf-7"',
        'm.csv:4:10  "x" is no mass; expected a number from 0 to 1e18, without a unit',
        'm.csv:5:1  this row has 1 cells; the header has 2',
        'm.csv:6:1  r/leaf-0/host-1 has its mass by line 2; name every host once',
        'm.csv:7:1  a name is missing',
        'm.csv:8:10  "-1" is no mass',
      ],
    ],
    [
      'host,sent,received\nr/leaf-0,1,0\n',
      ['m.csv:1:1  no host receives anything; give one at least more than 0'],
    ],
    ['host,mass\nr/leaf-0/host-0,1\n', ['m.csv:1:1  one host takes part']],
    [
      'host,mass\nr/leaf-0/host-0,3\nr/leaf-0/host-1,1\n',
      ['m.csv:1:1  r/leaf-0/host-0 would send 75% and receive 75% of all'],
    ],
  ])('refuses masses %j', (text, messages) => {
    const said = refusal(() => made({ pattern: 'gravity', ...csv(text) }))
    for (const message of messages) expect(said).toContain(message)
    expect(said.split('\n')).toHaveLength(messages.length)
  })
})
