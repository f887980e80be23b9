import type { Ledger } from '../../model/ledger.ts'

/** Traffic that ended at a node for a reason, in the channels' quantities. */
export interface DropSum {
  readonly node: number
  readonly reason: number
  readonly amounts: Float64Array
}

/** What one pass over all demands adds up. */
export class LoadSums {
  /** Quantities that arrive at every direction's queue, `channels` each. */
  readonly directions: Float64Array
  readonly delivered: Float64Array
  readonly channels: number
  readonly #ledger: Ledger
  readonly #drops = new Map<number, DropSum>()

  constructor(directions: number, channels: number, ledger: Ledger) {
    this.directions = new Float64Array(directions * channels)
    this.delivered = new Float64Array(channels)
    this.channels = channels
    this.#ledger = ledger
  }

  /** Books a share of some quantities, that stand in `amounts` from `at` on, as lost at a node. */
  drop(node: number, reason: number, amounts: Float64Array, at: number, share: number): void {
    const key = node * REASONS_MAX + reason
    let sum = this.#drops.get(key)
    if (sum === undefined) {
      sum = { node, reason, amounts: new Float64Array(this.channels) }
      this.#drops.set(key, sum)
    }
    for (let ch = 0; ch < this.channels; ch++) sum.amounts[ch]! += amounts[at + ch]! * share
  }

  dropAs(node: number, reason: string, amounts: Float64Array, at: number, share: number): void {
    this.drop(node, this.#ledger.reason(reason), amounts, at, share)
  }

  /** In order of nodes, then reasons. */
  drops(): DropSum[] {
    return [...this.#drops.entries()].sort(([a], [b]) => a - b).map(([, sum]) => sum)
  }
}

/** Reasons that a ledger may know. */
const REASONS_MAX = 1 << 10
