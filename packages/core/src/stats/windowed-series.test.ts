import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { SampleSeries, SignalSeries, type Window } from './windowed-series.ts'

const brief = (windows: Window[]) => windows.map(({ startPs, mean, min, max }) => [startPs, mean, min, max])

test('samples fall into windows', () => {
  const clock = { now: 1000 }
  const series = new SampleSeries(clock, { windowPs: 10, windowsMax: 4 })
  for (const [now, value] of [
    [1000, 1],
    [1009, 3],
    [1010, 5],
    [1031, 7],
  ] as const) {
    clock.now = now
    series.record(value)
  }
  expect(brief(series.windows())).toEqual([
    [1000, 2, 1, 3],
    [1010, 5, 5, 5],
    [1020, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [1030, 7, 7, 7],
  ])
})

test('windows double when they are used up, and keep all samples', () => {
  const clock = { now: 0 }
  const series = new SampleSeries(clock, { windowPs: 10, windowsMax: 4 })
  for (clock.now = 0; clock.now < 160; clock.now += 10) series.record(clock.now)
  expect(series.windowPs).toBe(40)
  expect(brief(series.windows())).toEqual([
    [0, 15, 0, 30],
    [40, 55, 40, 70],
    [80, 95, 80, 110],
    [120, 135, 120, 150],
  ])
})

test('a signal is averaged over time, across windows', () => {
  const clock = { now: 0 }
  const series = new SignalSeries(clock, { windowPs: 10, windowsMax: 8 }, 1)
  clock.now = 5
  series.set(4)
  clock.now = 25
  series.set(0)
  clock.now = 30
  expect(brief(series.windows())).toEqual([
    [0, 2.5, 1, 4],
    [10, 4, 4, 4],
    [20, 2, 0, 4],
  ])
})

test('a value held for no time still shows as an extreme', () => {
  const clock = { now: 3 }
  const series = new SignalSeries(clock, { windowPs: 10 })
  series.set(9)
  series.set(1)
  clock.now = 13
  expect(brief(series.windows())).toEqual([[3, 1, 0, 9]])
})

const steps = fc.array(fc.tuple(fc.nat(1000), fc.nat(500)), { minLength: 1, maxLength: 60 })

property.prop([steps, fc.integer({ min: 1, max: 50 })])(
  'a signal against adding up single picoseconds',
  (list, windowPs) => {
    const clock = { now: 0 }
    const series = new SignalSeries(clock, { windowPs, windowsMax: 8 })
    const held: number[] = []
    for (const [value, spanPs] of list) {
      series.set(value)
      for (let i = 0; i < spanPs; i++) held.push(value)
      clock.now += spanPs
    }
    const windows = series.windows()
    expect(windows.length).toBeLessThanOrEqual(8)
    expect(windows.reduce((sum, window) => sum + window.weight, 0)).toBe(held.length)
    for (const { startPs, mean, weight } of windows.filter((window) => window.weight > 0)) {
      const slice = held.slice(startPs, startPs + series.windowPs)
      expect(weight).toBe(slice.length)
      expect(mean).toBe(slice.reduce((a, b) => a + b) / slice.length)
    }
  },
)

describe('options that do not fit are refused', () => {
  test.each([
    [{ windowPs: 0 }, 'windowPs: is 0, expected a whole number of at least 1'],
    [{ windowPs: 1.5 }, 'windowPs: is 1.5'],
    [{ windowPs: 1, windowsMax: 7 }, 'windowsMax: is 7, expected an even number'],
  ])('%j', (options, message) => expect(() => new SampleSeries({ now: 0 }, options)).toThrow(message))
})
