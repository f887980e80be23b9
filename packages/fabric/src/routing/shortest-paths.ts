import type { LinkState, Topology } from './topology.ts'

export const UNREACHED = 0x7fff_ffff

/**
 * Whether a link of this cost leads along a shortest path to a neighbour, given the distances at its two ends. A neighbour
 * that carries no transit leads nowhere but to itself.
 */
export function isNextHop(
  distance: number,
  neighbourDistance: number,
  cost: number,
  isTransit = true,
): boolean {
  if (!isTransit && neighbourDistance !== 0) return false
  return neighbourDistance !== UNREACHED && neighbourDistance + cost === distance
}

/**
 * Cost from every switch to the nearest of these switches, over usable links, and through nothing that carries no transit.
 * Label-correcting with a queue (Bellman-Ford, Moore): breadth-first search where all costs are 1.
 */
export function distancesTo(topology: Topology, state: LinkState, targets: readonly number[]): Int32Array {
  const distances = new Int32Array(topology.nodes.length).fill(UNREACHED)
  const queued = new Uint8Array(topology.nodes.length)
  const queue: number[] = []
  for (const target of targets) {
    distances[target] = 0
    queue.push(target)
  }
  for (let next = 0; next < queue.length; next++) {
    const node = queue[next]!
    queued[node] = 0
    if (!topology.isTransit(node) && distances[node] !== 0) continue
    for (const { link, neighbour } of topology.ports[node]!) {
      if (topology.isHost(neighbour) || !state.usable(link)) continue
      const cost = distances[node]! + topology.links[link]!.cost
      if (cost >= distances[neighbour]!) continue
      distances[neighbour] = cost
      if (queued[neighbour] === 0) {
        queued[neighbour] = 1
        queue.push(neighbour)
      }
    }
  }
  return distances
}
