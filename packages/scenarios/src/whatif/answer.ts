import type { Topology } from '@weft/fabric'
import type { PoolPlan } from '../planning/pools.ts'
import type { CountedProfiles } from '../planning/profile-rates.ts'
import type { Limits, NotJudged } from './judge.ts'
import { lostBps, type Outcome } from './outcome.ts'
import type { WorkerRow } from './workers.ts'

export type { WorkerRow }

/** One set of failures. Rates are IP bit/s. */
export interface WhatIfRow {
  /** Names of the parts that fail. */
  readonly failed: readonly string[]
  /** Sets that it stands for by symmetry, itself among them. */
  readonly alike: number
  readonly worst: WorstLink | null
  /** Directions beyond their limits. */
  readonly overLimit: number
  /** Demand without a way, or whose host is down. */
  readonly unreachableBps: number
  /** Demand lost where more arrives than a link's rate; null where that was not computed. */
  readonly thinnedBps: number | null
  /** Of the demand, both together; where `thinnedBps` is null about the least of it. */
  readonly lostShare: number
  /** Texts of what is broken: the limit, and expectations. */
  readonly broken: readonly string[]
  /** What breaks expectations of reach, of the first rows; null of others, which may break some too. */
  readonly reach: readonly ReachRow[] | null
  /** Ingress controllers whose workers cannot do all requests. */
  readonly workers: readonly WorkerRow[]
}

/** How an expectation of who reaches whom is broken once routing has converged. */
export interface ReachRow {
  readonly text: string
  /** Ordered pairs of hosts, and those that it does not hold for. */
  readonly pairs: number
  readonly broken: number
  /** The first of these. */
  readonly from: string
  readonly to: string
  /** Why its packets are dropped, and where most of them; null where all arrive. */
  readonly reason: string | null
  readonly place: string | null
}

/** The direction with the least room below its limit. */
export interface WorstLink {
  /** `a → b`. */
  readonly direction: string
  readonly link: string
  /** Offered load over rate. */
  readonly utilization: number
  readonly limit: number
}

/** A set that breaks something that held before and that no smaller set within it breaks. */
export interface MinimalRow {
  readonly failed: readonly string[]
  readonly alike: number
  readonly breaks: readonly string[]
}

/** How the sets of an answer were covered. */
export interface Coverage {
  readonly sets: number
  /** Sets that the computed ones stand for; less than `sets` where the answer is partial. */
  readonly covered: number
  readonly computed: number
  readonly method: 'every set computed' | 'one set of each orbit of checked symmetries computed'
  /** Losses at full links: of every computed set, or of those listed alone, which are then chosen by a bound. */
  readonly thinning: 'of every set' | 'of listed sets'
  /** Interrupted before the end. */
  readonly partial: boolean
}

export interface WhatIfAnswer {
  readonly schema: 1
  readonly clock: 'steady'
  /** What of the traffic's profiles is counted; null where it has none, or a demand takes its place. */
  readonly profiles: CountedProfiles | null
  /** Names of what is down in every set. */
  readonly fail: readonly string[]
  readonly any: number
  readonly of: string | null
  readonly demandBps: number
  readonly baseline: WhatIfRow
  readonly coverage: Coverage
  /** What limits connections, with everything up: failures of links and switches bring it no more. */
  readonly pools: readonly PoolPlan[]
  /** Sets that lose demand, and that load a link beyond its limit. */
  readonly losing: number
  readonly overLimit: number
  readonly criteria: readonly {
    readonly text: string
    readonly brokenBefore: boolean
    /** Sets that break it, and minimal ones among them. */
    readonly sets: number
    readonly minimalSets: number
  }[]
  readonly notJudged: readonly NotJudged[]
  /** Worst first. */
  readonly worst: readonly WhatIfRow[]
  readonly minimal: readonly MinimalRow[]
}

/** Makes rows of outcomes. */
export class RowMaker {
  readonly #topology: Topology
  readonly #limits: Limits
  readonly #criteria: readonly { readonly text: string }[]
  readonly #demandBps: number

  constructor(
    topology: Topology,
    limits: Limits,
    criteria: readonly { readonly text: string }[],
    demandBps: number,
  ) {
    this.#topology = topology
    this.#limits = limits
    this.#criteria = criteria
    this.#demandBps = demandBps
  }

  row(
    failed: readonly string[],
    alike: number,
    outcome: Outcome,
    reach: readonly ReachRow[] | null,
    workers: readonly WorkerRow[],
  ): WhatIfRow {
    const { overLimit, unreachableBps, thinnedBps, broken } = outcome
    return {
      failed,
      alike,
      worst: this.worst(outcome),
      overLimit,
      unreachableBps,
      thinnedBps: thinnedBps ?? null,
      lostShare: this.#demandBps === 0 ? 0 : Math.min(1, lostBps(outcome) / this.#demandBps),
      broken: broken.map((criterion) => this.#criteria[criterion]!.text),
      reach,
      workers,
    }
  }

  worst({ direction, utilization }: Outcome): WorstLink | null {
    if (direction < 0) return null
    const link = direction >> 1
    return {
      direction: this.#topology.directionName(link, (direction & 1) as 0 | 1),
      link: this.#topology.links[link]!.name,
      utilization,
      limit: this.#limits[link]!,
    }
  }
}
