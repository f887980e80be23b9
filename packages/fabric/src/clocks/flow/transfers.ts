import { type EventHandler, type Simulation, TIME_MAX, Timer } from '@weft/core'
import { FluidEngine } from '../../sharing/fluid-engine.ts'
import type { FlowSpec } from '../../sharing/flow-spec.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import type { Directions } from './directions.ts'

const ROWS_MIN = 64
const NOBODY = -1
const BITS_PER_BYTE = 8

const SETTLE = 0
const ARRIVED = 1

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
  readonly #sim: Simulation
  readonly #flows: FlowTable
  readonly #handler: number
  readonly #wake: Timer
  #isSettling = false
  /** By flow of the engine: its row in the books, the delay of its path, payload bits already booked. */
  #row = new Int32Array(ROWS_MIN).fill(NOBODY)
  #latencyPs = new Float64Array(ROWS_MIN)
  #bookedBits = new Float64Array(ROWS_MIN)
  /** Engine flows ever used are below this. */
  #top = 0

  constructor(sim: Simulation, flows: FlowTable, directions: Directions) {
    this.#sim = sim
    this.#flows = flows
    this.#handler = sim.register(this)
    this.#wake = new Timer(sim, { name: this.name, onTimer: () => this.#onWake() })
    this.carriedBits = new Float64Array(directions.count)
    for (const capacity of directions.capacity) this.engine.solver.addResource(capacity)
  }

  /** Starts to drain a flow now; it completes `latencyPs` after its last bit has left. */
  start(row: FlowIndex, spec: FlowSpec, latencyPs: number): void {
    this.catchUp()
    this.engine.amount = this.#flows.bytes[row]! * BITS_PER_BYTE
    const flow = this.engine.start(spec)
    if (flow >= this.#row.length) this.#grow()
    this.#row[flow] = row
    this.#latencyPs[flow] = latencyPs
    this.#bookedBits[flow] = 0
    if (flow >= this.#top) this.#top = flow + 1
    this.settleSoon()
  }

  /** Gives a flow another path; what it has carried is booked on the old one. */
  reroute(flow: number, spec: FlowSpec, latencyPs: number): void {
    this.#book(flow)
    this.#latencyPs[flow] = latencyPs
    this.engine.solver.reroute(flow, spec)
    this.settleSoon()
  }

  setCapacity(direction: number, capacity: number): void {
    if (this.engine.solver.capacityOf(direction) === capacity) return
    this.catchUp()
    this.engine.solver.setCapacity(direction, capacity)
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
    this.engine.now = Math.min(this.#sim.now, this.engine.nextTime)
    for (let flow = 0; flow < this.#top; flow++) if (this.#row[flow] !== NOBODY) this.#book(flow)
  }

  /** Completes what is due before or at this instant; then the engine's present is the simulation's. */
  catchUp(): void {
    const { engine } = this
    const { now } = this.#sim
    while (engine.nextTime <= now) {
      engine.now = engine.nextTime
      this.#complete(engine.nextFlow)
      this.#settle()
    }
    engine.now = now
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
      this.#flows.complete(row, this.#sim.now)
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
    engine.settle()
    const touched = engine.solver.flowsTouched
    this.flowsTouched += touched
    this.solutions++
    if (touched > this.flowsTouchedMax) this.flowsTouchedMax = touched
  }

  #arm(): void {
    const { nextTime } = this.engine
    this.#wake.deadline = nextTime <= TIME_MAX ? Math.ceil(nextTime) : Number.POSITIVE_INFINITY
    this.#wake.arm()
  }

  /** The last bit has left; it arrives when it has crossed the path. */
  #complete(flow: number): void {
    this.#book(flow)
    const row = this.#row[flow]!
    const completedPs = this.engine.now + this.#latencyPs[flow]!
    this.engine.stop(flow)
    this.#row[flow] = NOBODY
    this.#flows.bytesDelivered[row] = this.#flows.bytes[row]!
    if (completedPs <= this.#sim.now) {
      this.#flows.complete(row, completedPs)
      return
    }
    this.#sim.queue.due = Math.ceil(completedPs)
    this.#sim.queue.push(this.#handler, ARRIVED, row)
  }

  /** Enters what a flow has transferred since it was last booked. */
  #book(flow: number): void {
    const { engine, carriedBits } = this
    const { solver } = engine
    const row = this.#row[flow]!
    const doneBits = this.#flows.bytes[row]! * BITS_PER_BYTE - engine.leftOf(flow)
    const bits = doneBits - this.#bookedBits[flow]!
    this.#bookedBits[flow] = doneBits
    this.#flows.bytesDelivered[row] = doneBits / BITS_PER_BYTE
    const length = solver.pathLengthOf(flow)
    for (let crossing = 0; crossing < length; crossing++) {
      const direction = solver.resourceAt(flow, crossing)
      if (direction < carriedBits.length) carriedBits[direction]! += bits * solver.costAt(flow, crossing)
    }
  }

  #grow(): void {
    const rows = this.#row.length * 2
    const row = new Int32Array(rows).fill(NOBODY)
    row.set(this.#row)
    this.#row = row
    const latencyPs = new Float64Array(rows)
    latencyPs.set(this.#latencyPs)
    this.#latencyPs = latencyPs
    const bookedBits = new Float64Array(rows)
    bookedBits.set(this.#bookedBits)
    this.#bookedBits = bookedBits
  }
}
