import { reasonOf } from '../../../model/decision.ts'
import type { LinkState } from '../../../routing/topology.ts'
import type { ClassPlan } from './class-plan.ts'
import type { LoadSums } from './load-sums.ts'
import { addTo, isZero } from './amounts.ts'
import type { Ports } from './ports.ts'
import { NO_WAYS, type Ways } from './ways.ts'

/** Carries what has come in at nodes on along ways, and books it. Of what arrives at a direction a share passes. */
export class ClassFlow {
  /** Quantities by node: what has come in for the class at hand. */
  readonly flow: Float64Array
  /** By node: the share of what comes in there that comes out at the switch of the last `findReaching`. */
  readonly reaching: Float64Array
  readonly #ports: Ports
  readonly #ways: Ways
  readonly #state: LinkState
  readonly #passes: Float64Array
  readonly #sums: LoadSums

  constructor(ports: Ports, ways: Ways, state: LinkState, passes: Float64Array, sums: LoadSums) {
    const nodes = state.nodeUp.length
    this.flow = new Float64Array(nodes * sums.channels)
    this.reaching = new Float64Array(nodes)
    this.#ports = ports
    this.#ways = ways
    this.#state = state
    this.#passes = passes
    this.#sums = sums
  }

  /** What a node does with quantities that stand in `amounts` from `at` on. */
  send(node: number, decision: number, range: number, amounts: Float64Array, at: number): void {
    const sums = this.#sums
    if (isZero(amounts, at, sums.channels)) return
    if (this.#state.nodeUp[node] === 0) sums.dropAs(node, 'node-down', amounts, at, 1)
    else if (range !== NO_WAYS) this.#split(node, range, amounts, at)
    else if (decision < 0) sums.drop(node, reasonOf(decision), amounts, at, 1)
  }

  /** Takes what has come in at the switches of a class on, up to those that the class hangs off. */
  forward({ order, decisions, ranges }: ClassPlan): void {
    for (let i = 0; i < order.length; i++) {
      const node = order[i]!
      this.send(node, decisions[i]!, ranges[i]!, this.flow, node * this.#sums.channels)
    }
  }

  #split(node: number, range: number, amounts: Float64Array, at: number): void {
    const { start, row, share } = this.#ways
    const { link, direction, neighbour } = this.#ports
    const sums = this.#sums
    const count = sums.channels
    for (let way = start[range]!; way < start[range + 1]!; way++) {
      const port = row[way]!
      const part = share[way]!
      if (!this.#state.usable(link[port]!)) {
        sums.dropAs(node, 'link-down', amounts, at, part)
        continue
      }
      const to = direction[port]!
      addTo(sums.directions, to * count, amounts, at, part, count)
      addTo(this.flow, neighbour[port]! * count, amounts, at, part * this.#passes[to]!, count)
    }
  }

  /** Follows a class backwards from one of the switches that it hangs off, into `reaching`. */
  findReaching({ order, ranges, pairwise }: ClassPlan, at: number): void {
    const { reaching } = this
    for (let i = order.length - 1; i >= 0; i--) {
      const node = order[i]!
      if (node === at) reaching[node] = this.#state.nodeUp[node]!
      else reaching[node] = pairwise?.[node] === 1 ? 0 : this.reachingFrom(node, ranges[i]!)
    }
  }

  /** The share of what a node sends along a range that comes out at the switch of the last `findReaching`. */
  reachingFrom(node: number, range: number): number {
    const { start, row, share } = this.#ways
    const { link, direction, neighbour } = this.#ports
    if (range === NO_WAYS || this.#state.nodeUp[node] === 0) return 0
    let sum = 0
    for (let way = start[range]!; way < start[range + 1]!; way++) {
      const port = row[way]!
      if (!this.#state.usable(link[port]!)) continue
      sum += share[way]! * this.#passes[direction[port]!]! * this.reaching[neighbour[port]!]!
    }
    return sum
  }
}
