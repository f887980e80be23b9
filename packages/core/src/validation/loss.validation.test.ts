import { expect, test } from 'vitest'
import { exponential } from '../distributions/index.ts'
import { mm1kLossProbability } from '../math/queueing.ts'
import { expectInterval, poissonArrivals, runs, SERVICE_PS } from './single-server.fixture.ts'

test('row 5: M/M/1/K, closed form gives the published numbers', () => {
  expect(mm1kLossProbability(0.8, 10).toPrecision(5)).toBe('0.023493')
  expect(mm1kLossProbability(0.9, 64).toPrecision(5)).toBe('0.00011803')
  expect(mm1kLossProbability(1, 4)).toBe(0.2)
  expect(mm1kLossProbability(1 + 1e-9, 4)).toBeCloseTo(0.2, 6)
})

test.each([
  [0.8, 10, 50_000, 0.04],
  [0.9, 64, 300_000, 0.45],
])('row 5: M/M/1/K at %d with room for %d: losses', (utilization, capacity, jobs, widthMax) => {
  const service = exponential(SERVICE_PS)
  const options = { interarrival: poissonArrivals(utilization), service, capacity, warmup: 5_000, jobs }
  const servers = runs(`row 5 at ${utilization}`, options)
  const loss = servers.map((each) => each.lost.value / each.offered.value)
  expectInterval(loss, mm1kLossProbability(utilization, capacity), widthMax)
})
