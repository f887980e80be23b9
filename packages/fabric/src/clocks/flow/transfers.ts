import { type EventHandler, type Simulation, Timer } from '@weft/core'
import { FluidEngine } from '../../sharing/fluid-engine.ts'
import type { FlowSpec } from '../../sharing/flow-spec.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { AcknowledgementLoads } from './acknowledgement-loads.ts'
import type { Directions } from './directions.ts'

const ROWS_MIN = 64
const NOBODY = -1
/** Where resources are that are on no link. */
export const NO_DIRECTION = -1
const BITS_PER_BYTE = 8
const INFINITE = Number.POSITIVE_INFINITY

const SETTLE = 0
const ARRIVED = 1

/** So long after its origin, 100 s, the engine's time still tells sixtieths of a picosecond; then the origin moves. */
const ORIGIN_STEP_PS = 1e14

/**
 * Flows that drain at their fair rates, and the books of what they carried where. Amounts are payload bits, times
 * picoseconds, rates bits per picosecond. Completions fall between whole picoseconds; events come at the next whole one.
 */
export class Transfers implements EventHandler {
  readonly name = 'transfers'
  readonly engine = new FluidEngine()
  /** Wire bits that flows have carried in every direction, as of the last `bookAll`. */
  readonly carriedBits: Float64Array
  /** Flows solved anew, over all solutions, and how many solutions there were. */
  flowsTouched = 0
  solutions = 0
  /** The most that one solution touched. */
  flowsTouchedMax = 0
  /** Told of every row that has been transferred, before its last byte has arrived. */
  onDrained: (row: FlowIndex) => void = () => {}
  /** Told of every row that has arrived at its receiver and is to be answered: it starts again. */
  onAsked: (row: FlowIndex) => void = () => {}
  /** Told of every row whose last byte has arrived. */
  onArrived: (row: FlowIndex) => void = () => {}
  readonly #sim: Simulation
  readonly #flows: FlowTable
  readonly #handler: number
  readonly #wake: Timer
  /** Undefined where acknowledgements take nothing, or share as data does. */
  readonly #acknowledgements: AcknowledgementLoads | undefined
  #isSettling = false
  /** By direction: what flows have of it. */
  readonly #capacity: Float64Array
  /** The engine's time 0. */
  #originPs = 0
  /** By flow of the engine: its row in the books, the delay of its path, payload bits in all, those already booked. */
  #row = new Int32Array(ROWS_MIN).fill(NOBODY)
  #latencyPs = new Float64Array(ROWS_MIN)
  #bits = new Float64Array(ROWS_MIN)
  #bookedBits = new Float64Array(ROWS_MIN)
  /** Rows that carry one message after the other, with what they have in the engine: whoever drives them keeps the books of flows. */
  readonly #driven = new Map<FlowIndex, number>()
  /** Rows that are answered: what they were asked has arrived. */
  readonly #answering = new Set<FlowIndex>()
  readonly #arriving = new Set<FlowIndex>()
  /** Engine flows ever used are below this. */
  #top = 0

  /** `acknowledge`: acknowledgements take capacity, at resources of their own. */
  constructor(sim: Simulation, flows: FlowTable, directions: Directions, acknowledge: boolean) {
    this.#sim = sim
    this.#flows = flows
    this.#handler = sim.register(this)
    this.#wake = new Timer(sim, { name: this.name, onTimer: () => this.#onWake() })
    this.carriedBits = new Float64Array(directions.count)
    this.#capacity = directions.capacity.slice()
    for (const capacity of directions.capacity) this.engine.solver.addResource(capacity)
    if (acknowledge) this.#acknowledgements = new AcknowledgementLoads(this.engine, directions.capacity)
  }

  /** Starts to drain a flow now; it completes `latencyPs` after its last bit has left. */
  start(row: FlowIndex, spec: FlowSpec, latencyPs: number): void {
    const bytes = this.isAnswering(row) ? this.#flows.responseBytes[row]! : this.#flows.requestBytes(row)
    this.#start(row, spec, latencyPs, bytes)
  }

  /** The same with a message of so many bytes on a flow's connection; when it has arrived, `onArrived` is told, and the flow goes on. */
  startMessage(row: FlowIndex, spec: FlowSpec, latencyPs: number, bytes: number): void {
    this.#driven.set(row, this.#start(row, spec, latencyPs, bytes))
  }

  /** Ends a message before it has arrived. */
  dropMessage(row: FlowIndex): void {
    this.catchUp()
    const flow = this.#driven.get(row)
    if (flow === undefined) return
    if (this.#row[flow] !== row) {
      // its last bit has left, and arrives for nobody
      this.#driven.set(row, NOBODY)
      return
    }
    this.drop(flow)
    this.#driven.delete(row)
  }

