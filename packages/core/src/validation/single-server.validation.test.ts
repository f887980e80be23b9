import { describe, expect, test } from 'vitest'
import { constant, exponential } from '../distributions/index.ts'
import { mm1SojournQuantile, mg1SystemMean, mg1WaitMean } from '../math/queueing.ts'
import { QUANTILE_ERROR_MAX } from '../stats/index.ts'
import { expectInterval, poissonArrivals, runs, SERVICE_PS } from './single-server.fixture.ts'

describe('closed forms give the published numbers', () => {
  test('row 1: M/M/1 at 0.8', () => {
    const load = { utilization: 0.8, serviceMean: 1, serviceVariation: 1 }
    expect(mg1SystemMean(load)).toBeCloseTo(4, 12)
    expect(mg1WaitMean(load) * 0.8).toBeCloseTo(3.2, 12)
    expect(mg1WaitMean(load) + 1).toBeCloseTo(5, 12)
    expect(mm1SojournQuantile(0.99, 0.8, 1)).toBeCloseTo(23.03, 2)
  })

  test.each([
    [0.5, 0.5],
    [0.8, 2],
    [0.9, 4.5],
  ])('row 2: M/D/1 at %d', (utilization, wait) => {
    expect(mg1WaitMean({ utilization, serviceMean: 1, serviceVariation: 0 })).toBeCloseTo(wait, 12)
  })

  test('row 3: a 100G port with 1538-byte slots at 0.9', () => {
    const slotNs = (1538 * 8) / 100
    expect(mg1WaitMean({ utilization: 0.9, serviceMean: slotNs, serviceVariation: 0 })).toBeCloseTo(
      553.68,
      10,
    )
    expect(mg1WaitMean({ utilization: 0.9, serviceMean: slotNs, serviceVariation: 1 })).toBeCloseTo(
      1107.36,
      10,
    )
  })
})

describe('simulated', () => {
  test('row 1: M/M/1 at 0.8, two million jobs: L, Lq, W, p99', () => {
    const arrivals = poissonArrivals(0.8)
    const service = exponential(SERVICE_PS)
    const servers = runs('row 1', { interarrival: arrivals, service, warmup: 5_000, jobs: 100_000 })
    expectInterval(
      servers.map((each) => each.inSystem.mean),
      4,
      0.03,
    )
    expectInterval(
      servers.map((each) => each.waiting.mean),
      3.2,
      0.035,
    )
    expectInterval(
      servers.map((each) => each.sojourn.mean / SERVICE_PS),
      5,
      0.03,
    )
    const p99 = servers.map((each) => each.sojourn.quantile(0.99) / SERVICE_PS)
    expectInterval(p99, mm1SojournQuantile(0.99, 0.8, 1), 0.05, QUANTILE_ERROR_MAX)
  })

  test.each([
    [0.5, 0.5, 0.015],
    [0.8, 2, 0.04],
    [0.9, 4.5, 0.06],
  ])('row 2: M/D/1 at %d: Wq', (utilization, wait, widthMax) => {
    const options = {
      interarrival: poissonArrivals(utilization),
      service: constant(SERVICE_PS),
      warmup: 5_000,
      jobs: 60_000,
    }
    const servers = runs(`row 2 at ${utilization}`, options)
    expectInterval(
      servers.map((each) => each.wait.mean / SERVICE_PS),
      wait,
      widthMax,
    )
  })
})
