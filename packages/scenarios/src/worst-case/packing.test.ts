import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dearestWhole } from './hose.oracle.ts'
import { type Packing, PackingSolver, raisedPrices, worthOf } from './packing.ts'

let solver: PackingSolver
beforeAll(async () => {
  solver = await PackingSolver.load()
})
afterAll(() => solver.free())

/** All pairs of senders and receivers. */
function transport(worth: readonly (readonly number[])[], send: number[], receive: number[]): Packing {
  const pairs = worth
    .flatMap((row, i) => row.map((cost, j) => ({ cost, i, j })))
    .filter(({ cost }) => cost > 0)
  const kept = pairs.filter(({ i, j }) => send[i]! > 0 && receive[j]! > 0)
  return {
    costs: Float64Array.from(kept, ({ cost }) => cost),
    starts: Int32Array.from({ length: kept.length + 1 }, (_, column) => 2 * column),
    rows: Int32Array.from(kept.flatMap(({ i, j }) => [i, send.length + j])),
    limits: Float64Array.from([...send, ...receive]),
  }
}

const problem = fc.integer({ min: 1, max: 4 }).chain((size) => {
  const limits = fc.array(fc.nat(3), { minLength: size, maxLength: size })
  const cost = fc.double({ min: 0, max: 1, noNaN: true })
  const row = fc.array(cost, { minLength: size, maxLength: size })
  return fc.tuple(fc.array(row, { minLength: size, maxLength: size }), limits, limits)
})

describe('packing', () => {
  it('is the best of all corners, proven by prices that hold', () => {
    const property = fc.property(problem, ([worth, send, receive]) => {
      const packing = transport(worth, send, receive)
      const { value, bound, amounts, prices } = solver.solve(packing)
      expect(Math.abs(value - dearestWhole(worth, send, receive))).toBeLessThanOrEqual(
        1e-9 * Math.max(1, value),
      )
      expect(bound - value).toBeLessThanOrEqual(1e-9 * bound)
      const sums = new Float64Array(packing.limits.length)
      packing.costs.forEach((cost, column) => {
        const [sender, receiver] = [packing.rows[2 * column]!, packing.rows[2 * column + 1]!]
        expect(prices[sender]! + prices[receiver]!).toBeGreaterThanOrEqual(cost - 1e-15)
        sums[sender]! += amounts[column]!
        sums[receiver]! += amounts[column]!
      })
      expect(sums.every((sum, row) => sum <= packing.limits[row]! * (1 + 1e-12))).toBe(true)
      expect([...prices, ...amounts].every((each) => each >= 0)).toBe(true)
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('is bounded by whatever prices, once they are raised', () => {
    const prices = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })
    const property = fc.property(problem, prices, ([worth, send, receive], guess) => {
      const packing = transport(worth, send, receive)
      const raised = raisedPrices(
        packing,
        Float64Array.from(packing.limits, (_, row) => guess[row]!),
      )
      expect(worthOf(packing, raised)).toBeGreaterThanOrEqual(solver.solve(packing).value * (1 - 1e-12))
    })
    fc.assert(property, { numRuns: 50 })
  })

  it('of nothing is nothing', () => {
    expect(solver.solve(transport([], [], []))).toMatchObject({ value: 0, bound: 0 })
  })
})
