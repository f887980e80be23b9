import { describe, expect, test } from 'vitest'
import { roundAxis } from './axes.ts'

describe('the end of an axis', () => {
  test.each([
    [0, false, 1, 0.25],
    [0, true, 4, 1],
    [3, true, 4, 1],
    [7, true, 8, 2],
    [862, true, 1000, 250],
    [3.2e12, false, 4e12, 1e12],
    [1.1e9, false, 1.2e9, 0.3e9],
  ])('of %d', (value, isWhole, max, interval) => {
    const axis = roundAxis(value, isWhole)
    expect(axis.max).toBeCloseTo(max, 6)
    expect(axis.interval).toBeCloseTo(interval, 6)
  })

  test('is never below the value, and a whole number of steps', () => {
    for (let exponent = -3; exponent < 13; exponent++) {
      for (let mantissa = 1; mantissa < 10; mantissa += 0.13) {
        const value = mantissa * 10 ** exponent
        const { max, interval } = roundAxis(value, false)
        expect(max).toBeGreaterThanOrEqual(value * 0.9999)
        expect(max).toBeLessThanOrEqual(value * 1.7)
        expect(max / interval).toBeCloseTo(Math.round(max / interval), 9)
      }
    }
  })
})
