import type { Network } from '../../build/network.ts'
import type { LinkState } from '../../routing/topology.ts'
import { addTo } from './amounts.ts'
import type { Admission, SteadyRefusal } from './admission.ts'
import { CONNECTIONS, IP_BPS, PACKETS } from './channels.ts'
import type { DemandIndex } from './demand-index.ts'
import type { Follower } from './follower.ts'
import type { LoadSums } from './load-sums.ts'
import { PairFollower } from './pair-follower.ts'
import type { Ports } from './ports.ts'
import { REFUSED } from './screen.ts'

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
 * A demand of which some finds no place: connections send SYNs then, that are lost where there is none and load no link, streams go on sending,
 * as far as there. What was refused before, for policies, is as it was.
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
    const { index, network, ports } = parts
    const screen = index.screen(network, ports)
    this.#parts = parts
    this.#synBytes = synBytes
    this.#factor = factor
    this.#demands = index.byEntry(shares.length)
    const isSent = (entry: number) => {
      const demand = this.#demands[entry]!
      return demand >= 0 && screen?.fates[demand] !== REFUSED
    }
    this.#shares = shares.map((share, entry) => (isSent(entry) ? share : 1))
    this.#refusals = refusals.filter(({ entry }) => isSent(entry))
  }

  /** Whether both come to the same sums: as much of the same is admitted, and nothing else is sent. */
  isLike(other: AdmittedDemand): boolean {
    const isPlain = other.#refusals.length + this.#refusals.length === 0
    return isPlain && other.#shares.every((share, entry) => share === this.#shares[entry])
  }

  /** One pass. */
  follow(passes: Float64Array): LoadSums {
    const { index, follower } = this.#parts
    const all = index.amounts
    index.admit(this.#shares)
    const sums = follower.follow(passes)
    index.admit()
    this.#followStreams(passes, all, sums)
    for (const each of this.#refusals) this.#loseSyns(each, all, sums)
    return sums
  }

  /** All that is sent: what is admitted, SYNs of the rest, and streams. */
  demand(): Float64Array {
    const { index } = this.#parts
    const { count } = index.channels
    const sum = new Float64Array(count)
    for (let i = 0; i < index.source.length; i++)
      addTo(sum, 0, index.amounts, i * count, this.#shares[index.entry[i]!]!, count)
    for (const each of this.#refusals) {
      const at = this.#demands[each.entry]! * count
      addTo(sum, 0, this.#isOfStreams(at) ? this.#part(each, at) : this.#synsOf(each, at), 0, 1, count)
    }
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
      const [source, destination] = [index.address[index.source[demand]!]!, this.#receiverOf(demand)]
      const pair = { source, destination, connections: index.connectionsOf(demand) }
      pairs.followTo({ nodes, reason }, pair, lost, 0, sums)
    }
  }

  /** By entry and reason. */
  #lostStreams() {
    const found = new Map<string, { entry: number; reason: string; nodes: Set<number>; share: number }>()
    const { count } = this.#parts.index.channels
    for (const { entry, reason, node, share } of this.#refusals) {
      if (!this.#isOfStreams(this.#demands[entry]! * count)) continue
      const key = `${entry}/${reason}`
      const known = found.get(key) ?? { entry, reason, nodes: new Set<number>(), share: 0 }
      known.nodes.add(node)
      known.share += share
      found.set(key, known)
    }
    return found.values()
  }

  #loseSyns(refusal: SteadyRefusal, all: Float64Array, sums: LoadSums): void {
    const at = this.#demands[refusal.entry]! * this.#parts.index.channels.count
    if (all[at + CONNECTIONS]! > 0) sums.dropAs(refusal.node, refusal.reason, this.#synsOf(refusal, at), 0, 1)
  }

  #synsOf({ perSecond, share }: SteadyRefusal, at: number): Float64Array {
    const { amounts, channels } = this.#parts.index
    const syns = new Float64Array(channels.count)
    syns[PACKETS] = perSecond / this.#factor
    syns[IP_BPS] = syns[PACKETS] * this.#synBytes * BITS_PER_BYTE
    syns[CONNECTIONS] = amounts[at + CONNECTIONS]! * share
    return syns
  }

  #part({ share }: SteadyRefusal, at: number): Float64Array {
    const { amounts, channels } = this.#parts.index
    const part = new Float64Array(channels.count)
    addTo(part, 0, amounts, at, share, channels.count)
    return part
  }

  #isOfStreams(at: number): boolean {
    return this.#parts.index.amounts[at + CONNECTIONS] === 0
  }

  #receiverOf(demand: number): number {
    const { start, address } = this.#parts.index
    let endpoint = 0
    while (start[endpoint + 1]! <= demand) endpoint++
    return address[endpoint]!
  }
}
