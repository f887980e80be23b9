import type { Network } from '../../../build/network.ts'
import type { LinkState } from '../../../routing/topology.ts'
import type { Turn } from '../../../interfaces/mode.ts'
import type { Hop, WalkResult } from '../../walk/probe.ts'
import { walk } from '../../walk/walk.ts'
import { addTo, isZero } from './amounts.ts'
import type { LoadSums } from './load-sums.ts'
import { type Call, callOf, type FollowedPair, type Opening, openingOf, probeOf } from './pair-opening.ts'
import type { Ports } from './ports.ts'

const DEPTHS = 256

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

  /**
   * Books the quantities that stand in `amounts` from `at` on, sent from one address to another: what is refused where it is, there and
   * back.
   */
  follow(pair: FollowedPair, amounts: Float64Array, at: number, sums: LoadSums): void {
    const opening = openingOf(this.#network, pair)
    let passing = 1
    for (const { node, reason, share } of opening.denied) {
      sums.dropAs(node, reason, amounts, at, share)
      passing -= share
    }
    this.#followOpening(pair, opening, passing, amounts, at, sums)
  }

  /** The same of what has been let through. */
  followOpened(pair: FollowedPair, amounts: Float64Array, at: number, sums: LoadSums): void {
    if (!isZero(amounts, at, sums.channels))
      this.#followOpening(pair, openingOf(this.#network, pair), 1, amounts, at, sums)
  }

  /** The same of a pair that sends without being asked to, as far as these nodes, which drop it. */
  followTo(
    { nodes, reason }: { readonly nodes: ReadonlySet<number>; readonly reason: string },
    pair: FollowedPair,
    amounts: Float64Array,
    at: number,
    sums: LoadSums,
  ): void {
    const hops = this.#walk(callOf(this.#network, pair)).hops.map(
      (hop): Hop => (nodes.has(hop.node) ? { ...hop, outcome: { kind: 'dropped', reason } } : hop),
    )
    this.#book(hops, 1, amounts, at, sums)
  }

  #followOpening(
    pair: FollowedPair,
    opening: Opening,
    passing: number,
    amounts: Float64Array,
    at: number,
    sums: LoadSums,
  ): void {
    if (passing <= 0) return
    const isAnswer = pair.connections?.isAnswer !== false || opening.denied.length > 0
    const { hops } = isAnswer ? this.#answer(pair, opening) : this.#walk(callOf(this.#network, pair))
    this.#book(hops, passing, amounts, at, sums)
  }

  /** Goes to who opened the connection as it is known: where something stands for that, by way of it. */
  #answer(pair: FollowedPair, { call, arrived }: Opening): WalkResult {
    if (call === undefined || !pair.connections!.isAnswer) return this.#walk(pair, true)
    const opener = this.#network.facing(call.source, call.destination)
    const isMasked = arrived !== undefined && arrived.source !== opener
    // a server that is the endpoint too answers itself by way of its switch
    if (arrived === undefined || (!isMasked && pair.source !== opener))
      return this.#walk({ ...pair, destination: opener }, true)
    const turn = {
      source: call.destination,
      sourcePort: pair.connections!.port,
      destination: opener,
      destinationPort: 0,
      isLeaving: !isMasked,
    }
    return this.#walk({ ...pair, destination: arrived.source }, true, turn)
  }

  #walk(pair: Call, isAnswer = false, turn?: Turn): WalkResult {
    return walk(
      this.#network,
      { ...probeOf(pair), isAnswer, ...(turn !== undefined && { turn }) },
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
