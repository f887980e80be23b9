import type { Network } from '../../build/network.ts'
import { LinkState } from '../../routing/topology.ts'
import type { DemandMatrix } from '../../traffic/demand/demand-matrix.ts'
import { IP_BPS } from './following/channels.ts'
import { DemandIndex } from './following/demand-index.ts'
import { Follower } from './following/follower.ts'
import { steadyLoadsOf } from './loads-of.ts'
import { Ports } from './following/ports.ts'
import type { SteadyLoads } from './steady-loads.ts'
import { allPasses, type Passes, thin } from './thinning.ts'

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
    return allPasses(this.loadsInPasses(state))
  }

  /** The same in passes over all demands. Until it ends, the network has the routes of this state. */
  *loadsInPasses(state: LinkState = new LinkState(this.network.topology)): Passes<SteadyLoads> {
    const before = this.network.routes
    this.network.installRoutes(state)
    try {
      return yield* this.#asInstalled(state)
    } finally {
      this.network.install(before)
    }
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
    return allPasses(this.#asInstalled(state))
  }

  *#asInstalled(state: LinkState): Passes<SteadyLoads> {
    const follower = new Follower(this.network, this.index, this.ports, state)
    try {
      const { wireOf } = this.index.channels
      const thinned = yield* thin(follower, this.rateBps, wireOf)
      return steadyLoadsOf(
        thinned,
        { topology: this.network.topology, wireOf, rateBps: this.rateBps },
        this.index.demand(),
      )
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
}
