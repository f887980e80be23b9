import { widenBytes, widenInts } from './columns.ts'
import type { FlowSpec } from './flow-spec.ts'
import { Crowds } from './crowds.ts'
import { LevelPass } from './level-pass.ts'
import {
  refuseCap,
  refuseCapacity,
  refuseFlow,
  refuseResource,
  refuseUnlimited,
  refuseWeight,
} from './refusals.ts'
import * as table from './sharing-table.ts'
import { SharingTable } from './sharing-table.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CEILING, CROWDED, FREE, PENDING, RESTING, RETIRED, SETTLED } = table

const INFINITE = Number.POSITIVE_INFINITY
const ROWS_MIN = 64

/** A resource, numbered from 0 in the order of `addResource`. */
export type ResourceId = number
/** A flow that has been added and not removed. Numbers are used again. */
export type FlowId = number

/** Resources full with so many rows of flows are looked at for crowds, see `crowds.ts`. */
const CROWD_MIN = 32

/** What limits a flow that no resource holds: its own cap. */
export const OWN_CAP: ResourceId = -1

/**
 * Weighted max-min fair rates of flows that share resources: no flow's rate per weight can be raised without lowering
 * that of one which has as little or less (Bertsekas and Gallager, Data Networks, §6.5.2; there is one such allocation).
 *
 * Make any number of changes, then `resolve`. Rates, loads, levels and bottlenecks are those of the last `resolve`.
 */
export class SharingSolver {
  /** Rows whose level the last `resolve` changed, and those new or newly weighted: the first `changedCount` places. */
  changed = new Int32Array(ROWS_MIN)
  changedCount = 0
  /** Rows that the last `resolve` solved anew. */
  flowsTouched = 0
  /** Resources that the last `resolve` evaluated. */
  resourcesTouched = 0
  /** Steps of the last `resolve`, each at one resource. */
  rounds = 0

  readonly #table = new SharingTable()
  readonly #pass: LevelPass
  readonly #crowds: Crowds
  /** Flows that the next pass starts from; some may have been removed since. */
  #pending = new Int32Array(ROWS_MIN)
  #pendingCount = 0
  /** Whether a row of flows is among the pending ones. */
  #isListed = new Uint8Array(ROWS_MIN)

