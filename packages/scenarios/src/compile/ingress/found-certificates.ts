import { MS } from '@weft/core'
import { formatHost, type FoundCertificate, type HostCertificate, isFor } from '@weft/fabric'
import type { ClusterCertificate } from '../../kubernetes/index.ts'
import { list, type Path, type Problems } from '../problems.ts'

/** Certificates that the manifests of a cluster have in Secrets, as its controllers show them. */
export class FoundCertificates {
  readonly #bySecret: ReadonlyMap<string, ClusterCertificate>
  readonly #dateMs: number | undefined
  readonly #path: Path
  readonly #problems: Problems

  /** `dateMs`: when the run begins, in milliseconds since 1970 began; undefined where nobody says. */
  constructor(
    certificates: readonly ClusterCertificate[],
    dateMs: number | undefined,
    path: Path,
    problems: Problems,
  ) {
    this.#bySecret = new Map(certificates.map((each) => [each.secret, each]))
    this.#dateMs = dateMs
    this.#path = path
    this.#problems = problems
  }

  /** With the names that stand in it; that it is not for a host is warned of. */
  shown(given: HostCertificate): HostCertificate {
    const known = this.#bySecret.get(given.certificate)
    // what is renewed is ordered anew for other hosts
    if (known === undefined || known.isRenewed) return given
    const host = formatHost(given.host)
    const { names } = known
    if (host !== '*' && !isFor(known, host)) {
      const whom = names.length === 0 ? 'nobody (no subjectAltName)' : list(names)
      this.#warn(known, `is for ${whom} and not for ${host}, whose TLS clients give up (certificate-missing)`)
    }
    return { ...given, names }
  }

  /**
   * What is there of a certificate when the run begins; `always`: as it is, for as long as the run lasts. Undefined where no manifest
   * says. `renewBeforePs`: of those that are renewed, absent: a third of their lifetime.
   */
  at(name: string, renewBeforePs: number | undefined): FoundCertificate | 'always' | undefined {
    const known = this.#bySecret.get(name)
    if (known === undefined) return undefined
    const { notBeforeMs, notAfterMs, isRenewed } = known
    if (this.#dateMs === undefined) {
      if (isRenewed) return undefined
      const dates = `is valid from ${instant(notBeforeMs)} to ${instant(notAfterMs)}`
      this.#warn(known, `${dates}; it counts as valid all the time, as no run.date says when the run begins`)
      return 'always'
    }
    const [startsPs, expiresPs] = [notBeforeMs, notAfterMs].map((ms) => (ms - this.#dateMs!) * MS) as [
      number,
      number,
    ]
    const renewed = isRenewed && { renewsPs: expiresPs - (renewBeforePs ?? (expiresPs - startsPs) / 3) }
    if (expiresPs <= 0) this.#warn(known, `expired at ${instant(notAfterMs)}, before the run begins`)
    if (startsPs > 0) this.#warn(known, `is not valid before ${instant(notBeforeMs)}, after the run begins`)
    return { startsPs, expiresPs, ...renewed }
  }

  #warn({ secret }: ClusterCertificate, message: string): void {
    this.#problems.warn(this.#path, `the certificate of Secret ${secret} ${message}`)
  }
}

/** `2026-01-31T08:00:00Z` */
const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
