import { type Distribution, type RandomStream, type Simulation, Timer, type TimerOwner } from '@weft/core'
import {
  backoffAfter,
  type CertificateOptions,
  delayDistribution,
  resolveCertificateOptions,
} from './certificate-options.ts'
import { DomainLimits, registeredDomain } from './domain-limits.ts'

/** A certificate that is kept up: its name, as listeners have it, and the hosts that stand in it. */
export interface ManagedCertificate {
  readonly name: string
  /** In lower case; wildcards as `*.example.com`. */
  readonly hosts: readonly string[]
  /** What is there when a run begins; absent: as the options say. */
  readonly found?: FoundCertificate
}

/** A certificate that is there before a run begins. Instants of the run, before its begin too. */
export interface FoundCertificate {
  readonly startsPs: number
  /** Above `startsPs`; Infinity: beyond any clock. */
  readonly expiresPs: number
  /** When it is ordered anew; absent: nobody renews it. */
  readonly renewsPs?: number
}

export type CertificateEventKind = 'issued' | 'renewed' | 'failed' | 'expired'

/** What happened to a certificate, and when. */
export interface CertificateEvent {
  readonly atPs: number
  readonly certificate: string
  /** `issued` where none was valid, `renewed` where one was. */
  readonly kind: CertificateEventKind
  /** Of what was issued. */
  readonly expiresPs?: number
  /** Why an attempt failed. */
  readonly reason?: 'challenge-failed' | 'rate-limited'
  /** When it is tried again. */
  readonly retryPs?: number
}

export interface CertificateCounts {
  readonly attempts: number
  readonly issued: number
  readonly renewed: number
  readonly failed: number
  readonly expired: number
  /** Time without a valid certificate, summed over certificates. */
  readonly withoutPs: number
}

/** What a client is shown. One that is not valid yet is like one that is not any more, as clients' libraries say. */
export type CertificateState = 'valid' | 'expired' | 'none'

interface Kept {
  readonly certificate: ManagedCertificate
  readonly domains: ReadonlySet<string>
  /** Begins an attempt, or ends it. */
  readonly attempt: Timer
  /** When it is valid, and not any more. */
  readonly expiry: Timer
  isOrdered: boolean
  /** What is known of the attempt under way. */
  outcome: CertificateEvent['reason'] | undefined
  failures: number
  state: CertificateState
  expiresPs: number
  withoutSincePs: number
}

const ATTEMPT = 0
const EXPIRY = 1
const KINDS = 2

/**
 * Issues certificates and renews them, on the clock of a simulation, as cert-manager does with an ACME server: an order takes
 * its time and may fail; after a failure it is tried again, each time later; what is not renewed in time expires.
 */
export class CertificateManager implements TimerOwner {
  readonly name: string
  /** Told when what clients are shown is another now: valid, or not any more. */
  onChange: () => void = () => {}
  /** In order of time. */
  readonly events: CertificateEvent[] = []
  readonly options: CertificateOptions
  readonly #sim: Simulation
  readonly #stream: RandomStream
  readonly #issuance: Distribution
  readonly #limits: DomainLimits | undefined
  readonly #kept: readonly Kept[]
  readonly #byName = new Map<string, Kept>()
  readonly #counts = { attempts: 0, issued: 0, renewed: 0, failed: 0, expired: 0 }
  #withoutPs = 0

