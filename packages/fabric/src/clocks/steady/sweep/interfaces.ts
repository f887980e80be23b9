import type { HostBlueprint } from '../../../blueprint/network.ts'
import type { Network } from '../../../build/network.ts'
import type { LedIndex } from './led-demands.ts'
import { bondWeight, directionFrom, type SwitchGraph, switchWeight } from './switch-graph.ts'

/**
 * The links of every endpoint's interface, in rows one after the other: endpoint e has those from `start[e]` up to
 * `start[e + 1]`, in order of the host's ports.
 */
export interface Interfaces {
  readonly start: Int32Array
  readonly link: Int32Array
  readonly switch: Int32Array
  /** Directions from the host and to it. */
  readonly up: Int32Array
  readonly down: Int32Array
  /** What each link counts for in the host's bond, and in the group of its switch. */
  readonly bondWeight: Float64Array
  readonly switchWeight: Float64Array
  /** Endpoints of link l: those from `endpointStart[l]` up to `endpointStart[l + 1]` of `endpoints`. */
  readonly endpointStart: Int32Array
  readonly endpoints: Int32Array
}

interface Nic {
  readonly endpoint: number
  readonly link: number
  /** Node index of the switch. */
  readonly at: number
}

/** Undefined where an interface has a link to another host: such traffic depends on more than classes. */
export function findInterfaces(
  network: Network,
  index: LedIndex,
  graph: SwitchGraph,
): Interfaces | undefined {
  const { topology } = network
  const nics: Nic[] = []
  const start = new Int32Array(index.address.length + 1)
  for (let endpoint = 0; endpoint < index.address.length; endpoint++) {
    const host = index.host[endpoint]!
    const own = linksOf(network, host, index.address[endpoint]!)
    for (const { link, neighbour } of topology.ports[host]!)
      if (own.has(link)) nics.push({ endpoint, link, at: neighbour })
    start[endpoint + 1] = nics.length
  }
  if (nics.some(({ at }) => topology.isHost(at))) return undefined
  const byLink = [...nics].sort((a, b) => a.link - b.link)
  const endpointStart = new Int32Array(topology.links.length + 1)
  for (const { link } of nics) endpointStart[link + 1]!++
  for (let link = 0; link < topology.links.length; link++) endpointStart[link + 1]! += endpointStart[link]!
  return {
    start,
    link: Int32Array.from(nics, ({ link }) => link),
    switch: Int32Array.from(nics, ({ at }) => graph.switchOf[at]!),
    up: Int32Array.from(nics, ({ link, at }) => directionFrom(topology, link, at) ^ 1),
    down: Int32Array.from(nics, ({ link, at }) => directionFrom(topology, link, at)),
    bondWeight: Float64Array.from(nics, ({ link }) => bondWeight(topology, link)),
    switchWeight: Float64Array.from(nics, ({ link, at }) => switchWeight(topology, at, link)),
    endpointStart,
    endpoints: Int32Array.from(byLink, ({ endpoint }) => endpoint),
  }
}

/** The links of the interface that has this address. */
function linksOf(network: Network, host: number, address: number): ReadonlySet<number> {
  const { interfaces } = network.topology.nodes[host] as HostBlueprint
  const at = network.hostAddresses.get(host)!.findIndex((addresses) => addresses.includes(address))
  return new Set(interfaces[at]!.links.map((name) => network.topology.linkIndex(name)))
}
