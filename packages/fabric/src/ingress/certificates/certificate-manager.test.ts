import { LONG_TIME_MAX, SECOND, Simulation } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { CertificateManager, type ManagedCertificate } from './certificate-manager.ts'
import { type CertificateOptions, LETS_ENCRYPT_RATE_LIMIT } from './certificate-options.ts'
import { registeredDomain } from './domain-limits.ts'

const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const SHOP: ManagedCertificate = { name: 'shop/front-tls', hosts: ['shop.example.com'] }

function managed(options: Partial<CertificateOptions>, certificates = [SHOP]) {
  const sim = new Simulation({ seed: 'certificates', timeMaxPs: LONG_TIME_MAX })
  return { sim, manager: new CertificateManager(sim, certificates, options) }
}

const story = (manager: CertificateManager) => manager.events.map(({ kind, atPs }) => [kind, atPs / HOUR])

describe('certificates', () => {
  it('are there at the start, and renewed at two thirds of 90 days', () => {
    const { sim, manager } = managed({})
    expect(manager.stateOf('shop/front-tls')).toBe('valid')
    sim.run(100 * DAY)
    expect(manager.events).toEqual([
      { atPs: 0, certificate: 'shop/front-tls', kind: 'issued', expiresPs: 90 * DAY },
      {
        atPs: 60 * DAY + 30 * SECOND,
        certificate: 'shop/front-tls',
        kind: 'renewed',
        expiresPs: 150 * DAY + 30 * SECOND,
      },
    ])
    expect(manager.expiryOf('shop/front-tls')).toBe(150 * DAY + 30 * SECOND)
    expect(manager.stateOf('shop/other')).toBeUndefined()
  })

  it('that have to be ordered are not there at first', () => {
    const { sim, manager } = managed({ initially: 'ordered', issuance: { kind: 'constant', ps: 2 * MINUTE } })
    sim.run(MINUTE)
    expect(manager.stateOf('shop/front-tls')).toBe('none')
    expect(manager.expiryOf('shop/front-tls')).toBeUndefined()
    expect(manager.counts()).toMatchObject({ attempts: 1, issued: 0, withoutPs: MINUTE })
    sim.run(HOUR)
    expect(manager.stateOf('shop/front-tls')).toBe('valid')
    expect(manager.counts()).toMatchObject({ issued: 1, withoutPs: 2 * MINUTE })
  })

  it('are tried again after an hour, two, four, up to 32, and expire where nothing helps', () => {
    const issuance = { kind: 'constant', ps: 0 } as const
    const { sim, manager } = managed({ failureProbability: 1, lifetimePs: 15 * DAY, issuance })
    sim.run(17 * DAY)
    const from = 240
    const failures = [0, 1, 3, 7, 15, 31, 63, 95, 127, 159].map((hours) => ['failed', from + hours])
    const all = [['issued', 0], ...failures, ['expired', 360]]
    expect(story(manager)).toEqual(all.sort(([, a], [, b]) => Number(a) - Number(b)))
    expect(manager.stateOf('shop/front-tls')).toBe('expired')
    expect(manager.counts()).toEqual({
      attempts: 10,
      issued: 1,
      renewed: 0,
      failed: 10,
      expired: 1,
      withoutPs: 2 * DAY,
    })
  })

  it('for new names of one domain are as many a week as the limit says, renewals as many as one likes', () => {
    const names = Array.from({ length: 52 }, (_, index) => ({
      name: `shop/${index}`,
      hosts: [`a${index}.example.com`],
    }))
    const other = { name: 'shop/other', hosts: ['a.example.org'] }
    const { sim, manager } = managed(
      { initially: 'ordered', rateLimit: LETS_ENCRYPT_RATE_LIMIT, issuance: { kind: 'constant', ps: 0 } },
      [...names, other],
    )
    sim.run(0)
    expect(manager.counts()).toMatchObject({ attempts: 53, issued: 51, failed: 2 })
    expect(manager.events.filter(({ kind }) => kind === 'failed')).toEqual(
      [50, 51].map((index) => ({
        atPs: 0,
        certificate: `shop/${index}`,
        kind: 'failed',
        reason: 'rate-limited',
        retryPs: HOUR,
      })),
    )
    // one comes back every 3.36 hours: at 7 hours the first of the two has it, at 7 plus 8 the other
    sim.run(3 * HOUR)
    expect(manager.counts().issued).toBe(51)
    sim.run(7 * HOUR)
    expect(manager.counts().issued).toBe(53)
    sim.run(61 * DAY)
    expect(manager.counts()).toMatchObject({ renewed: 53, expired: 0 })
  })

  it('know under which suffix a name is registered', () => {
    expect(registeredDomain('a.b.example.com')).toBe('example.com')
    expect(registeredDomain('*.example.com')).toBe('example.com')
    expect(registeredDomain('example.com')).toBe('example.com')
    expect(registeredDomain('localhost')).toBe('localhost')
    expect(registeredDomain('a.shop.co.uk', ['co.uk'])).toBe('shop.co.uk')
    expect(registeredDomain('a.shop.co.uk')).toBe('co.uk')
  })

  it('are what was found when the run begins: valid, or not yet, or not any more', () => {
    const found = (startsPs: number, expiresPs: number, renewsPs?: number) => {
      const own = { startsPs, expiresPs, ...(renewsPs !== undefined && { renewsPs }) }
      return managed({}, [{ ...SHOP, found: own }])
    }
    const states = ({ sim, manager }: ReturnType<typeof managed>, ...hours: number[]) =>
      hours.map((hour) => {
        sim.run(hour * HOUR)
        return manager.stateOf(SHOP.name)
      })
    const plain = found(-DAY, 5 * HOUR)
    expect(states(plain, 0, 4, 5, 500)).toEqual(['valid', 'valid', 'expired', 'expired'])
    expect(story(plain.manager)).toEqual([['expired', 5]])
    expect(plain.manager.counts()).toMatchObject({ attempts: 0, issued: 0, withoutPs: 495 * HOUR })
    const early = found(2 * HOUR, 5 * HOUR)
    expect(states(early, 0, 1, 2, 4, 5)).toEqual(['expired', 'expired', 'valid', 'valid', 'expired'])
    expect(early.manager.counts()).toMatchObject({ expired: 1, withoutPs: 2 * HOUR })
    const late = found(-2 * DAY, -DAY)
    expect(states(late, 0, 500)).toEqual(['expired', 'expired'])
    expect(late.manager.counts()).toMatchObject({ expired: 0, withoutPs: 500 * HOUR })
  })

  it('that were found are renewed where somebody keeps them up', () => {
    const renewed = managed({}, [{ ...SHOP, found: { startsPs: -DAY, expiresPs: DAY, renewsPs: HOUR } }])
    renewed.sim.run(2 * DAY)
    expect(story(renewed.manager)).toEqual([['renewed', 1 + 30 / 3600]])
    expect(renewed.manager.counts()).toMatchObject({ renewed: 1, expired: 0, withoutPs: 0 })
    const late = managed({}, [{ ...SHOP, found: { startsPs: -DAY, expiresPs: -HOUR, renewsPs: -2 * HOUR } }])
    late.sim.run(HOUR)
    expect(story(late.manager)).toEqual([['issued', 30 / 3600]])
    expect(late.manager.counts()).toMatchObject({ issued: 1, withoutPs: 30 * SECOND })
  })

  it.each<[Partial<CertificateOptions>, string]>([
    [{ lifetimePs: 0 }, 'lifetimePs: got 0; expected a time above 0'],
    [{ renewBeforePs: 90 * DAY }, 'expected a time above 0, below the lifetime'],
    [{ failureProbability: 1.5 }, 'expected a probability from 0 to 1'],
    [{ backoffPs: DAY, backoffMaxPs: HOUR }, 'expected a time, not below backoffPs'],
    [{ issuance: { kind: 'exponential', meanPs: 0 } }, 'an exponential mean above 0'],
    [{ issuance: { kind: 'uniform', minPs: 2, maxPs: 1 } }, 'no minimum above its maximum'],
    [{ rateLimit: { count: 0, perPs: DAY } }, 'a whole number of 1 or more for a time above 0'],
  ])('refuse %j', (options, message) => {
    expect(() => managed(options)).toThrow(message)
  })
})
