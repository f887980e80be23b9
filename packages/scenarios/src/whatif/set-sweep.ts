import { ConfigError } from '@weft/core'
import type { DemandMatrix } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { WhatIfAnswer } from './answer.ts'
import { atOnce, Pace, type Steps } from '../planning/pace.ts'
import { Evaluator } from './evaluator.ts'
import { binomial, everySet, type FailureSet } from './failure-sets.ts'
import type { Outcome } from './outcome.ts'
import { PartOrbits } from './part-orbits.ts'
import type { Part } from './parts.ts'
import { Ranking, type RankingSnapshot } from './ranking.ts'
import { parsePartsOf, type Subject } from './subject.ts'
import { allSets, type JudgedSet, sortWorstFirst } from './sweep.ts'

/** What is asked, as plain data. */
export interface Question {
  /** Names or patterns of parts that are all down in every set. */
  readonly fail?: readonly string[]
  /** Up to so many more fail, in every combination; whole, 1 or more. */
  readonly any?: number
  /** Of which parts: `link`, `switch`, `host`, `risk`, or one tier of them: `link/fabric`. Default link. */
  readonly of?: string
  /** How many of the worst sets to list. Default 100. */
  readonly top?: number
}

/** A share of the work, as plain data: what `SetSweep.runShare` does. */
export interface ShareTask {
  readonly scenario: CompiledScenario
  readonly demand: DemandMatrix
  readonly question: Question
}

/** Does a share of the work, telling how many sets are done. */
export type ShareRunner = (
  task: ShareTask,
  onSets: (sets: number) => void,
  signal: AbortSignal | undefined,
) => Promise<RankingSnapshot>

export interface WhatIfProgress {
  /** Sets that are covered, and all that are to be. */
  readonly done: number
  readonly sets: number
}

interface Watch {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: WhatIfProgress) => void
}

interface SweepOptions extends Watch {
  readonly symmetry?: boolean
  readonly helper?: ShareRunner
  /** Told why, where the helper does not do its share. */
  readonly onAlone?: (reason: string) => void
}

/** What sets are judged by, and what there is while nothing is down. */
export interface Normal {
  readonly evaluator: Evaluator
  readonly before: Outcome
}

/** Interrupted, losses at full links are not known. */
export function* normalSteps({ network, demand, judge }: Subject): Steps<Normal> {
  const evaluator = new Evaluator(network, demand, judge)
  return { evaluator, before: yield* evaluator.outcomeSteps([]) }
}

const TOP_DEFAULT = 100
/** Pairs are shared out, from so many on. */
const SHARED_SIZE = 2
const SHARED_MIN = 20_000
/** Sets that one question computes at most. */
const COMPUTED_MAX = 5_000_000
/** Up to so many computed sets, the losses at full links are found for all of them. */
const THINNED_MAX = 2_000
/** Searches for symmetry, each up to a second, for sets of one size, where else every set is computed; */
const SEARCHES_MAX = 64
/** and where that would be too many. */
const SEARCHES_TOO_MANY_MAX = 1_000
const BREATH_MS = 50

/** All sets of a question: the parts that are down in each, and up to `size` of the others. */
export class SetSweep {
  readonly evaluator: Evaluator
  readonly before: Outcome
  ranking: Ranking
  #worst: readonly JudgedSet[] = []
  readonly #subject: Subject
  readonly #question: Question
  readonly #down: readonly Part[]
  readonly #parts: readonly Part[]
  readonly #size: number
  readonly #top: number
  readonly #sets: number
  #thinsAll = true
  #partial = false

