import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { erlangB, erlangBLoad, erlangBServers, erlangC, erlangCWaitAbove, erlangCWaitMean } from './erlang.ts'
import { lnFactorial } from './special.ts'
import { exp, ln } from './elementary.ts'

test('row 7: Erlang C at 8 erlangs and 10 servers, in closed form: P(wait), mean wait', () => {
  expect(erlangC(8, 10)).toBeCloseTo(0.40918, 5)
  expect(erlangCWaitMean(8, 10)).toBeCloseTo(0.20459, 5)
})

test('row 8: Erlang B at 10 erlangs and 15 servers; at 100 and 117', () => {
  expect(erlangB(10, 15)).toBeCloseTo(0.036497, 6)
  expect(erlangB(100, 117)).toBeCloseTo(0.0097901, 7)
})

describe('Erlang B', () => {
  it('is the published loss of a pool of 55,000', () => {
    expect(erlangB(55_000, 55_000)).toBeCloseTo(3.394e-3, 6)
    expect(erlangB(56_000, 55_000)).toBeCloseTo(1.875e-2, 5)
    expect(erlangB(54_500, 55_000) / 1.757e-4).toBeCloseTo(1, 3)
    expect(erlangB(54_000, 55_000) / 1.71e-7).toBeCloseTo(1, 2)
  })

  it('is A^c/c! over the sum of A^k/k!', () => {
    const property = fc.property(
      fc.double({ min: 5, max: 200, noNaN: true }),
      fc.integer({ min: 0, max: 150 }),
      (load, servers) => {
        let inverse = 0
        for (let k = 0; k <= servers; k++)
          inverse += exp((k - servers) * ln(load) + lnFactorial(servers) - lnFactorial(k))
        expect(Math.abs(erlangB(load, servers) * inverse - 1)).toBeLessThan(1e-10)
      },
    )
    fc.assert(property)
  })

  it('is the whole recursion to the last bit, wherever it begins', () => {
    const whole = (load: number, servers: number) => {
      let inverse = 1
      for (let n = 1; n <= servers; n++) inverse = 1 + (n / load) * inverse
      return 1 / inverse
    }
    const property = fc.property(
      fc.double({ min: -2, max: 5.5, noNaN: true }),
      fc.double({ min: 0, max: 1.2, noNaN: true }),
      (magnitude, part) => {
        const load = exp(magnitude * ln(10))
        const servers = Math.floor(load * part)
        expect(erlangB(load, servers)).toBe(whole(load, servers))
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it('is exact at its ends', () => {
    expect(erlangB(5, 0)).toBe(1)
    expect(erlangB(0, 0)).toBe(1)
    expect(erlangB(0, 3)).toBe(0)
    expect(erlangB(1, 1)).toBe(0.5)
    // far below what a double can hold
    expect(erlangB(1, 1000)).toBe(0)
  })

  it('is undone by the number of servers', () => {
    const property = fc.property(
      fc.double({ min: 0, max: 500, noNaN: true }),
      fc.double({ min: 1e-9, max: 1, noNaN: true }),
      (load, loss) => {
        const servers = erlangBServers(load, loss)
        expect(erlangB(load, servers)).toBeLessThanOrEqual(loss * (1 + 1e-12))
        if (servers > 0) expect(erlangB(load, servers - 1)).toBeGreaterThan(loss * (1 - 1e-12))
      },
    )
    fc.assert(property)
  })

  it('is undone by the load', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 1e-9, max: 0.99, noNaN: true }),
      (servers, loss) => {
        expect(erlangB(erlangBLoad(servers, loss), servers) / loss).toBeCloseTo(1, 9)
      },
    )
    fc.assert(property)
    expect(erlangBLoad(0, 0.5)).toBe(0)
  })

  it('refuses what is no pool', () => {
    expect(() => erlangB(-1, 2)).toThrow('load is -1 erlangs, expected 0 or more')
    expect(() => erlangB(1, 1.5)).toThrow('servers are 1.5, expected a whole number')
    expect(() => erlangBLoad(3, 1)).toThrow('loss is 1, expected a fraction above 0 and below 1')
    expect(() => erlangBServers(1, 0)).toThrow('loss is 0, expected a fraction above 0')
  })
})

describe('Erlang C', () => {
  it('is M/M/1 for one server', () => {
    const property = fc.property(fc.double({ min: 0, max: 0.99, noNaN: true }), (load) => {
      expect(erlangC(load, 1)).toBeCloseTo(load, 12)
      expect(erlangCWaitMean(load, 1)).toBeCloseTo(load / (1 - load), 9)
      expect(erlangCWaitAbove(0, load, 1)).toBeCloseTo(load, 12)
    })
    fc.assert(property)
  })

  it('has no end of waiting from full load on', () => {
    expect(erlangC(3, 3)).toBe(1)
    expect(erlangCWaitMean(3, 3)).toBe(Infinity)
    expect(erlangCWaitAbove(10, 4, 3)).toBe(1)
  })
})
