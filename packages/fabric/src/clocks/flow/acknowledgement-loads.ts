import { widenFloats, widenInts } from '../../sharing/columns.ts'
import type { FluidEngine } from '../../sharing/fluid-engine.ts'
import type { FlowId, SharingSolver } from '../../sharing/sharing-solver.ts'

const ROWS_MIN = 64
const NO_ROW = -1

/** Part of what is kept for acknowledgements that they may leave unused: a hundredth of some 3 % of a link. */
const SLACK = 0.01
/** Most that acknowledgements take of a direction that data crosses too, in parts of it. */
const LIMIT = 0.5
/** Rounds after which steps are halved, for acknowledgements nearly as long as data; two rounds are usual. */
const FULL_ROUNDS = 4
/** Rounds after which what is kept only rises, so that there is a last one. */
const ROUNDS_MAX = 32

/** A crowd's flows, and what their acknowledgements cost together, by direction: all, and those that data crosses. */
interface CrowdCosts {
  size: number
  readonly costs: Map<number, number>
  readonly shared: Map<number, number>
}

/**
 * Acknowledgements take room from the data on their way, but do not share with it: nothing marks or paces them, and a
 * sender whose acknowledgements wait behind other people's data is not held to the rate of that data. So a direction is
 * two resources. Data shares what acknowledgements leave; acknowledgements hold their senders back only where they fill
 * a direction alone, or half of one that data wants too.
 *
 * What they leave follows from rates, and rates from what they leave: found by repetition, which contracts, since an
 * acknowledgement is some hundredths of what it acknowledges. No less is kept than they take, so that no direction
 * carries more than it can.
 */
export class AcknowledgementLoads {
  readonly #engine: FluidEngine
  readonly #solver: SharingSolver
  /** Directions. */
  readonly #count: number
  /** By direction: what flows have of it; where data crosses it, what acknowledgements take and what is kept for them. */
  readonly #capacity: Float64Array
  readonly #load: Float64Array
  readonly #kept: Float64Array
  /** By direction: crossings of data and of acknowledgements, and whether these are held to `LIMIT`. */
  readonly #data: Int32Array
  readonly #crossings: Int32Array
  readonly #isLimited: Uint8Array
  /** Directions where something has changed, each once. */
  readonly #changed: Int32Array
  readonly #isChanged: Uint8Array
  #changedCount = 0
  /** By flow: the row of the solver with which it is counted, its own or a crowd's, or NO_ROW. */
  #row = new Int32Array(ROWS_MIN).fill(NO_ROW)
  /** By row: the rate of each of its flows that is counted; all flows weigh 1. */
  #rate = new Float64Array(ROWS_MIN)
  /** By row. */
  readonly #crowds = new Map<number, CrowdCosts>()

  /** The solver's resources are the directions until now; this adds as many, for acknowledgements. */
  constructor(engine: FluidEngine, capacity: Float64Array) {
    this.#engine = engine
    this.#solver = engine.solver
    this.#count = capacity.length
    this.#capacity = capacity.slice()
    this.#load = new Float64Array(this.#count)
    this.#kept = new Float64Array(this.#count)
    this.#data = new Int32Array(this.#count)
    this.#crossings = new Int32Array(this.#count)
    this.#isLimited = new Uint8Array(this.#count)
    this.#changed = new Int32Array(this.#count)
    this.#isChanged = new Uint8Array(this.#count)
    for (const each of capacity) this.#solver.addResource(each)
  }

  /** What flows have of a direction; to be settled. */
  setCapacity(direction: number, capacity: number): void {
    this.#capacity[direction] = capacity
    this.#setLimit(direction, this.#isLimited[direction] === 1)
    this.#setKept(direction, this.#kept[direction]!)
    this.#mark(direction)
  }

  /** Counts a flow that has been started; its rate is 0 until `settle`. */
  start(flow: FlowId): void {
    if (flow >= this.#row.length) this.#grow(flow)
    this.#enter(flow, 0)
    this.#countData(flow, 1)
  }

  /** Counts a flow no more that is going to be stopped. Answers the rate that it was counted with. */
  stop(flow: FlowId): number {
    const rate = this.#leave(flow)
    this.#countData(flow, -1)
    return rate
  }

  /** Counts a flow again that had been taken out to be rerouted. */
  resume(flow: FlowId, rate: number): void {
    this.#enter(flow, rate)
    this.#countData(flow, 1)
  }

  /** Settles the engine, until what is kept is what acknowledgements take. Answers how many rows were solved anew. */
  settle(): number {
    const solver = this.#solver
    let rows = 0
    let round = 0
    this.#adjust(round)
    do {
      this.#engine.settle()
      rows += solver.flowsTouched
      for (let i = 0; i < solver.movedCount; i++) this.#move(solver.moved[i]!)
      for (let i = 0; i < solver.changedCount; i++) this.#setRate(solver.changed[i]!)
    } while (this.#adjust(++round))
    return rows
  }

  /** Keeps what acknowledgements take where data would miss it. Answers whether anything is to be solved anew. */
  #adjust(round: number): boolean {
    const count = this.#changedCount
    this.#changedCount = 0
    let isAdjusted = false
    for (let i = 0; i < count; i++) {
      const direction = this.#changed[i]!
      this.#isChanged[direction] = 0
      const load = this.#load[direction]!
      const kept = this.#kept[direction]!
      const isShared = this.#data[direction]! > 0
      const wasLimited = this.#isLimited[direction] === 1
      const isLimited = isShared && (wasLimited || load > LIMIT * this.#capacity[direction]!)
      if (isLimited !== wasLimited) {
        this.#setLimit(direction, isLimited)
        isAdjusted = true
      }
      const isKept = load <= kept && (round >= ROUNDS_MAX || load >= (1 - SLACK) * kept)
      if (!isShared || isKept) continue
      const rise = (1 + SLACK / 2) * load - kept
      this.#setKept(direction, kept + (round >= FULL_ROUNDS && round < ROUNDS_MAX ? rise / 2 : rise))
      // a step of half the way may not be enough, whether anything changes or not
      this.#mark(direction)
      isAdjusted = true
    }
    return isAdjusted
  }

  #setKept(direction: number, kept: number): void {
    this.#kept[direction] = kept
    this.#solver.setCapacity(direction, Math.max(0, this.#capacity[direction]! - kept))
  }

  #setLimit(direction: number, isLimited: boolean): void {
    this.#isLimited[direction] = isLimited ? 1 : 0
    const most = (isLimited ? LIMIT : 1) * this.#capacity[direction]!
    this.#solver.setCapacity(this.#count + direction, most)
  }

