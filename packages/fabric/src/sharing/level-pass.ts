import { widenBytes, widenFloats, widenInts } from './columns.ts'
import { IndexedHeap } from './indexed-heap.ts'
import * as table from './sharing-table.ts'
import type { SharingTable } from './sharing-table.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CEILING, FROZEN, LOOSE, SETTLED } = table

/**
 * The one tolerance of the solver. Two levels whose relative difference is smaller are the same level, and a load that
 * passes a capacity by less fits: above the rounding of sums of some ten terms, far below what anybody asks of a rate.
 */
const TOLERANCE = 1e-14

const INFINITE = Number.POSITIVE_INFINITY
const ROWS_MIN = 64

// How far a resource is in the pass: not met yet, met, its flows let go at its old level, at its new level.
const UNTOUCHED = 0
const HELD = 1
const RELEASED = 2
const DONE = 3

/**
 * One sweep over the levels in ascending order, from an allocation that was max-min fair before some changes to the one
 * that is now. It meets those resources and flows alone whose level may differ; below the level that it has reached
 * everything is final.
 *
 * A resource's level is where it is full: the sum over its flows of share times min(flow's level elsewhere, level) is
 * its capacity. Each flow is *expected* at some level: where it was, until the sweep says otherwise, or at its ceiling
 * once it has been let go. What changes an expectation makes the candidates of the resources on its path anew. Three
 * things happen at a level, in the order of a heap:
 *
 * - a resource whose candidate may have risen is evaluated again (`stale`),
 * - a resource that is going to be higher than it was lets go of the flows it held, at its old level,
 * - a resource's candidate is reached: it holds, from now on, all its flows that are expected at or above it.
 *
 * Where a resource comes out as it was, its flows are not met, and the change goes no further.
 */
export class LevelPass {
  /** Level of each resource: the one at which it is full and holds its flows; Infinity where it is not full. */
  level = new Float64Array(ROWS_MIN)
  /** Flows in the pass, each once: those let go and those that came to rest. */
  visited = new Int32Array(ROWS_MIN)
  visitedCount = 0
  /** Resources in the pass, each once. */
  touched = new Int32Array(ROWS_MIN)
  touchedCount = 0
  /** Resources let go, reached or evaluated again. */
  rounds = 0

  readonly #table: SharingTable
  /** Touched resources by the level at which they next have something to do. */
  readonly #heap = new IndexedHeap()
  /** The level that a resource is going to have, as far as the pass knows. */
  #candidate = new Float64Array(ROWS_MIN)
  #phase = new Uint8Array(ROWS_MIN)
  /** Whether a flow came to rest below what the candidate was made from: it can only rise. */
  #isStale = new Uint8Array(ROWS_MIN)
  /** Resources to be evaluated before the pass goes on. */
  #dirty = new Int32Array(ROWS_MIN)
  #dirtyCount = 0
  #isDirty = new Uint8Array(ROWS_MIN)
  /** The level up to which everything is final. */
  #reached = 0

  constructor(sharingTable: SharingTable) {
    this.#table = sharingTable
  }

  /** A new resource, which nothing crosses. */
  add(resource: number): void {
    if (resource >= this.level.length) this.#growResources()
    this.level[resource] = INFINITE
  }

  /** Room for as many flows. */
  reserveFlows(rows: number): void {
    if (rows > this.visited.length) this.visited = widenInts(this.visited, rows)
  }

  /** Something changed at the resource: the next pass starts from it. */
  mark(resource: number): void {
    if (this.#isDirty[resource] === 1) return
    this.#isDirty[resource] = 1
    this.#dirty[this.#dirtyCount++] = resource
  }

  /** Starts a pass; then `loosen` flows, then `run`. */
  begin(): void {
    this.visitedCount = 0
    this.touchedCount = 0
    this.rounds = 0
    this.#reached = 0
  }

  /** Expects the flow at its ceiling until something holds it. */
  loosen(flow: number): void {
    const { bottleneck, ceiling, crossed, level, pathLength, pathStart, state } = this.#table
    state[flow] = LOOSE
    level[flow] = ceiling[flow]!
    bottleneck[flow] = CEILING
    this.visited[this.visitedCount++] = flow
    const start = pathStart[flow]!
    const end = start + pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) {
      const resource = crossed[crossing]!
      if (this.#phase[resource] !== DONE) this.mark(resource)
    }
  }

  run(): void {
    const heap = this.#heap
    this.#evaluateDirty()
    while (heap.size > 0) {
      const resource = heap.items[0]!
      const next = heap.keys[resource]!
      if (next === INFINITE) break
      this.#reached = next
      this.rounds++
      if (this.#isStale[resource] === 1) this.#refresh(resource)
      else if (this.#phase[resource] === HELD && this.level[resource]! < this.#candidate[resource]!) {
        this.#release(resource)
      } else this.#fill(resource)
    }
    heap.size = 0
    for (let i = 0; i < this.touchedCount; i++) {
      const resource = this.touched[i]!
      if (this.#phase[resource] !== DONE) this.level[resource] = INFINITE
      this.#phase[resource] = UNTOUCHED
    }
  }

  #evaluateDirty(): void {
    for (let i = 0; i < this.#dirtyCount; i++) {
      const resource = this.#dirty[i]!
      this.#isDirty[resource] = 0
      if (this.#phase[resource] === DONE) continue
      if (this.#phase[resource] === UNTOUCHED) this.#touch(resource)
      this.#refresh(resource)
    }
    this.#dirtyCount = 0
  }

  #touch(resource: number): void {
    this.#phase[resource] = this.level[resource]! < INFINITE ? HELD : RELEASED
    this.touched[this.touchedCount++] = resource
  }

  #refresh(resource: number): void {
    this.#isStale[resource] = 0
    this.#evaluate(resource)
    this.#enqueue(resource)
  }

  /** A resource at its old level has its flows to let go, if the candidate is higher; else the candidate to reach. */
  #enqueue(resource: number): void {
    const heap = this.#heap
    const { keys } = heap
    const candidate = this.#candidate[resource]!
    const old = this.level[resource]!
    const next = this.#phase[resource] === HELD && old < candidate ? old : candidate
    if (heap.has(resource)) {
      const isLower = next < keys[resource]!
      keys[resource] = next
      if (isLower) heap.rise(resource)
      else heap.sink(resource)
    } else if (next < INFINITE) {
      keys[resource] = next
      heap.add(resource)
    }
  }

  #release(resource: number): void {
    const { bottleneck, level, levelBefore, memberCount, memberFlow, memberStart } = this.#table
    this.#phase[resource] = RELEASED
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    for (let member = start; member < end; member++) {
      const flow = memberFlow[member]!
      if (bottleneck[flow] !== resource) continue
      levelBefore[flow] = level[flow]!
      this.loosen(flow)
    }
    this.mark(resource)
    this.#evaluateDirty()
  }

