import { MS, randomStream, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDemand, type DemandMatrix, demandMatrix, joinDemands } from './demand-matrix.ts'
import { flowListDemand } from './from-flows.ts'
import { gravityDemand } from './gravity.ts'
import { grownDemand, scaledDemand } from './growth.ts'
import { hotSpotDemand, permutationDemand, uniformDemand } from './patterns.ts'

const HOSTS = [3, 5, 8, 13, 21]

/** What each host sends and receives, IP bit/s. */
function totals({ source, destination, ipBps }: DemandMatrix): {
  sent: Map<number, number>
  received: Map<number, number>
} {
  const sent = new Map<number, number>()
  const received = new Map<number, number>()
  source.forEach((from, i) => {
    const to = destination[i]!
    sent.set(from, (sent.get(from) ?? 0) + ipBps[i]!)
    received.set(to, (received.get(to) ?? 0) + ipBps[i]!)
    if (ipBps[i]! > 0) expect(from).not.toBe(to)
  })
  return { sent, received }
}

describe('patterns', () => {
  it('uniform: every host sends and receives alike', () => {
    const demands = uniformDemand(HOSTS, 12e9)
    const { sent, received } = totals(demands)
    for (const host of HOSTS) {
      expect(sent.get(host)).toBe(12e9)
      expect(received.get(host)).toBe(12e9)
    }
    expect(demands.packetsPerSecond[0]).toBe(3e9 / 12_000)
  })

  it('permutation: every host sends to one other and receives from one', () => {
    const demands = permutationDemand(HOSTS, 1e9, randomStream('demand', 'permutation'))
    expect([...demands.source].sort((a, b) => a - b)).toEqual(HOSTS)
    expect([...demands.destination].sort((a, b) => a - b)).toEqual(HOSTS)
    totals(demands)
  })

  it('hot spots: the stated share goes to the hot hosts', () => {
    const demands = hotSpotDemand(HOSTS, [3, 5], 0.6, 10e9)
    const { sent } = totals(demands)
    for (const host of HOSTS) expect(sent.get(host)).toBeCloseTo(10e9, 3)
    const toHot = demands.ipBps.filter(
      (_, i) => demands.source[i] === 8 && [3, 5].includes(demands.destination[i]!),
    )
    expect(toHot).toEqual(Float64Array.of(3e9, 3e9))
  })

  it('refuses too few hosts and shares that are none', () => {
    expect(() => uniformDemand([1], 1)).toThrow('hosts: are 1, expected 2 or more')
    expect(() => hotSpotDemand(HOSTS, [3], 1.5, 1)).toThrow(
      'hotShare: is 1.5, expected a fraction from 0 to 1',
    )
  })
})

describe('gravity', () => {
  it('joins a host that sends or receives all there is to every other, and these not with each other', () => {
    const { ipBps, source, destination } = gravityDemand([0, 1, 2], [7, 2, 1], [3, 3, 4])
    const matrix = Object.fromEntries(Array.from(ipBps, (bps, i) => [`${source[i]} ${destination[i]}`, bps]))
    for (const [pair, bps] of Object.entries({ '0 1': 3, '0 2': 4, '1 0': 2, '2 0': 1, '1 2': 0, '2 1': 0 }))
      expect(matrix[pair]).toBeCloseTo(bps, 9)
    expect(Array.from(gravityDemand([0, 1], [2, 1], [1, 2]).ipBps)).toEqual([2, 1])
    expect(Array.from(gravityDemand([0, 1, 2], [5, 0, 0], [0, 2, 3]).ipBps)).toEqual([2, 3, 0, 0, 0, 0])
  })

  const rate = fc.integer({ min: 1, max: 1000 })

  it('has the totals that are stated, and is a product of factors', () => {
    const property = fc.property(fc.array(fc.tuple(rate, rate), { minLength: 6, maxLength: 12 }), (pairs) => {
      // no host more than half of all, so that a matrix with these totals exists
      const sent = pairs.map(([out]) => out + 500)
      const received = pairs.map(([, into]) => into + 500)
      const scale = sent.reduce((a, b) => a + b) / received.reduce((a, b) => a + b)
      const hosts = pairs.map((_, i) => i)
      const demands = gravityDemand(
        hosts,
        sent,
        received.map((value) => value * scale),
      )
      const sums = totals(demands)
      hosts.forEach((host) => {
        expect(sums.sent.get(host)! / sent[host]!).toBeCloseTo(1, 9)
        expect(sums.received.get(host)! / (received[host]! * scale)).toBeCloseTo(1, 9)
      })
      const at = (i: number, j: number) =>
        demands.ipBps[demands.source.findIndex((from, k) => from === i && demands.destination[k] === j)]!
      expect((at(0, 2) * at(1, 3)) / (at(0, 3) * at(1, 2))).toBeCloseTo(1, 9)
    })
    fc.assert(property)
  })

  it('sends nothing within a group', () => {
    const demands = gravityDemand([0, 1, 2, 3, 4, 5], [1, 2, 3, 1, 2, 3], [2, 2, 2, 2, 2, 2], {
      groupOf: [0, 0, 1, 1, 2, 2],
    })
    demands.ipBps.forEach((bps, i) => {
      if (demands.source[i]! >> 1 === demands.destination[i]! >> 1) expect(bps).toBe(0)
    })
    expect(totals(demands).sent.get(2)).toBeCloseTo(3, 9)
  })

  it('refuses totals that no matrix has', () => {
    expect(() => gravityDemand([0, 1], [1, 2], [2, 2])).toThrow('receivedBps: adds up to 4 while 3 is sent')
    expect(() => gravityDemand([0, 1, 2], [10, 1, 1], [10, 1, 1])).toThrow('more than half of all')
    // factors of these grow until differences of their sums are lost
    for (const [hub, ...others] of [
      [3, 1, 1],
      [5, 1, 1, 1],
      [5, 2, 2],
      [2.0001, 1, 1],
    ] as const) {
      const masses = [...others, hub]
      const totals = masses.map((mass) => (1e12 * mass) / masses.reduce((a, b) => a + b, 0))
      expect(() => gravityDemand([...totals.keys()], totals, totals)).toThrow('more than half of all')
    }
    expect(() => gravityDemand([0, 1], [1, -2], [1, 1])).toThrow(
      'sentBps.1: is -2, expected a rate of 0 or more',
    )
  })
})

