import type { ClassRoutes } from './class-delta.ts'
import type { Interfaces } from './interfaces.ts'
import { LoadExtras } from './load-extras.ts'
import { PairCorrection } from './pair-correction.ts'
import { BLOCK, type PartChange, risesOf } from './part-change.ts'
import type { SweepDemands } from './sweep-demands.ts'

/** Sums in another order differ by less than this part of the larger number. */
const ROUNDING = 1e-12

/**
 * Loads while two parts are down, put together from what each changes alone. The most loaded direction is looked for in
 * blocks of directions, and only in those whose bound, the most before plus the most that the second adds, leaves room for it.
 */
export class PairSweep {
  /** Offered over rate of the most loaded direction; its number, -1 where nothing is loaded. Roundings are left in. */
  worstUtilization = 0
  worstDirection = -1
  /** IP bit/s without a way, beyond everything being up. */
  lostIp = 0
  readonly #base: Float64Array
  readonly #perBps: Float64Array
  /** Loads while the first alone is down, and the highest utilization of each block of them. */
  readonly #withFirst: Float64Array
  #mostWithFirst: Float64Array
  readonly #extras: LoadExtras
  readonly #correction: PairCorrection
  #first: PartChange | undefined
  #second: PartChange | undefined

  /** `perBps`: 1 over the rate of every direction. */
  constructor(
    base: Float64Array,
    perBps: Float64Array,
    routes: ClassRoutes,
    demands: SweepDemands,
    nics: Interfaces,
  ) {
    this.#base = base
    this.#perBps = perBps
    this.#withFirst = new Float64Array(base.length)
    this.#mostWithFirst = risesOf(this.#withFirst, perBps)
    this.#extras = new LoadExtras(base.length)
    this.#correction = new PairCorrection(routes, demands, nics, this.#extras)
  }

  /** False where the two cannot be put together. Soonest where `first` is that of the time before. */
  run(first: PartChange, second: PartChange): boolean {
    this.#extras.clear()
    if (this.#first !== first) this.#setFirst(first)
    this.#second = second
    if (!this.#correction.add(first, second)) return false
    this.#silence(first.links)
    this.#silence(second.links)
    this.lostIp = first.lostIp + second.lostIp + this.#correction.lostIp
    this.#findWorst(second)
    return true
  }

  /** Loads of all directions, bit/s on the wire. */
  write(to: Float64Array): void {
    const { values } = this.#extras
    const { loads } = this.#second!
    const withFirst = this.#withFirst
    for (let i = 0; i < to.length; i++) to[i] = withFirst[i]! + loads[i]! + values[i]!
  }

  #setFirst(first: PartChange): void {
    this.#first = first
    for (let i = 0; i < this.#base.length; i++) this.#withFirst[i] = this.#base[i]! + first.loads[i]!
    this.#mostWithFirst = risesOf(this.#withFirst, this.#perBps)
  }

  #silence(links: Int32Array): void {
    const { loads } = this.#second!
    for (let i = 0; i < links.length; i++) {
      for (let direction = 2 * links[i]!; direction <= 2 * links[i]! + 1; direction++)
        this.#extras.set(direction, -(this.#withFirst[direction]! + loads[direction]!))
    }
  }

  #findWorst({ loads, rises }: PartChange): void {
    const { directions, count, values } = this.#extras
    this.worstUtilization = 0
    this.worstDirection = -1
    for (let i = 0; i < count; i++) {
      const direction = directions[i]!
      const load = this.#withFirst[direction]! + loads[direction]! + values[direction]!
      this.#offer(direction, load * this.#perBps[direction]!)
    }
    const most = this.#mostWithFirst
    let highest = 0
    for (let block = 1; block < most.length; block++)
      if (most[block]! + rises[block]! > most[highest]! + rises[highest]!) highest = block
    this.#search(highest, loads)
    for (let block = 0; block < most.length; block++) {
      const bound = most[block]! + rises[block]!
      if (block !== highest && bound > this.worstUtilization * (1 - ROUNDING)) this.#search(block, loads)
    }
  }

  #search(block: number, loads: Float64Array): void {
    const withFirst = this.#withFirst
    const perBps = this.#perBps
    const { values } = this.#extras
    const end = Math.min((block + 1) * BLOCK, loads.length)
    let most = this.worstUtilization
    let at = this.worstDirection
    for (let i = block * BLOCK; i < end; i++) {
      const utilization = (withFirst[i]! + loads[i]! + values[i]!) * perBps[i]!
      if (utilization <= most) continue
      most = utilization
      at = i
    }
    this.worstUtilization = most
    this.worstDirection = at
  }

  #offer(direction: number, utilization: number): void {
    if (utilization <= this.worstUtilization) return
    this.worstUtilization = utilization
    this.worstDirection = direction
  }
}
