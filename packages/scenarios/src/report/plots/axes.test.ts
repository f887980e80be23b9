import { describe, expect, test } from 'vitest'
import { DAY_PS, HOUR_PS, MINUTE_PS } from '../format.ts'
import { roundAxis, timeStep } from './axes.ts'

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

describe('the step of a time axis', () => {
  test.each([
    [10e9, 7, undefined],
    [100e12, 7, undefined],
    [10 * MINUTE_PS, 7, 2 * MINUTE_PS],
    [6 * HOUR_PS, 7, HOUR_PS],
    [25 * HOUR_PS, 7, 4 * HOUR_PS],
    [25 * HOUR_PS, 4, 12 * HOUR_PS],
    [14 * DAY_PS, 7, 2 * DAY_PS],
    [100 * DAY_PS, 4, 20 * DAY_PS],
  ])('of %d ps in %d parts', (lengthPs, parts, step) => expect(timeStep(lengthPs, parts)).toBe(step))
})