  #fill(resource: number): void {
    const { bottleneck, level, levelBefore, memberCount, memberFlow, memberStart, state } = this.#table
    const filled = this.#candidate[resource]!
    const isAsBefore = filled === this.level[resource]
    this.#heap.remove(resource)
    this.#phase[resource] = DONE
    this.level[resource] = filled
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    for (let member = start; member < end; member++) {
      const flow = memberFlow[member]!
      // what it held already stays, be it as before; what is lower is held elsewhere
      if (bottleneck[flow] === resource ? isAsBefore : level[flow]! < filled) continue
      if (state[flow] === FROZEN) continue
      const isEased = level[flow]! > filled
      if (state[flow] === SETTLED) {
        levelBefore[flow] = level[flow]!
        this.visited[this.visitedCount++] = flow
      }
      state[flow] = FROZEN
      level[flow] = filled
      bottleneck[flow] = resource
      if (isEased) this.#ease(flow)
    }
  }

  /** A flow came to rest below its expectation: the other resources on its path have more to give. */
  #ease(flow: number): void {
    const { crossed, pathLength, pathStart } = this.#table
    const start = pathStart[flow]!
    const end = start + pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) {
      const resource = crossed[crossing]!
      const phase = this.#phase[resource]!
      if (phase === DONE) continue
      if (phase === UNTOUCHED) {
        if (this.level[resource] === INFINITE) continue
        this.#touch(resource)
        this.#candidate[resource] = this.level[resource]!
        this.#enqueue(resource)
      }
      this.#isStale[resource] = 1
    }
  }

  /**
   * The candidate, from what is expected of the flows: the level at which a concave, piecewise linear load meets the
   * capacity, by Newton's method. Its second and later guesses are too low or right, so that it rises from kink to kink
   * and ends. While the resource holds its flows at the old level, that it will be higher is all there is to know.
   */
  #evaluate(resource: number): void {
    const { level, memberCount, memberFlow, memberShare, memberStart } = this.#table
    const capacity = this.#table.capacity[resource]!
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    const old = this.level[resource]!
    const isHeld = this.#phase[resource] === HELD
    let guess = old
    let isRising = false
    let candidate = INFINITE
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
        if (isRising || loadBelow <= capacity * (1 + TOLERANCE)) break
        guess = capacity / sharesBelow
      } else {
        const next = (capacity - loadBelow) / sharesAbove
        if (
          Math.abs(next - guess) <= TOLERANCE * guess ||
          (next <= lowestAbove && (isRising || next >= highestBelow))
        ) {
          candidate = next
          break
        }
        if (isHeld && next > old) break
        guess = next < guess ? Math.max(next, capacity / (sharesBelow + sharesAbove)) : next
      }
      isRising = true
    }
    if (Math.abs(candidate - old) <= TOLERANCE * Math.min(candidate, old)) candidate = old
    // never below what is final, not by rounding either
    this.#candidate[resource] = Math.max(candidate, this.#reached)
  }

  #growResources(): void {
    const rows = this.level.length * 2
    this.level = widenFloats(this.level, rows)
    this.touched = widenInts(this.touched, rows)
    this.#candidate = widenFloats(this.#candidate, rows)
    this.#phase = widenBytes(this.#phase, rows)
    this.#isStale = widenBytes(this.#isStale, rows)
    this.#dirty = widenInts(this.#dirty, rows)
    this.#isDirty = widenBytes(this.#isDirty, rows)
    this.#heap.reserve(rows)
  }
}
