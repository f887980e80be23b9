import { ConfigError } from '@weft/core'
import type { WhatIfAnswer } from './answer.ts'
import { atOnce, Pace, type PlanProgress, type Steps } from '../planning/pace.ts'
import { type Evaluator, evaluatorOf } from './evaluator.ts'
import { countSets, everySet, type FailureSet } from './failure-sets.ts'
import type { Outcome } from './outcome.ts'
import { PartOrbits } from './part-orbits.ts'
import type { Part } from './parts.ts'
import type { Question, ShareRunner, WhatIfProgress } from './question.ts'
import { Ranking, type RankingSnapshot } from './ranking.ts'
import { parsePartsOf, type Subject } from './subject.ts'
import { allSets, type JudgedSet, sortWorstFirst } from './sweep.ts'

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
export function* normalSteps(subject: Subject): Steps<Normal> {
  const evaluator = evaluatorOf(subject)
  return { evaluator, before: yield* evaluator.outcomeSteps([]) }
}

export const TOP_DEFAULT = 100
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

/** All sets of a question: the parts that are down in each, and up to `size` of the others. */
export class SetSweep {
  readonly evaluator: Evaluator
  readonly before: Outcome
  /** What fails besides that which is down in every set: members of sets are their indices. */
  readonly parts: readonly Part[]
  /** All sets of the question. */
  readonly sets: number
  /** Parts of the largest sets. */
  readonly size: number
  ranking: Ranking
  #worst: readonly JudgedSet[] = []
  readonly #subject: Subject
  readonly #question: Question
  readonly #down: readonly Part[]
  readonly #top: number
  #thinsAll = true
  #isInterrupted = false
  #keyOf: ((members: readonly number[]) => string) | undefined
  #onJudged: ((judged: JudgedSet) => void) | undefined

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
    this.parts = others.filter((part) => !this.#down.includes(part))
    this.size = Math.min(any, this.parts.length)
    if (this.size + this.#down.length >= 2) this.evaluator.prepare([...this.#down, ...this.parts])
    this.#top = top
    this.sets = countSets(this.parts.length, this.size) + (this.#down.length > 0 ? 1 : 0)
    this.ranking = this.#newRanking()
  }

  async run({ symmetry = true, helper, onAlone, ...watch }: SweepOptions): Promise<void> {
    const pace = this.#paceOf(watch)
    const sets = symmetry ? await pace.take(this.#symmetrySteps()) : undefined
    const planned = this.#plan(sets)
    const isShared = sets === undefined && this.size === SHARED_SIZE && planned >= SHARED_MIN
    if (helper === undefined || !isShared) await pace.take(this.#judgeSteps(this.#allOf(sets)))
    else {
      await pace.take(this.#judgeSteps(this.#downAlone()))
      await this.#runShared(helper, watch, onAlone)
    }
    await pace.take(this.#finishSteps())
  }

  /** All of it here, step by step; `onJudged` is told every set that is computed. */
  *steps(symmetry: boolean, onJudged: (judged: JudgedSet) => void): Steps<void> {
    this.#onJudged = onJudged
    const sets = symmetry ? yield* this.#symmetrySteps() : undefined
    this.#plan(sets)
    yield* this.#judgeSteps(this.#allOf(sets))
    yield* this.#finishSteps()
  }

  /** How many sets are computed. Throws ConfigError where they are too many. */
  #plan(sets: readonly FailureSet[] | undefined): number {
    const planned = sets?.length ?? this.sets
    this.#checkFeasible(planned)
    this.#thinsAll = planned <= THINNED_MAX
    return planned
  }

  *#downAlone(): Generator<FailureSet> {
    if (this.#down.length > 0) yield { members: [], count: 1 }
  }

  *#allOf(sets: readonly FailureSet[] | undefined): Generator<FailureSet> {
    yield* this.#downAlone()
    yield* sets ?? allSets(this.parts, this.size, undefined)
  }

  #paceOf({ signal, onProgress }: Watch): Pace {
    return new Pace({
      ...(signal !== undefined && { signal }),
      onProgress: () => onProgress?.({ done: this.ranking.sets, sets: this.sets }),
    })
  }

  /** Every second pair is computed elsewhere, all else here; here too where that does not work. */
  async #runShared(helper: ShareRunner, watch: Watch, onAlone?: (reason: string) => void): Promise<void> {
    let away = 0
    const { scenario, demand } = this.#subject
    // whoever does a share looks at the network alone
    const network = { ...scenario, clusters: [], controllers: [] }
    const task = { scenario: network, demand, question: this.#question }
    const count = (sets: number) => {
      away = sets
    }
    const found = helper(task, count, watch.signal).catch((error: unknown) => {
      away = 0
      if (watch.signal?.aborted !== true) onAlone?.(error instanceof Error ? error.message : String(error))
      return undefined
    })
    const onProgress = ({ done, sets }: WhatIfProgress) => watch.onProgress?.({ done: done + away, sets })
    await this.#paceOf(watch).take(this.#judgeSteps(everySet(this.parts.length, 1)))
    await this.#paceOf({ ...watch, onProgress }).take(this.#judgeSteps(this.#pairsOf(0)))
    const snapshot = await found
    if (snapshot !== undefined) this.ranking.absorb(snapshot)
    else await this.#paceOf(watch).take(this.#judgeSteps(this.#pairsOf(1)))
  }

  /** The part of the task that is not done by whoever gave it. */
  async runShare(watch: Watch = {}): Promise<RankingSnapshot> {
    this.#thinsAll = false
    this.ranking.note(this.#judged({ members: [], count: 1 }))
    for (const set of everySet(this.parts.length, 1)) this.ranking.note(this.#judged(set))
    await this.#paceOf(watch).take(this.#judgeSteps(this.#pairsOf(1)))
    return this.ranking.snapshot()
  }

  *#pairsOf(parity: 0 | 1): Generator<FailureSet> {
    let i = 0
    for (const set of everySet(this.parts.length, SHARED_SIZE)) if ((i++ & 1) === parity) yield set
  }

  *#judgeSteps(sets: Iterable<FailureSet>): Steps<void> {
    for (const set of sets) {
      if (this.#isInterrupted || !(yield this.#progress())) {
        this.#isInterrupted = true
        return
      }
      const judged = this.#thinsAll ? yield* this.#judgedSteps(set) : this.#judged(set)
      if (this.#thinsAll && isCutShort(judged)) {
        // amid its losses it was not judged
        this.#isInterrupted = true
        return
      }
      this.ranking.add(judged)
      this.#onJudged?.(judged)
    }
  }

  #progress(): PlanProgress {
    return { step: 'failure sets', done: this.ranking.sets, of: this.sets }
  }

  /** Worst first, with the losses at full links; of those that were not found before an interruption, without. */
  get worst(): readonly JudgedSet[] {
    return this.#worst
  }

  /** Whether it ended before all sets were covered, or before the losses of those listed were found. */
  get isPartial(): boolean {
    return this.#isInterrupted || this.ranking.sets < this.sets
  }

  *#finishSteps(): Steps<void> {
    const sets = [...this.ranking.worst()]
    if (!this.#thinsAll)
      for (const [i, set] of sets.entries()) {
        if (this.#isInterrupted || !(yield this.#progress())) break
        const judged = yield* this.#judgedSteps(set)
        if (isCutShort(judged)) break
        sets[i] = judged
      }
    this.#worst = this.#thinsAll ? sets : sortWorstFirst(sets)
    // heard here too where the last set came before it
    if (!(yield this.#progress())) this.#isInterrupted = true
  }

  /** The same for all sets that symmetry makes alike; undefined where every set is computed. */
  get keyOf(): ((members: readonly number[]) => string) | undefined {
    return this.#keyOf
  }

  namesOf(members: readonly number[]): string[] {
    return this.partsOf(members).map(({ name }) => name)
  }

  coverage(): WhatIfAnswer['coverage'] {
    const { sets: covered, computed } = this.ranking
    return {
      sets: this.sets,
      covered,
      computed,
      method:
        computed === covered ? 'every set computed' : 'one set of each orbit of checked symmetries computed',
      thinning: this.#thinsAll ? 'of every set' : 'of listed sets',
      partial: this.isPartial,
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
    return [...this.#down, ...members.map((member) => this.parts[member]!)]
  }

  #newRanking(keyOf?: (members: readonly number[]) => string): Ranking {
    return new Ranking(
      this.#subject.judge.criteria.length,
      this.before,
      { top: this.#top, size: this.size },
      keyOf,
    )
  }

  /** Undefined where nothing is alike, or where it takes too many searches. */
  *#symmetrySteps(): Steps<FailureSet[] | undefined> {
    if (this.size === 0) return undefined
    const orbits = new PartOrbits(this.#subject.symmetry(this.#down, this.parts), this.parts)
    if (orbits.orbits.length === this.parts.length) return undefined
    const sets: FailureSet[] = []
    for (let size = 1; size <= this.size; size++) {
      const isTooMany = this.sets > COMPUTED_MAX
      if (orbits.searchesFor(size) > (isTooMany ? SEARCHES_TOO_MANY_MAX : SEARCHES_MAX)) return undefined
      for (const _ of orbits.prepare(size)) {
        if (yield this.#progress()) continue
        this.#isInterrupted = true
        break
      }
      if (this.#isInterrupted) break
      for (const set of orbits.sets(size)) sets.push(set)
    }
    this.#keyOf = (members) => orbits.keyOf(members)
    this.ranking = this.#newRanking(this.#keyOf)
    return sets
  }

  #checkFeasible(planned: number): void {
    if (planned <= COMPUTED_MAX) return
    const from = performance.now()
    this.evaluator.outcome(this.parts.slice(0, this.size), false)
    const hours = (planned * (performance.now() - from)) / 3_600_000
    const message =
      `up to ${this.size} of ${this.parts.length} parts make ${planned.toLocaleString('en')} sets, about ` +
      `${Math.ceil(hours).toLocaleString('en')} hours here; at most ${COMPUTED_MAX.toLocaleString('en')} are computed, so let fewer fail, or of fewer parts, such as one tier`
    throw new ConfigError([{ path: ['any'], message }])
  }
}

/** Interrupted amid its losses. */
const isCutShort = ({ outcome }: JudgedSet): boolean => outcome.thinnedBps === undefined
