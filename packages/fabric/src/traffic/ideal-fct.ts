import type { LinkBlueprint } from '../blueprint/network.ts'
import type { Network } from '../build/network.ts'
import { walk } from '../clocks/walk/walk.ts'
import { wireBytes } from '../model/framing.ts'
import { PROTOCOL_TCP } from '../model/packet-table.ts'
import { nextHops } from '../routing/routes.ts'
import { distancesTo } from '../routing/shortest-paths.ts'
import { type Adjacency, LinkState } from '../routing/topology.ts'
import { StoreAndForward } from './store-and-forward.ts'

const PS_BITS_PER_BYTE = 8e12

/**
 * Completion times of flows that have the network to themselves: the yardstick of slowdown. Store and forward along
 * a shortest path; where equal-cost ways differ, along the fastest link of every group. No handshake.
 */
export class IdealFct {
  readonly #network: Network
  readonly #paths = new Map<number, readonly LinkBlueprint[]>()
  readonly #burst = new StoreAndForward()

  constructor(network: Network) {
    this.#network = network
  }

  /** Picoseconds from the first payload bit sent to the last received; NaN if there is no way. */
  of(source: number, destination: number, bytes: number, segmentBytes: number, headerBytes: number): number {
    const path = this.#path(source, destination)
    if (path.length === 0) return source === destination ? 0 : Number.NaN
    const segments = Math.max(1, Math.ceil(bytes / segmentBytes))
    const full = segmentBytes + headerBytes
    const last = bytes - (segments - 1) * segmentBytes + headerBytes
    const burst = this.#burst.begin(segments)
    for (const { rateBps, delayPs, framing } of path) {
      const psPerByte = PS_BITS_PER_BYTE / rateBps
      burst.cross(wireBytes(framing, full) * psPerByte, wireBytes(framing, last) * psPerByte, delayPs)
    }
    return burst.lastPs
  }

  #path(source: number, destination: number): readonly LinkBlueprint[] {
    const key = source * this.#network.addresses.size + destination
    let path = this.#paths.get(key)
    if (path === undefined) {
      path = this.#findPath(source, destination)
      this.#paths.set(key, path)
    }
    return path
  }

  #findPath(source: number, destination: number): LinkBlueprint[] {
    const { topology } = this.#network
    // the way alone: whether a connection may go it depends on its port
    const probe = {
      source,
      destination,
      protocol: PROTOCOL_TCP,
      destinationPort: 0,
      sizeBytes: 0,
      isAnswer: true,
    }
    const { hops, delivered } = walk(this.#network, probe)
    if (delivered === 0) return this.#betweenHosts(source, destination)
    const path: LinkBlueprint[] = []
    let hop = hops[0]!
    while (hop.outcome.kind === 'forwarded') {
      const { node, depth } = hop
      const links = hop.outcome.members.map(({ port }) => topology.ports[node]![port]!)
      const best = links.reduce((a, b) =>
        topology.links[b.link]!.rateBps > topology.links[a.link]!.rateBps ? b : a,
      )
      path.push(topology.links[best.link]!)
      hop = hops.find((next) => next.depth === depth + 1 && next.node === best.neighbour)!
    }
    return path
  }

  /** The way of those whose own addresses lead nowhere, as between regions, where others stand for them. */
  #betweenHosts(source: number, destination: number): LinkBlueprint[] {
    const { topology } = this.#network
    const [from, to] = [this.#network.hostOf(source), this.#network.hostOf(destination)]
    if (from === undefined || to === undefined) return []
    const state = new LinkState(topology)
    const attached = topology.ports[to]!.map(({ neighbour }) => neighbour)
    const distances = distancesTo(topology, state, attached)
    const path: LinkBlueprint[] = []
    const cross = (ports: readonly Adjacency[]): number => {
      const fastest = ports.reduce((a, b) =>
        topology.links[b.link]!.rateBps > topology.links[a.link]!.rateBps ? b : a,
      )
      path.push(topology.links[fastest.link]!)
      return fastest.neighbour
    }
    let node = cross(topology.ports[from]!)
    while (distances[node] !== 0) {
      const next = nextHops(topology, state, distances, node)
      if (next.length === 0) return []
      node = cross(next.map((port) => topology.ports[node]![port]!))
    }
    cross(topology.ports[node]!.filter(({ neighbour }) => neighbour === to))
    return path
  }
}
