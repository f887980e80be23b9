import { widenFloats } from './columns.ts'
import type { FlowSpec } from './flow-spec.ts'
import { IndexedHeap } from './indexed-heap.ts'
import { refuseAmount, refuseTime } from './refusals.ts'
import { type FlowId, SharingSolver } from './sharing-solver.ts'

const ROWS_MIN = 64
const INFINITE = Number.POSITIVE_INFINITY

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
  readonly solver = new SharingSolver()
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

  /** Starts a flow of `amount` now. Its rate is 0 until `settle`. */
  start(spec: FlowSpec): FlowId {
    if (!(this.amount >= 0 && this.amount < INFINITE)) refuseAmount(this.amount)
    const flow = this.solver.addFlow(spec)
    if (flow >= this.#left.length) this.#grow()
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
    this.#heap.remove(flow)
  }

  /** What the flow still has to transfer now. */
  leftOf(flow: FlowId): number {
    return Math.max(0, this.#left[flow]! - this.#rate[flow]! * (this.now - this.#since[flow]!))
  }

  /** Solves the rates anew after changes at `now`, and finds the next completion. */
  settle(): void {
    const now = this.now
    if (!(now >= this.#settledAt && now <= this.nextTime)) refuseTime(now, this.#settledAt, this.nextTime)
    this.#settledAt = now
    const solver = this.solver
    solver.resolve()
    const heap = this.#heap
    const times = heap.keys
    const left = this.#left
    const rates = this.#rate
    for (let i = 0; i < solver.changedCount; i++) {
      const flow = solver.changed[i]!
      const rest = left[flow]! - rates[flow]! * (now - this.#since[flow]!)
      const rate = solver.rateOf(flow)
      const completion = rest > 0 ? now + rest / rate : now
      left[flow] = rest
      rates[flow] = rate
      this.#since[flow] = now
      this.#completion[flow] = completion
      if (completion < times[flow]!) {
        times[flow] = completion
        heap.rise(flow)
      }
    }
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
        this.nextFlow = flow
        return
      }
      times[flow] = completion
      heap.sink(flow)
    }
  }

  #grow(): void {
    const rows = this.#left.length * 2
    this.#left = widenFloats(this.#left, rows)
    this.#since = widenFloats(this.#since, rows)
    this.#rate = widenFloats(this.#rate, rows)
    this.#completion = widenFloats(this.#completion, rows)
    this.#heap.reserve(rows)
  }
}