describe('growth', () => {
  const two = joinDemands([
    demandMatrix(
      [{ source: 1, destination: 2, ipBps: 100, connectionsPerSecond: 10 }],
      [{ name: 'web', family: 'ipv4' }],
    ),
    demandMatrix(
      [
        { source: 1, destination: 2, ipBps: 100 },
        { source: 2, destination: 1, ipBps: 100 },
      ],
      [{ name: 'backup', family: 'ipv4' }],
    ),
  ])

  it('is by pair, else by class, else by the rest', () => {
    const growth = {
      perYear: 0.5,
      byClass: { web: 0.1 },
      byPair: [{ source: 2, destination: 1, perYear: -0.5 }],
    }
    const grown = grownDemand(two, growth, 2)
    expect(grown.ipBps[0]).toBeCloseTo(121, 9)
    expect(grown.connectionsPerSecond[0]).toBeCloseTo(12.1, 9)
    expect(grown.ipBps[1]).toBeCloseTo(225, 9)
    expect(grown.ipBps[2]).toBeCloseTo(25, 9)
    expect(grown.packetsPerSecond[2]! / two.packetsPerSecond[2]!).toBeCloseTo(0.25, 9)
  })

  it('leaves demands as they are after no time, and scales all alike', () => {
    expect(grownDemand(two, { perYear: 0.7 }, 0).ipBps).toEqual(two.ipBps)
    const three = scaledDemand(two, 3)
    expect(three.ipBps).toEqual(Float64Array.of(300, 300, 300))
    expect(three.packetsPerSecond).toEqual(two.packetsPerSecond.map((rate) => 3 * rate))
    expect(three.connectionsPerSecond).toEqual(Float64Array.of(30, 0, 0))
  })

  it('refuses classes that there are none of', () => {
    expect(() => grownDemand(two, { perYear: 0, byClass: { wbe: 0.1 } }, 1)).toThrow(
      'byClass.wbe: unknown class "wbe"; the demands have web, backup',
    )
    expect(() => grownDemand(two, { perYear: -1 }, 1)).toThrow(
      'perYear: is -1, expected parts per year above -1',
    )
  })
})

describe('lists of flows', () => {
  const flow = (startMs: number, bytes: number, source = 1) => ({
    startPs: startMs * MS,
    source,
    destination: 2,
    bytes,
  })

  it('become mean rates, with headers, and connections', () => {
    const demands = flowListDemand([flow(0, 1460_000), flow(900, 1460_000), flow(0, 0, 3)], {
      spanPs: 2 * SECOND,
    })
    expect(demands.ipBps[0]).toBeCloseTo(1500 * 8 * 1000, 6)
    expect(demands.packetsPerSecond[0]).toBeCloseTo(1000, 9)
    expect(demands.connectionsPerSecond[0]).toBe(1)
    expect(demands.ipBps[1]).toBe(0)
  })

  it('become quantiles of the rates in bins', () => {
    const flows = Array.from({ length: 100 }, (_, i) => flow(i * 10, 1460 * (i + 1)))
    const demands = flowListDemand(flows, { spanPs: SECOND, binPs: 10 * MS, statistic: 0.95 })
    expect(demands.ipBps[0]).toBeCloseTo(95 * 1500 * 8 * 100, 6)
  })

  it('refuses flows outside of the span', () => {
    expect(() => flowListDemand([flow(1000, 1)], { spanPs: SECOND })).toThrow(
      'flow 0 starts at 1000000000000 ps, outside',
    )
  })
})

describe('checkDemand', () => {
  it('names what is wrong, where, and what was expected', () => {
    const bad = demandMatrix(
      [
        { source: 1, destination: 9, ipBps: 5 },
        { source: 1, destination: 2, ipBps: -5 },
        { source: 1, destination: 2, ipBps: 5, packetsPerSecond: 0, class: 1 },
      ],
      [{ name: 'odd', family: 'ipv4', packetSizes: [{ sizeBytes: 100, share: 0.4 }] }],
    )
    const check = () => checkDemand(bad, (node) => (node < 3 ? `h${node}` : undefined))
    expect(check).toThrow('classes.0.packetSizes: of class "odd" have shares that add up to 0.4')
    expect(check).toThrow('demands.0.destination: node 9 is not a host')
    expect(check).toThrow('demands.1.ipBps: is -5, expected a rate of 0 or more')
    expect(check).toThrow('demands.2.classOf: class 1 is unknown; there are 1')
    expect(check).toThrow('demands.2.packetsPerSecond: is 0 while bits are sent')
  })
})
