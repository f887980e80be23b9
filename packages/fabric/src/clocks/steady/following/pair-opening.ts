import type { Network } from '../../../build/network.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../model/packet-table.ts'
import { DROPS_OF_ROUTES } from '../../../routing/route-drops.ts'
import type { DemandConnections } from '../../../traffic/demand/demand-matrix.ts'
import type { Probe, Translated, WalkDrop, WalkResult } from '../../walk/probe.ts'
import { walk } from '../../walk/walk.ts'

/** Who sends to whom. */
export interface FollowedPair {
  /** Addresses by id. */
  readonly source: number
  readonly destination: number
  readonly connections: DemandConnections | undefined
}

/** A pair that opens connections: to a service's address, which becomes that of an endpoint, or straight. */
export type Call = FollowedPair & { readonly endpoint?: number }

/** How a pair's connections are opened. */
export interface Opening {
  /** The connections over TCP that are not let through, and so send nothing: where, why, and which share of them. */
  readonly denied: readonly WalkDrop[]
  readonly call?: Call
  /** What their first packets bear when they arrive, where that is not what they were sent with. */
  readonly arrived?: Translated | undefined
}

const LET_THROUGH: Opening = { denied: [] }

/** How a pair's connections are opened: asked with everything up, since that depends on policies and services alone. */
export function openingOf(network: Network, pair: FollowedPair): Opening {
  const { connections } = pair
  if (connections === undefined || network.mode === undefined) return LET_THROUGH
  const isTcp = connections.protocol === PROTOCOL_TCP
  if (!isTcp && !connections.isAnswer) return LET_THROUGH
  const call = callOf(network, connections.isAnswer ? turned(pair, connections) : pair)
  const { hops, drops, delivered } = network.withEverythingUp(() => walk(network, probeOf(call)))
  const refused = isTcp ? drops.filter(({ reason }) => !DROPS_OF_ROUTES.has(reason)) : []
  // of those that are not lost on their way there
  const judged = refused.reduce((sum, { share }) => sum + share, delivered)
  const denied = refused.map((drop) => ({ ...drop, share: drop.share / judged }))
  return { denied, call, arrived: bornAtTheEnd(hops) }
}

/** What a pair's opener calls: a service's address, which becomes the receiver's. */
export function callOf(network: Network, pair: FollowedPair): Call {
  const address = pair.connections?.address
  if (address === undefined) return pair
  return { ...pair, destination: network.addresses.intern(address), endpoint: pair.destination }
}

export function probeOf({ source, destination, connections, endpoint }: Call): Probe {
  const { protocol, port } = connections ?? { protocol: PROTOCOL_UDP, port: 0 }
  const called = endpoint === undefined ? {} : { endpoint }
  return { source, destination, protocol, destinationPort: port, sizeBytes: 0, ...called }
}

const turned = ({ source, destination }: FollowedPair, connections: DemandConnections): FollowedPair => ({
  source: destination,
  destination: source,
  connections: { ...connections, isAnswer: false },
})

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
