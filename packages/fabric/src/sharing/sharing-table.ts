import { BlockPool, sizeClassOf } from './block-pool.ts'
import { widenBytes, widenFloats, widenInts } from './columns.ts'
import type { FlowSpec } from './flow-spec.ts'

const ROWS_MIN = 64
/** Members that a resource has room for at first: 2^2. */
const MEMBER_CLASS_MIN = 2

/**
 * Running sums err by a rounding at every change; whatever is this near to its capacity is summed up anew. Ten thousand
 * million changes of a resource that never comes near it would be needed to miss one that is full.
 */
export const NEARLY_FULL = 1 - 1e-6

/** What the bottleneck column says of a flow that nothing but its ceiling limits. */
export const CEILING = -1

/** What a row of flows stands for: nothing, a flow at rest, one to be solved anew, and those being solved. */
export const FREE = 0
export const SETTLED = 1
export const PENDING = 2
export const LOOSE = 3
export const FROZEN = 4
/** At rest for now: the resolution may go on. */
export const RESTING = 5
/** Part of a crowd, and no member of any resource. */
export const CROWDED = 6
/** Stood for a crowd until a moment ago; not to be used again yet. */
export const RETIRED = 7

/**
 * Who crosses what: flows, resources, and between them crossings, each known to its flow and to its resource. A flow's
 * crossings lie side by side, and so do the members of a resource, in blocks that grow by doubling and are recycled.
 *
 * Levels are rates per weight. A crossing's `share` is what one unit of level takes of the resource: cost times weight.
 */
export class SharingTable {
  // Columns of flows.
  weight = new Float64Array(ROWS_MIN)
  cap = new Float64Array(ROWS_MIN)
  /** The level that the flow would have alone: its cap, or the smallest resource. Never below its fair level. */
  ceiling = new Float64Array(ROWS_MIN)
  level = new Float64Array(ROWS_MIN)
  /** Level before the changes that are being solved; below 0 for flows that had none. */
  levelBefore = new Float64Array(ROWS_MIN)
  /** The level at which the flow is counted in the loads of its resources. */
  booked = new Float64Array(ROWS_MIN)
  /** The resource that holds the flow at its level, or CEILING. */
  bottleneck = new Int32Array(ROWS_MIN)
  state = new Uint8Array(ROWS_MIN)
  pathStart = new Int32Array(ROWS_MIN)
  pathLength = new Int32Array(ROWS_MIN)

  // Columns of crossings, by flow.
  crossed = new Int32Array(ROWS_MIN)
  cost = new Float64Array(ROWS_MIN)
  /** Where the crossing stands among the members of its resource. */
  place = new Int32Array(ROWS_MIN)

  // Columns of resources.
  capacity = new Float64Array(ROWS_MIN)
  /** Capacity that is kept for flows whose rows do not show here, and what that leaves to rows. */
  reserved = new Float64Array(ROWS_MIN)
  room = new Float64Array(ROWS_MIN)
  /**
   * What the levels at which flows are booked leave until the resource is nearly full, below 0 where it is: a running sum,
   * and so not to the last digit.
   */
  spare = new Float64Array(ROWS_MIN)
  memberStart = new Int32Array(ROWS_MIN)
  memberCount = new Int32Array(ROWS_MIN)
  memberClass = new Uint8Array(ROWS_MIN)

  // Columns of members, by resource.
  memberFlow = new Int32Array(ROWS_MIN)
  memberShare = new Float64Array(ROWS_MIN)
  memberCrossing = new Int32Array(ROWS_MIN)

  resourceCount = 0
  /** Flows that there are. */
  flowCount = 0
  /** Rows of flows that were ever in use. */
  flowRows = 0
  readonly #paths = new BlockPool()
  readonly #members = new BlockPool()
  #freeFlows = new Int32Array(ROWS_MIN)
  #freeCount = 0

  addResource(capacity: number): number {
    const resource = this.resourceCount++
    if (resource === this.capacity.length) this.#growResources()
    this.setCapacity(resource, capacity)
    this.memberClass[resource] = MEMBER_CLASS_MIN
    this.memberStart[resource] = this.#takeMembers(MEMBER_CLASS_MIN)
    return resource
  }

