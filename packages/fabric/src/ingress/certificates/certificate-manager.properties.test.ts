import { LONG_TIME_MAX, SECOND, Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mean, standardError, Z_999 } from '../../../test/helpers/statistics.ts'
import { CertificateManager } from './certificate-manager.ts'
import { type CertificateOptions, resolveCertificateOptions } from './certificate-options.ts'
import { expiryOdds } from './expiry-odds.ts'

const HOUR = 3600 * SECOND
const DAY = 24 * HOUR
const END = 100 * DAY
const CYCLES = 12

const hours = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * HOUR)

const options: fc.Arbitrary<Partial<CertificateOptions>> = fc
  .record({
    lifetimePs: hours(24, 500),
    renewShare: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    issuance: fc.oneof(
      hours(0, 30).map((ps) => ({ kind: 'constant' as const, ps })),
      hours(1, 30).map((meanPs) => ({ kind: 'exponential' as const, meanPs })),
    ),
    failureProbability: fc.double({ min: 0, max: 1, noNaN: true }),
    backoffPs: hours(1, 10),
    backoffMaxPs: hours(10, 100),
    initially: fc.constantFrom('issued' as const, 'ordered' as const),
    rateLimit: fc.record({ count: fc.integer({ min: 1, max: 3 }), perPs: hours(1, 300) }),
  })
  .map(({ renewShare, ...rest }) => ({ ...rest, renewBeforePs: renewShare * rest.lifetimePs }))

const NAMES = ['a', 'b', 'c']

function run(given: Partial<CertificateOptions>, seed: string, untilPs = END, names = NAMES) {
  const sim = new Simulation({ seed, timeMaxPs: LONG_TIME_MAX })
  const certificates = names.map((name) => ({ name, hosts: [`${name}.example.com`] }))
  const manager = new CertificateManager(sim, certificates, given)
  sim.run(untilPs)
  return manager
}

describe('certificates', () => {
  it('tell a story that holds together', () => {
    const property = fc.property(options, fc.string(), (given, seed) => {
      const manager = run(given, seed)
      const { lifetimePs, renewBeforePs } = manager.options
      let withoutPs = 0
      for (const name of NAMES) {
        const own = manager.events.filter(({ certificate }) => certificate === name)
        let [expiresPs, coveredUpTo, earliestPs] = [-1, 0, 0]
        for (const { kind, atPs, retryPs, expiresPs: next } of own) {
          if (kind === 'expired') expect(atPs).toBe(expiresPs)
          if (kind === 'issued') {
            expect(atPs).toBeGreaterThanOrEqual(expiresPs)
            withoutPs += atPs - coveredUpTo
          }
          if (kind === 'renewed') expect(atPs).toBeLessThanOrEqual(expiresPs)
          if (kind === 'renewed' || kind === 'issued') {
            expect(atPs).toBeGreaterThanOrEqual(earliestPs)
            expect(next).toBe(atPs + lifetimePs)
            expiresPs = next!
            coveredUpTo = next!
            earliestPs = Math.floor(expiresPs - renewBeforePs) - 128
          }
          if (kind === 'failed') {
            expect(atPs).toBeGreaterThanOrEqual(earliestPs)
            earliestPs = retryPs! - 128
          }
        }
        withoutPs += Math.max(0, END - coveredUpTo)
        const isCovered = expiresPs > END || (expiresPs === END && own.at(-1)!.kind !== 'expired')
        expect(manager.stateOf(name)).toBe(isCovered ? 'valid' : expiresPs < 0 ? 'none' : 'expired')
      }
      const counts = manager.counts()
      expect(counts.withoutPs / withoutPs || 1).toBeCloseTo(1, 9)
      for (const kind of ['issued', 'renewed', 'failed', 'expired'] as const)
        expect(counts[kind]).toBe(manager.events.filter((event) => event.kind === kind).length)
      expect(counts.attempts - counts.issued - counts.renewed - counts.failed).toBeLessThanOrEqual(3)
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('tell the same story however the run is cut', () => {
    const property = fc.property(options, fc.array(hours(1, 2400)), (given, cuts) => {
      const whole = run(given, 'seed')
      const sim = new Simulation({ seed: 'seed', timeMaxPs: LONG_TIME_MAX })
      const certificates = NAMES.map((name) => ({ name, hosts: [`${name}.example.com`] }))
      const manager = new CertificateManager(sim, certificates, given)
      for (const cut of [...cuts.sort((a, b) => a - b), END]) sim.run(cut)
      expect(manager.events).toEqual(whole.events)
    })
    fc.assert(property, { numRuns: 20 })
  })

  it('of 90 days have 27 attempts before they expire', () => {
    const odds = expiryOdds(resolveCertificateOptions({ failureProbability: 0.9 }))
    expect(odds.attempts).toBe(27)
    expect(odds.expires).toBeCloseTo(0.9 ** 27, 12)
    expect(expiryOdds(resolveCertificateOptions({ failureProbability: 1 }))).toEqual({
      attempts: 27,
      expires: 1,
      availability: 0,
    })
    expect(expiryOdds(resolveCertificateOptions())).toMatchObject({ expires: 0, availability: 1 })
  })

  it.each([
    // n attempts end before expiry, each fails with p: it expires with p^n
    { failureProbability: 0.5, renewBeforePs: 4 * HOUR, attempts: 3 },
    { failureProbability: 0.7, renewBeforePs: 9 * HOUR, attempts: 4 },
    { failureProbability: 0.8, renewBeforePs: HOUR, attempts: 1 },
  ])('that fail with $failureProbability expire as often as the closed form says', (row) => {
    const { failureProbability, renewBeforePs, attempts } = row
    const given = {
      lifetimePs: 12 * HOUR,
      renewBeforePs,
      failureProbability,
      issuance: { kind: 'constant', ps: 60 * SECOND },
    } as const
    const odds = expiryOdds(resolveCertificateOptions(given))
    expect(odds.attempts).toBe(attempts)
    expect(odds.expires).toBeCloseTo(failureProbability ** attempts, 12)
    const names = Array.from({ length: 100 }, (_, index) => `n${index}`)
    const { events } = run(given, 'odds', END, names)
    // from one issue to the next are independent cycles; as many of each name, however long they take
    const cycles = names.flatMap((name) => {
      const issues = events.filter(
        ({ certificate, expiresPs }) => certificate === name && expiresPs !== undefined,
      )
      expect(issues.length).toBeGreaterThan(CYCLES)
      return issues.slice(1, CYCLES + 1).map(({ atPs }, index) => {
        const lengthPs = atPs - issues[index]!.atPs
        return { lengthPs, gapPs: Math.max(0, lengthPs - given.lifetimePs) }
      })
    })
    const expired = mean(cycles.map(({ gapPs }) => (gapPs > 0 ? 1 : 0)))
    const deviation = Math.sqrt((odds.expires * (1 - odds.expires)) / cycles.length)
    expect(Math.abs(expired - odds.expires)).toBeLessThan(Z_999 * deviation)
    // of a ratio of means: the error of gap - unavailability * length
    const unavailability = 1 - odds.availability
    const errors = cycles.map(({ lengthPs, gapPs }) => (gapPs - unavailability * lengthPs) / HOUR)
    expect(Math.abs(mean(errors))).toBeLessThan(Z_999 * standardError(errors))
  })
})
