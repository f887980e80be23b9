import type { Network } from '../../src/build/network.ts'
import { NO_CROSSING, type Path } from '../../src/clocks/flow/path.ts'
import type { FiveTuple } from '../../src/model/probe-packet.ts'
import type { PacketTraceRow } from '../../src/clocks/packet/packet-trace.ts'
import { walk } from '../../src/clocks/walk/walk.ts'

/** Share of a probe that comes by each direction, by the direction's name; and what becomes of it, by outcome. */
export type Shares = Record<string, number>

/** What a walk says of a five-tuple. */
export function walkedShares(network: Network, tuple: FiveTuple): Shares {
  const { topology } = network
  const { hops, delivered, drops } = walk(network, { ...tuple, sizeBytes: 1500 })
  const shares: Shares = {}
  for (const { node, outcome } of hops) {
    if (outcome.kind !== 'forwarded') continue
    for (const { port, share } of outcome.members) {
      if (share > 0) add(shares, directionOf(network, node, port), share)
    }
  }
  if (delivered > 0) add(shares, 'delivered', delivered)
  for (const { node, reason } of drops) add(shares, `${reason} at ${topology.nodes[node]!.name}`, 0)
  return shares
}

/** What a path of the flow clock says, in the same words. */
export function probedShares(network: Network, path: Path, from: number): Shares {
  const { topology } = network
  const shares: Shares = {}
  let delivered = path.length === 0 && path.died === undefined ? 1 : 0
  for (let i = 0; i < path.length; i++) {
    const direction = path.directions[i]!
    add(shares, topology.directionName(direction >> 1, (direction & 1) as 0 | 1), path.shares[i]!)
    delivered += path.delivered[i]!
  }
  if (delivered > 0) add(shares, 'delivered', delivered)
  if (path.died !== undefined) {
    const node = path.length === 0 ? from : path.died.node
    add(shares, `${path.died.reason} at ${topology.nodes[node]!.name}`, 0)
  }
  return shares
}

/** Every way of a path, as the directions that it crosses in order. */
export function waysOf(network: Network, path: Path): string[] {
  const { topology } = network
  const isLast = (crossing: number) => {
    for (let i = crossing + 1; i < path.length; i++) if (path.previous[i] === crossing) return false
    return true
  }
  const wayTo = (crossing: number): string[] => {
    if (crossing === NO_CROSSING) return []
    const direction = path.directions[crossing]!
    return [
      ...wayTo(path.previous[crossing]!),
      topology.directionName(direction >> 1, (direction & 1) as 0 | 1),
    ]
  }
  if (path.length === 0) return ['']
  return Array.from({ length: path.length }, (_, i) => i)
    .filter(isLast)
    .map((i) => wayTo(i).join(', '))
}

/** The way that a traced packet took, in the same words, and how it ended. */
export function tracedWay(story: readonly PacketTraceRow[]): { readonly way: string; readonly end: string } {
  const end = story.at(-1)!
  return {
    way: story
      .filter(({ event }) => event === 'sent')
      .map(({ place }) => place)
      .join(', '),
    end: end.event === 'delivered' ? 'delivered' : `${end.reason}`,
  }
}

function directionOf({ topology }: Network, node: number, port: number): string {
  const { link } = topology.ports[node]![port]!
  const isFirst = topology.linkNodes[link]![0] === node && topology.linkPorts[link]![0] === port
  return topology.directionName(link, isFirst ? 0 : 1)
}

function add(shares: Shares, key: string, share: number): void {
  shares[key] = (shares[key] ?? 0) + share
}
