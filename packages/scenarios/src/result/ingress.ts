import type { CertificateEvent, RequestOutcome } from '@weft/fabric'

/** An ingress controller: over the whole run, where nothing else is said. */
export interface IngressResult {
  /** The workload that it is. */
  readonly controller: string
  readonly requests: {
    readonly ended: number
    /** By a backend, or as rules say without one (redirects). */
    readonly answered: number
    /** By rule, backend and outcome; null where none was found or asked. */
    readonly counts: readonly {
      readonly rule: string | null
      readonly backend: string | null
      readonly outcome: RequestOutcome
      readonly requests: number
    }[]
  }
  readonly handshakes: { readonly whole: number; readonly resumed: number }
  readonly replicas: readonly ReplicaResult[]
  readonly certificates: {
    readonly attempts: number
    readonly issued: number
    readonly renewed: number
    readonly failed: number
    readonly expired: number
    /** Time without a valid certificate, summed over certificates. */
    readonly withoutPs: number
    /** In order of time, at most 1,000 of them. */
    readonly events: readonly CertificateEvent[]
    /** Those left out. */
    readonly eventsOmitted: number
  }
}

export interface ReplicaResult {
  readonly name: string
  readonly workers: number
  /** Share of the workers' time at work, from the warm-up to the end of arrivals; null where that is no time. */
  readonly utilization: number | null
  /** Handshakes and requests that a worker did, and those that found no room to wait. */
  readonly served: number
  readonly refused: number
  /** From coming to a worker's beginning; null where none was served. */
  readonly waitMeanPs: number | null
  /** The most that ever waited; null where nobody counts them. */
  readonly waitingPeak: number | null
}
