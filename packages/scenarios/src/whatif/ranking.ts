import { compareOutcomes, lostBps, type Outcome } from './outcome.ts'
import { compareMembers, type JudgedSet, sortWorstFirst } from './sweep.ts'

/** A minimal set: it breaks a criterion, and no smaller set within it does. */
export interface MinimalSet {
  readonly members: readonly number[]
  readonly count: number
  /** Indices of the criteria for which it is minimal. */
  readonly criteria: readonly number[]
}

/** What a ranking found, as plain data. */
export interface RankingSnapshot {
  readonly sets: number
  readonly computed: number
  readonly losing: number
  readonly overLimit: number
  readonly breaking: Float64Array
  readonly minimalSets: Float64Array
  readonly minimal: readonly MinimalSet[]
  readonly worst: readonly JudgedSet[]
}

/** Keeps the worst of many sets, counts the others, and finds those that are minimal. */
export class Ranking {
  sets = 0
  computed = 0
  /** Sets that lose demand, and that load a link beyond its limit. */
  losing = 0
  overLimit = 0
  /** Sets that break each criterion. */
  readonly breaking: Float64Array
  /** Minimal sets for each criterion, more of them than are kept. */
  readonly minimalSets: Float64Array
  readonly #minimal: MinimalSet[] = []
  readonly #kept: JudgedSet[] = []
  /** The best of those kept, once there are enough. */
  #floor: Outcome | undefined
  readonly #top: number
  /** Members of the largest sets. */
  readonly #size: number
  readonly #baseline: ReadonlySet<number>
  /** Criteria that sets break, by their members; the same for sets that symmetry makes alike. */
  readonly #broken = new Map<string, readonly number[]>()
  readonly #keyOf: (members: readonly number[]) => string

  constructor(
    criteria: number,
    baseline: Outcome,
    { top, size }: { readonly top: number; readonly size: number },
    keyOf: (members: readonly number[]) => string = (members) => members.join(),
  ) {
    this.breaking = new Float64Array(criteria)
    this.minimalSets = new Float64Array(criteria)
    this.#baseline = new Set(baseline.broken)
    this.#top = top
    this.#size = size
    this.#keyOf = keyOf
  }

  /** Sets come in order of size. */
  add(judged: JudgedSet): void {
    const { count, outcome } = judged
    this.sets += count
    this.computed++
    if (lostBps(outcome) > 0) this.losing += count
    if (outcome.overLimit > 0) this.overLimit += count
    for (const criterion of outcome.broken) this.breaking[criterion]! += count
    if (outcome.broken.length > 0) this.#findMinimal(judged)
    // most sets of a large sweep are better than all that are kept
    if (this.#floor !== undefined && compareOutcomes(outcome, this.#floor) > 0) return
    this.#kept.push(judged)
    if (this.#kept.length >= 2 * this.#top + 100) this.#prune()
  }

  /** The first of them, in order of size, then of parts. */
  get minimal(): readonly MinimalSet[] {
    this.#pruneMinimal()
    return this.#minimal
  }

  worst(): readonly JudgedSet[] {
    this.#prune()
    return this.#kept
  }

  /** Takes notice of what a set breaks without counting it: somebody else does. */
  note({ members, outcome }: JudgedSet): void {
    if (outcome.broken.length > 0 && members.length < this.#size)
      this.#broken.set(this.#keyOf(members), outcome.broken)
  }

  snapshot(): RankingSnapshot {
    const { sets, computed, losing, overLimit, breaking, minimalSets, minimal } = this
    return { sets, computed, losing, overLimit, breaking, minimalSets, minimal, worst: this.worst() }
  }

  /** Adds what another ranking of the same question found, of other sets. */
  absorb({
    sets,
    computed,
    losing,
    overLimit,
    breaking,
    minimalSets,
    minimal,
    worst,
  }: RankingSnapshot): void {
    this.sets += sets
    this.computed += computed
    this.losing += losing
    this.overLimit += overLimit
    breaking.forEach((count, criterion) => {
      this.breaking[criterion]! += count
      this.minimalSets[criterion]! += minimalSets[criterion]!
    })
    // each has the first of its own sets: the first of all are among them
    this.#minimal.push(...minimal)
    this.#kept.push(...worst)
  }

  #prune(): void {
    sortWorstFirst(this.#kept)
    if (this.#kept.length < this.#top) return
    this.#kept.length = this.#top
    this.#floor = this.#kept[this.#top - 1]!.outcome
  }

  #pruneMinimal(): void {
    this.#minimal.sort((a, b) => compareMembers(a.members, b.members))
    this.#minimal.length = Math.min(this.#minimal.length, this.#top)
  }

  #findMinimal({ members, count, outcome }: JudgedSet): void {
    this.note({ members, count, outcome })
    const criteria = outcome.broken.filter(
      (criterion) =>
        !this.#baseline.has(criterion) &&
        !properSubsets(members).some((subset) => this.#broken.get(this.#keyOf(subset))?.includes(criterion)),
    )
    if (criteria.length === 0) return
    for (const criterion of criteria) this.minimalSets[criterion]! += count
    this.#minimal.push({ members, count, criteria })
    if (this.#minimal.length >= 2 * this.#top + 100) this.#pruneMinimal()
  }
}

/** The empty one among them, which stands for what is down in every set. */
function properSubsets(members: readonly number[]): number[][] {
  const subsets: number[][] = []
  for (let chosen = 0; chosen < 2 ** members.length - 1; chosen++)
    subsets.push(members.filter((_, i) => (chosen >> i) & 1))
  return subsets
}
