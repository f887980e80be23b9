import { widenBytes, widenFloats, widenInts } from './columns.ts'
import { IndexedHeap } from './indexed-heap.ts'
import { LevelSearch } from './level-search.ts'
import { LoadCheck } from './load-check.ts'
import * as table from './sharing-table.ts'
import type { SharingTable } from './sharing-table.ts'
import * as tolerance from './tolerance.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CEILING, FROZEN, LOOSE, RESTING, RETIRED, SETTLED } = table
const { TOLERANCE } = tolerance

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
  /** Resources met, once in each sweep. */
  touchedCount = 0
  /** Whether room may be reserved anywhere. */
  hasReservations = false
  /** Resources that came to be full although room is reserved there, and those full with `crowdMin` members or more. */
  conflicts: number[] = []
  filled: number[] = []
  /** Resources let go, reached or evaluated again. */
  rounds = 0

  readonly #table: SharingTable
  readonly #crowdMin: number
  readonly #check: LoadCheck
  readonly #search: LevelSearch
  /** Touched resources by the level at which they next have something to do. */
  readonly #heap = new IndexedHeap()
  /** The level that a resource is going to have, as far as the pass knows. */
  #candidate = new Float64Array(ROWS_MIN)
  #phase = new Uint8Array(ROWS_MIN)
  /** Resources in the sweep, each once. */
  #swept = new Int32Array(ROWS_MIN)
  #sweptCount = 0
  /** Whether a flow came to rest below what the candidate was made from: it can only rise. */
  #isStale = new Uint8Array(ROWS_MIN)
  /** Resources to be evaluated before the pass goes on. */
  #dirty = new Int32Array(ROWS_MIN)
  #dirtyCount = 0
  #isDirty = new Uint8Array(ROWS_MIN)
  /** The level up to which everything is final. */
  #reached = 0

  constructor(sharingTable: SharingTable, crowdMin: number) {
    this.#crowdMin = crowdMin
    this.#table = sharingTable
    this.#check = new LoadCheck(sharingTable)
    this.#search = new LevelSearch(sharingTable)
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

  /** Starts a pass; then `admit` flows, then `run`. */
  begin(): void {
    this.visitedCount = 0
    this.touchedCount = 0
    this.rounds = 0
    if (this.conflicts.length > 0) this.conflicts = []
    if (this.filled.length > 0) this.filled = []
  }

  /** Starts from a flow that is new, or that asks for something else. */
  admit(flow: number): void {
    const { ceiling, cost, crossed, pathLength, pathStart, state, weight } = this.#table
    const rate = weight[flow]! * ceiling[flow]!
    if (state[flow] !== RESTING) this.visited[this.visitedCount++] = flow
    this.#loosen(flow)
    const start = pathStart[flow]!
    const end = start + pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) {
      const resource = crossed[crossing]!
      // what is full may have more to give than before
      if (this.#check.mayFill(resource, cost[crossing]! * rate) || this.level[resource]! < INFINITE)
        this.mark(resource)
    }
  }

  /** Sweeps, and again as long as that leaves resources over their capacity. */
  run(): void {
    const check = this.#check
    const { state } = this.#table
    for (;;) {
      this.#sweep()
      check.enter(this.visited, this.visitedCount, this.level)
      for (let i = 0; i < this.visitedCount; i++) {
        const flow = this.visited[i]!
        if (state[flow] !== RETIRED) state[flow] = RESTING
      }
      if (check.overloadedCount === 0) break
      for (let i = 0; i < check.overloadedCount; i++) this.mark(check.overloaded[i]!)
    }
    check.clear()
  }

  #sweep(): void {
    const heap = this.#heap
    this.#reached = 0
    for (;;) {
      this.#evaluateDirty()
      if (heap.size === 0) break
      const resource = heap.items[0]!
      const next = heap.keys[resource]!
      if (next === INFINITE) break
      this.#reached = next
      this.rounds++
      if (this.#isStale[resource] === 1) this.mark(resource)
      else if (this.#phase[resource] === HELD && this.level[resource]! < this.#candidate[resource]!) {
        this.#release(resource)
      } else this.#fill(resource)
    }
    heap.size = 0
    for (let i = 0; i < this.#sweptCount; i++) {
      const resource = this.#swept[i]!
      if (this.#phase[resource] !== DONE) this.level[resource] = INFINITE
      this.#phase[resource] = UNTOUCHED
    }
    this.touchedCount += this.#sweptCount
    this.#sweptCount = 0
  }

  /** Expects the flow at its ceiling until something holds it. */
  #loosen(flow: number): void {
    const { bottleneck, ceiling, crossed, level, pathLength, pathStart, state } = this.#table
    const { isIncluded } = this.#check
    state[flow] = LOOSE
    level[flow] = ceiling[flow]!
    bottleneck[flow] = CEILING
    const start = pathStart[flow]!
    const end = start + pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) {
      const resource = crossed[crossing]!
      const phase = this.#phase[resource]!
      if (phase === DONE) continue
      // what was not full is thought not to be, until its load says otherwise
      const isLeftOut = phase === UNTOUCHED && this.level[resource] === INFINITE
      if (isLeftOut && isIncluded[resource] === 0) continue
      this.mark(resource)
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
    this.#swept[this.#sweptCount++] = resource
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
      keys[resource] = next
      heap.move(resource)
    } else if (next < INFINITE) {
      keys[resource] = next
      heap.add(resource)
    }
  }

  #release(resource: number): void {
    const { bottleneck, memberCount, memberFlow, memberStart, state } = this.#table
    this.#phase[resource] = RELEASED
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    for (let member = start; member < end; member++) {
      const flow = memberFlow[member]!
      if (bottleneck[flow] !== resource) continue
      if (state[flow] === SETTLED) this.#visit(flow)
      this.#loosen(flow)
    }
    this.mark(resource)
  }

  #fill(resource: number): void {
    const { bottleneck, level, memberCount, memberFlow, memberStart, reserved, state } = this.#table
    const filled = this.#candidate[resource]!
    const isAsBefore = filled === this.level[resource]
    this.#heap.remove(resource)
    this.#phase[resource] = DONE
    this.level[resource] = filled
    if (this.hasReservations && reserved[resource]! > 0) this.conflicts.push(resource)
    if (memberCount[resource]! >= this.#crowdMin) this.filled.push(resource)
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    for (let member = start; member < end; member++) {
      const flow = memberFlow[member]!
      // what it held already stays, be it as before; what is lower is held elsewhere
      if (bottleneck[flow] === resource ? isAsBefore : level[flow]! < filled) continue
      if (state[flow] === FROZEN) continue
      const isEased = level[flow]! > filled
      if (state[flow] === SETTLED) this.#visit(flow)
      state[flow] = FROZEN
      level[flow] = filled
      bottleneck[flow] = resource
      if (isEased) this.#ease(flow)
    }
  }

  #visit(flow: number): void {
    this.#table.levelBefore[flow] = this.#table.level[flow]!
    this.visited[this.visitedCount++] = flow
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

  #evaluate(resource: number): void {
    const search = this.#search
    const old = this.level[resource]!
    search.level = old
    search.find(resource, this.#phase[resource] === HELD)
    const found = search.level
    const candidate = Math.abs(found - old) <= TOLERANCE * Math.min(found, old) ? old : found
    // never below what is final, not by rounding either
    this.#candidate[resource] = Math.max(candidate, this.#reached)
  }

  #growResources(): void {
    const rows = this.level.length * 2
    this.level = widenFloats(this.level, rows)
    this.#swept = widenInts(this.#swept, rows)
    this.#candidate = widenFloats(this.#candidate, rows)
    this.#phase = widenBytes(this.#phase, rows)
    this.#isStale = widenBytes(this.#isStale, rows)
    this.#dirty = widenInts(this.#dirty, rows)
    this.#isDirty = widenBytes(this.#isDirty, rows)
    this.#heap.reserve(rows)
    this.#check.reserveResources(rows)
  }
}
