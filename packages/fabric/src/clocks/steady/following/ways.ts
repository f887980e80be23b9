import type { Network } from '../../../build/network.ts'
import { type Decision, DELIVER, ONE_OF } from '../../../model/decision.ts'
import type { Ports } from './ports.ts'

/** Of a decision that leads out of no port. */
export const NO_WAYS = -1

/**
 * Where every possible decision leads, in rows one after the other: the ways of range r are those from `start[r]` up to
 * `start[r + 1]`. Taken from the groups that components hold at this moment.
 */
export class Ways {
  readonly start: Int32Array
  /** Row of the port, see `Ports`. */
  readonly row: Int32Array
  readonly share: Float64Array
  /** The first range of every node: one for each port, then one for each group. */
  readonly #base: Int32Array
  readonly #ports: Ports

  constructor(network: Network, ports: Ports) {
    this.#ports = ports
    this.#base = new Int32Array(network.nodes.length)
    const start: number[] = [0]
    const row: number[] = []
    const share: number[] = []
    network.nodes.forEach(({ groups }, node) => {
      this.#base[node] = start.length - 1
      for (let at = ports.start[node]!; at < ports.start[node + 1]!; at++) {
        row.push(at)
        share.push(1)
        start.push(row.length)
      }
      for (const group of groups) {
        group.members.forEach((port, i) => {
          row.push(ports.start[node]! + port)
          share.push(group.weightOf(i) / group.weightSum)
        })
        start.push(row.length)
      }
    })
    this.start = Int32Array.from(start)
    this.row = Int32Array.from(row)
    this.share = Float64Array.from(share)
  }

  /** NO_WAYS for a drop or a delivery. */
  rangeOf(node: number, decision: Decision): number {
    if (decision < 0 || decision >= DELIVER) return NO_WAYS
    if (decision < ONE_OF) return this.#base[node]! + decision
    const ports = this.#ports.start[node + 1]! - this.#ports.start[node]!
    return this.#base[node]! + ports + decision - ONE_OF
  }
}
