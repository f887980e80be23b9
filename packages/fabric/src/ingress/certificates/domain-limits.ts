import type { RateLimit } from './certificate-options.ts'

/** The domain under a public suffix that a name is of: the label before the longest suffix, or the last two. */
export function registeredDomain(host: string, publicSuffixes: readonly string[] = []): string {
  const labels = host.split('.')
  let suffixLabels = 1
  for (const suffix of publicSuffixes) {
    const own = suffix.split('.').length
    if (own > suffixLabels && (host === suffix || host.endsWith(`.${suffix}`))) suffixLabels = own
  }
  return labels.slice(-suffixLabels - 1).join('.')
}

/**
 * How many certificates each registered domain may still have: a token bucket for each, kept as the instant at which it is full
 * again (the generic cell rate algorithm, ITU-T I.371).
 */
export class DomainLimits {
  readonly #limit: RateLimit
  readonly #fullAgain = new Map<string, number>()

  constructor(limit: RateLimit) {
    this.#limit = limit
  }

  /** Takes one from each of these domains, or none from any. */
  take(domains: ReadonlySet<string>, nowPs: number): boolean {
    const { count, perPs } = this.#limit
    const stepPs = perPs / count
    const next = [...domains].map(
      (domain) => [domain, Math.max(this.#fullAgain.get(domain) ?? nowPs, nowPs) + stepPs] as const,
    )
    // a bucket of which one is missing is full a step later
    if (next.some(([, fullPs]) => fullPs - nowPs > perPs + ROUNDING * perPs)) return false
    for (const [domain, fullPs] of next) this.#fullAgain.set(domain, fullPs)
    return true
  }
}

/** Sums of steps are off by so much at most, of the whole. */
const ROUNDING = 1e-9
