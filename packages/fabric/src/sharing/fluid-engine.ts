import { widenFloats, widenInts } from './columns.ts'
import { CrowdClocks } from './crowd-clocks.ts'
import type { FlowSpec } from './flow-spec.ts'
import { IndexedHeap } from './indexed-heap.ts'
import { refuseAmount, refuseTime } from './refusals.ts'
import { type FlowId, SharingSolver } from './sharing-solver.ts'

const ROWS_MIN = 64
const INFINITE = Number.POSITIVE_INFINITY

/** What the row column says of rows that are no flow, and of those that are crowds. */
const NOBODY = -1
const CROWD = -2

/** Answer of `nextFlow` when no flow will ever complete at the present rates. */
export const NO_COMPLETION: FlowId = -1

/**
 * Amounts that drain at the rates of a sharing solver. The caller owns the sequence of events:
 *
 *   set `now`, at most `nextTime`; start and stop flows, change the solver; `settle`; look at `nextTime` again
 *
 * A flow that is due (`nextFlow` at `nextTime`) completes by being stopped. Times and rates are in the caller's units:
 * a rate is an amount per unit of time. What a flow has left is brought up to date only when its rate changes.
 */
export class FluidEngine {
  /** Change caps, weights, paths and capacities here; start and stop flows through the engine. */
  readonly solver: SharingSolver
  /** The present, set by the caller: relative to an origin that `moveOrigin` moves. */
  now = 0
  /** What the next flow to be started has to transfer; a field, so that no double is passed. */
  amount = 0
  /** When the next flow completes, as of the last `settle`; Infinity if none will. */
  nextTime = INFINITE
  /** The flow that completes then, or NO_COMPLETION. */
  nextFlow = NO_COMPLETION

  /** By a time that is not later than the completion: those that move away are moved only once they come up. */
  readonly #heap = new IndexedHeap()
  #completion = new Float64Array(ROWS_MIN)
  /** Amount left at the time `since`, from when on the rate has been `rate`. */
  #left = new Float64Array(ROWS_MIN)
  #since = new Float64Array(ROWS_MIN)
  #rate = new Float64Array(ROWS_MIN)
  #settledAt = 0
  /** The row of the solver that each flow drains with: its own, or a crowd's. */
  #row = new Int32Array(ROWS_MIN)
  readonly #crowds = new CrowdClocks()

  /** `crowdMin` as the solver has it. */
  constructor(crowdMin?: number) {
    this.solver = new SharingSolver(crowdMin)
  }

