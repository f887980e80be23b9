import { SECOND, type Simulation } from '@weft/core'
import type { RequestBooks, ReplicaBooks } from '../../ingress/controller/running-ingress.ts'
import type { RequestCount } from '../../ingress/controller/ingress-books.ts'
import type { RequestOutcome } from '../../ingress/controller/exchange.ts'
import type { ReplicaLoad } from '../../ingress/controller/expected-requests.ts'
import type { WorkerCounts } from '../../ingress/controller/worker-queue.ts'

/** Requests per second that fare alike. */
export interface RequestRates {
  readonly counts: readonly RequestCount[]
  readonly wholePerSecond: number
  readonly resumedPerSecond: number
}

const NONE: RequestRates = { counts: [], wholePerSecond: 0, resumedPerSecond: 0 }

/** What requests of constant rates come to: expected numbers, which need not be whole. */
export class RatedRequests implements RequestBooks {
  readonly #sim: Simulation
  readonly #sums = new Map<string, RequestCount>()
  #wholes = 0
  #resumed = 0
  #rates = NONE
  #sincePs = 0

  constructor(sim: Simulation) {
    this.#sim = sim
  }

  /** These rates hold from now on. */
  turn(rates: RequestRates): void {
    const seconds = this.#seconds
    for (const each of this.counts()) this.#sums.set(keyOf(each), each)
    this.#wholes += this.#rates.wholePerSecond * seconds
    this.#resumed += this.#rates.resumedPerSecond * seconds
    this.#rates = rates
    this.#sincePs = this.#sim.now
  }

  get wholeHandshakes(): number {
    return this.#wholes + this.#rates.wholePerSecond * this.#seconds
  }

  get resumedHandshakes(): number {
    return this.#resumed + this.#rates.resumedPerSecond * this.#seconds
  }

  counts(): RequestCount[] {
    const all = new Map(this.#sums)
    for (const each of this.#rates.counts) {
      const key = keyOf(each)
      const requests = (all.get(key)?.requests ?? 0) + each.requests * this.#seconds
      if (requests > 0) all.set(key, { ...each, requests })
    }
    return [...all.keys()].sort().map((key) => all.get(key)!)
  }

  total(outcome?: RequestOutcome): number {
    return this.counts()
      .filter((each) => outcome === undefined || each.outcome === outcome)
      .reduce((sum, { requests }) => sum + requests, 0)
  }

  get #seconds(): number {
    return (this.#sim.now - this.#sincePs) / SECOND
  }
}

const keyOf = ({ rule, backend, outcome }: RequestCount): string =>
  `${rule ?? ''}\n${backend ?? ''}\n${outcome}`

const IDLE: WorkerCounts = { served: 0, refused: 0, busyPs: 0, waitedPs: 0 }

/** What a replica's workers come to at constant loads. */
export class RatedReplica implements ReplicaBooks {
  readonly workers: number
  readonly waitingPeak = 0
  readonly #sim: Simulation
  #sums = IDLE
  /** Per second. */
  #rates = IDLE
  #sincePs = 0

  constructor(sim: Simulation, workers: number) {
    this.#sim = sim
    this.workers = workers
  }

  /** This load holds from now on. */
  turn({ busy, jobsPerSecond, refused, waitPs }: ReplicaLoad): void {
    this.#sums = this.counts()
    const served = jobsPerSecond * (1 - refused)
    this.#rates = {
      served,
      refused: jobsPerSecond * refused,
      busyPs: busy * this.workers * SECOND,
      waitedPs: served * waitPs,
    }
    this.#sincePs = this.#sim.now
  }

  /** It has nothing to do from now on. */
  rest(): void {
    this.#sums = this.counts()
    this.#rates = IDLE
    this.#sincePs = this.#sim.now
  }

  counts(): WorkerCounts {
    const seconds = (this.#sim.now - this.#sincePs) / SECOND
    const [sums, rates] = [this.#sums, this.#rates]
    const at = (key: keyof WorkerCounts) => sums[key] + rates[key] * seconds
    return { served: at('served'), refused: at('refused'), busyPs: at('busyPs'), waitedPs: at('waitedPs') }
  }
}
