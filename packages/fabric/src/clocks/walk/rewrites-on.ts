import type { Network } from '../../build/network.ts'
import type { Rewrite } from '../../interfaces/mode.ts'
import type { WalkResult } from './probe.ts'

/** What a probe that opens a connection was rewritten to on its ways, and by whom: what answers to it meet backwards. */
export function rewritesOn(network: Network, hops: WalkResult['hops']): Rewrite[] {
  return hops.flatMap(({ node, before, translated }) => {
    if (before === undefined || translated === undefined) return []
    const place = placeOf(network, node, translated.destination)
    return place === undefined ? [] : [{ place, before, after: translated }]
  })
}

/** Gateways that keep no state leave it to the endpoint's server to answer for a service. */
function placeOf(network: Network, node: number, destination: number): string | undefined {
  const { topology, edges } = network
  const at = topology.nodes[node]!
  if (at.kind === 'vswitch') return at.host
  const edge = edges?.of(at.name)
  if (edge?.place !== 'hosts') return edge?.region
  const endpoint = network.hostOf(destination)
  const neighbour = endpoint === undefined ? undefined : topology.ports[endpoint]![0]?.neighbour
  const vswitch = neighbour === undefined ? undefined : topology.nodes[neighbour]!
  return vswitch?.kind === 'vswitch' ? vswitch.host : undefined
}
