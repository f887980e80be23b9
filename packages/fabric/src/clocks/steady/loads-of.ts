import type { Topology } from '../../routing/topology.ts'
import { CONNECTIONS, IP_BPS, PACKETS } from './following/channels.ts'
import type { LoadSums } from './following/load-sums.ts'
import type { SteadyDrop, SteadyLoads, TrafficRate } from './steady-loads.ts'
import type { Thinned } from './thinning.ts'

/** What sums are read with. */
export interface LoadColumns {
  readonly topology: Topology
  /** The channel of wire bits of every link. */
  readonly wireOf: Int32Array
  readonly rateBps: Float64Array
}

/** The loads that a fixed point of losses comes to. */
export function steadyLoadsOf(
  { offered, arriving, passes, iterations, residual, converged }: Thinned,
  { topology, wireOf, rateBps }: LoadColumns,
  demand: TrafficRate,
): SteadyLoads {
  const column = (sums: LoadSums, channelOf: (link: number) => number) =>
    rateBps.map((_, direction) => sums.directions[direction * sums.channels + channelOf(direction >> 1)]!)
  const wire = (link: number) => wireOf[link]!
  const arrivingBps = column(arriving, wire)
  return {
    rateBps,
    offeredBps: column(offered, wire),
    offeredPacketsPerSecond: column(offered, () => PACKETS),
    offeredConnectionsPerSecond: column(offered, () => CONNECTIONS),
    arrivingBps,
    arrivingPacketsPerSecond: column(arriving, () => PACKETS),
    arrivingConnectionsPerSecond: column(arriving, () => CONNECTIONS),
    arrivingSquaredBits: column(arriving, (link) => wire(link) + 1),
    carriedBps: arrivingBps.map((load, direction) => load * passes[direction]!),
    demand,
    delivered: trafficRateOf(arriving.delivered, 0, 1),
    connectionsPerSecondTo: arriving.connectionsTo,
    drops: steadyDropsOf(arriving, passes, topology),
    thinning: { iterations, residual, converged },
  }
}

/** What sums have lost: on the way for want of one, then for want of capacity. */
export function steadyDropsOf(arriving: LoadSums, passes: Float64Array, topology: Topology): SteadyDrop[] {
  const drops = arriving.drops().map(({ node, reason, amounts }) => ({
    place: topology.nodes[node]!.name,
    reason,
    ...trafficRateOf(amounts, 0, 1),
  }))
  passes.forEach((pass, direction) => {
    if (pass === 1) return
    const place = topology.directionName(direction >> 1, (direction & 1) as 0 | 1)
    const lost = trafficRateOf(arriving.directions, direction * arriving.channels, 1 - pass)
    drops.push({ place, reason: 'queue-full', ...lost })
  })
  return drops
}

/** A share of the quantities that stand in `amounts` from `at` on. */
export function trafficRateOf(amounts: Float64Array, at: number, share: number): TrafficRate {
  return {
    ipBps: amounts[at + IP_BPS]! * share,
    packetsPerSecond: amounts[at + PACKETS]! * share,
    connectionsPerSecond: amounts[at + CONNECTIONS]! * share,
  }
}
