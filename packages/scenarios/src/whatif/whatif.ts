import { ConfigError, type Issue } from '@weft/core'
import { RowMaker, type WhatIfAnswer } from './answer.ts'
import { Evaluator } from './evaluator.ts'
import { binomial, PartOrbits } from './failure-sets.ts'
import type { Part } from './parts.ts'
import { parsePartsOf, type Subject } from './subject.ts'
import { Ranking } from './ranking.ts'
import { allSets, type JudgedSet, sortWorstFirst, SYMMETRIC_SIZE_MAX } from './sweep.ts'

/** Which parts fail. */
export interface WhatIfRequest {
  /** Names or patterns of parts that are all down in every set. */
  readonly fail?: readonly string[]
  /** Up to so many more fail, in every combination; whole, 1 or more. */
  readonly any?: number
  /** Of which parts: `link`, `switch`, `host`, `risk`, or one tier of them: `link/fabric`. Default link. */
  readonly of?: string
  /** How many of the worst sets to list. Default 100. */
  readonly top?: number
  /** Default true. False computes every set. */
  readonly symmetry?: boolean
  /** Ends the work with what there is, marked partial. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: WhatIfProgress) => void
}

export interface WhatIfProgress {
  /** Sets that are covered, and all that are to be. */
  readonly done: number
  readonly sets: number
}

const TOP_DEFAULT = 100
export const TOP_MAX = 100_000
/** Sets that one question computes at most. */
const COMPUTED_MAX = 5_000_000
/** Up to so many computed sets, the losses at full links are found for all of them. */
const THINNED_MAX = 2_000
/** Orbits of pairs take an orbit computation for each orbit of parts: beyond so many, pairs are computed each. */
const ORBITS_MAX = 64
const BREATH_MS = 50

/** What becomes of a network and its demand when parts fail and routing has converged. Throws ConfigError. */
export async function whatIf(subject: Subject, request: WhatIfRequest): Promise<WhatIfAnswer> {
  checkRequest(request)
  const { fail = [], any = 0, of = 'link', top = TOP_DEFAULT } = request
  const down = subject.parts.named(fail, 'fail')
  const others = any === 0 ? [] : subject.parts.of(parsePartsOf(of))
  const parts = others.filter((part) => !down.includes(part))
  const sweep = new Sweep(subject, down, parts, Math.min(any, parts.length), top)
  await sweep.run(request)
  const { evaluator, ranking, before } = sweep
  const { criteria, notJudged } = subject.judge
  const rows = new RowMaker(subject.network.topology, subject.limits, criteria, evaluator.demandBps)
  return {
    schema: 1,
    clock: 'steady',
    fail: down.map(({ name }) => name),
    any,
    of: any === 0 ? null : of,
    demandBps: evaluator.demandBps,
    baseline: rows.row([], 1, before),
    coverage: sweep.coverage(),
    losing: ranking.losing,
    overLimit: ranking.overLimit,
    criteria: criteria.map(({ text }, i) => ({
      text,
      brokenBefore: before.broken.includes(i),
      sets: ranking.breaking[i]!,
      minimalSets: ranking.minimalSets[i]!,
    })),
    notJudged,
    worst: sweep
      .worst()
      .map(({ members, count, outcome }) => rows.row(sweep.namesOf(members), count, outcome)),
    minimal: ranking.minimal.map(({ members, count, criteria: broken }) => ({
      failed: sweep.namesOf(members),
      alike: count,
      breaks: broken.map((i) => criteria[i]!.text),
    })),
  }
}

function checkRequest({ fail = [], any, of, top }: WhatIfRequest): void {
  const issues: Issue[] = []
  const whole = (key: string, value: number | undefined, max: number) => {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= max))
      issues.push({
        path: [key],
        message: `${value} is no number of them; expected a whole number from 1 to ${max}`,
      })
  }
  whole('any', any, Number.MAX_SAFE_INTEGER)
  whole('top', top, TOP_MAX)
  if (any === undefined && fail.length === 0) {
    const message = 'nothing fails; name the parts that do, or give "any", how many of them, and "of" which'
    issues.push({ path: ['fail'], message })
  }
  if (any === undefined && of !== undefined)
    issues.push({ path: ['of'], message: 'it says of which parts any fail; give "any", how many' })
  if (issues.length > 0) throw new ConfigError(issues)
}

