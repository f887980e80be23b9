import { binomial } from '../whatif/failure-sets.ts'
import type { Outcome } from '../whatif/outcome.ts'
import type { SetSweep } from '../whatif/set-sweep.ts'
import type { JudgedSet } from '../whatif/sweep.ts'

/** What is kept of a set: `thinnedBps` is NaN where it was not computed. */
export type SetNumbers = Pick<Outcome, 'utilization' | 'unreachableBps' | 'excessBps'> & {
  readonly thinnedBps: number
}

const FIELDS = 4
const FIRST = 1024

/** Outcomes of all computed sets of one sweep, as numbers: there may be millions. */
export class SetOutcomes {
  readonly #sweep: SetSweep
  #values = new Float64Array(FIELDS * FIRST)
  #count = 0
  /** Where symmetry makes sets alike: the outcome of each kind. */
  readonly #kinds = new Map<string, number>()
  /** Fullest direction of all. */
  utilization = 0

  constructor(sweep: SetSweep) {
    this.#sweep = sweep
  }

  /** Sets come in the order in which the sweep computes them. */
  add({
    members,
    outcome: { utilization, unreachableBps, thinnedBps = Number.NaN, excessBps },
  }: JudgedSet): void {
    const at = FIELDS * this.#count
    if (at === this.#values.length) {
      const grown = new Float64Array(2 * at)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values.set([utilization, unreachableBps, thinnedBps, excessBps], at)
    this.utilization = Math.max(this.utilization, utilization)
    const key = this.#sweep.keyOf?.(members)
    if (key !== undefined) this.#kinds.set(key, this.#count)
    this.#count++
  }

  /** Of this set, or of one that symmetry makes alike; undefined where an interruption came first. */
  of(members: readonly number[]): SetNumbers | undefined {
    const { keyOf, parts } = this.#sweep
    // without symmetry the sweep takes every set in order
    const row = keyOf === undefined ? rankOf(members, parts.length) : this.#kinds.get(keyOf(members))
    if (row === undefined || row >= this.#count) return undefined
    const [utilization, unreachableBps, thinnedBps, excessBps] = this.#values.subarray(FIELDS * row)
    return {
      utilization: utilization!,
      unreachableBps: unreachableBps!,
      thinnedBps: thinnedBps!,
      excessBps: excessBps!,
    }
  }
}

/** Where a set stands among all of 1, 2, ... of so many parts, those of a size in lexicographic order. */
export function rankOf(members: readonly number[], parts: number): number {
  const size = members.length
  let rank = 0
  for (let smaller = 1; smaller < size; smaller++) rank += binomial(parts, smaller)
  let before = -1
  members.forEach((member, i) => {
    // those that agree up to here and go on with something less
    const left = size - i
    rank += binomial(parts - 1 - before, left) - binomial(parts - member, left)
    before = member
  })
  return rank
}