  setCapacity(resource: number, capacity: number): void {
    this.capacity[resource] = capacity
    this.updateRoom(resource)
  }

  updateRoom(resource: number): void {
    const room = this.capacity[resource]! - this.reserved[resource]!
    this.spare[resource]! += (room - this.room[resource]!) * NEARLY_FULL
    this.room[resource] = room
  }

  addFlow(spec: FlowSpec): number {
    const flow = this.#freeCount > 0 ? this.#freeFlows[--this.#freeCount]! : this.flowRows++
    if (flow === this.level.length) this.#growFlows()
    this.flowCount++
    this.weight[flow] = spec.weight
    this.cap[flow] = spec.cap
    this.level[flow] = 0
    this.booked[flow] = 0
    this.bottleneck[flow] = CEILING
    this.attach(flow, spec)
    return flow
  }

  removeFlow(flow: number): void {
    this.detach(flow)
    this.flowCount--
    this.freeRow(flow)
  }

  /** Makes the row of a flow without a path available. */
  freeRow(flow: number): void {
    this.state[flow] = FREE
    this.#freeFlows[this.#freeCount++] = flow
  }

  /** Gives a flow that crosses nothing its path, and the ceiling that follows from it. */
  attach(flow: number, spec: FlowSpec): void {
    const { length } = spec
    const start = this.#paths.take(sizeClassOf(length))
    if (this.#paths.length > this.crossed.length) this.#growCrossings()
    this.pathStart[flow] = start
    this.pathLength[flow] = length
    for (let i = 0; i < length; i++) {
      this.crossed[start + i] = spec.resources[i]!
      this.cost[start + i] = spec.costs[i]!
    }
    this.join(flow)
    this.updateCeiling(flow)
  }

  /** Takes a flow off all its resources, and its path away. */
  detach(flow: number): void {
    if (this.state[flow] !== CROWDED) this.leave(flow)
    this.#paths.give(this.pathStart[flow]!, sizeClassOf(this.pathLength[flow]!))
  }

  /** Makes a flow a member of the resources on its path. */
  join(flow: number): void {
    const start = this.pathStart[flow]!
    const end = start + this.pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) this.#join(flow, crossing)
  }

  /** Takes a flow off its resources, but leaves it its path. */
  leave(flow: number): void {
    const start = this.pathStart[flow]!
    const end = start + this.pathLength[flow]!
    const rate = this.booked[flow]! * this.weight[flow]!
    for (let crossing = start; crossing < end; crossing++) {
      this.spare[this.crossed[crossing]!]! += this.cost[crossing]! * rate
      this.#leave(crossing)
    }
    this.booked[flow] = 0
  }

  /** Sets what a crossing costs. Its flow's ceiling is to be updated then. */
  setCost(flow: number, crossing: number, cost: number): void {
    this.cost[crossing] = cost
    this.#setShare(flow, crossing)
  }

  /** What crossings take per level, after a change of weight. */
  updateShares(flow: number): void {
    const start = this.pathStart[flow]!
    const end = start + this.pathLength[flow]!
    for (let crossing = start; crossing < end; crossing++) this.#setShare(flow, crossing)
    this.updateCeiling(flow)
  }

  updateCeiling(flow: number): void {
    const start = this.pathStart[flow]!
    const end = start + this.pathLength[flow]!
    const weight = this.weight[flow]!
    let ceiling = this.cap[flow]! / weight
    for (let crossing = start; crossing < end; crossing++) {
      const alone = this.capacity[this.crossed[crossing]!]! / (this.cost[crossing]! * weight)
      if (alone < ceiling) ceiling = alone
    }
    this.ceiling[flow] = ceiling
  }

  /** The resource that the flow could fill alone before reaching any other limit, or -1 for its cap. */
  tightestOf(flow: number): number {
    const start = this.pathStart[flow]!
    const end = start + this.pathLength[flow]!
    const weight = this.weight[flow]!
    if (this.cap[flow]! / weight <= this.ceiling[flow]!) return -1
    for (let crossing = start; crossing < end; crossing++) {
      const resource = this.crossed[crossing]!
      if (this.capacity[resource]! / (this.cost[crossing]! * weight) <= this.ceiling[flow]!) return resource
    }
    return -1
  }

