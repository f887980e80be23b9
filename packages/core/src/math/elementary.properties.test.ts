import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { cosTurns, exp, ln, ln1p, pow } from './elementary.ts'

/** How many doubles lie between two of the same sign. */
function unitsApart(x: number, y: number): number {
  const bits = new BigInt64Array(Float64Array.of(x, y).buffer)
  const difference = bits[0]! - bits[1]!
  return Number(difference < 0n ? -difference : difference)
}

const RUNS = { numRuns: 20_000 }
const positive = fc.double({ min: 5e-324, noNaN: true })
const unit = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true })

// The engine's functions are right within one unit as well: where both round to either side, they are one
// apart.
describe('as the engine has it, within one unit in the last place', () => {
  test.prop([positive], RUNS)('ln over the whole range', (x) => {
    expect(unitsApart(ln(x), Math.log(x))).toBeLessThanOrEqual(1)
  })

  test.prop([fc.double({ min: 0.4, max: 2.5, noNaN: true })], RUNS)('ln about one', (x) => {
    expect(unitsApart(ln(x), Math.log(x))).toBeLessThanOrEqual(1)
  })

  test.prop([fc.double({ min: -745, max: 709.78, noNaN: true })], RUNS)('exp', (x) => {
    expect(unitsApart(exp(x), Math.exp(x))).toBeLessThanOrEqual(1)
  })

  test.prop([fc.double({ min: -1, max: 1, minExcluded: true, noNaN: true })], RUNS)(
    'ln1p, within four',
    (x) => {
      expect(unitsApart(ln1p(x), Math.log1p(x))).toBeLessThanOrEqual(4)
    },
  )
})

describe('as algebra has it', () => {
  test.prop([fc.double({ min: -1, max: 1, noNaN: true })], RUNS)('cosTurns', (x) => {
    expect(Math.abs(cosTurns(x) - Math.cos(2 * Math.PI * x))).toBeLessThan(1.2e-15)
    const [once, twice] = [cosTurns(x), cosTurns(2 * x)]
    expect(Math.abs(2 * once * once - 1 - twice)).toBeLessThan(1e-15)
    expect(Math.abs(cosTurns(x + 0.5) + once)).toBeLessThan(1e-15)
  })

  test.prop([unit, fc.double({ min: 0.1, max: 10, noNaN: true })], RUNS)('pow', (x, y) => {
    const bound = (2 + Math.abs(y * Math.log(x))) * 2 ** -52
    expect(Math.abs(pow(x, y) / x ** y - 1) < bound || x ** y < 1e-300).toBe(true)
  })

  test.prop([fc.double({ min: -600, max: 600, noNaN: true })])('ln undoes exp', (x) => {
    expect(Math.abs(ln(exp(x)) - x)).toBeLessThanOrEqual(2 ** -52 * Math.max(1, Math.abs(x)))
  })
})
