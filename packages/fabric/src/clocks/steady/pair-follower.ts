import type { Network } from '../../build/network.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../model/packet-table.ts'
import { DROPS_OF_ROUTES } from '../../routing/route-drops.ts'
import type { LinkState } from '../../routing/topology.ts'
import type { DemandConnections } from '../../traffic/demand/demand-matrix.ts'
import type { Turn } from '../../interfaces/mode.ts'
import type { Hop, Probe, Translated, WalkResult } from '../walk/probe.ts'
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

/** A pair that opens connections: to a service's address, which becomes that of an endpoint, or straight. */
type Call = FollowedPair & { readonly endpoint?: number }

/** How a pair's connections are opened. */
interface Opening {
  /** The share of connections over TCP that are not let through, and so send nothing. */
  readonly refused: number
  readonly reason: string
  readonly call?: Call
  /** What their first packets bear when they arrive, where that is not what they were sent with. */
  readonly arrived?: Translated | undefined
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
    const opening = this.#openingOf(pair)
    const { refused } = opening
    const isAnswer = pair.connections === undefined || pair.connections.isAnswer || refused > 0
    const { hops } = isAnswer ? this.#answer(pair, opening) : this.#walk(this.#callOf(pair))
    if (refused > 0) sums.dropAs(hops[0]!.node, opening.reason, amounts, at, refused)
    if (refused < 1) this.#book(hops, 1 - refused, amounts, at, sums)
  }

  /** The same of a pair that sends without being asked to, as far as these nodes, which drop it. */
  followTo(
    { nodes, reason }: { readonly nodes: ReadonlySet<number>; readonly reason: string },
    pair: FollowedPair,
    amounts: Float64Array,
    at: number,
    sums: LoadSums,
  ): void {
    const hops = this.#walk(this.#callOf(pair)).hops.map(
      (hop): Hop => (nodes.has(hop.node) ? { ...hop, outcome: { kind: 'dropped', reason } } : hop),
    )
    this.#book(hops, 1, amounts, at, sums)
  }

  /** How a pair's connections are opened: asked with everything up, since that depends on policies and services alone. */
  #openingOf(pair: FollowedPair): Opening {
    const { connections } = pair
    if (connections === undefined || this.#network.mode === undefined) return { refused: 0, reason: '' }
    if (connections.protocol !== PROTOCOL_TCP && !connections.isAnswer) return { refused: 0, reason: '' }
    const call = this.#callOf(connections.isAnswer ? turned(pair, connections) : pair)
    const { hops, drops } = this.#network.withEverythingUp(() => walk(this.#network, probeOf(call)))
    const denied =
      connections.protocol === PROTOCOL_TCP ? drops.filter(({ reason }) => !DROPS_OF_ROUTES.has(reason)) : []
    const refused = denied.reduce((sum, { share }) => sum + share, 0)
    return { refused, reason: denied[0]?.reason ?? '', call, arrived: bornAtTheEnd(hops) }
  }

  /** What a pair's opener calls: a service's address, which becomes the receiver's. */
  #callOf(pair: FollowedPair): Call {
    const address = pair.connections?.address
    if (address === undefined) return pair
    return { ...pair, destination: this.#network.addresses.intern(address), endpoint: pair.destination }
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

const turned = ({ source, destination }: FollowedPair, connections: DemandConnections): FollowedPair => ({
  source: destination,
  destination: source,
  connections: { ...connections, isAnswer: false },
})

function probeOf({ source, destination, connections, endpoint }: Call): Probe {
  const { protocol, port } = connections ?? { protocol: PROTOCOL_UDP, port: 0 }
  const called = endpoint === undefined ? {} : { endpoint }
  return { source, destination, protocol, destinationPort: port, sizeBytes: 0, ...called }
}

/** What a probe bears when it has been given its last addresses; undefined where it keeps its own, or ways differ in that. */
function bornAtTheEnd(hops: WalkResult['hops']): Translated | undefined {
  const changed = hops.flatMap(({ depth, translated }) =>
    translated === undefined ? [] : [{ depth, translated }],
  )
  const last = changed.at(-1)
  const isOne = changed.every(
    ({ depth, translated }) => depth < last!.depth || translated.source === last!.translated.source,
  )
  return isOne ? last?.translated : undefined
}

const keyOf = ({ node, depth }: Hop): number => node * DEPTHS + depth