  /** Draws from the simulation's stream of this name. Throws a ConfigError for options that cannot be. */
  constructor(
    sim: Simulation,
    certificates: readonly ManagedCertificate[],
    given: Partial<CertificateOptions> = {},
    name = 'certificates',
  ) {
    this.name = name
    this.options = resolveCertificateOptions(given)
    const { issuance, rateLimit, publicSuffixes, initially } = this.options
    this.#sim = sim
    this.#stream = sim.random(this.name)
    this.#issuance = delayDistribution(issuance)
    this.#limits = rateLimit && new DomainLimits(rateLimit)
    this.#kept = certificates.map((certificate, index) => ({
      certificate,
      domains: new Set(certificate.hosts.map((host) => registeredDomain(host, publicSuffixes))),
      attempt: new Timer(sim, this, index * KINDS + ATTEMPT),
      expiry: new Timer(sim, this, index * KINDS + EXPIRY),
      isOrdered: false,
      outcome: undefined,
      failures: 0,
      state: 'none',
      expiresPs: 0,
      withoutSincePs: sim.now,
    }))
    for (const kept of this.#kept) {
      this.#byName.set(kept.certificate.name, kept)
      if (kept.certificate.found !== undefined) this.#find(kept, kept.certificate.found)
      else if (initially === 'issued') this.#issue(kept)
      else this.#order(kept)
    }
  }

  /** What a client is shown now; undefined where this manager keeps no such certificate. */
  stateOf(certificate: string): CertificateState | undefined {
    return this.#byName.get(certificate)?.state
  }

  /** When what was last issued expires, or did; undefined where nothing was. */
  expiryOf(certificate: string): number | undefined {
    const kept = this.#byName.get(certificate)
    return kept === undefined || kept.state === 'none' ? undefined : kept.expiresPs
  }

  /** Up to now. */
  counts(): CertificateCounts {
    const { now } = this.#sim
    const open = this.#kept.filter(({ state }) => state !== 'valid')
    const withoutPs = open.reduce((sum, { withoutSincePs }) => sum + now - withoutSincePs, this.#withoutPs)
    return { ...this.#counts, withoutPs }
  }

  onTimer(kind: number): void {
    const kept = this.#kept[Math.floor(kind / KINDS)]!
    if (kind % KINDS === EXPIRY) this.#turn(kept)
    else if (!kept.isOrdered) this.#order(kept)
    else if (kept.outcome === undefined) this.#issue(kept)
    else this.#fail(kept, kept.outcome)
  }

  #find(kept: Kept, { startsPs, expiresPs, renewsPs }: FoundCertificate): void {
    const { now } = this.#sim
    kept.state = now >= startsPs && now < expiresPs ? 'valid' : 'expired'
    kept.expiresPs = expiresPs
    if (now < expiresPs) this.#arm(kept.expiry, now < startsPs ? startsPs : expiresPs)
    if (renewsPs !== undefined) this.#arm(kept.attempt, Math.max(now, renewsPs))
  }

  /** It expires, or it was there before it was valid. */
  #turn(kept: Kept): void {
    if (kept.state === 'valid') {
      this.#expire(kept)
      return
    }
    kept.state = 'valid'
    this.#withoutPs += this.#sim.now - kept.withoutSincePs
    this.#arm(kept.expiry, kept.expiresPs)
    this.onChange()
  }

  #order(kept: Kept): void {
    const { failureProbability } = this.options
    const { now } = this.#sim
    this.#counts.attempts++
    // what is refused for the number of orders is refused at once, and renewals are not counted
    const isNew = kept.state === 'none'
    if (isNew && this.#limits !== undefined && !this.#limits.take(kept.domains, now)) {
      this.#fail(kept, 'rate-limited')
      return
    }
    kept.isOrdered = true
    kept.outcome = this.#stream.next() < failureProbability ? 'challenge-failed' : undefined
    this.#arm(kept.attempt, now + this.#issuance.sample(this.#stream))
  }

  #issue(kept: Kept): void {
    const { lifetimePs, renewBeforePs } = this.options
    const { now } = this.#sim
    const kind = kept.state === 'valid' ? 'renewed' : 'issued'
    if (kind === 'issued') this.#withoutPs += now - kept.withoutSincePs
    kept.isOrdered = false
    kept.failures = 0
    kept.state = 'valid'
    kept.expiresPs = now + lifetimePs
    this.#counts[kind]++
    this.#tell(kept, kind, { expiresPs: kept.expiresPs })
    this.#arm(kept.expiry, kept.expiresPs)
    this.#arm(kept.attempt, kept.expiresPs - renewBeforePs)
    if (kind === 'issued') this.onChange()
  }

  #fail(kept: Kept, reason: NonNullable<CertificateEvent['reason']>): void {
    kept.isOrdered = false
    kept.failures++
    const retryPs = this.#sim.now + backoffAfter(this.options, kept.failures)
    this.#counts.failed++
    this.#tell(kept, 'failed', { reason, retryPs })
    this.#arm(kept.attempt, retryPs)
  }

  #expire(kept: Kept): void {
    kept.state = 'expired'
    kept.withoutSincePs = this.#sim.now
    this.#counts.expired++
    this.#tell(kept, 'expired', {})
    this.onChange()
  }

  #tell(kept: Kept, kind: CertificateEventKind, more: Partial<CertificateEvent>): void {
    this.events.push({ atPs: this.#sim.now, certificate: kept.certificate.name, kind, ...more })
  }

  /** What lies beyond the end of the clock never comes. */
  #arm(timer: Timer, atPs: number): void {
    const wholePs = Math.round(atPs)
    if (wholePs > this.#sim.queue.timeMaxPs) timer.cancel()
    else timer.set(wholePs)
  }
}
