import type { HostBlueprint } from '../blueprint/network.ts'
import type { Topology } from '../routing/topology.ts'

/** The rate of the interface that a host sends from: its first, and of all its links together where that is a bond. */
export function senderRateBps(topology: Topology, host: string): number {
  const { interfaces } = topology.nodes[topology.nodeIndex(host)] as HostBlueprint
  const links = interfaces[0]!.links.map((name) => topology.links[topology.linkIndex(name)]!)
  return links.reduce((sum, { rateBps }) => sum + rateBps, 0)
}
