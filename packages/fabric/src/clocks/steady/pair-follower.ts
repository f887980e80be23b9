import type { Network } from '../../build/network.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../model/packet-table.ts'
import { DROPS_OF_ROUTES } from '../../routing/route-drops.ts'
import type { LinkState } from '../../routing/topology.ts'
import type { DemandConnections } from '../../traffic/demand/demand-matrix.ts'
import type { Hop, WalkResult } from '../walk/probe.ts'
import { walk } from '../walk/walk.ts'
import { addTo } from './amounts.ts'
import type { LoadSums } from './load-sums.ts'
import type { Ports } from './ports.ts'

const DEPTHS = 256

/** Who sends to whom. */
export interface FollowedPair {
  /** Addresses by id. */
  readonly source: number
  readonly destination: number
  readonly connections: DemandConnections | undefined
}

/** Follows single pairs by the walk: where components look at more than destinations. */
export class PairFollower {
  readonly #network: Network
  readonly #ports: Ports
  readonly #state: LinkState
  /** Share of what arrives at each direction that passes it. */
  readonly #passes: Float64Array

  constructor(network: Network, ports: Ports, state: LinkState, passes: Float64Array) {
    this.#network = network
    this.#ports = ports
    this.#state = state
    this.#passes = passes
  }

  /** Books the quantities that stand in `amounts` from `at` on, sent from one address to another. */
  follow(pair: FollowedPair, amounts: Float64Array, at: number, sums: LoadSums): void {
    const refused = this.#refusedOf(pair)
    const isAnswer = pair.connections === undefined || pair.connections.isAnswer || refused.share > 0
    const { hops } = this.#walk(isAnswer ? pair : this.#callOf(pair), isAnswer)
    if (refused.share > 0) sums.dropAs(hops[0]!.node, refused.reason, amounts, at, refused.share)
    if (refused.share < 1) this.#book(hops, 1 - refused.share, amounts, at, sums)
  }

  /** The share of a pair's connections over TCP that are not let through, and so send nothing. */
  #refusedOf({ source, destination, connections }: FollowedPair): { share: number; reason: string } {
    if (connections?.protocol !== PROTOCOL_TCP || this.#network.mode === undefined)
      return { share: 0, reason: '' }
    const opener = connections.isAnswer
      ? { source: destination, destination: source, connections: { ...connections, isAnswer: false } }
      : { source, destination, connections }
    const drops = this.#walk(this.#callOf(opener), false).drops.filter(
      ({ reason }) => !DROPS_OF_ROUTES.has(reason),
    )
    return { share: drops.reduce((sum, { share }) => sum + share, 0), reason: drops[0]?.reason ?? '' }
  }

  /** What a pair's opener calls: a service's address, which becomes the receiver's. */
  #callOf(pair: FollowedPair): FollowedPair & { readonly endpoint?: number } {
    const address = pair.connections?.address
    if (address === undefined) return pair
    return { ...pair, destination: this.#network.addresses.intern(address), endpoint: pair.destination }
  }

  #walk(pair: FollowedPair & { readonly endpoint?: number }, isAnswer: boolean): WalkResult {
    const { source, destination, connections, endpoint } = pair
    const { protocol, port } = connections ?? { protocol: PROTOCOL_UDP, port: 0 }
    const called = endpoint === undefined ? {} : { endpoint }
    return walk(
      this.#network,
      { source, destination, protocol, destinationPort: port, sizeBytes: 0, isAnswer, ...called },
      (link) => this.#state.usable(link),
      (node) => this.#state.nodeUp[node] === 1,
    )
  }

  #book(hops: WalkResult['hops'], passing: number, amounts: Float64Array, at: number, sums: LoadSums): void {
    // ways that meet at a node with different headers are hops of their own: they divide what comes in as the walk has it
    const nominal = new Map<number, number>()
    for (const hop of hops) nominal.set(keyOf(hop), (nominal.get(keyOf(hop)) ?? 0) + hop.share)
    const arriving = new Map([[keyOf(hops[0]!), passing]])
    for (const hop of hops) {
      const share = ((arriving.get(keyOf(hop)) ?? 0) * hop.share) / nominal.get(keyOf(hop))!
      if (hop.outcome.kind === 'dropped') sums.dropAs(hop.node, hop.outcome.reason, amounts, at, share)
      else if (hop.outcome.kind === 'delivered') sums.deliver(hop.node, amounts, at, share)
      else this.#forward(hop, share, arriving, amounts, at, sums)
    }
  }

  #forward(
    hop: Hop,
    share: number,
    arriving: Map<number, number>,
    amounts: Float64Array,
    at: number,
    sums: LoadSums,
  ): void {
    if (hop.outcome.kind !== 'forwarded') return
    for (const { port, weight } of hop.outcome.members) {
      const row = this.#ports.start[hop.node]! + port
      const part = share * weight
      if (!this.#state.usable(this.#ports.link[row]!)) {
        sums.dropAs(hop.node, 'link-down', amounts, at, part)
        continue
      }
      const direction = this.#ports.direction[row]!
      addTo(sums.directions, direction * sums.channels, amounts, at, part, sums.channels)
      const next = this.#ports.neighbour[row]! * DEPTHS + hop.depth + 1
      arriving.set(next, (arriving.get(next) ?? 0) + part * this.#passes[direction]!)
    }
  }
}

const keyOf = ({ node, depth }: Hop): number => node * DEPTHS + depth
