import type { Topology } from '@weft/fabric'

/** What is down, by number. */
export interface Down {
  readonly links: readonly number[]
  readonly nodes: readonly number[]
}

/** What a host, or a workload on one, needs to be there: nodes and links that must be up, and one of its server's uplinks. */
export interface Attached {
  readonly name: string
  readonly nodes: readonly number[]
  /** -1: none of its own. */
  readonly link: number
  readonly uplinks: readonly { readonly link: number; readonly node: number }[]
}

export function attachedAt(topology: Topology, node: number): Attached {
  const own = topology.ports[node]![0]!
  const server = own.neighbour
  const isPod = topology.nodes[server]!.kind === 'vswitch'
  const uplinks = isPod
    ? topology.ports[server]!.filter(({ neighbour }) => topology.nodes[neighbour]!.kind !== 'host')
    : topology.ports[node]!
  return {
    name: topology.nodes[node]!.name,
    nodes: isPod ? [node, server] : [node],
    link: isPod ? own.link : -1,
    uplinks: uplinks.map(({ link, neighbour }) => ({ link, node: neighbour })),
  }
}

export const isThere = ({ nodes: own, link, uplinks }: Attached, { links, nodes }: Down): boolean =>
  !own.some((node) => nodes.includes(node)) &&
  !links.includes(link) &&
  uplinks.some((up) => !links.includes(up.link) && !nodes.includes(up.node))
