import type { Network } from '../../../build/network.ts'
import { INTERNET_TIER } from '../../../edge/internet-tier.ts'
import type { Adjacency } from '../../../routing/topology.ts'
import { directionFrom } from './switch-graph.ts'

/** The directions by which gateways send to the internet: nothing that is private goes there. */
export function outwardDirections({ topology }: Network): Int32Array {
  const outward = topology.nodes.flatMap((_, node) =>
    outsidePorts(topology, node).map(({ link }) => directionFrom(topology, link, node)),
  )
  return Int32Array.from(outward)
}

/** Whether a gateway stands between two switches of the internet: it leads nothing from one to the other. */
export const joinsInternets = ({ topology }: Network): boolean =>
  topology.nodes.some((_, node) => {
    const switches = outsidePorts(topology, node).map(({ neighbour }) => neighbour)
    return new Set(switches).size > 1
  })

function outsidePorts({ nodes, ports }: Network['topology'], node: number): Adjacency[] {
  if (nodes[node]!.kind !== 'gateway') return []
  return ports[node]!.filter(({ neighbour }) => {
    const other = nodes[neighbour]!
    return other.kind === 'switch' && other.tier === INTERNET_TIER
  })
}
