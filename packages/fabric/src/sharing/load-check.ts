import { widenBytes, widenInts } from './columns.ts'
import * as table from './sharing-table.ts'
import type { SharingTable } from './sharing-table.ts'
import * as tolerance from './tolerance.ts'

// local copies, see level-pass.ts
const { NEARLY_FULL } = table
const { TOLERANCE } = tolerance

const INFINITE = Number.POSITIVE_INFINITY
const ROWS_MIN = 64
/**
 * Resources that were not full are left out of a sweep; this finds those that should not have been. A resource over its
 * room is `included` from then on, until the resolution ends.
 */
export class LoadCheck {
  /** Over their capacity as of the last `enter`. */
  overloaded = new Int32Array(ROWS_MIN)
  overloadedCount = 0
  /** Whether sweeps of this resolution have to look at the resource, full or not. */
  isIncluded = new Uint8Array(ROWS_MIN)
  readonly #table: SharingTable
  #included = new Int32Array(ROWS_MIN)
  #includedCount = 0
  #suspects = new Int32Array(ROWS_MIN)
  #suspectCount = 0
  #isSuspect = new Uint8Array(ROWS_MIN)

  constructor(sharingTable: SharingTable) {
    this.#table = sharingTable
  }

  /** Whether so much more would come near to filling the resource. */
  mayFill(resource: number, load: number): boolean {
    return load > this.#table.spare[resource]!
  }

  /** Enters the levels of flows into loads; `level` is that of resources, of which those at Infinity are checked. */
  enter(flows: Int32Array, count: number, level: Float64Array): void {
    const sharing = this.#table
    const { booked, cost, crossed, pathLength, pathStart, spare, weight } = sharing
    this.#suspectCount = 0
    for (let i = 0; i < count; i++) {
      const flow = flows[i]!
      const rise = (sharing.level[flow]! - booked[flow]!) * weight[flow]!
      if (rise === 0) continue
      booked[flow] = sharing.level[flow]!
      const start = pathStart[flow]!
      const end = start + pathLength[flow]!
      for (let crossing = start; crossing < end; crossing++) {
        const resource = crossed[crossing]!
        const rest = spare[resource]! - cost[crossing]! * rise
        spare[resource] = rest
        // whatever fell later was entered as well: the last rise of a resource over its capacity finds it so
        if (rest < 0 && rise > 0 && level[resource] === INFINITE) this.#suspect(resource)
      }
    }
    this.#sumUp()
  }

  /** Ends the resolution. */
  clear(): void {
    for (let i = 0; i < this.#includedCount; i++) this.isIncluded[this.#included[i]!] = 0
    this.#includedCount = 0
  }

  reserveResources(rows: number): void {
    this.overloaded = widenInts(this.overloaded, rows)
    this.isIncluded = widenBytes(this.isIncluded, rows)
    this.#included = widenInts(this.#included, rows)
    this.#suspects = widenInts(this.#suspects, rows)
    this.#isSuspect = widenBytes(this.#isSuspect, rows)
  }

  #suspect(resource: number): void {
    if (this.#isSuspect[resource] === 1) return
    this.#isSuspect[resource] = 1
    this.#suspects[this.#suspectCount++] = resource
  }

  #sumUp(): void {
    const { level, memberCount, memberFlow, memberShare, memberStart, room, spare } = this.#table
    this.overloadedCount = 0
    for (let i = 0; i < this.#suspectCount; i++) {
      const resource = this.#suspects[i]!
      this.#isSuspect[resource] = 0
      const start = memberStart[resource]!
      const end = start + memberCount[resource]!
      let sum = 0
      for (let member = start; member < end; member++)
        sum += memberShare[member]! * level[memberFlow[member]!]!
      spare[resource] = room[resource]! * NEARLY_FULL - sum
      if (sum <= room[resource]! * (1 + TOLERANCE)) continue
      this.overloaded[this.overloadedCount++] = resource
      if (this.isIncluded[resource] === 1) continue
      this.isIncluded[resource] = 1
      this.#included[this.#includedCount++] = resource
    }
  }
}
