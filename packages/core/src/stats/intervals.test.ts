import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { exponential, normal } from '../distributions/index.ts'
import { randomStream } from '../random.ts'
import { autocorrelation, BatchMeans, warmupLength } from './batch-means.ts'
import { jainIndex } from './fairness.ts'
import { exactQuantile, meanInterval, quantileInterval } from './intervals.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('mean interval', () => {
  test('by hand: 1..5 has mean 3, standard error sqrt(2.5 / 5), t 2.776', () => {
    const { mean, low, high } = meanInterval([1, 2, 3, 4, 5])
    expect(mean).toBe(3)
    expect(high - 3).toBeCloseTo(2.7764451 * Math.sqrt(0.5), 6)
    expect(3 - low).toBeCloseTo(high - 3, 12)
  })

  test('one value or none says nothing about the spread', () => {
    expect(meanInterval([7])).toMatchObject({
      mean: 7,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    })
    expect(meanInterval([]).mean).toBeNaN()
    expect(() => meanInterval([1, 2], 95)).toThrow(/confidence is 95/)
  })

  test('covers the true mean as often as it says', () => {
    const stream = randomStream('weft', 'coverage')
    const population = normal({ mean: 10, deviation: 3 })
    let covered = 0
    for (let run = 0; run < 2000; run++) {
      const { low, high } = meanInterval(
        Array.from({ length: 5 }, () => population.sample(stream)),
        0.9,
      )
      if (low <= 10 && 10 <= high) covered++
    }
    // Binomial of 0.9: standard deviation 13.4.
    expect(Math.abs(covered - 1800)).toBeLessThan(4 * 13.4)
  })
})

describe('quantiles', () => {
  test('exact ones are order statistics', () => {
    expect([0, 0.01, 0.5, 0.501, 0.99, 1].map((p) => exactQuantile(upTo(100), p))).toEqual([
      1, 1, 50, 51, 99, 100,
    ])
    expect(exactQuantile([], 0.5)).toBeNaN()
  })

  test('the median of ten lies between the 2nd and the 9th with 97.9 %', () => {
    // The textbook case: 1 - 2 (1 + 10) / 2^10.
    const { low, high, confidence } = quantileInterval(upTo(10), 0.5)
    expect([low, high]).toEqual([2, 9])
    expect(confidence).toBeCloseTo(1 - 22 / 1024, 12)
  })

  test('a sample too small for a p99 has no upper end', () => {
    // 0.99^n falls below 2.5 % at n = 368.
    expect(quantileInterval(upTo(367), 0.99).high).toBe(Number.POSITIVE_INFINITY)
    expect(quantileInterval(upTo(368), 0.99).high).toBe(368)
    expect(quantileInterval([], 0.99)).toMatchObject({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    })
  })

  test('covers the true quantile at least as often as it says', () => {
    const stream = randomStream('weft', 'quantile coverage')
    const population = exponential(1)
    let covered = 0
    for (let run = 0; run < 2000; run++) {
      const values = Float64Array.from({ length: 60 }, () => population.sample(stream)).sort()
      const { low, high } = quantileInterval(values, 0.9, 0.9)
      if (low <= Math.log(10) && Math.log(10) <= high) covered++
    }
    expect(covered).toBeGreaterThan(1800 - 4 * 13.4)
  })

  property.prop([
    fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 }),
    fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    fc.constantFrom(0.5, 0.9, 0.99),
  ])('the interval holds the sample quantile and covers what was asked', (list, p, confidence) => {
    const sorted = list.slice().sort((a, b) => a - b)
    const interval = quantileInterval(sorted, p, confidence)
    expect(interval.confidence).toBeGreaterThanOrEqual(confidence - 1e-12)
    expect(interval.low).toBeLessThanOrEqual(exactQuantile(sorted, p))
    expect(interval.high).toBeGreaterThanOrEqual(exactQuantile(sorted, p))
  })
})

