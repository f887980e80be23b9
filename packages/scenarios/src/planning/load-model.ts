import {
  EntryWays,
  FailureSweep,
  type LinkState,
  type Network,
  SteadyClock,
  type SteadyLoads,
} from '@weft/fabric'
import type { DemandBasis } from './demand-basis.ts'
import { HostDemand } from './host-demand.ts'
import { type SingleFailure, stateUnder } from './single-failures.ts'

/** Offered load of all directions in one state of the network. */
export interface StateLoads {
  /** By group of growth, then direction: bit/s on the wire. */
  readonly byGroup: readonly Float64Array[]
  /** By direction. */
  readonly totalBps: Float64Array
  /** IP bit/s that find no way although both their hosts are still attached, and that nothing refuses with everything up. */
  readonly cutBps: number
  /** IP bit/s from or to hosts that the failure took every link of. */
  readonly detachedBps: number
}

/** Shares of demand below this are what sums in another order differ by. */
const ROUNDING = 1e-9

/** Offered loads by the steady clock: in proportion to demand, and the sum of those of its parts. */
export class LoadModel {
  readonly network: Network
  readonly basis: DemandBasis
  /** A sweep for every part of demand that grows at its own rate. */
  readonly #sweeps: readonly FailureSweep[]
  readonly #ofHosts: HostDemand
  /** What policies, services and edges refuse whatever is up; undefined where there are none. */
  readonly #refused: HostDemand | undefined

  constructor(network: Network, basis: DemandBasis) {
    this.network = network
    this.basis = basis
    this.#sweeps = basis.groups.map(({ demand }) => new FailureSweep(new SteadyClock(network, demand)))
    this.#ofHosts = new HostDemand(network.topology, basis.all)
    this.#refused =
      network.mode && new HostDemand(network.topology, { ...basis.all, ipBps: this.#refusedBps() })
  }

  /** With everything up, or once routing has converged on a failure. */
  loads(failure?: SingleFailure): StateLoads {
    const links = failure?.kind === 'link' ? [failure.index] : []
    const nodes = failure?.kind === 'switch' ? [failure.index] : []
    for (const sweep of this.#sweeps) sweep.fail(links, nodes)
    const directions = 2 * this.network.topology.links.length
    const byGroup = this.#sweeps.map((sweep) =>
      Float64Array.from({ length: directions }, (_, direction) => sweep.load(direction)),
    )
    const [first, ...others] = byGroup as [Float64Array, ...Float64Array[]]
    const totalBps = first.map((load, direction) =>
      others.reduce((sum, more) => sum + more[direction]!, load),
    )
    const state = failure === undefined ? undefined : stateUnder(this.network.topology, failure)
    return { byGroup, totalBps, ...this.#lost(state) }
  }

  /** All that the steady clock tells of today's demand with everything up. */
  today(): SteadyLoads {
    return new SteadyClock(this.network, this.basis.all).loads()
  }

  #lost(state: LinkState | undefined): Pick<StateLoads, 'cutBps' | 'detachedBps'> {
    const lostBps = this.#sweeps.reduce((sum, sweep) => sum + sweep.lostBps, 0)
    const detachedBps = state === undefined ? 0 : this.#ofHosts.detachedBps(state)
    const cutBps = lostBps - detachedBps - this.#refusedBetween(state)
    return { cutBps: cutBps > ROUNDING * this.#ofHosts.totalBps ? cutBps : 0, detachedBps }
  }

  /** By entry, IP bit/s. */
  #refusedBps(): Float64Array {
    const ways = new EntryWays(new SteadyClock(this.network, this.basis.all))
    return this.basis.all.ipBps.map((bps, entry) => (bps === 0 ? 0 : bps * ways.refusedShare(entry)))
  }

  /** Of what is refused, that between hosts which are attached: no failure loses it. */
  #refusedBetween(state: LinkState | undefined): number {
    if (this.#refused === undefined) return 0
    return this.#refused.totalBps - (state === undefined ? 0 : this.#refused.detachedBps(state))
  }
}
