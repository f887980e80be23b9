import type { Network } from '../../../build/network.ts'
import type { Ledger } from '../../../model/ledger.ts'
import { addTo } from './amounts.ts'
import { CONNECTIONS } from './channels.ts'

/** Traffic that ended at a node for a reason, in the channels' quantities. */
export interface DropSum {
  readonly node: number
  readonly reason: string
  readonly amounts: Float64Array
}

/** What one pass over all demands adds up. */
export class LoadSums {
  /** Quantities that arrive at every direction's queue, `channels` each. */
  readonly directions: Float64Array
  readonly delivered: Float64Array
  /** New connections per second that reach every node. */
  readonly connectionsTo: Float64Array
  readonly channels: number
  readonly #ledger: Ledger
  readonly #drops = new Map<string, DropSum>()

  constructor({ topology, ledger }: Network, channels: number) {
    this.directions = new Float64Array(2 * topology.links.length * channels)
    this.delivered = new Float64Array(channels)
    this.connectionsTo = new Float64Array(topology.nodes.length)
    this.channels = channels
    this.#ledger = ledger
  }

  /** Books a share of some quantities, that stand in `amounts` from `at` on, as arrived at the node that they are for. */
  deliver(node: number, amounts: Float64Array, at: number, share: number): void {
    addTo(this.delivered, 0, amounts, at, share, this.channels)
    if (this.channels > CONNECTIONS) this.connectionsTo[node]! += amounts[at + CONNECTIONS]! * share
  }

  /** Books a share of some quantities, that stand in `amounts` from `at` on, as lost at a node for a ledger's reason. */
  drop(node: number, reason: number, amounts: Float64Array, at: number, share: number): void {
    this.dropAs(node, this.#ledger.reasonName(reason), amounts, at, share)
  }

  dropAs(node: number, reason: string, amounts: Float64Array, at: number, share: number): void {
    const key = `${node}/${reason}`
    let sum = this.#drops.get(key)
    if (sum === undefined) {
      sum = { node, reason, amounts: new Float64Array(this.channels) }
      this.#drops.set(key, sum)
    }
    addTo(sum.amounts, 0, amounts, at, share, this.channels)
  }

  /** Adds all of another's sums, times this. */
  add(other: LoadSums, times: number): void {
    addTo(this.directions, 0, other.directions, 0, times, this.directions.length)
    addTo(this.delivered, 0, other.delivered, 0, times, this.channels)
    addTo(this.connectionsTo, 0, other.connectionsTo, 0, times, this.connectionsTo.length)
    for (const { node, reason, amounts } of other.drops()) this.dropAs(node, reason, amounts, 0, times)
  }

  /** In order of nodes, then reasons. */
  drops(): DropSum[] {
    return [...this.#drops.values()].sort((a, b) => a.node - b.node || (a.reason < b.reason ? -1 : 1))
  }
}