  /** Starts a flow of `amount` now. Its rate is 0 until `settle`. */
  start(spec: FlowSpec): FlowId {
    if (!(this.amount >= 0 && this.amount < INFINITE)) refuseAmount(this.amount)
    const flow = this.solver.addFlow(spec)
    if (flow >= this.#left.length) this.#grow(flow)
    this.#row[flow] = flow
    this.#left[flow] = this.amount
    this.#since[flow] = this.now
    this.#rate[flow] = 0
    this.#completion[flow] = INFINITE
    this.#heap.keys[flow] = INFINITE
    this.#heap.add(flow)
    return flow
  }

  /** Ends a flow, complete or not. Nothing of it remains, and its number is used again. */
  stop(flow: FlowId): void {
    this.solver.removeFlow(flow)
    this.#leaveRow(flow)
    this.#row[flow] = NOBODY
  }

  /** What the flow still has to transfer now. */
  leftOf(flow: FlowId): number {
    const row = this.#row[flow]!
    const drained = this.#rate[row]! * (this.now - this.#since[row]!)
    if (row === flow) return Math.max(0, this.#left[flow]! - drained)
    return this.#crowds.get(row).leftOf(flow, drained) * this.solver.weightOf(flow)
  }

  /** Solves the rates anew after changes at `now`, and finds the next completion. */
  settle(): void {
    const now = this.now
    if (!(now >= this.#settledAt && now <= this.nextTime)) refuseTime(now, this.#settledAt, this.nextTime)
    this.#settledAt = now
    const solver = this.solver
    solver.resolve()
    for (let i = 0; i < solver.movedCount; i++) this.#move(solver.moved[i]!)
    const left = this.#left
    const rates = this.#rate
    for (let i = 0; i < solver.changedCount; i++) {
      const flow = solver.changed[i]!
      const row = this.#row[flow]!
      // it joined a crowd, or was one that has ended, in the same resolution
      if (row !== flow && row !== CROWD) continue
      const drained = rates[flow]! * (now - this.#since[flow]!)
      rates[flow] = solver.rowRateOf(flow)
      this.#since[flow] = now
      if (row === CROWD) this.#crowds.advance(flow, drained)
      else {
        left[flow] = left[flow]! - drained
        this.#complete(flow, left[flow]!)
      }
    }
    this.#timeCrowds()
    this.#findNext()
  }

  /** Makes the time `by` after the origin the new origin, so that doubles stay fine over long horizons. */
  moveOrigin(by: number): void {
    const { items: flows, keys: times, size } = this.#heap
    this.now -= by
    this.nextTime -= by
    this.#settledAt -= by
    for (let place = 0; place < size; place++) {
      const flow = flows[place]!
      times[flow] = times[flow]! - by
      this.#completion[flow] = this.#completion[flow]! - by
      this.#since[flow] = this.#since[flow]! - by
    }
  }

  /** A row has so much left at its present rate. */
  #complete(row: number, rest: number): void {
    const heap = this.#heap
    const completion = rest > 0 ? this.now + rest / this.#rate[row]! : this.now
    this.#completion[row] = completion
    if (completion >= heap.keys[row]!) return
    heap.keys[row] = completion
    heap.rise(row)
  }

  /** A flow drains with another row from now on, of which its rate until now says nothing. */
  #move(flow: FlowId): void {
    const to = this.solver.rowOf(flow)
    // it may have ended since it was moved
    if (to === this.#row[flow] || this.#row[flow] === NOBODY) return
    const left = this.leftOf(flow)
    this.#leaveRow(flow)
    this.#row[flow] = to
    if (to >= this.#left.length) this.#grow(to)
    if (to === flow) {
      this.#addRow(flow)
      this.#left[flow] = left
      this.#rate[flow] = this.solver.rateOf(flow)
      this.#complete(flow, left)
      return
    }
    if (this.#row[to] !== CROWD) {
      this.#crowds.add(to, this.#heap)
      this.#row[to] = CROWD
      this.#addRow(to)
      this.#rate[to] = this.solver.levelOf(to)
    }
    const drained = this.#rate[to]! * (this.now - this.#since[to]!)
    this.#crowds.get(to).add(flow, left / this.solver.weightOf(flow), drained)
    this.#crowds.touch(to)
  }

  #addRow(row: number): void {
    this.#since[row] = this.now
    this.#completion[row] = INFINITE
    this.#heap.keys[row] = INFINITE
    this.#heap.add(row)
  }

  #leaveRow(flow: FlowId): void {
    const row = this.#row[flow]!
    if (row === flow) {
      this.#heap.remove(flow)
      return
    }
    this.#crowds.get(row).remove(flow)
    this.#crowds.touch(row)
    if (this.#crowds.get(row).size > 0) return
    this.#crowds.remove(row)
    this.#row[row] = NOBODY
    this.#heap.remove(row)
  }

  /** When the first of each crowd that something happened to is through. */
  #timeCrowds(): void {
    const { touched } = this.#crowds
    while (touched.length > 0) {
      const row = touched.pop()!
      if (this.#row[row] !== CROWD) continue
      const crowd = this.#crowds.get(row)
      this.#complete(row, crowd.least(this.#rate[row]! * (this.now - this.#since[row]!)))
    }
  }

  #findNext(): void {
    const heap = this.#heap
    const { items: flows, keys: times } = heap
    this.nextTime = INFINITE
    this.nextFlow = NO_COMPLETION
    while (heap.size > 0 && times[flows[0]!]! < INFINITE) {
      const flow = flows[0]!
      const completion = this.#completion[flow]!
      if (times[flow] === completion) {
        this.nextTime = completion
        this.nextFlow = this.#row[flow] === CROWD ? this.#crowds.get(flow).first : flow
        return
      }
      times[flow] = completion
      heap.sink(flow)
    }
  }

  #grow(row: number): void {
    const rows = Math.max(row + 1, this.#left.length * 2)
    this.#row = widenInts(this.#row, rows)
    this.#left = widenFloats(this.#left, rows)
    this.#since = widenFloats(this.#since, rows)
    this.#rate = widenFloats(this.#rate, rows)
    this.#completion = widenFloats(this.#completion, rows)
    this.#heap.reserve(rows)
    this.#crowds.share(this.#heap)
  }
}
