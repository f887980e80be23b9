import type { Exchange, RequestOutcome } from './exchange.ts'

/** Requests that fared alike. */
export interface RequestCount {
  /** Absent: none was found, or none was asked. */
  readonly rule?: string
  readonly backend?: string
  readonly outcome: RequestOutcome
  readonly requests: number
}

/** What became of the requests to one controller that have ended, and how many shook hands. */
export class IngressBooks {
  /** Handshakes that were carried out, as far as the server's first words. */
  wholeHandshakes = 0
  resumedHandshakes = 0
  readonly #counts = new Map<string, RequestCount>()

  add({ rule, backend }: Pick<Exchange, 'rule' | 'backend'>, outcome: RequestOutcome, requests = 1): void {
    const key = `${rule ?? ''}\n${backend ?? ''}\n${outcome}`
    const before = this.#counts.get(key)?.requests ?? 0
    this.#counts.set(key, {
      ...(rule !== undefined && { rule }),
      ...(backend !== undefined && { backend }),
      outcome,
      requests: before + requests,
    })
  }

  /** By rule, backend and outcome, in the order of these words. */
  counts(): RequestCount[] {
    return [...this.#counts.keys()].sort().map((key) => this.#counts.get(key)!)
  }

  /** All of an outcome, or all. */
  total(outcome?: RequestOutcome): number {
    let sum = 0
    for (const each of this.#counts.values())
      if (outcome === undefined || each.outcome === outcome) sum += each.requests
    return sum
  }
}
