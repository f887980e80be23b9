import type { ClassReach } from './class-reach.ts'
import type { ClassTable } from './class-table.ts'
import type { StageRows } from './stage-rows.ts'

/**
 * What comes out of stages beyond what does while everything is up: since stages are reached by other ways, or hosts send
 * elsewhere. By exit.
 */
export class SecondLegs {
  /** Bit/s on the wire, and IP bit/s. */
  readonly wire: Float64Array
  readonly ip: Float64Array
  /** Exits that changed, `count` of them. */
  readonly exits: Int32Array
  count = 0
  readonly #stages: StageRows
  readonly #classes: ClassTable
  readonly #reach: ClassReach
  readonly #listed: Uint8Array

  constructor(stages: StageRows, classes: ClassTable, reach: ClassReach) {
    const exits = stages.receiver.length
    this.#stages = stages
    this.#classes = classes
    this.#reach = reach
    this.wire = new Float64Array(exits)
    this.ip = new Float64Array(exits)
    this.exits = new Int32Array(exits)
    this.#listed = new Uint8Array(exits)
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) {
      const exit = this.exits[i]!
      this.wire[exit] = 0
      this.ip[exit] = 0
      this.#listed[exit] = 0
    }
    this.count = 0
  }

  /** Takes what `reach` has just found of a stage. */
  takeReach(stage: number): void {
    const { start, key, wire, ip } = this.#stages.byCell
    const { switches, slots, changes, count } = this.#reach
    const at = this.#classes.at(stage)
    for (let i = 0; i < count; i++) {
      const cell = at + switches[i]!
      const [slot, change] = [slots[i]!, changes[i]!]
      for (let row = start[cell]!; row < start[cell + 1]!; row++)
        this.#add(key[row]! + slot, wire[row]! * change, ip[row]! * change)
    }
  }

  /** More enters for a stage at a switch, to come out at these exits, of which this is the first. */
  takeEntry(stage: number, s: number, exit: number, wireBps: number, ipBps: number): void {
    const slots = this.#classes.attachments[stage]!.length
    for (let slot = 0; slot < slots; slot++) {
      const share = this.#reach.of(stage, slot, s)
      if (share !== 0) this.#add(exit + slot, wireBps * share, ipBps * share)
    }
  }

  #add(exit: number, wireBps: number, ipBps: number): void {
    this.wire[exit]! += wireBps
    this.ip[exit]! += ipBps
    if (this.#listed[exit] === 1) return
    this.#listed[exit] = 1
    this.exits[this.count++] = exit
  }
}
