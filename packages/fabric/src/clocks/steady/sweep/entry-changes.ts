import type { ClassTable } from './class-table.ts'
import { widened } from './columns.ts'

const END = -1
const UNLISTED = -2

/** What is left of a sum of which all parts were taken away again is rounding below this part of it. */
const ROUNDING = 1e-12

/**
 * What enters for each class at each switch, beyond what does while everything is up: since hosts lost links. Columns
 * are by class and switch, as the class table's.
 */
export class EntryChanges {
  /** Bit/s on the wire, and IP bit/s. */
  wire = new Float64Array(0)
  ip = new Float64Array(0)
  /** What entered for addresses that hang off nothing any more, IP bit/s. */
  nowhereIp = 0
  /** Classes with changes, `classCount` of them. */
  classes = new Int32Array(0)
  classCount = 0
  /** By class: the switch that was listed last; by class and switch: the one listed before it. */
  #head = new Int32Array(0)
  #next = new Int32Array(0)
  readonly #table: ClassTable

  constructor(table: ClassTable) {
    this.#table = table
  }

  /** Makes room for classes that were added. */
  reserve(): void {
    const columns = this.#table.inflow.length
    if (columns > this.wire.length) {
      this.wire = widened(this.wire, new Float64Array(columns))
      this.ip = widened(this.ip, new Float64Array(columns))
      this.#next = widened(this.#next, new Int32Array(columns).fill(UNLISTED))
    }
    if (this.#table.count > this.#head.length) {
      const size = Math.max(this.#table.count, 2 * this.#head.length)
      this.#head = widened(this.#head, new Int32Array(size).fill(END))
      this.classes = widened(this.classes, new Int32Array(size))
    }
  }

  add(classId: number, s: number, wireBps: number, ipBps: number): void {
    const at = this.#table.at(classId) + s
    this.wire[at]! += wireBps
    this.ip[at]! += ipBps
    if (this.#next[at] !== UNLISTED) return
    if (this.#head[classId] === END) this.classes[this.classCount++] = classId
    this.#next[at] = this.#head[classId]!
    this.#head[classId] = s
  }

  isChanged(classId: number): boolean {
    return this.#head[classId] !== END
  }

  /** The first switch with changes of a class, and the one behind another; -1 behind the last. */
  first(classId: number): number {
    return this.#head[classId]!
  }

  next(classId: number, s: number): number {
    return this.#next[this.#table.at(classId) + s]!
  }

  /** What enters in all, the base included. `at` is of class and switch. */
  totalWire(at: number): number {
    return total(this.#table.entry[at]!, this.wire[at]!)
  }

  totalIp(at: number): number {
    return total(this.#table.entryIp[at]!, this.ip[at]!)
  }

  clear(): void {
    for (let i = 0; i < this.classCount; i++) {
      const classId = this.classes[i]!
      const at = this.#table.at(classId)
      for (let s = this.#head[classId]!; s !== END; ) {
        const next = this.#next[at + s]!
        this.wire[at + s] = 0
        this.ip[at + s] = 0
        this.#next[at + s] = UNLISTED
        s = next
      }
      this.#head[classId] = END
    }
    this.classCount = 0
    this.nowhereIp = 0
  }
}

function total(base: number, change: number): number {
  const sum = base + change
  return Math.abs(sum) <= ROUNDING * base ? 0 : sum
}