  #start(row: FlowIndex, spec: FlowSpec, latencyPs: number, bytes: number): number {
    this.catchUp()
    this.engine.amount = bytes * BITS_PER_BYTE
    const flow = this.engine.start(spec)
    this.#acknowledgements?.start(flow)
    if (flow >= this.#row.length) this.#grow()
    this.#row[flow] = row
    this.#latencyPs[flow] = latencyPs
    this.#bits[flow] = bytes * BITS_PER_BYTE
    this.#bookedBits[flow] = 0
    if (flow >= this.#top) this.#top = flow + 1
    this.settleSoon()
    return flow
  }

  /** Gives a flow another path and cap; what it has carried is booked on the old one. The same path costs nothing. */
  reroute(flow: number, spec: FlowSpec, latencyPs: number): void {
    this.#latencyPs[flow] = latencyPs
    if (this.#crosses(flow, spec)) return
    this.#book(flow, this.#doneBits(flow))
    const { solver } = this.engine
    const rate = this.#acknowledgements?.stop(flow) ?? 0
    solver.reroute(flow, spec)
    solver.setCap(flow, spec.cap)
    if (solver.weightOf(flow) !== spec.weight) solver.setWeight(flow, spec.weight)
    this.#acknowledgements?.resume(flow, rate)
    this.settleSoon()
  }

  /** Ends a flow before it has drained; what it has carried stays in the books. `catchUp` comes before. */
  drop(flow: number): void {
    this.#book(flow, this.#doneBits(flow))
    this.#acknowledgements?.stop(flow)
    this.engine.stop(flow)
    this.#row[flow] = NOBODY
    this.settleSoon()
  }

  /** What flows have of a direction from now on. */
  setCapacity(direction: number, capacity: number): void {
    if (this.#capacity[direction] === capacity) return
    this.catchUp()
    this.#capacity[direction] = capacity
    if (this.#acknowledgements === undefined) this.engine.solver.setCapacity(direction, capacity)
    else this.#acknowledgements.setCapacity(direction, capacity)
    this.settleSoon()
  }

  /** Calls for every flow under way, with its number in the engine and its row. */
  forEach(visit: (flow: number, row: FlowIndex) => void): void {
    for (let flow = 0; flow < this.#top; flow++) {
      if (this.#row[flow] !== NOBODY) visit(flow, this.#row[flow]!)
    }
  }

  /** Brings the books of all flows under way up to now; what completes at this very instant is left to its event. */
  bookAll(): void {
    this.engine.now = Math.min(this.#sim.now - this.#originPs, this.engine.nextTime)
    for (let flow = 0; flow < this.#top; flow++) {
      if (this.#row[flow] !== NOBODY) this.#book(flow, this.#doneBits(flow))
    }
  }

  /** Completes what is due before or at this instant; then the engine's present is the simulation's. */
  catchUp(): void {
    const { engine } = this
    const now = this.#sim.now - this.#originPs
    while (engine.nextTime <= now) {
      engine.now = engine.nextTime
      this.#complete(engine.nextFlow)
      this.#settle()
    }
    engine.now = now
    if (now <= ORIGIN_STEP_PS) return
    engine.moveOrigin(now)
    this.#originPs += now
  }

  /** Solves once for all changes of this instant. */
  settleSoon(): void {
    if (this.#isSettling) return
    this.#isSettling = true
    this.#sim.queue.due = this.#sim.now
    this.#sim.queue.push(this.#handler, SETTLE, 0)
  }

  onEvent(kind: number, row: number): void {
    if (kind === ARRIVED) {
      if (this.#arriving.delete(row) || this.#driven.has(row)) this.#arrive(row, this.#sim.now)
      return
    }
    this.#isSettling = false
    this.catchUp()
    this.#settle()
    this.#arm()
  }

  #onWake(): void {
    // changes of this very instant are solved first, by the event that is pending for them
    if (this.#isSettling) return
    this.catchUp()
    this.#arm()
  }

  #settle(): void {
    const { engine } = this
    let touched = 0
    if (this.#acknowledgements !== undefined) touched = this.#acknowledgements.settle()
    else {
      engine.settle()
      touched = engine.solver.flowsTouched
    }
    this.flowsTouched += touched
    this.solutions++
    if (touched > this.flowsTouchedMax) this.flowsTouchedMax = touched
  }

  /** For the first instant that is not before the next completion. */
  #arm(): void {
    const { nextTime } = this.engine
    const wake = this.#wake
    // kept in a field of doubles: below 2^31 ps V8 would take a local for a small integer, and compile this again later
    wake.deadline = Math.ceil(this.#originPs + nextTime)
    // beyond 2^53 ps the sum may have been rounded down; then the next double is late enough
    if (wake.deadline - this.#originPs < nextTime) wake.deadline *= 1 + Number.EPSILON
    if (wake.deadline > this.#sim.queue.timeMaxPs) wake.deadline = INFINITE
    wake.arm()
  }

  /** The last bit has left; it arrives when it has crossed the path. */
  #complete(flow: number): void {
    const row = this.#row[flow]!
    // all of it, where the engine's rest may differ from 0 by rounding
    this.#book(flow, this.#bits[flow]!)
    const completedPs = this.#originPs + (this.engine.now + this.#latencyPs[flow]!)
    this.#acknowledgements?.stop(flow)
    this.engine.stop(flow)
    this.#row[flow] = NOBODY
    this.onDrained(row)
    if (completedPs <= this.#sim.now) {
      this.#arrive(row, completedPs)
      return
    }
    if (!this.#driven.has(row)) this.#arriving.add(row)
    this.#sim.queue.due = Math.ceil(completedPs)
    this.#sim.queue.push(this.#handler, ARRIVED, row)
  }

  #arrive(row: FlowIndex, completedPs: number): void {
    const driven = this.#driven.get(row)
    if (driven !== undefined) {
      this.#driven.delete(row)
      if (driven !== NOBODY) this.onArrived(row)
      return
    }
    if (!this.#answering.delete(row) && this.#flows.responseBytes[row]! > 0) {
      this.#answering.add(row)
      this.onAsked(row)
      return
    }
    this.#flows.complete(row, completedPs)
    this.onArrived(row)
  }

  /** Whether what a row carries now, or will carry next, is the answer to what it has carried. */
  isAnswering(row: FlowIndex): boolean {
    return this.#answering.has(row)
  }

  /** Books packets that took no room from others. */
  addCarried(direction: number, bits: number): void {
    this.carriedBits[direction]! += bits
  }

  /** Rows without a driver whose last bit has left and not yet arrived, of what they carry now. */
  get arriving(): ReadonlySet<FlowIndex> {
    return this.#arriving
  }

  /** The row carries nothing any more. */
  forget(row: FlowIndex): void {
    this.#arriving.delete(row)
    this.#answering.delete(row)
  }

  /** The direction that a resource of the solver is of, or NO_DIRECTION. */
  directionOf(resource: number): number {
    const { length } = this.carriedBits
    if (resource < length) return resource
    return this.#acknowledgements !== undefined && resource < 2 * length ? resource - length : NO_DIRECTION
  }

  #doneBits(flow: number): number {
    return this.#bits[flow]! - this.engine.leftOf(flow)
  }

  /** Enters what a flow has transferred since it was last booked. */
  #book(flow: number, doneBits: number): void {
    const { carriedBits } = this
    const { solver } = this.engine
    const bits = doneBits - this.#bookedBits[flow]!
    this.#bookedBits[flow] = doneBits
    const row = this.#row[flow]!
    if (!this.#driven.has(row)) {
      const before = this.isAnswering(row) ? this.#flows.requestBytes(row) : 0
      this.#flows.bytesDelivered[row] = before + doneBits / BITS_PER_BYTE
    }
    const length = solver.pathLengthOf(flow)
    for (let crossing = 0; crossing < length; crossing++) {
      const direction = this.directionOf(solver.resourceAt(flow, crossing))
      if (direction !== NO_DIRECTION) carriedBits[direction]! += bits * solver.costAt(flow, crossing)
    }
  }

  #crosses(flow: number, spec: FlowSpec): boolean {
    const { solver } = this.engine
    const length = solver.pathLengthOf(flow)
    if (length !== spec.length) return false
    for (let i = 0; i < length; i++) {
      if (solver.resourceAt(flow, i) !== spec.resources[i]) return false
      if (solver.costAt(flow, i) !== spec.costs[i]) return false
    }
    return true
  }

  #grow(): void {
    const rows = this.#row.length * 2
    const row = new Int32Array(rows).fill(NOBODY)
    row.set(this.#row)
    this.#row = row
    const latencyPs = new Float64Array(rows)
    latencyPs.set(this.#latencyPs)
    this.#latencyPs = latencyPs
    const bits = new Float64Array(rows)
    bits.set(this.#bits)
    this.#bits = bits
    const bookedBits = new Float64Array(rows)
    bookedBits.set(this.#bookedBits)
    this.#bookedBits = bookedBits
  }
}
