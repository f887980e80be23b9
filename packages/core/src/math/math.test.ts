import { describe, expect, test } from 'vitest'
import { cosTurns, exp, ln, ln1p, pow } from './elementary.ts'
import {
  binomialCdf,
  gamma,
  incompleteBeta,
  lnFactorial,
  lnGamma,
  studentTCdf,
  studentTQuantile,
} from './special.ts'

/** Agreement to so many significant digits. */
function expectDigits(value: number, expected: number, digits: number) {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(Math.abs(expected) * 10 ** -digits)
}

describe('edges', () => {
  test.each([
    [ln(0), Number.NEGATIVE_INFINITY],
    [ln(-1), Number.NaN],
    [ln(Number.NaN), Number.NaN],
    [ln(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY],
    [ln(1), 0],
    [exp(0), 1],
    [exp(710), Number.POSITIVE_INFINITY],
    [exp(-746), 0],
    [exp(Number.NEGATIVE_INFINITY), 0],
    [exp(Number.NaN), Number.NaN],
    [ln1p(1e-300), 1e-300],
    [ln1p(-1), Number.NEGATIVE_INFINITY],
    [pow(0, 0), 1],
    [pow(0, 2), 0],
    [pow(7, 1), 7],
    [pow(-1, 2), Number.NaN],
    [cosTurns(0), 1],
    [cosTurns(0.25), 0],
    [cosTurns(0.5), -1],
    [cosTurns(-0.75), 0],
    [cosTurns(7), 1],
    [cosTurns(2 ** 60), 1],
    [cosTurns(Number.POSITIVE_INFINITY), Number.NaN],
  ])('%#: %d', (value, expected) => expect(value).toBe(expected))

  test('the bits stay what they were', () => {
    // Every run digest with random arrivals depends on these bits on every machine.
    expect([ln(3), ln(7), ln(1e-9), exp(1.5), exp(-20), pow(3, 0.5)]).toEqual([
      1.0986122886681096, 1.9459101490553132, -20.72326583694641, 4.4816890703380645, 2.061153622438558e-9,
      1.7320508075688772,
    ])
    expect([0.1, 0.2, 1 / 7, -5.4].map(cosTurns)).toEqual([
      0.8090169943749475, 0.30901699437494734, 0.6234898018587335, -0.8090169943749488,
    ])
  })
})

describe('special functions', () => {
  test.each([
    [1, 0],
    [2, 0],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [3.5, Math.log(1.875 * Math.sqrt(Math.PI))],
    [1e-5, 11.51291969289583], // tables
    [171, 706.5730622457874], // ln 170!
  ])('ln Gamma(%d)', (x, expected) =>
    expect(Math.abs(lnGamma(x) - expected)).toBeLessThan(1e-14 * Math.max(1, expected)),
  )

  test('factorials', () => {
    expectDigits(lnFactorial(20), Math.log(2_432_902_008_176_640_000), 14)
    expect(lnFactorial(0)).toBe(0)
    expectDigits(gamma(5), 24, 13)
  })

  test('incomplete beta in closed form: I_x(1, b) = 1 - (1 - x)^b', () => {
    for (const x of [0.01, 0.3, 0.7, 0.99]) {
      expectDigits(incompleteBeta(x, 1, 7), 1 - (1 - x) ** 7, 12)
      expectDigits(incompleteBeta(x, 7, 1), x ** 7, 12)
    }
  })

  test('binomial against the sum of its terms in whole numbers', () => {
    const n = 40
    let choose = 1n
    let sum = 0n
    for (let k = 0; k < n; k++) {
      sum += choose * 3n ** BigInt(n - k)
      expectDigits(binomialCdf(k, n, 0.25), Number((sum * 10n ** 18n) / 4n ** BigInt(n)) / 1e18, 11)
      choose = (choose * BigInt(n - k)) / BigInt(k + 1)
    }
    expect(binomialCdf(-1, n, 0.25)).toBe(0)
    expect(binomialCdf(n, n, 0.25)).toBe(1)
  })

  test('a binomial of a million trials is within the normal approximation', () => {
    expectDigits(binomialCdf(500_000, 1_000_000, 0.5), 0.5 + 0.5 * Math.sqrt(2 / (Math.PI * 1e6)), 7)
  })

  test.each([
    // Closed form for one and two degrees of freedom, tables for the others.
    [0.975, 1, Math.tan(0.475 * Math.PI)],
    [0.99, 1, Math.tan(0.49 * Math.PI)],
    [0.975, 2, (2 * 0.475 * Math.sqrt(2)) / Math.sqrt(1 - 4 * 0.475 ** 2)],
    [0.975, 10, 2.2281388519649385],
    [0.995, 29, 2.756385903670605],
    [0.95, 120, 1.657650899],
    [0.025, 10, -2.2281388519649385],
  ])('Student t quantile %d with %d degrees of freedom', (probability, freedom, expected) => {
    expectDigits(studentTQuantile(probability, freedom), expected, 9)
  })

  test('quantile and distribution function agree', () => {
    for (const p of [0.5001, 0.6, 0.9, 0.999, 0.999999])
      expectDigits(studentTCdf(studentTQuantile(p, 7), 7), p, 12)
    expect(() => studentTQuantile(1, 3)).toThrow(/no quantile/)
  })
})
