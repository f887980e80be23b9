interface Kept {
  readonly endpoint: string
  readonly untilPs: number
}

/** Fewer clients than this are not worth a sweep. */
const SWEEP_MIN = 1024

/**
 * Which endpoint each client of a service goes back to (Kubernetes' `ClientIP` affinity). Every new connection makes it
 * last `timeoutPs` longer, as the rules that kube-proxy writes do.
 */
export class ClientAffinity {
  readonly #clock: { readonly now: number }
  readonly #timeoutPs: number
  readonly #byClient = new Map<number, Kept>()
  #sweepAt = SWEEP_MIN

  constructor(clock: { readonly now: number }, timeoutPs: number) {
    this.#clock = clock
    this.#timeoutPs = timeoutPs
  }

  /** The endpoint that a client, by any number of its own, had last; undefined where that was too long ago. */
  endpointOf(client: number): string | undefined {
    const kept = this.#byClient.get(client)
    return kept !== undefined && this.#clock.now < kept.untilPs ? kept.endpoint : undefined
  }

  /** A new connection of this client went to this endpoint. */
  keep(client: number, endpoint: string): void {
    this.#byClient.set(client, { endpoint, untilPs: this.#clock.now + this.#timeoutPs })
    if (this.#byClient.size > this.#sweepAt) this.#sweep()
  }

  /** Clients that are remembered; some of them may be due to be forgotten. */
  get size(): number {
    return this.#byClient.size
  }

  #sweep(): void {
    for (const [client, { untilPs }] of this.#byClient)
      if (untilPs <= this.#clock.now) this.#byClient.delete(client)
    this.#sweepAt = Math.max(SWEEP_MIN, 2 * this.#byClient.size)
  }
}
