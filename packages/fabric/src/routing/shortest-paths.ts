import type { LinkState, Topology } from './topology.ts'

export const UNREACHED = 0x7fff_ffff

/** Whether a link of this cost leads along a shortest path, given the distances at its two ends. */
export function isNextHop(distance: number, neighbourDistance: number, cost: number): boolean {
  return neighbourDistance !== UNREACHED && neighbourDistance + cost === distance
}

/**
 * Cost from every switch to the nearest of these switches, over usable links and never through a host.
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