  /** Throws ConfigError on names and kinds that are unknown. */
  constructor(subject: Subject, question: Question, normal = atOnce(normalSteps(subject))) {
    const { fail = [], any = 0, of = 'link', top = TOP_DEFAULT } = question
    // plain data, whatever else came with it: it may be sent to another thread
    this.#question = { fail, any, of, top }
    this.evaluator = normal.evaluator
    this.before = normal.before
    this.#subject = subject
    this.#down = subject.parts.named(fail, 'fail')
    const others = any === 0 ? [] : subject.parts.of(parsePartsOf(of))
    this.#parts = others.filter((part) => !this.#down.includes(part))
    this.#size = Math.min(any, this.#parts.length)
    if (this.#size + this.#down.length >= 2) this.evaluator.prepare([...this.#down, ...this.#parts])
    this.#top = top
    this.#sets = countSets(this.#parts.length, this.#size) + (this.#down.length > 0 ? 1 : 0)
    this.ranking = this.#newRanking()
  }

  async run({ symmetry = true, helper, onAlone, ...watch }: SweepOptions): Promise<void> {
    const sets = symmetry ? await this.#setsBySymmetry(watch) : undefined
    const planned = sets?.length ?? this.#sets
    this.#checkFeasible(planned)
    this.#thinsAll = planned <= THINNED_MAX
    if (this.#down.length > 0) await this.#judgeAll([{ members: [], count: 1 }], watch)
    if (sets !== undefined) await this.#judgeAll(sets, watch)
    else if (helper !== undefined && this.#size === SHARED_SIZE && planned >= SHARED_MIN)
      await this.#runShared(helper, watch, onAlone)
    else await this.#judgeAll(allSets(this.#parts, this.#size, undefined), watch)
    this.#worst = await this.#thinned(this.ranking.worst(), watch)
    this.#partial = this.ranking.sets < this.#sets || isAborted(watch.signal)
  }

  /** Every second pair is computed elsewhere, all else here; here too where that does not work. */
  async #runShared(helper: ShareRunner, watch: Watch, onAlone?: (reason: string) => void): Promise<void> {
    let away = 0
    const task = { scenario: this.#subject.scenario, demand: this.#subject.demand, question: this.#question }
    const count = (sets: number) => {
      away = sets
    }
    const found = helper(task, count, watch.signal).catch((error: unknown) => {
      away = 0
      if (watch.signal?.aborted !== true) onAlone?.(error instanceof Error ? error.message : String(error))
      return undefined
    })
    const onProgress = ({ done, sets }: WhatIfProgress) => watch.onProgress?.({ done: done + away, sets })
    await this.#judgeAll(everySet(this.#parts.length, 1), watch)
    await this.#judgeAll(this.#pairsOf(0), { ...watch, onProgress })
    const snapshot = await found
    if (snapshot !== undefined) this.ranking.absorb(snapshot)
    else await this.#judgeAll(this.#pairsOf(1), watch)
  }

  /** The part of the task that is not done by whoever gave it. */
  async runShare(watch: Watch = {}): Promise<RankingSnapshot> {
    this.#thinsAll = false
    this.ranking.note(this.#judged({ members: [], count: 1 }))
    for (const set of everySet(this.#parts.length, 1)) this.ranking.note(this.#judged(set))
    await this.#judgeAll(this.#pairsOf(1), watch)
    return this.ranking.snapshot()
  }

  *#pairsOf(parity: 0 | 1): Generator<FailureSet> {
    let i = 0
    for (const set of everySet(this.#parts.length, SHARED_SIZE)) if ((i++ & 1) === parity) yield set
  }

  async #judgeAll(sets: Iterable<FailureSet>, { signal, onProgress }: Watch): Promise<void> {
    if (isAborted(signal)) return
    let breath = performance.now()
    const pace = new Pace(signal === undefined ? {} : { signal })
    for (const set of sets) {
      const judged = this.#thinsAll ? await pace.take(this.#judgedSteps(set)) : this.#judged(set)
      // interrupted amid its losses, it was not judged
      if (this.#thinsAll && isAborted(signal)) return
      this.ranking.add(judged)
      if (performance.now() - breath < BREATH_MS) continue
      onProgress?.({ done: this.ranking.sets, sets: this.#sets })
      await new Promise((resolve) => setImmediate(resolve))
      if (isAborted(signal)) return
      breath = performance.now()
    }
  }

  /** Worst first, with the losses at full links; of those that were not found before an interruption, without. */
  get worst(): readonly JudgedSet[] {
    return this.#worst
  }

  async #thinned(kept: readonly JudgedSet[], { signal }: Watch): Promise<readonly JudgedSet[]> {
    if (this.#thinsAll) return kept
    const pace = new Pace(signal === undefined ? {} : { signal })
    const sets = [...kept]
    for (const [i, set] of sets.entries()) {
      if (isAborted(signal)) break
      const judged = await pace.take(this.#judgedSteps(set))
      if (!isAborted(signal)) sets[i] = judged
    }
    return sortWorstFirst(sets)
  }

  namesOf(members: readonly number[]): string[] {
    return this.partsOf(members).map(({ name }) => name)
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

  #judged(set: FailureSet): JudgedSet {
    return { ...set, outcome: this.evaluator.outcome(this.partsOf(set.members), this.#thinsAll) }
  }

  *#judgedSteps(set: FailureSet): Steps<JudgedSet> {
    return { ...set, outcome: yield* this.evaluator.outcomeSteps(this.partsOf(set.members)) }
  }

  /** What is down in a set. */
  partsOf(members: readonly number[]): Part[] {
    return [...this.#down, ...members.map((member) => this.#parts[member]!)]
  }

  #newRanking(keyOf?: (members: readonly number[]) => string): Ranking {
    return new Ranking(
      this.#subject.judge.criteria.length,
      this.before,
      { top: this.#top, size: this.#size },
      keyOf,
    )
  }

  /** Undefined where nothing is alike, or where it takes too many searches. */
  async #setsBySymmetry(watch: Watch): Promise<FailureSet[] | undefined> {
    if (this.#size === 0) return undefined
    const orbits = new PartOrbits(this.#subject.symmetry(this.#down, this.#parts), this.#parts)
    if (orbits.orbits.length === this.#parts.length) return undefined
    const sets: FailureSet[] = []
    for (let size = 1; size <= this.#size; size++) {
      const isTooMany = this.#sets > COMPUTED_MAX
      if (orbits.searchesFor(size) > (isTooMany ? SEARCHES_TOO_MANY_MAX : SEARCHES_MAX)) return undefined
      if (!(await this.#search(orbits.prepare(size), watch))) break
      for (const set of orbits.sets(size)) sets.push(set)
    }
    this.ranking = this.#newRanking((members) => orbits.keyOf(members))
    return sets
  }

  /** False where it is interrupted. */
  async #search(searches: Iterable<void>, { signal, onProgress }: Watch): Promise<boolean> {
    for (const _ of searches) {
      onProgress?.({ done: 0, sets: this.#sets })
      await new Promise((resolve) => setImmediate(resolve))
      if (isAborted(signal)) return false
    }
    return true
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

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

function countSets(parts: number, size: number): number {
  let sets = 0
  for (let k = 1; k <= size; k++) sets += binomial(parts, k)
  return sets
}