describe('batch means', () => {
  test('merges neighbours when the batches are used up', () => {
    const batches = new BatchMeans({ batchesMax: 4, warmup: 2 })
    for (const value of [99, 99, 1, 2, 3, 4, 5, 6]) batches.record(value)
    // 1..4 filled the four batches and became two of two; 5 and 6 are the third.
    expect(batches.result()).toMatchObject({ batches: 3, batchSize: 2, mean: 3.5 })
    expect(batches.count).toBe(6)
  })

  /**
   * An autoregressive process of known mean 10 and correlation 0.95: plain intervals are six times too
   * narrow.
   */
  function autoregressive(seed: string, length: number): BatchMeans {
    const stream = randomStream('weft', seed)
    const noise = normal({ mean: 0, deviation: 1 })
    const batches = new BatchMeans({ warmup: 200 })
    let x = 0
    for (let i = 0; i < length; i++) {
      x = 0.95 * x + noise.sample(stream)
      batches.record(10 + x)
    }
    return batches
  }

  test('covers the mean of dependent values as often as it says', () => {
    let covered = 0
    for (let run = 0; run < 200; run++) {
      const { low, high } = autoregressive(`ar ${run}`, 20_000).result(0.9)
      if (low <= 10 && 10 <= high) covered++
    }
    // Binomial of 0.9: standard deviation 4.2.
    expect(Math.abs(covered - 180)).toBeLessThan(4 * 4.2)
  })

  test('says when batches are too short to trust', () => {
    expect(autoregressive('short', 400).result().trustworthy).toBe(false)
    expect(autoregressive('long', 100_000).result().trustworthy).toBe(true)
  })

  test('options that do not fit are refused', () => {
    expect(() => new BatchMeans({ batchesMax: 5 })).toThrow('batchesMax: is 5, expected an even number')
    expect(() => new BatchMeans({ warmup: -1 })).toThrow('warmup: is -1')
  })
})

describe('warm-up', () => {
  test('MSER-5 cuts a transient off and leaves a steady series alone', () => {
    const stream = randomStream('weft', 'warm-up')
    const steady = Array.from({ length: 2000 }, () => stream.next())
    const transient = Array.from({ length: 300 }, (_, i) => 5 - i / 60 + stream.next())
    expect(warmupLength([...transient, ...steady])).toBeGreaterThanOrEqual(250)
    expect(warmupLength([...transient, ...steady])).toBeLessThanOrEqual(400)
    expect(warmupLength([])).toBe(0)
  })

  test('MSER-5 against the definition', () => {
    const stream = randomStream('weft', 'mser')
    const values = Array.from({ length: 100 }, (_, i) => stream.next() + (i < 20 ? 3 : 0))
    const groups = Array.from(
      { length: 20 },
      (_, g) => values.slice(5 * g, 5 * g + 5).reduce((a, b) => a + b) / 5,
    )
    const errors = Array.from({ length: 11 }, (_, cut) => {
      const rest = groups.slice(cut)
      const mean = rest.reduce((a, b) => a + b) / rest.length
      return rest.reduce((sum, x) => sum + (x - mean) ** 2, 0) / rest.length ** 2
    })
    expect(warmupLength(values)).toBe(5 * errors.indexOf(Math.min(...errors)))
  })
})

test('autocorrelation of an alternating series', () => {
  expect(autocorrelation([1, -1, 1, -1], 1)).toBe(-0.75)
  expect(autocorrelation([1, -1, 1, -1], 2)).toBe(0.5)
  expect(autocorrelation([3, 3, 3], 1)).toBe(0)
})

describe("Jain's index", () => {
  test.each([
    [[1, 1, 1, 1], 1],
    [[1, 0, 0, 0], 0.25],
    [[0.25, 0.75, 0.75, 0.75], 0.8928571428571429], // the parking lot under proportional fairness
    [[0, 0], 1],
    [[1e200, 1e200], 1],
  ])('%j is %d', (shares, expected) => expect(jainIndex(shares)).toBeCloseTo(expected, 14))

  test('without shares there is none', () => expect(jainIndex([])).toBeNaN())
})
