import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { randomStream } from '../random.ts'
import { type CdfPoint, EmpiricalCdf } from './empirical.ts'

/** A quarter below 10, half a lump at 10, the rest up to 30. */
const lumpy = new EmpiricalCdf([
  [0, 0],
  [10, 25],
  [10, 75],
  [30, 100],
])

describe('linear between points', () => {
  test.each([
    [0, 0],
    [0.125, 5],
    [0.25, 10],
    [0.5, 10],
    [0.75, 10],
    [0.875, 20],
    [1, 30],
  ])('quantile %d is %d', (probability, value) => expect(lumpy.quantile(probability)).toBe(value))

  test.each([
    [-1, 0],
    [5, 0.125],
    [10, 0.75],
    [20, 0.875],
    [30, 1],
    [99, 1],
  ])('cumulative at %d is %d', (value, probability) => expect(lumpy.cumulative(value)).toBe(probability))

  test('mean and shares are the integrals', () => {
    // 0.25 * 5 + 0.5 * 10 + 0.25 * 20
    expect(lumpy.mean).toBe(11.25)
    expect(lumpy.shareAbove(0)).toBe(1)
    expect(lumpy.shareAbove(10)).toBeCloseTo(5 / 11.25, 14)
    expect(lumpy.shareAbove(20)).toBeCloseTo((0.125 * 25) / 11.25, 14)
    expect(lumpy.shareAbove(30)).toBeCloseTo(0, 14)
  })

  test('a first point above zero is a lump', () => {
    const lump = new EmpiricalCdf([
      [4, 50],
      [8, 100],
    ])
    expect(lump.quantile(0.3)).toBe(4)
    expect(lump.cumulative(4)).toBe(0.5)
    expect(lump.mean).toBe(5)
  })
})

const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 99 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pairs): CdfPoint[] => {
    const values = pairs.map(([value]) => value).sort((a, b) => a - b)
    const percents = pairs.map(([, percent]) => percent).sort((a, b) => a - b)
    return [
      ...values.map((value, i): CdfPoint => [value, percents[i]!]),
      [values[values.length - 1]! + 7, 100],
    ]
  })

property.prop([points, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1e6)])(
  'quantile is the smallest value that reaches a probability',
  (list, p, value) => {
    const cdf = new EmpiricalCdf(list)
    // Values up to a million are rounded to 2.2e-10, over which a piece of width 1 rises by as much.
    expect(cdf.cumulative(cdf.quantile(p))).toBeGreaterThanOrEqual(p - 2.3e-10)
    if (value >= list[0]![0]) expect(cdf.quantile(cdf.cumulative(value))).toBeLessThanOrEqual(value + 1e-6)
  },
)

property.prop([points])('the mean is the mean of the quantiles', (list) => {
  const cdf = new EmpiricalCdf(list)
  const steps = 20_000
  let sum = 0
  for (let i = 0; i < steps; i++) sum += cdf.quantile((i + 0.5) / steps)
  // Each lump's edge may fall within a step.
  expect(Math.abs(sum / steps - cdf.mean)).toBeLessThanOrEqual((list.length * 1e6) / steps)
})

test('draws have the stated mean', () => {
  const stream = randomStream('weft', 'empirical')
  const draws = Array.from({ length: 40_000 }, () => lumpy.sample(stream))
  const mean = draws.reduce((a, b) => a + b) / draws.length
  const deviation = Math.sqrt(draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length)
  expect(Math.abs(mean - lumpy.mean)).toBeLessThan((3.3 * deviation) / Math.sqrt(draws.length))
})

describe('points that do not fit are refused, all at once', () => {
  test('unordered', () => {
    const make = () =>
      new EmpiricalCdf([
        [10, 50],
        [5, 40],
        [20, 90],
      ])
    expect(make).toThrow(
      [
        'points.1: value 5 is below the one before, 10',
        'points.1: percentage 40 is below the one before, 50',
        'points.2: percentage is 90, expected the last to be 100',
      ].join('\n'),
    )
  })

  test('not numbers, too few', () => {
    expect(() => new EmpiricalCdf([[1, 100]])).toThrow('points: has 1 points, expected at least 2')
    expect(
      () =>
        new EmpiricalCdf([
          [Number.NaN, 0],
          [1, 100],
        ]),
    ).toThrow('points.0: value is NaN')
    expect(
      () =>
        new EmpiricalCdf([
          [0, -3],
          [1, 100],
        ]),
    ).toThrow('points.0: percentage is -3, expected 0 to 100')
  })
})
