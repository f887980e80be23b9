import type { Network } from '../../build/network.ts'
import { LinkState } from '../../routing/topology.ts'
import type { DemandMatrix } from '../../traffic/demand/demand-matrix.ts'
import { CONNECTIONS, IP_BPS, PACKETS } from './channels.ts'
import { DemandIndex } from './demand-index.ts'
import { Follower } from './follower.ts'
import { Ports } from './ports.ts'
import type { SteadyDrop, SteadyLoads, TrafficRate } from './steady-loads.ts'
import { thin, type Thinned } from './thinning.ts'

/** Expected load per link from a demand matrix, without time. Every answer is of the steady clock. */
export class SteadyClock {
  readonly network: Network
  readonly demands: DemandMatrix
  readonly index: DemandIndex
  readonly ports: Ports
  /** Rate of every direction: 2 × link + end. */
  readonly rateBps: Float64Array

  /** Throws ConfigError on demands between nodes that are no hosts of this network, on negative rates, on missing addresses. */
  constructor(network: Network, demands: DemandMatrix) {
    const { links } = network.topology
    this.network = network
    this.demands = demands
    this.index = new DemandIndex(network, demands)
    this.ports = new Ports(network.topology)
    this.rateBps = Float64Array.from(
      { length: 2 * links.length },
      (_, direction) => links[direction >> 1]!.rateBps,
    )
  }

  /** Loads once routing has converged on this state; absent: on everything being up. */
  loads(state: LinkState = new LinkState(this.network.topology)): SteadyLoads {
    return this.#withRoutes(state, () => this.loadsAsInstalled(state))
  }

  /**
   * What `loads` says of offered load alone, for those who ask of many states: bit/s on the wire by direction, and the IP
   * bit/s of demand that finds no way.
   */
  offered(state: LinkState): { readonly offeredBps: Float64Array; readonly lostBps: number } {
    return this.#withRoutes(state, () => {
      const { wireOf } = this.index.channels
      const follower = new Follower(this.network, this.index, this.ports, state)
      const sums = follower.follow(new Float64Array(this.rateBps.length).fill(1))
      follower.free()
      return {
        offeredBps: this.rateBps.map((_, d) => sums.directions[d * sums.channels + wireOf[d >> 1]!]!),
        lostBps: sums.drops().reduce((sum, { amounts }) => sum + amounts[IP_BPS]!, 0),
      }
    })
  }

  /** Loads by the routes as they are installed, while this is what is up: between a failure and the new routes, say. */
  loadsAsInstalled(state: LinkState): SteadyLoads {
    const follower = new Follower(this.network, this.index, this.ports, state)
    try {
      return this.#loadsOf(thin(follower, this.rateBps, this.index.channels.wireOf))
    } finally {
      follower.free()
    }
  }

  /** Answers with the routes of this state, and puts those back that were installed. */
  #withRoutes<T>(state: LinkState, answer: () => T): T {
    const before = this.network.routes
    this.network.installRoutes(state)
    try {
      return answer()
    } finally {
      this.network.install(before)
    }
  }

  #loadsOf(thinned: Thinned): SteadyLoads {
    const { offered, arriving, passes, iterations, residual, converged } = thinned
    const { rateBps } = this
    const column = (sums: typeof offered, channelOf: (link: number) => number) =>
      rateBps.map((_, direction) => sums.directions[direction * sums.channels + channelOf(direction >> 1)]!)
    const wire = (link: number) => this.index.channels.wireOf[link]!
    const arrivingBps = column(arriving, wire)
    return {
      rateBps,
      offeredBps: column(offered, wire),
      offeredPacketsPerSecond: column(offered, () => PACKETS),
      offeredConnectionsPerSecond: column(offered, () => CONNECTIONS),
      arrivingBps,
      arrivingPacketsPerSecond: column(arriving, () => PACKETS),
      arrivingSquaredBits: column(arriving, (link) => wire(link) + 1),
      carriedBps: arrivingBps.map((load, direction) => load * passes[direction]!),
      demand: this.#demand(),
      delivered: rateOf(arriving.delivered, 0, 1),
      drops: this.#dropsOf(thinned),
      thinning: { iterations, residual, converged },
    }
  }

  #demand(): TrafficRate {
    const { amounts, channels } = this.index
    const sum = new Float64Array(channels.count)
    for (let i = 0; i < amounts.length; i++) sum[i % channels.count]! += amounts[i]!
    return rateOf(sum, 0, 1)
  }

  #dropsOf({ arriving, passes }: Thinned): SteadyDrop[] {
    const { topology } = this.network
    const drops = arriving.drops().map(({ node, reason, amounts }) => ({
      place: topology.nodes[node]!.name,
      reason,
      ...rateOf(amounts, 0, 1),
    }))
    passes.forEach((pass, direction) => {
      if (pass === 1) return
      const place = topology.directionName(direction >> 1, (direction & 1) as 0 | 1)
      const lost = rateOf(arriving.directions, direction * arriving.channels, 1 - pass)
      drops.push({ place, reason: 'queue-full', ...lost })
    })
    return drops
  }
}

function rateOf(amounts: Float64Array, at: number, share: number): TrafficRate {
  return {
    ipBps: amounts[at + IP_BPS]! * share,
    packetsPerSecond: amounts[at + PACKETS]! * share,
    connectionsPerSecond: amounts[at + CONNECTIONS]! * share,
  }
}
