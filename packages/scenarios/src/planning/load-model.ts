import {
  type DemandMatrix,
  type LinkBlueprint,
  LinkState,
  type Network,
  SteadyClock,
  type SteadyLoads,
} from '@weft/fabric'
import type { DemandBasis } from './demand-basis.ts'

/** Offered load of all directions in one state of the network. */
export interface StateLoads {
  /** By group of growth, then direction: bit/s on the wire. */
  readonly byGroup: readonly Float64Array[]
  /** By direction. */
  readonly totalBps: Float64Array
  /** IP bit/s that find no way although both their hosts are still attached. */
  readonly cutBps: number
  /** IP bit/s from or to hosts that the failure took every link of. */
  readonly detachedBps: number
}

/** Wire bits are at most this many times the IP bits of packets of 20 bytes or more, in any framing that is not absurd. */
const WIRE_PER_IP = 2 ** 12
/** Shares of demand below this are what sums in another order differ by. */
const ROUNDING = 1e-9

/**
 * Offered loads by the steady clock. They are in proportion to demand as long as nothing is lost, and what demand would
 * put on links is asked about, not what they then lose: so demands are followed at a power of two below their size, where
 * every link holds them, and the loads scaled back, which is exact.
 */
export class LoadModel {
  readonly network: Network
  readonly basis: DemandBasis
  readonly #clocks: readonly SteadyClock[]
  readonly #scale: number
  readonly #ofHost: HostDemand

  constructor(network: Network, basis: DemandBasis) {
    this.network = network
    this.basis = basis
    this.#scale = scaleFor(network.topology.links, basis.all)
    this.#clocks = basis.groups.map(({ demand }) => new SteadyClock(network, scaled(demand, 1 / this.#scale)))
    this.#ofHost = new HostDemand(network, basis.all)
  }

  /** Once routing has converged on this state; absent: with everything up. */
  loads(state: LinkState = new LinkState(this.network.topology)): StateLoads {
    const { network } = this
    const before = network.routes
    network.installRoutes(state)
    try {
      return this.#sum(
        this.#clocks.map((clock) => clock.loadsAsInstalled(state)),
        state,
      )
    } finally {
      network.install(before)
    }
  }

  /** Packets per second and the sum of their squared wire bits, by direction, with everything up. */
  packets(): { readonly perSecond: Float64Array; readonly squaredBits: Float64Array } {
    const all = this.#clocks.map((clock) => clock.loads())
    return {
      perSecond: this.#column(all, ({ offeredPacketsPerSecond }) => offeredPacketsPerSecond),
      squaredBits: this.#column(all, ({ arrivingSquaredBits }) => arrivingSquaredBits),
    }
  }

  #sum(all: readonly SteadyLoads[], state: LinkState): StateLoads {
    const byGroup = all.map(({ offeredBps }) => offeredBps.map((load) => load * this.#scale))
    const lostBps = this.#scale * all.flatMap(({ drops }) => drops).reduce((sum, { ipBps }) => sum + ipBps, 0)
    const detachedBps = this.#ofHost.detachedBps(state)
    const cutBps = lostBps - detachedBps
    return {
      byGroup,
      totalBps: this.#column(all, ({ offeredBps }) => offeredBps),
      cutBps: cutBps > ROUNDING * this.#ofHost.totalBps ? cutBps : 0,
      detachedBps,
    }
  }

  #column(all: readonly SteadyLoads[], of: (loads: SteadyLoads) => Float64Array): Float64Array {
    return of(all[0]!).map(
      (_, direction) => this.#scale * all.reduce((sum, loads) => sum + of(loads)[direction]!, 0),
    )
  }
}

/** The power of two by which demand must shrink so that no link can be overloaded, wherever all of it goes. */
function scaleFor(links: readonly LinkBlueprint[], { ipBps }: DemandMatrix): number {
  const total = ipBps.reduce((sum, rate) => sum + rate, 0)
  const slowest = links.reduce((least, { rateBps }) => Math.min(least, rateBps), Infinity)
  return 2 ** Math.max(0, Math.ceil(Math.log2((total * WIRE_PER_IP) / slowest)))
}

function scaled(demand: DemandMatrix, factor: number): DemandMatrix {
  const times = (column: Float64Array) => column.map((value) => value * factor)
  return {
    ...demand,
    ipBps: times(demand.ipBps),
    packetsPerSecond: times(demand.packetsPerSecond),
    connectionsPerSecond: times(demand.connectionsPerSecond),
  }
}

/** What each host sends and receives, to tell what is lost with hosts from what the network loses between hosts. */
class HostDemand {
  readonly totalBps: number
  readonly #network: Network
  readonly #demand: DemandMatrix
  /** Links of the interface that each host uses, by node. */
  readonly #linksOf = new Map<number, readonly number[]>()

  constructor(network: Network, demand: DemandMatrix) {
    this.#network = network
    this.#demand = demand
    this.totalBps = demand.ipBps.reduce((sum, rate) => sum + rate, 0)
    const { topology } = network
    topology.nodes.forEach((node, index) => {
      if (node.kind !== 'host') return
      const links = node.interfaces[0]?.links ?? []
      this.#linksOf.set(
        index,
        links.map((name) => topology.linkIndex(name)),
      )
    })
  }

  /** IP bit/s of hosts that have no usable link in this state, to themselves left out. */
  detachedBps(state: LinkState): number {
    const detached = new Uint8Array(this.#network.topology.nodes.length)
    let any = false
    for (const [node, links] of this.#linksOf) {
      if (links.some((link) => state.usable(link))) continue
      detached[node] = 1
      any = true
    }
    if (!any) return 0
    const { source, destination, ipBps } = this.#demand
    let sum = 0
    for (let i = 0; i < source.length; i++) {
      if (source[i] === destination[i]) continue
      if (detached[source[i]!] === 1 || detached[destination[i]!] === 1) sum += ipBps[i]!
    }
    return sum
  }
}
