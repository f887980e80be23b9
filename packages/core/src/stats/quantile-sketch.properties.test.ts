import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { exponential } from '../distributions/index.ts'
import { randomStream } from '../random.ts'
import { exactQuantile } from './intervals.ts'
import { QUANTILE_ERROR_MAX, QuantileSketch } from './quantile-sketch.ts'

const value = fc.oneof(
  fc.double({ min: 2 ** -1022, max: 1e301, noNaN: true }),
  fc.maxSafeNat(),
  fc.nat(300),
  fc.double({ min: 1, max: 2, noNaN: true }),
)
const values = fc.array(value, { minLength: 1, maxLength: 200 })
const probability = fc.double({ min: 0, max: 1, noNaN: true })

function sketchOf(list: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch()
  for (const each of list) sketch.record(each)
  return sketch
}

/** All that does not depend on the order of summation. */
const countsOf = (sketch: QuantileSketch) => ({ ...sketch.toJSON(), sum: undefined })

test('the stated error is below 0.4 %', () => expect(QUANTILE_ERROR_MAX).toBeLessThan(0.004))

property.prop([values, probability], { numRuns: 1000 })(
  'quantiles are within the stated error',
  (list, p) => {
    const exact = exactQuantile(
      list.slice().sort((a, b) => a - b),
      p,
    )
    const error = Math.abs(sketchOf(list).quantile(p) - exact)
    expect(error).toBeLessThanOrEqual(exact * QUANTILE_ERROR_MAX)
  },
)

property.prop([values])('extremes and count are exact', (list) => {
  const sketch = sketchOf(list)
  const sorted = list.slice().sort((a, b) => a - b)
  expect([sketch.quantile(0), sketch.min]).toEqual([sorted[0], sorted[0]])
  expect([sketch.quantile(1), sketch.max]).toEqual([sorted.at(-1), sorted.at(-1)])
  expect(sketch.count).toBe(list.length)
})

property.prop([fc.array(fc.nat(1e6)), fc.array(fc.nat(1e6)), fc.array(fc.nat(1e6))])(
  'merging is associative, commutative, and the same as recording all in one',
  (a, b, c) => {
    const left = sketchOf(a)
    left.merge(sketchOf(b))
    left.merge(sketchOf(c))
    const right = sketchOf(c)
    const inner = sketchOf(b)
    inner.merge(sketchOf(a))
    right.merge(inner)
    expect(countsOf(left)).toEqual(countsOf(right))
    // Whole numbers: the sums are exact too, in any order.
    expect(left.toJSON()).toEqual(sketchOf([...a, ...b, ...c]).toJSON())
  },
)

property.prop([fc.array(value)])('survives JSON', (list) => {
  const sketch = sketchOf(list)
  const back = QuantileSketch.fromData(JSON.parse(JSON.stringify(sketch)))
  expect(back.toJSON()).toEqual(sketch.toJSON())
})

describe('corners', () => {
  test('nothing recorded', () => {
    const sketch = new QuantileSketch()
    expect(sketch.quantile(0.5)).toBeNaN()
    expect(sketch.mean).toBeNaN()
    sketch.merge(new QuantileSketch())
    expect(sketch.count).toBe(0)
  })

  test('zeros and subnormals', () => {
    const sketch = sketchOf([0, 0, 0, 5e-324, 8])
    expect(sketch.quantile(0.6)).toBe(0)
    expect(sketch.quantile(0.8)).toBeLessThan(2 ** -1021)
    expect(sketch.quantile(0.9)).toBe(8)
  })

  test.each([-1, 1.1e301, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d is refused',
    (bad) => {
      const sketch = sketchOf([1, 2])
      expect(() => sketch.record(bad)).toThrow(/expected a number from zero/)
      expect(sketch.count).toBe(2)
    },
  )
})

test('a million exponential values: mean and quantiles as the closed form has them', () => {
  const stream = randomStream('weft', 'sketch')
  const service = exponential(5)
  const sketch = new QuantileSketch()
  for (let i = 0; i < 1_000_000; i++) sketch.record(service.sample(stream))
  // Standard error of the mean 0.005; of a quantile sqrt(p / (1 - p)) * 0.005, to which the sketch adds its
  // own.
  expect(Math.abs(sketch.mean - 5)).toBeLessThan(3.3 * 0.005)
  for (const p of [0.5, 0.9, 0.99, 0.999]) {
    const expected = -5 * Math.log(1 - p)
    const bound = 3.3 * 0.005 * Math.sqrt(p / (1 - p)) + expected * QUANTILE_ERROR_MAX
    expect(Math.abs(sketch.quantile(p) - expected)).toBeLessThan(bound)
  }
})
