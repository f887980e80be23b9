import { erlangB, meanInterval, type RandomStream, randomStream, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { natLoad } from './nat-load.ts'
import { TRANSLATED } from './nat-outcome.ts'
import { natOf, REMOTE, TCP } from './nat.fixture.ts'

const HOLD_S = 60

const exponential = (random: RandomStream, mean: number): number => -Math.log(1 - random.next()) * mean

/** Fraction refused of each run of so many hold times, where connections come at random. */
function blockingByRun(ports: number, erlangs: number, runs: number, holdsPerRun: number): number[] {
  const { clock, connect } = natOf(ports, HOLD_S * SECOND)
  const random = randomStream('arrivals', `${ports} ${erlangs}`)
  const gapPs = (HOLD_S * SECOND) / erlangs
  const run = (perRun: number) => {
    let refused = 0
    for (let i = 0; i < perRun; i++) {
      clock.now += exponential(random, gapPs)
      if (connect() !== TRANSLATED) refused++
    }
    return refused / perRun
  }
  run(2 * erlangs)
  return Array.from({ length: runs }, () => run(holdsPerRun * erlangs))
}

describe('ports of a NAT that run out', { timeout: 120_000 }, () => {
  it.each([
    { erlangs: 55_000, expected: 3.394e-3, runs: 14, holdsPerRun: 4, halfWidth: 0.5 },
    { erlangs: 56_000, expected: 1.875e-2, runs: 14, holdsPerRun: 1, halfWidth: 0.25 },
  ])(
    'row 9: a pool of 55,000 ports at $erlangs erlangs, by connections',
    ({ erlangs, expected, runs, holdsPerRun, halfWidth }) => {
      const interval = meanInterval(blockingByRun(55_000, erlangs, runs, holdsPerRun), 0.99)
      expect(interval.low).toBeLessThan(expected)
      expect(interval.high).toBeGreaterThan(expected)
      expect((interval.high - interval.low) / 2 / expected).toBeLessThan(halfWidth)
    },
  )

  it('row 9: a pool of 55,000 ports at 54,000 to 56,000 erlangs, under the steady clock', () => {
    const blockingAt = (erlangs: number) =>
      natLoad({ ports: 55_000 }, [{ connectionsPerS: erlangs / HOLD_S, holdPs: HOLD_S * SECOND }]).blocking
    expect(blockingAt(55_000)).toBeCloseTo(3.394e-3, 6)
    expect(blockingAt(56_000)).toBeCloseTo(1.875e-2, 5)
    expect(blockingAt(54_000) / 1.71e-7).toBeCloseTo(1, 2)
    expect(blockingAt(54_500) / 1.757e-4).toBeCloseTo(1, 3)
  })

  it.each<[string, (random: RandomStream) => number]>([
    ['equal', () => 1],
    ['exponential', (random) => exponential(random, 1)],
    ['mixed: nine in ten short ones', (random) => (random.next() < 0.9 ? 0.2 : 8.2)],
  ])('row 9: only the mean of hold times matters: 16 erlangs, 20 ports, %s', (name, holdOf) => {
    const { clock, nat } = natOf(20, 1, { lifetime: 'sessions' })
    const random = randomStream('insensitivity', name)
    const live: { row: number; endPs: number }[] = []
    const [runs, perRun] = [20, 14_000]
    const blocking: number[] = []
    for (let run = -1; run < runs; run++) {
      let refused = 0
      for (let i = 0; i < perRun; i++) {
        clock.now += exponential(random, SECOND / 16)
        live.sort((a, b) => a.endPs - b.endPs)
        while (live.length > 0 && live[0]!.endPs <= clock.now) {
          const { row, endPs } = live.shift()!
          nat.release(row, REMOTE, 443, endPs)
        }
        if (nat.outbound(TCP, 100 + (run + 1), i, REMOTE, 443) !== TRANSLATED) refused++
        else {
          nat.retain(nat.mapping, REMOTE, 443)
          live.push({ row: nat.mapping, endPs: clock.now + holdOf(random) * SECOND })
        }
      }
      if (run >= 0) blocking.push(refused / perRun)
    }
    const expected = erlangB(16, 20)
    const interval = meanInterval(blocking, 0.99)
    expect(interval.low).toBeLessThan(expected)
    expect(interval.high).toBeGreaterThan(expected)
    expect((interval.high - interval.low) / 2 / expected).toBeLessThan(0.1)
    // the places in use follow from it
    expect(nat.counts().mean / (16 * (1 - expected))).toBeCloseTo(1, 1)
  })
})
