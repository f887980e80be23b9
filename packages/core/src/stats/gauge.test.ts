import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { Counter } from './counter.ts'
import { ExactSum } from './exact-sum.ts'
import { Gauge } from './gauge.ts'

test('a counter counts, and refuses to merge past exactness', () => {
  const counter = new Counter()
  counter.add()
  counter.add(4)
  expect(counter.value).toBe(5)
  const large = new Counter()
  large.add(Number.MAX_SAFE_INTEGER)
  expect(() => counter.merge(large)).toThrow(/2\^53/)
})

describe('gauge', () => {
  test('mean over time, extremes, reset', () => {
    const clock = { now: 100 }
    const gauge = new Gauge(clock, 2)
    expect(gauge.mean).toBe(2)
    clock.now = 110
    gauge.set(6)
    clock.now = 130
    gauge.add(-5)
    clock.now = 140
    // 2 for 10, 6 for 20, 1 for 10
    expect(gauge.integral).toBe(150)
    expect(gauge.mean).toBe(3.75)
    expect([gauge.min, gauge.max, gauge.current]).toEqual([1, 6, 1])
    gauge.reset()
    clock.now = 150
    expect([gauge.mean, gauge.min, gauge.max]).toEqual([1, 1, 1])
  })

  test('a value held for no time counts for the extremes alone', () => {
    const clock = { now: 0 }
    const gauge = new Gauge(clock)
    gauge.set(9)
    gauge.set(1)
    clock.now = 10
    expect([gauge.mean, gauge.max]).toEqual([1, 9])
  })

  const changes = fc.array(fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 2 ** 45 })), {
    minLength: 1,
    maxLength: 100,
  })

  property.prop([changes])(
    'integral as whole numbers have it, to the nearest double or its neighbour',
    (list) => {
      const clock = { now: 0 }
      const gauge = new Gauge(clock)
      let area = 0n
      for (const [value, spanPs] of list) {
        gauge.set(value)
        clock.now += spanPs
        area += BigInt(value) * BigInt(spanPs)
      }
      const exact = Number(area)
      expect(Math.abs(gauge.integral - exact)).toBeLessThanOrEqual(exact * 2 ** -52)
    },
  )
})

describe('exact sum', () => {
  test('keeps what a plain sum loses', () => {
    const sum = new ExactSum()
    let plain = 0
    for (const term of [1e16, ...Array.from({ length: 1000 }, () => 0.5), -1e16]) {
      sum.add(term)
      plain += term
    }
    expect(sum.value).toBe(500)
    expect(plain).toBe(0)
  })

  property.prop([fc.maxSafeNat(), fc.maxSafeNat()])(
    'a product less its own rounding is the rounding error',
    (x, y) => {
      const sum = new ExactSum()
      sum.addProduct(x, y)
      sum.add(-(x * y))
      expect(sum.value).toBe(Number(BigInt(x) * BigInt(y) - BigInt(x * y)))
    },
  )
})