  /** `crowdMin`: resources full with so many rows of flows, or more, are looked at for crowds; 2 or more. */
  constructor(crowdMin = CROWD_MIN) {
    this.#pass = new LevelPass(this.#table, crowdMin)
    this.#crowds = new Crowds(this.#table, this.#pass, crowdMin, {
      pend: (row) => this.#makePending(row),
      reserve: (row) => this.#reserveFlows(row),
    })
  }

  /** Flows that there are. */
  get flowCount(): number {
    return this.#table.flowCount
  }

  get resourceCount(): number {
    return this.#table.resourceCount
  }

  /** Capacity: 0 or more and finite; at 0 (a failed link) the flows across it have rate 0. */
  addResource(capacity: number): ResourceId {
    if (!(capacity >= 0 && capacity < INFINITE)) refuseCapacity(capacity)
    const resource = this.#table.addResource(capacity)
    this.#pass.add(resource)
    this.#crowds.addResource(resource)
    return resource
  }

  setCapacity(resource: ResourceId, capacity: number): void {
    this.#checkResource(resource)
    if (!(capacity >= 0 && capacity < INFINITE)) refuseCapacity(capacity)
    this.#table.setCapacity(resource, capacity)
    this.#pass.mark(resource)
    if (this.#table.spare[resource]! < 0) this.#crowds.evictFrom(resource)
    const { memberCount, memberFlow, memberStart } = this.#table
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    for (let member = start; member < end; member++) this.#updateCeiling(memberFlow[member]!)
  }

  /** Copies what the spec says. Its rate is 0 until the next `resolve`. */
  addFlow(spec: FlowSpec): FlowId {
    if (!(spec.weight > 0 && spec.weight < INFINITE)) refuseWeight(spec.weight)
    if (!(spec.cap >= 0)) refuseCap(spec.cap)
    this.#checkPath(spec, spec.cap < INFINITE)
    const flow = this.#table.addFlow(spec)
    this.#reserveFlows(flow)
    this.#crowds.row[flow] = flow
    this.#makePending(flow)
    this.#table.levelBefore[flow] = -1
    return flow
  }

  removeFlow(flow: FlowId): void {
    this.#checkFlow(flow)
    if (this.#table.state[flow] === CROWDED) this.#crowds.leave(flow)
    else this.#markPath(flow)
    this.#table.removeFlow(flow)
  }

  /** Gives the flow the spec's path, and leaves weight and cap as they are. */
  reroute(flow: FlowId, spec: FlowSpec): void {
    this.#checkFlow(flow)
    this.#checkPath(spec, this.#table.cap[flow]! < INFINITE)
    this.#makeSingle(flow)
    this.#markPath(flow)
    this.#table.detach(flow)
    this.#table.attach(flow, spec)
    this.#makePending(flow)
  }

  /** Most that the flow takes by itself, 0 or more; Infinity for no limit. Costs next to nothing while it does not bind. */
  setCap(flow: FlowId, cap: number): void {
    this.#checkFlow(flow)
    if (!(cap >= 0)) refuseCap(cap)
    if (cap === INFINITE && this.#table.pathLength[flow] === 0) refuseUnlimited()
    this.#makeSingle(flow)
    this.#table.cap[flow] = cap
    this.#updateCeiling(flow)
  }

  setWeight(flow: FlowId, weight: number): void {
    this.#checkFlow(flow)
    if (!(weight > 0 && weight < INFINITE)) refuseWeight(weight)
    this.#makeSingle(flow)
    this.#table.weight[flow] = weight
    this.#table.updateShares(flow)
    this.#makePending(flow)
    // at another weight, the same level is another rate
    this.#table.levelBefore[flow] = -1
  }

  /** Solves what may have changed since the last call. */
  resolve(): void {
    const pass = this.#pass
    pass.begin()
    this.#crowds.begin()
    do {
      this.#admitPending()
      pass.run()
    } while (this.#crowds.verify())
    const { level, levelBefore, state } = this.#table
    const { visited, visitedCount } = pass
    const changed = this.changed
    let count = 0
    for (let i = 0; i < visitedCount; i++) {
      const flow = visited[i]!
      if (state[flow] === RETIRED) continue
      state[flow] = SETTLED
      if (level[flow] !== levelBefore[flow]) changed[count++] = flow
    }
    this.changedCount = count
    this.flowsTouched = visitedCount
    this.resourcesTouched = pass.touchedCount
    this.rounds = pass.rounds
    this.#crowds.end()
  }

  /**
   * Where many flows are at one level, one row stands for them, and only rows are in `changed`. It is the flow itself
   * for all others.
   */
  rowOf(flow: FlowId): FlowId {
    return this.#crowds.row[flow]!
  }

  /** Rate per weight of all flows of a row. */
  levelOf(row: FlowId): number {
    return this.#table.level[row]!
  }

  /** Rate of a row that is a flow, rate per weight of a crowd. */
  rowRateOf(row: FlowId): number {
    return this.#table.level[row]! * this.#table.weight[row]!
  }

  /** Flows that have another row since the `resolve` before the last, some named twice: the first `movedCount` places. */
  get moved(): Int32Array {
    return this.#crowds.moved
  }

  get movedCount(): number {
    return this.#crowds.movedCount
  }

  rateOf(flow: FlowId): number {
    return this.#table.level[this.#crowds.row[flow]!]! * this.#table.weight[flow]!
  }

  /** What the flows take of the resource, summed up anew. */
  loadOf(resource: ResourceId): number {
    const { level, memberCount, memberFlow, memberShare, memberStart } = this.#table
    this.#checkResource(resource)
    const start = memberStart[resource]!
    const end = start + memberCount[resource]!
    let load = this.#crowds.reservedLoad(resource)
    for (let member = start; member < end; member++)
      load += memberShare[member]! * level[memberFlow[member]!]!
    return load
  }

  capacityOf(resource: ResourceId): number {
    this.#checkResource(resource)
    return this.#table.capacity[resource]!
  }

  /** Crossings of the resource: its flows, each as often as it crosses. */
  flowCountOf(resource: ResourceId): number {
    this.#checkResource(resource)
    return this.#table.memberCount[resource]! + this.#crowds.hiddenAt(resource)
  }

  weightOf(flow: FlowId): number {
    this.#checkFlow(flow)
    return this.#table.weight[flow]!
  }

  /** Crossings on the flow's path; `resourceAt` and `costAt` tell of each. */
  pathLengthOf(flow: FlowId): number {
    return this.#table.pathLength[flow]!
  }

  resourceAt(flow: FlowId, crossing: number): ResourceId {
    return this.#table.crossed[this.#table.pathStart[flow]! + crossing]!
  }

  costAt(flow: FlowId, crossing: number): number {
    return this.#table.cost[this.#table.pathStart[flow]! + crossing]!
  }

  /** The full resource at which no flow has a higher rate per weight, or OWN_CAP. */
  bottleneckOf(flow: FlowId): ResourceId {
    this.#checkFlow(flow)
    const row = this.#crowds.row[flow]!
    const held = this.#table.bottleneck[row]!
    return held === CEILING ? this.#table.tightestOf(row) : held
  }

  /** What the flow crosses may give more than before. Where it was not full, nobody gains. */
  #markPath(flow: number): void {
    const { crossed, pathLength, pathStart } = this.#table
    const start = pathStart[flow]!
    const end = start + pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) {
      const resource = crossed[crossing]!
      if (this.#pass.level[resource]! < INFINITE) this.#pass.mark(resource)
    }
  }

  #makeSingle(flow: number): void {
    if (this.#table.state[flow] === CROWDED) this.#crowds.evict(flow)
  }

  #admitPending(): void {
    const { state } = this.#table
    for (let i = 0; i < this.#pendingCount; i++) {
      const flow = this.#pending[i]!
      this.#isListed[flow] = 0
      if (state[flow] === PENDING || state[flow] === RESTING) this.#pass.admit(flow)
    }
    this.#pendingCount = 0
  }

  #makePending(flow: number): void {
    const { level, levelBefore, state } = this.#table
    if (state[flow] === PENDING) return
    // in the course of a resolution: where it came from is known already
    if (state[flow] !== RESTING) {
      state[flow] = PENDING
      levelBefore[flow] = level[flow]!
    }
    if (this.#isListed[flow] === 1) return
    this.#isListed[flow] = 1
    this.#pending[this.#pendingCount++] = flow
  }

  /** After a change of cap or capacity: matters to flows that were at their ceiling, or are above it now. */
  #updateCeiling(flow: number): void {
    const { bottleneck, ceiling, level } = this.#table
    const before = ceiling[flow]!
    this.#table.updateCeiling(flow)
    if (ceiling[flow] === before) return
    if (bottleneck[flow] === CEILING || ceiling[flow]! < level[flow]!) this.#makePending(flow)
  }

  #checkFlow(flow: FlowId): void {
    const isKnown = flow >= 0 && flow < this.#table.flowRows && this.#table.state[flow] !== FREE
    if (!isKnown) refuseFlow(flow)
  }

  #checkResource(resource: ResourceId): void {
    const count = this.#table.resourceCount
    if (!(resource >= 0 && resource < count)) refuseResource(resource, count)
  }

  #checkPath(spec: FlowSpec, isCapped: boolean): void {
    for (let i = 0; i < spec.length; i++) this.#checkResource(spec.resources[i]!)
    if (spec.length === 0 && !isCapped) refuseUnlimited()
  }

  #reserveFlows(flow: number): void {
    if (flow < this.#pending.length) return
    const rows = this.#pending.length * 2
    this.changed = widenInts(this.changed, rows)
    this.#pending = widenInts(this.#pending, rows)
    this.#isListed = widenBytes(this.#isListed, rows)
    this.#pass.reserveFlows(rows)
    this.#crowds.reserveFlows(rows)
  }
}
