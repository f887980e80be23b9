import type { Network } from '../../src/build/network.ts'
import { walk } from '../../src/clocks/walk/walk.ts'
import { wireBytes } from '../../src/model/framing.ts'
import { PROTOCOL_UDP } from '../../src/model/packet-table.ts'
import type { LinkState } from '../../src/routing/topology.ts'
import type { Demand, DemandClass } from '../../src/traffic/demand/demand-matrix.ts'

export interface WalkedLoads {
  /** By direction, 2 × link + end. */
  readonly wireBps: Float64Array
  readonly packetsPerSecond: Float64Array
  readonly connectionsPerSecond: Float64Array
  /** New connections per second by the node that they are opened to. */
  readonly connectionsTo: Float64Array
  readonly deliveredBps: number
  /** IP bit/s by `place reason`. */
  readonly drops: ReadonlyMap<string, number>
}

/** Loads by the book, for tests alone: every demand's walk, share by share. All packets of a demand have its mean size. */
export function walkedLoads(
  network: Network,
  demands: readonly Demand[],
  classes: readonly DemandClass[],
  state: LinkState,
): WalkedLoads {
  const { topology } = network
  const wireBps = new Float64Array(2 * topology.links.length)
  const packetsPerSecond = new Float64Array(2 * topology.links.length)
  const connectionsPerSecond = new Float64Array(2 * topology.links.length)
  const connectionsTo = new Float64Array(topology.nodes.length)
  const drops = new Map<string, number>()
  let deliveredBps = 0
  for (const demand of demands) {
    if (demand.source === demand.destination) continue
    const { family } = classes[demand.class ?? 0]!
    const addressOf = (node: number) => network.addressOf(topology.nodes[node]!.name, family)!
    const probe = {
      source: addressOf(demand.source),
      destination: addressOf(demand.destination),
      protocol: PROTOCOL_UDP,
      destinationPort: 0,
      sizeBytes: 0,
    }
    const packets = demand.packetsPerSecond!
    const connections = demand.connectionsPerSecond ?? 0
    const result = walk(
      network,
      probe,
      (link) => state.usable(link),
      (node) => state.nodeUp[node] === 1,
    )
    deliveredBps += demand.ipBps * result.delivered
    connectionsTo[demand.destination]! += connections * result.delivered
    for (const { node, reason, share } of result.drops) {
      const key = `${topology.nodes[node]!.name} ${reason}`
      drops.set(key, (drops.get(key) ?? 0) + share * demand.ipBps)
    }
    for (const { node, outcome } of result.hops) {
      if (outcome.kind !== 'forwarded') continue
      for (const { port, share } of outcome.members) {
        const { link } = topology.ports[node]![port]!
        if (!state.usable(link)) continue
        const direction = 2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1)
        const { framing } = topology.links[link]!
        const bytes = packets === 0 ? 0 : wireBytes(framing, demand.ipBps / (8 * packets))
        wireBps[direction]! += 8 * packets * bytes * share
        packetsPerSecond[direction]! += packets * share
        connectionsPerSecond[direction]! += connections * share
      }
    }
  }
  return { wireBps, packetsPerSecond, connectionsPerSecond, connectionsTo, deliveredBps, drops }
}
