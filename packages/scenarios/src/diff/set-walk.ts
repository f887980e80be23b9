import type { PlanProgress } from '../planning/pace.ts'
import { allSets } from '../whatif/sweep.ts'
import type { SweptSide } from './failure-sets.ts'

/** Sets between pauses. */
const BATCH = 256
/** Sets that are still looked at when an interruption has been heard: what both have computed by then is compared. */
const INTERRUPTED_MAX = 100_000

/** Walks all sets of one side, with the same parts on the other; told to end, it soon does. */
export class SetWalk {
  #done = 0
  #of = 0
  #last = Number.POSITIVE_INFINITY

  get isDue(): boolean {
    return this.#done % BATCH === 1
  }

  get progress(): PlanProgress {
    return { step: 'sets compared', done: this.#done, of: this.#of }
  }

  end(): void {
    this.#last = Math.min(this.#last, this.#done + INTERRUPTED_MAX)
  }

  *sets(
    side: SweptSide | null,
    other: SweptSide | null,
  ): Generator<{ readonly members: readonly number[]; readonly there: readonly number[] | undefined }> {
    if (side === null) return
    const { parts, size, sets } = side.sweep
    const places = new Map((other?.sweep.parts ?? []).map(({ name }, place) => [name, place]))
    const moved = parts.map(({ name }) => places.get(name) ?? ABSENT)
    this.#of = this.#done + sets
    for (const { members } of allSets(parts, size, undefined)) {
      if (this.#done >= this.#last) return
      this.#done++
      const there = members.map((member) => moved[member]!)
      yield { members, there: there.includes(ABSENT) ? undefined : there.sort((a, b) => a - b) }
    }
  }
}

/** Of a part that the other side does not have. */
const ABSENT = -1
