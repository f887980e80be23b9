import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalsOf, nearestRank, spread } from './intervals.ts'
import { readCounter, readInstant } from './readings.ts'

describe('intervals', () => {
  it('cut a span evenly, as near to the wanted length as goes', () => {
    expect(intervalsOf(1000, 1000 + 86_400, 300)).toEqual({ startS: 1000, count: 288, lengthS: 300 })
    expect(intervalsOf(0, 420, 300)).toEqual({ startS: 0, count: 1, lengthS: 420 })
    expect(intervalsOf(0, 480, 300)).toEqual({ startS: 0, count: 2, lengthS: 240 })
  })

  it('get their part of what is spread, and all of it together', () => {
    const sums = new Float64Array(4)
    spread(100, 5, 25, intervalsOf(0, 40, 10), sums)
    expect([...sums]).toEqual([25, 50, 25, 0])
    const time = fc.double({ min: 0, max: 100, noNaN: true })
    const property = fc.property(time, time, fc.integer({ min: 1, max: 50 }), (a, b, count) => {
      const into = new Float64Array(count)
      spread(1, Math.min(a, b), Math.max(a, b), { startS: 0, count, lengthS: 100 / count }, into)
      expect(into.reduce((x, y) => x + y)).toBeCloseTo(1, 9)
      expect(into.every((part) => part >= 0)).toBe(true)
    })
    fc.assert(property)
  })

  it('have as their 95th percentile what is left when the highest 5 % are struck off', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(nearestRank(hundred, 95)).toBe(95)
    expect(nearestRank(hundred.subarray(0, 20), 95)).toBe(99)
    expect(nearestRank(Float64Array.of(7), 95)).toBe(7)
    expect(nearestRank(new Float64Array(0), 95)).toBe(0)
  })
})

describe('readings', () => {
  it.each<[string, number]>([
    ['2026-03-01T12:00:00Z', 1_772_366_400],
    ['2026-03-01 12:00:00.250', 1_772_366_400.25],
    ['2026-03-01 12:00:00,5', 1_772_366_400.5],
    ['2026-03-01T13:00:00+01:00', 1_772_366_400],
    ['2026-03-01 12:00', 1_772_366_400],
    ['1772366400', 1_772_366_400],
    ['1772366400.5', 1_772_366_400.5],
    ['1772366400250', 1_772_366_400.25],
    ['1772366400250000', 1_772_366_400.25],
    ['1772366400250000000', 1_772_366_400.25],
    ['0', 0],
  ])('%s is an instant', (text, seconds) => expect(readInstant(text)).toEqual({ ok: true, value: seconds }))

  it.each(['', 'noon', '-5', '2026-13-01T00:00:00Z', '12:00:00', '1e9'])('"%s" is none', (text) =>
    expect(readInstant(text)).toMatchObject({ ok: false, message: expect.stringContaining('is no time') }),
  )

  it('takes counters of 64 bits without rounding', () => {
    expect(readCounter('18446744073709551615')).toEqual({ ok: true, value: 2n ** 64n - 1n })
    for (const text of ['', '-1', '1.5', '1e3']) expect(readCounter(text).ok).toBe(false)
  })
})
