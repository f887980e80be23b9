import { InvariantError, pow } from '@weft/core'
import { backoffAfter, type CertificateOptions } from './certificate-options.ts'

/** How certificates fare in the long run, one like the other. */
export interface ExpiryOdds {
  /** Attempts that end before a certificate expires. */
  readonly attempts: number
  /** That a certificate expires before its successor is there. */
  readonly expires: number
  /** Share of time in which a valid certificate is shown; 0 where no attempt ever succeeds. */
  readonly availability: number
}

/**
 * Closed form for an issuance of constant length, without a rate limit. With a failure's probability p and n attempts before expiry a
 * certificate expires with p^n; availability is the mean time that is covered over the mean time from one issue to the
 * next (renewal-reward theorem, S. M. Ross, "Stochastic Processes", ch. 3).
 */
export function expiryOdds(options: CertificateOptions): ExpiryOdds {
  const { issuance, lifetimePs, renewBeforePs, failureProbability: p } = options
  if (issuance.kind !== 'constant')
    throw new InvariantError(`odds of expiry ask for a constant issuance, not ${issuance.kind}`)
  let endPs = lifetimePs - renewBeforePs + issuance.ps
  let attempts = 0
  let cyclePs = 0
  let gapPs = 0
  // the chance that all attempts so far failed
  let chance = 1
  for (let failures = 1; endPs < lifetimePs || (p < 1 && chance > CHANCE_MIN); failures++) {
    if (endPs < lifetimePs) attempts++
    cyclePs += chance * (1 - p) * endPs
    gapPs += chance * (1 - p) * Math.max(0, endPs - lifetimePs)
    chance *= p
    endPs += backoffAfter(options, failures) + issuance.ps
  }
  return { attempts, expires: pow(p, attempts), availability: p === 1 ? 0 : 1 - gapPs / cyclePs }
}

/** What is left out of sums weighs less than a double's last bit. */
const CHANCE_MIN = 1e-18
