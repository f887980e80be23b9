import type { Damage } from './damage.ts'
import type { Interfaces } from './interfaces.ts'
import type { LoadColumn } from './load-column.ts'
import { bondShares, type SweepDemands } from './sweep-demands.ts'

/** Where what endpoints send enters once some of their links are dead: by switch, and how much more of it than before. */
export class SenderShifts {
  /** The i-th endpoint that was found has the rows from `start[i]` up to `start[i + 1]`. */
  readonly start: Int32Array
  readonly switch: Int32Array
  readonly change: Float64Array
  readonly bondShare: Float64Array
  readonly #nics: Interfaces
  readonly #damage: Damage
  readonly #loads: LoadColumn
  readonly #sentWire: Float64Array

  constructor(nics: Interfaces, { sentWire }: SweepDemands, damage: Damage, loads: LoadColumn) {
    const rows = nics.link.length
    this.start = new Int32Array(sentWire.length + 1)
    this.switch = new Int32Array(rows)
    this.change = new Float64Array(rows)
    this.bondShare = bondShares(nics)
    this.#nics = nics
    this.#damage = damage
    this.#loads = loads
    this.#sentWire = sentWire
  }

  /** Of the i-th endpoint, one after the other from 0 on; loads its links by it. Whether any of them is left. */
  find(i: number, e: number): boolean {
    const { start, link, switch: at, up, bondWeight } = this.#nics
    const { dead } = this.#damage
    const first = this.start[i]!
    let end = first
    let left = 0
    for (let nic = start[e]!; nic < start[e + 1]!; nic++) if (dead[link[nic]!] === 0) left += bondWeight[nic]!
    for (let nic = start[e]!; nic < start[e + 1]!; nic++) {
      const now = dead[link[nic]!] === 0 ? bondWeight[nic]! / left : 0
      const change = now - this.bondShare[nic]!
      this.#loads.now[up[nic]!]! += this.#sentWire[e]! * change
      let k = first
      while (k < end && this.switch[k] !== at[nic]) k++
      if (k === end) {
        this.switch[end] = at[nic]!
        this.change[end++] = 0
      }
      this.change[k]! += change
    }
    this.start[i + 1] = this.#withoutRounding(first, end)
    return left > 0
  }

  /** A bond that keeps its switch changes nothing there. */
  #withoutRounding(first: number, end: number): number {
    let kept = first
    for (let k = first; k < end; k++) {
      if (Math.abs(this.change[k]!) <= ROUNDING) continue
      this.switch[kept] = this.switch[k]!
      this.change[kept++] = this.change[k]!
    }
    return kept
  }
}

/** What is left of shares that add up to the same. */
const ROUNDING = 2 ** -48