  /** Another row stands for a flow, or one of the same number. */
  #move(flow: FlowId): void {
    const to = this.#solver.rowOf(flow)
    if (this.#row[flow] === NO_ROW) return
    if (this.#row[flow] !== to) {
      this.#leave(flow)
      if (to === flow) this.#enter(flow, this.#solver.levelOf(flow))
      else this.#join(flow, to)
    }
    this.#setRate(to)
  }

  #join(flow: FlowId, row: number): void {
    let crowd = this.#crowds.get(row)
    if (crowd === undefined) {
      if (row >= this.#row.length) this.#grow(row)
      crowd = { size: 0, costs: new Map(), shared: new Map() }
      this.#crowds.set(row, crowd)
      this.#rate[row] = this.#solver.levelOf(row)
    }
    crowd.size++
    this.#row[flow] = row
    this.#addPath(flow, this.#rate[row]!, 1)
  }

  #setRate(row: number): void {
    const rate = this.#solver.levelOf(row)
    const rise = rate - this.#rate[row]!
    if (rise === 0) return
    const crowd = this.#crowds.get(row)
    if (crowd !== undefined) {
      for (const [direction, cost] of crowd.shared) this.#addLoad(direction, cost * rise)
    } else if (this.#row[row] === row) {
      this.#addPath(row, rise, 0)
    } else return
    this.#rate[row] = rate
  }

  #enter(flow: FlowId, rate: number): void {
    this.#row[flow] = flow
    this.#rate[flow] = rate
    this.#addPath(flow, rate, 1)
  }

  #leave(flow: FlowId): number {
    const row = this.#row[flow]!
    const rate = this.#rate[row]!
    this.#addPath(flow, -rate, -1)
    this.#row[flow] = NO_ROW
    const crowd = this.#crowds.get(row)
    if (crowd !== undefined && --crowd.size === 0) this.#crowds.delete(row)
    return rate
  }

  /** Adds what a flow's acknowledgements take at such a rate; `crossings` 1 or -1 where the flow comes or goes, else 0. */
  #addPath(flow: FlowId, rate: number, crossings: -1 | 0 | 1): void {
    const solver = this.#solver
    const count = this.#count
    const crowd = this.#crowds.get(this.#row[flow]!)
    const length = solver.pathLengthOf(flow)
    for (let crossing = 0; crossing < length; crossing++) {
      const direction = solver.resourceAt(flow, crossing) - count
      // what data crosses, and where nothing arrives
      if (direction < 0 || direction >= count) continue
      const cost = solver.costAt(flow, crossing)
      this.#crossings[direction]! += crossings
      if (crowd !== undefined) {
        const sum = (crowd.costs.get(direction) ?? 0) + crossings * cost
        crowd.costs.set(direction, sum)
        if (this.#data[direction]! > 0) crowd.shared.set(direction, sum)
      }
      this.#addLoad(direction, cost * rate)
    }
  }

  /** Data of a flow comes or goes. */
  #countData(flow: FlowId, crossings: -1 | 1): void {
    const solver = this.#solver
    const length = solver.pathLengthOf(flow)
    for (let crossing = 0; crossing < length; crossing++) {
      const direction = solver.resourceAt(flow, crossing)
      if (direction >= this.#count) continue
      const data = this.#data[direction]! + crossings
      this.#data[direction] = data
      if (data === 0 || (data === 1 && crossings === 1)) this.#share(direction, data > 0)
      this.#mark(direction)
    }
  }

  /** What acknowledgements take is followed where data crosses. */
  #share(direction: number, isShared: boolean): void {
    if (isShared) this.#load[direction] = this.#solver.loadOf(this.#count + direction)
    for (const { costs, shared } of this.#crowds.values()) {
      const cost = costs.get(direction)
      if (cost === undefined) continue
      if (isShared) shared.set(direction, cost)
      else shared.delete(direction)
    }
  }

  #addLoad(direction: number, load: number): void {
    if (this.#data[direction] === 0) return
    // sums err by a rounding at each change, but not for longer than there is anything to sum up
    const sum = this.#crossings[direction] === 0 ? 0 : this.#load[direction]! + load
    this.#load[direction] = Math.max(0, sum)
    this.#mark(direction)
  }

  #mark(direction: number): void {
    if (this.#isChanged[direction] === 1) return
    this.#isChanged[direction] = 1
    this.#changed[this.#changedCount++] = direction
  }

  #grow(row: number): void {
    const { length } = this.#row
    const rows = Math.max(row + 1, 2 * length)
    this.#row = widenInts(this.#row, rows).fill(NO_ROW, length)
    this.#rate = widenFloats(this.#rate, rows)
  }
}
