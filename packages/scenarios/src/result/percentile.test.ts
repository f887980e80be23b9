import { exactQuantile, quantileInterval } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { percentileOf } from './percentile.ts'

const upTo = (samples: number) => Float64Array.from({ length: samples }, (_, i) => i + 1)

describe('percentiles', () => {
  it.each([
    [50, 19, false],
    [50, 20, true],
    [95, 199, false],
    [95, 200, true],
    [99, 999, false],
    [99, 1000, true],
    [1, 999, false],
    [1, 1000, true],
    [99.9, 9_999, false],
    [99.9, 10_000, true],
    [99.99, 100_000, true],
  ])('a p%d of %d samples is supported: %s', (percent, samples, supported) => {
    expect(percentileOf(upTo(samples), percent, 0)).toMatchObject({ samples, supported, biased: false })
  })

  it('are order statistics with the interval of core', () => {
    const sorted = upTo(500)
    const { low, high } = quantileInterval(sorted, 0.95, 0.95)
    const { value, interval } = percentileOf(sorted, 95, 0)
    expect(value).toBe(exactQuantile(sorted, 0.95))
    expect(interval).toEqual([low, high])
    expect([value! >= low, value! <= high]).toEqual([true, true])
  })

  it.each([
    [7, 100, 7],
    [99.9, 10_000, 9_990],
    [50, 3, 2],
    [33.3, 1000, 333],
  ])('p%d of 1 to %d is %d', (percent, samples, value) => {
    expect(percentileOf(upTo(samples), percent, 0).value).toBe(value)
  })

  it('have an open end where the sample holds none', () => {
    // 0.99^367 is above 2.5 %, so the largest of 367 samples does not bound a p99 from above
    expect(percentileOf(upTo(367), 99, 0).interval[1]).toBeNull()
    expect(percentileOf(upTo(368), 99, 0).interval[1]).toBe(368)
  })

  it('are biased as soon as one observation is missing', () => {
    expect(percentileOf(upTo(2000), 99, 1).biased).toBe(true)
    expect(percentileOf(upTo(2000), 100, 1).biased).toBe(true)
    // what is missing is slower than all that was seen
    expect(percentileOf(upTo(2000), 0, 1).biased).toBe(false)
  })

  it('of nothing have no value', () => {
    const nothing = { value: null, samples: 0, interval: [null, null], supported: false }
    expect(percentileOf([], 50, 0)).toEqual({ ...nothing, biased: false })
    expect(percentileOf([], 50, 3)).toEqual({ ...nothing, biased: true })
  })

  it('p0 and p100 are the extremes', () => {
    expect(percentileOf(upTo(7), 0, 0)).toMatchObject({ value: 1, interval: [1, 1], supported: true })
    expect(percentileOf(upTo(7), 100, 0)).toMatchObject({ value: 7, interval: [7, 7], supported: true })
  })
})