  #setShare(flow: number, crossing: number): void {
    const place = this.place[crossing]!
    const share = this.cost[crossing]! * this.weight[flow]!
    this.spare[this.crossed[crossing]!]! -= (share - this.memberShare[place]!) * this.booked[flow]!
    this.memberShare[place] = share
  }

  #join(flow: number, crossing: number): void {
    const resource = this.crossed[crossing]!
    const count = this.memberCount[resource]!
    if (count === 1 << this.memberClass[resource]!) this.#moveMembers(resource)
    const member = this.memberStart[resource]! + count
    this.memberFlow[member] = flow
    this.memberShare[member] = this.cost[crossing]! * this.weight[flow]!
    this.memberCrossing[member] = crossing
    this.place[crossing] = member
    this.memberCount[resource] = count + 1
  }

  /** The last member takes the place of the one that leaves. */
  #leave(crossing: number): void {
    const resource = this.crossed[crossing]!
    const last = this.memberStart[resource]! + --this.memberCount[resource]!
    if (this.memberCount[resource] === 0) this.spare[resource] = this.room[resource]! * NEARLY_FULL
    const member = this.place[crossing]!
    const moved = this.memberCrossing[last]!
    this.memberFlow[member] = this.memberFlow[last]!
    this.memberShare[member] = this.memberShare[last]!
    this.memberCrossing[member] = moved
    this.place[moved] = member
  }

  #takeMembers(sizeClass: number): number {
    const start = this.#members.take(sizeClass)
    if (this.#members.length > this.memberFlow.length) this.#growMembers()
    return start
  }

  /** To a block of twice the length. */
  #moveMembers(resource: number): void {
    const from = this.memberStart[resource]!
    const sizeClass = this.memberClass[resource]!
    const count = this.memberCount[resource]!
    const to = this.#takeMembers(sizeClass + 1)
    this.memberFlow.copyWithin(to, from, from + count)
    this.memberShare.copyWithin(to, from, from + count)
    this.memberCrossing.copyWithin(to, from, from + count)
    for (let member = to; member < to + count; member++) this.place[this.memberCrossing[member]!] = member
    this.memberStart[resource] = to
    this.memberClass[resource] = sizeClass + 1
    this.#members.give(from, sizeClass)
  }

  #growFlows(): void {
    const rows = this.level.length * 2
    this.weight = widenFloats(this.weight, rows)
    this.cap = widenFloats(this.cap, rows)
    this.ceiling = widenFloats(this.ceiling, rows)
    this.level = widenFloats(this.level, rows)
    this.levelBefore = widenFloats(this.levelBefore, rows)
    this.booked = widenFloats(this.booked, rows)
    this.bottleneck = widenInts(this.bottleneck, rows)
    this.state = widenBytes(this.state, rows)
    this.pathStart = widenInts(this.pathStart, rows)
    this.pathLength = widenInts(this.pathLength, rows)
    this.#freeFlows = widenInts(this.#freeFlows, rows)
  }

  #growCrossings(): void {
    const rows = Math.max(this.#paths.length, this.crossed.length * 2)
    this.crossed = widenInts(this.crossed, rows)
    this.cost = widenFloats(this.cost, rows)
    this.place = widenInts(this.place, rows)
  }

  #growResources(): void {
    const rows = this.capacity.length * 2
    this.capacity = widenFloats(this.capacity, rows)
    this.spare = widenFloats(this.spare, rows)
    this.reserved = widenFloats(this.reserved, rows)
    this.room = widenFloats(this.room, rows)
    this.memberStart = widenInts(this.memberStart, rows)
    this.memberCount = widenInts(this.memberCount, rows)
    this.memberClass = widenBytes(this.memberClass, rows)
  }

  #growMembers(): void {
    const rows = Math.max(this.#members.length, this.memberFlow.length * 2)
    this.memberFlow = widenInts(this.memberFlow, rows)
    this.memberShare = widenFloats(this.memberShare, rows)
    this.memberCrossing = widenInts(this.memberCrossing, rows)
  }
}
