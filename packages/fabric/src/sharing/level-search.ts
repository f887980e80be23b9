import type { SharingTable } from './sharing-table.ts'
import * as tolerance from './tolerance.ts'

// a local copy, see level-pass.ts
const { TOLERANCE } = tolerance

const INFINITE = Number.POSITIVE_INFINITY

/** Finds the level at which a resource is full. */
export class LevelSearch {
  /** The old level before `find`, and the new one behind it; a field, so that no double is passed. */
  level = 0
  readonly #table: SharingTable

  constructor(table: SharingTable) {
    this.#table = table
  }

  /**
   * From what is expected of the resource's flows: the level at which a concave, piecewise linear load meets the
   * capacity, by Newton's method. Its second and later guesses are too low or right, so that it rises from kink to kink
   * and ends. While the resource holds its flows at the old level, that it will be higher is all there is to know.
   */
  find(resource: number, isHeld: boolean): void {
    const { level, memberCount, memberFlow, memberShare, memberStart } = this.#table
    const capacity = this.#table.room[resource]!
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    const old = this.level
    let guess = old
    let isRising = false
    this.level = INFINITE
    for (;;) {
      let loadBelow = 0
      let sharesBelow = 0
      let sharesAbove = 0
      let highestBelow = 0
      let lowestAbove = INFINITE
      for (let member = start; member < end; member++) {
        const share = memberShare[member]!
        const expected = level[memberFlow[member]!]!
        if (expected < guess) {
          loadBelow += share * expected
          sharesBelow += share
          if (expected > highestBelow) highestBelow = expected
        } else {
          sharesAbove += share
          if (expected < lowestAbove) lowestAbove = expected
        }
      }
      if (sharesAbove === 0) {
        if (isRising || loadBelow <= capacity * (1 + TOLERANCE)) return
        guess = capacity / sharesBelow
      } else {
        const next = (capacity - loadBelow) / sharesAbove
        if (
          Math.abs(next - guess) <= TOLERANCE * guess ||
          (next <= lowestAbove && (isRising || next >= highestBelow))
        ) {
          this.level = next
          return
        }
        if (isHeld && next > old) return
        // both computed at every turn: a branch that is first taken late would have all this compiled again
        const least = capacity / (sharesBelow + sharesAbove)
        const raised = Math.max(next, least)
        guess = next < guess ? raised : next
      }
      isRising = true
    }
  }
}
