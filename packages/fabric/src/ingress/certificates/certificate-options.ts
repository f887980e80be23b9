import {
  ConfigError,
  constant,
  type Distribution,
  exponential,
  type Issue,
  SECOND,
  uniform,
} from '@weft/core'

/** How long something takes, drawn each time. */
export type DelayBlueprint =
  | { readonly kind: 'constant'; readonly ps: number }
  | { readonly kind: 'exponential'; readonly meanPs: number }
  | { readonly kind: 'uniform'; readonly minPs: number; readonly maxPs: number }

/** How often something may be done: so many at once, which come back evenly over a time (a token bucket). */
export interface RateLimit {
  /** A whole number of 1 or more. */
  readonly count: number
  readonly perPs: number
}

/** How certificates come to be and are kept up. */
export interface CertificateOptions {
  /** From issue to expiry, above 0. */
  readonly lifetimePs: number
  /** Renewal begins so long before expiry: above 0, below the lifetime. */
  readonly renewBeforePs: number
  /** From the order to the certificate, or to the failed challenge. */
  readonly issuance: DelayBlueprint
  /** That an attempt fails, each by itself: 0 to 1. */
  readonly failureProbability: number
  /** From a failure to the next attempt: this, doubled with every further failure in a row, up to `backoffMaxPs`. */
  readonly backoffPs: number
  readonly backoffMaxPs: number
  /** Whether certificates are there when a run begins, just issued, or have to be ordered then. */
  readonly initially: 'issued' | 'ordered'
  /** Certificates for new names, by registered domain; absent: any number. Renewals do not count. */
  readonly rateLimit?: RateLimit
  /** Suffixes under which names are registered, beside those of one label: `co.uk`. */
  readonly publicSuffixes?: readonly string[]
}

const HOUR = 3600 * SECOND
const DAY = 24 * HOUR
/** Let's Encrypt's certificates live so long. */
const LIFETIME = 90 * DAY

/**
 * A lifetime as Let's Encrypt has it, renewal and retries as cert-manager: at two thirds of the lifetime, after an hour,
 * two, four, up to 32 (cert-manager.io, "Certificate resource": `renewBefore`, "Issuance triggers").
 */
export const DEFAULT_CERTIFICATE_OPTIONS: CertificateOptions = {
  lifetimePs: LIFETIME,
  renewBeforePs: LIFETIME / 3,
  issuance: { kind: 'constant', ps: 30 * SECOND },
  failureProbability: 0,
  backoffPs: HOUR,
  backoffMaxPs: 32 * HOUR,
  initially: 'issued',
}

/** 50 certificates for a registered domain in a week (letsencrypt.org, "Rate limits"). */
export const LETS_ENCRYPT_RATE_LIMIT: RateLimit = { count: 50, perPs: 7 * DAY }

/** With defaults for what is not given; `renewBeforePs` then follows the lifetime. Throws a ConfigError. */
export function resolveCertificateOptions(given: Partial<CertificateOptions> = {}): CertificateOptions {
  const { lifetimePs = LIFETIME } = given
  const options = { ...DEFAULT_CERTIFICATE_OPTIONS, renewBeforePs: lifetimePs / 3, ...given }
  const issues = certificateOptionsIssues(options)
  if (issues.length > 0) throw new ConfigError(issues)
  return options
}

/** All that is wrong with options. */
export function certificateOptionsIssues(options: CertificateOptions): Issue[] {
  const issues: Issue[] = []
  const expect = (isRight: boolean, key: keyof CertificateOptions, expected: string) => {
    if (!isRight)
      issues.push({ path: [key], message: `got ${JSON.stringify(options[key])}; expected ${expected}` })
  }
  const { lifetimePs, renewBeforePs, failureProbability, backoffPs, backoffMaxPs, rateLimit } = options
  expect(isTime(lifetimePs), 'lifetimePs', 'a time above 0')
  expect(
    isTime(renewBeforePs) && renewBeforePs < lifetimePs,
    'renewBeforePs',
    'a time above 0, below the lifetime',
  )
  expect(
    isDelay(options.issuance),
    'issuance',
    'times of 0 or more, an exponential mean above 0, no minimum above its maximum',
  )
  expect(
    failureProbability >= 0 && failureProbability <= 1,
    'failureProbability',
    'a probability from 0 to 1',
  )
  expect(isTime(backoffPs), 'backoffPs', 'a time above 0')
  expect(isTime(backoffMaxPs) && backoffMaxPs >= backoffPs, 'backoffMaxPs', 'a time, not below backoffPs')
  expect(
    rateLimit === undefined ||
      (Number.isSafeInteger(rateLimit.count) && rateLimit.count >= 1 && isTime(rateLimit.perPs)),
    'rateLimit',
    'a whole number of 1 or more for a time above 0',
  )
  return issues
}

const isTime = (ps: number): boolean => ps > 0 && Number.isFinite(ps)

function isDelay(delay: DelayBlueprint): boolean {
  if (delay.kind === 'constant') return delay.ps >= 0 && Number.isFinite(delay.ps)
  if (delay.kind === 'exponential') return isTime(delay.meanPs)
  return delay.minPs >= 0 && delay.maxPs >= delay.minPs && Number.isFinite(delay.maxPs)
}

/** A delay to draw from. */
export function delayDistribution(delay: DelayBlueprint): Distribution {
  if (delay.kind === 'constant') return constant(delay.ps)
  if (delay.kind === 'exponential') return exponential(delay.meanPs)
  return uniform({ minimum: delay.minPs, maximum: delay.maxPs })
}

/** The wait after so many failures in a row, of which there is one at least. */
export const backoffAfter = ({ backoffPs, backoffMaxPs }: CertificateOptions, failures: number): number =>
  Math.min(backoffPs * 2 ** Math.min(failures - 1, DOUBLINGS_MAX), backoffMaxPs)

/** More doublings than that lead beyond any clock. */
const DOUBLINGS_MAX = 100