/** All sets of a question: the parts that are down in each, and up to `size` of the others. */
class Sweep {
  readonly evaluator: Evaluator
  readonly before
  ranking: Ranking
  readonly #subject: Subject
  readonly #down: readonly Part[]
  readonly #parts: readonly Part[]
  readonly #size: number
  readonly #top: number
  readonly #sets: number
  #thinsAll = true
  #partial = false

  constructor(subject: Subject, down: readonly Part[], parts: readonly Part[], size: number, top: number) {
    this.evaluator = new Evaluator(subject.network, subject.demand, subject.judge)
    this.before = this.evaluator.outcome([], true)
    this.#subject = subject
    this.#down = down
    this.#parts = parts
    this.#size = size
    this.#top = top
    this.#sets = countSets(parts.length, size) + (down.length > 0 ? 1 : 0)
    this.ranking = this.#newRanking((part) => part)
  }

  async run({ symmetry = true, signal, onProgress }: WhatIfRequest): Promise<void> {
    const orbits = symmetry ? this.#findOrbits() : undefined
    if (orbits !== undefined) this.ranking = this.#newRanking((part) => orbits.firstOf(part))
    const sets = orbits === undefined ? undefined : [...allSets(this.#parts, this.#size, orbits)]
    const planned = sets?.length ?? this.#sets
    this.#checkFeasible(planned)
    this.#thinsAll = planned <= THINNED_MAX
    if (this.#down.length > 0) this.#judge({ members: [], count: 1 })
    let breath = performance.now()
    for (const set of sets ?? allSets(this.#parts, this.#size, undefined)) {
      this.#judge(set)
      if (performance.now() - breath < BREATH_MS) continue
      onProgress?.({ done: this.ranking.sets, sets: this.#sets })
      await new Promise((resolve) => setImmediate(resolve))
      if (signal?.aborted === true) {
        this.#partial = this.ranking.sets < this.#sets
        return
      }
      breath = performance.now()
    }
  }

  /** Worst first, with the losses at full links. */
  worst(): readonly JudgedSet[] {
    const kept = this.ranking.worst()
    if (this.#thinsAll) return kept
    return sortWorstFirst(
      kept.map((set) => ({ ...set, outcome: this.evaluator.outcome(this.#partsOf(set.members), true) })),
    )
  }

  namesOf(members: readonly number[]): string[] {
    return this.#partsOf(members).map(({ name }) => name)
  }

  coverage(): WhatIfAnswer['coverage'] {
    const { sets: covered, computed } = this.ranking
    return {
      sets: this.#sets,
      covered,
      computed,
      method:
        computed === covered ? 'every set computed' : 'one set of each orbit of checked symmetries computed',
      thinning: this.#thinsAll ? 'of every set' : 'of listed sets',
      partial: this.#partial,
    }
  }

  #judge(set: { readonly members: readonly number[]; readonly count: number }): void {
    this.ranking.add({ ...set, outcome: this.evaluator.outcome(this.#partsOf(set.members), this.#thinsAll) })
  }

  #partsOf(members: readonly number[]): Part[] {
    return [...this.#down, ...members.map((member) => this.#parts[member]!)]
  }

  #newRanking(firstOf: (part: number) => number): Ranking {
    return new Ranking(this.#subject.judge.criteria.length, this.before, this.#top, firstOf)
  }

  /** Undefined where there is nothing to gain. */
  #findOrbits(): PartOrbits | undefined {
    if (this.#size === 0 || this.#size > SYMMETRIC_SIZE_MAX) return undefined
    const orbits = new PartOrbits(this.#subject.symmetry(this.#down, this.#parts), this.#parts)
    const { length } = orbits.orbits
    return length === this.#parts.length || (this.#size > 1 && length > ORBITS_MAX) ? undefined : orbits
  }

  #checkFeasible(planned: number): void {
    if (planned <= COMPUTED_MAX) return
    const from = performance.now()
    this.evaluator.outcome(this.#parts.slice(0, this.#size), false)
    const hours = (planned * (performance.now() - from)) / 3_600_000
    const message =
      `up to ${this.#size} of ${this.#parts.length} parts make ${planned.toLocaleString('en')} sets, about ` +
      `${Math.ceil(hours).toLocaleString('en')} hours here; at most ${COMPUTED_MAX.toLocaleString('en')} are computed, so let fewer fail, or of fewer parts, such as one tier`
    throw new ConfigError([{ path: ['any'], message }])
  }
}

function countSets(parts: number, size: number): number {
  let sets = 0
  for (let k = 1; k <= size; k++) sets += binomial(parts, k)
  return sets
}
