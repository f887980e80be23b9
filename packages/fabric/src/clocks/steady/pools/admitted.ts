import type { Network } from '../../../build/network.ts'
import type { LinkState } from '../../../routing/topology.ts'
import { addTo } from '../following/amounts.ts'
import type { Admission, SteadyRefusal } from './admission.ts'
import { CONNECTIONS, IP_BPS, PACKETS } from '../following/channels.ts'
import type { DemandIndex } from '../following/demand-index.ts'
import type { Follower } from '../following/follower.ts'
import type { LoadSums } from '../following/load-sums.ts'
import { PairFollower } from '../following/pair-follower.ts'
import type { Ports } from '../following/ports.ts'

const BITS_PER_BYTE = 8

/** What a demand of which not all finds places is followed with. */
export interface AdmittedParts {
  readonly network: Network
  readonly index: DemandIndex
  readonly ports: Ports
  readonly state: LinkState
  readonly follower: Follower
}

/**
 * A demand of which some is refused, by policies or for want of a place: connections send SYNs then, that are lost where that happens and load
 * no link, streams go on sending, as far as there.
 */
export class AdmittedDemand {
  readonly #parts: AdmittedParts
  readonly #shares: Float64Array
  readonly #refusals: readonly SteadyRefusal[]
  readonly #synBytes: number
  readonly #factor: number
  /** By entry of the matrix. */
  readonly #demands: Int32Array

  /** `factor`: what the demand is taken times. */
  constructor(parts: AdmittedParts, { shares, refusals, synBytes }: Admission, factor: number) {
    this.#parts = parts
    this.#synBytes = synBytes
    this.#factor = factor
    this.#demands = parts.index.byEntry()
    this.#shares = shares
    this.#refusals = refusals.filter(({ entry }) => this.#demands[entry]! >= 0)
  }

  /** Whether both load links alike: as much of the same is admitted, and no streams are sent beside. */
  isLike(other: AdmittedDemand): boolean {
    const isPlain = [this, other].every((each) =>
      each.#refusals.every((refusal) => !each.#isOfStreams(refusal)),
    )
    return isPlain && other.#shares.every((share, entry) => share === this.#shares[entry])
  }

  /** One pass of what loads links. */
  follow(passes: Float64Array): LoadSums {
    const { index, follower } = this.#parts
    const all = index.amounts
    index.admit(this.#shares)
    const sums = follower.follow(passes)
    index.admit()
    this.#followStreams(passes, all, sums)
    return sums
  }

  /** Books SYNs of connections that are not admitted. */
  loseSyns(sums: LoadSums): void {
    for (const each of this.#refusals)
      if (!this.#isOfStreams(each)) sums.dropAs(each.node, each.reason, this.#synsOf(each), 0, 1)
  }

  /** All that is sent: what is admitted, SYNs of the rest, and streams. */
  demand(): Float64Array {
    const { index } = this.#parts
    const { count } = index.channels
    const sum = new Float64Array(count)
    for (let i = 0; i < index.source.length; i++)
      addTo(sum, 0, index.amounts, i * count, this.#shares[index.entry[i]!]!, count)
    for (const each of this.#refusals)
      addTo(sum, 0, this.#isOfStreams(each) ? this.#part(each) : this.#synsOf(each), 0, 1, count)
    return sum
  }

  #followStreams(passes: Float64Array, all: Float64Array, sums: LoadSums): void {
    const { network, index, ports, state } = this.#parts
    const { count } = index.channels
    const pairs = new PairFollower(network, ports, state, passes)
    for (const { entry, reason, nodes, share } of this.#lostStreams()) {
      const demand = this.#demands[entry]!
      const lost = new Float64Array(count)
      addTo(lost, 0, all, demand * count, share, count)
      pairs.followTo({ nodes, reason }, index.pairOf(demand), lost, 0, sums)
    }
  }

  /** By entry and reason. */
  #lostStreams() {
    const found = new Map<string, { entry: number; reason: string; nodes: Set<number>; share: number }>()
    for (const refusal of this.#refusals) {
      if (!this.#isOfStreams(refusal)) continue
      const { entry, reason, node, share } = refusal
      const key = `${entry}/${reason}`
      const known = found.get(key) ?? { entry, reason, nodes: new Set<number>(), share: 0 }
      known.nodes.add(node)
      known.share += share
      found.set(key, known)
    }
    return found.values()
  }

  #synsOf(refusal: SteadyRefusal): Float64Array {
    const { amounts, channels } = this.#parts.index
    const syns = new Float64Array(channels.count)
    syns[PACKETS] = refusal.perSecond / this.#factor
    syns[IP_BPS] = syns[PACKETS] * this.#synBytes * BITS_PER_BYTE
    syns[CONNECTIONS] = amounts[this.#rowOf(refusal) + CONNECTIONS]! * refusal.share
    return syns
  }

  #part(refusal: SteadyRefusal): Float64Array {
    const { amounts, channels } = this.#parts.index
    const part = new Float64Array(channels.count)
    addTo(part, 0, amounts, this.#rowOf(refusal), refusal.share, channels.count)
    return part
  }

  #isOfStreams(refusal: SteadyRefusal): boolean {
    return this.#parts.index.amounts[this.#rowOf(refusal) + CONNECTIONS] === 0
  }

  /** Where the quantities of its entry begin. */
  #rowOf({ entry }: SteadyRefusal): number {
    return this.#demands[entry]! * this.#parts.index.channels.count
  }
}
