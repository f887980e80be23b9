import { fc, test } from '@fast-check/vitest'
import { randomStream } from '@weft/core'
import { describe, expect } from 'vitest'
import { BALANCER_KINDS, type BalancedEndpoint, createBalancer } from './balancer.ts'
import { LeastConnections } from './least-connections.ts'

const list = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) => fc.integer({ min: 1, max: 4 }).map((weight) => ({ name: `e${name}`, weight }))),
    ),
  )
const kind = fc.constantFrom(...BALANCER_KINDS)
const TABLE_SIZE = 5003

const balancerOf = (of: (typeof BALANCER_KINDS)[number], seed: string) =>
  createBalancer(of === 'maglev' ? { kind: of, tableSize: TABLE_SIZE } : { kind: of }, randomStream(seed, of))

/** Upper 1e-6 quantile of chi-square, by Wilson and Hilferty. */
const chiSquareMax = (freedom: number) =>
  freedom * (1 - 2 / (9 * freedom) + 4.75 * Math.sqrt(2 / (9 * freedom))) ** 3

describe('balancers', () => {
  test.prop([kind, list])('shares add up to 1, and follow the weights', (of, endpoints) => {
    const balancer = balancerOf(of, 'shares')
    balancer.install(endpoints)
    const total = endpoints.reduce((sum, { weight }) => sum + weight, 0)
    const shares = endpoints.map((_, place) => balancer.share(place))
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    endpoints.forEach(({ weight }, place) => {
      // a table divides slots: whole turns of the heaviest weight apart
      const within = of === 'maglev' ? 4 / TABLE_SIZE : 1e-12
      expect(Math.abs(shares[place]! - weight / total)).toBeLessThanOrEqual(within + 1e-12)
    })
  })

  test.prop([kind, list, fc.integer()], { numRuns: 60 })('picks follow the shares', (of, endpoints, seed) => {
    const balancer = balancerOf(of, `picks ${seed}`)
    balancer.install(endpoints)
    const keys = randomStream(`keys ${seed}`, of)
    const draws = 4000
    const counts = endpoints.map(() => 0)
    for (let i = 0; i < draws; i++) {
      const place = balancer.pick(keys.int(2 ** 32) | 0)
      balancer.opened(place)
      counts[place]!++
    }
    const statistic = counts.reduce((sum, count, place) => {
      const expected = draws * balancer.share(place)
      return sum + (count - expected) ** 2 / expected
    }, 0)
    expect(statistic).toBeLessThan(chiSquareMax(Math.max(1, endpoints.length - 1)))
  })

  test.prop([fc.constantFrom('maglev' as const, 'rendezvous' as const), list, fc.integer(), fc.integer()])(
    'hashing depends on the names and the key, not on the order of the list or what was picked before',
    (of, endpoints, key, rotation) => {
      const [one, other] = [balancerOf(of, 'a'), balancerOf(of, 'b')]
      const turn = Math.abs(rotation) % endpoints.length
      const turned = [...endpoints.slice(turn), ...endpoints.slice(0, turn)]
      one.install(endpoints)
      other.install(turned)
      other.pick(key + 1)
      expect(turned[other.pick(key)]!.name).toBe(endpoints[one.pick(key)]!.name)
    },
  )

  test.prop([list, fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 40 }), fc.integer()])(
    'rendezvous: only connections of the endpoint that is gone move',
    (endpoints, _, key) => {
      const rest = endpoints.slice(1)
      if (rest.length === 0) return
      const [before, after] = [balancerOf('rendezvous', 'a'), balancerOf('rendezvous', 'b')]
      before.install(endpoints)
      after.install(rest)
      const winner = endpoints[before.pick(key)]!.name
      if (winner !== endpoints[0]!.name) expect(rest[after.pick(key)]!.name).toBe(winner)
    },
  )

  test.prop([list])('round robin gives every endpoint its weight in every round', (endpoints) => {
    const balancer = balancerOf('round-robin', 'a')
    balancer.install(endpoints)
    const total = endpoints.reduce((sum, { weight }) => sum + weight, 0)
    for (let round = 0; round < 3; round++) {
      const counts = endpoints.map(() => 0)
      for (let turn = 0; turn < total; turn++) counts[balancer.pick(0)]!++
      expect(counts).toEqual(endpoints.map(({ weight }) => weight))
    }
  })

  test.prop([list, fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 100 })), { maxLength: 200 })])(
    'least connections: whoever is picked has the least load of all, against a naive count',
    (endpoints, steps) => {
      const balancer = new LeastConnections()
      balancer.install(endpoints)
      const open: number[] = []
      const active = endpoints.map(() => 0)
      for (const [opens, which] of steps) {
        if (opens || open.length === 0) {
          const place = balancer.pick()
          const load = (of: number) => active[of]! / endpoints[of]!.weight
          expect(Math.min(...endpoints.map((_, other) => load(other)))).toBe(load(place))
          balancer.opened(place)
          active[place]!++
          open.push(place)
        } else {
          const [place] = open.splice(which % open.length, 1)
          balancer.closed(place!)
          active[place!]!--
        }
        expect(endpoints.map((_, place) => balancer.active(place))).toEqual(active)
      }
    },
  )
})

const even = (names: readonly string[]): BalancedEndpoint[] => names.map((name) => ({ name, weight: 1 }))

describe('a list that changes', () => {
  test('round robin goes on where it was', () => {
    const balancer = balancerOf('round-robin', 'a')
    balancer.install(even(['a', 'b', 'c']))
    expect(balancer.pick(0)).toBe(0)
    balancer.install(even(['a', 'b', 'c', 'd']))
    const rest = [1, 2, 3].map(() => balancer.pick(0)).sort()
    expect(rest).toEqual([1, 2, 3])
  })

  test('least connections keeps what it knows of endpoints that stay, and sends new ones what they lack', () => {
    const balancer = new LeastConnections()
    balancer.install(even(['a', 'b']))
    for (let i = 0; i < 6; i++) balancer.opened(balancer.pick())
    balancer.install(even(['b', 'c']))
    expect([balancer.active(0), balancer.active(1)]).toEqual([3, 0])
    expect(
      [1, 2, 3].map(() => {
        const place = balancer.pick()
        balancer.opened(place)
        return place
      }),
    ).toEqual([1, 1, 1])
  })
})

describe('what is refused', () => {
  test('a table that is no prime, or too small, or stands beside another kind', () => {
    expect(() => balancerWithTable(100)).toThrow('got 100; expected a prime')
    expect(() => balancerWithTable(3).install(even(['a', 'b', 'c', 'd']))).toThrow(
      'a table of 3 slots cannot hold 4 endpoints whose weights add up to 4',
    )
    expect(() => createBalancer({ kind: 'random', tableSize: 7 }, randomStream('a', 'b'))).toThrow(
      'stands beside random; only maglev has a table',
    )
  })

  test('no endpoint, a weight of none, an end without a beginning', () => {
    for (const of of BALANCER_KINDS) {
      expect(() => balancerOf(of, 'a').install([])).toThrow('at least one endpoint')
      expect(() => balancerOf(of, 'a').install([{ name: 'a', weight: 0 }])).toThrow('weight 0')
    }
    const balancer = new LeastConnections()
    balancer.install(even(['a']))
    expect(() => balancer.closed(0)).toThrow('endpoint a has no connection that could end')
  })
})

const balancerWithTable = (tableSize: number) =>
  createBalancer({ kind: 'maglev', tableSize }, randomStream('table', 'maglev'))
