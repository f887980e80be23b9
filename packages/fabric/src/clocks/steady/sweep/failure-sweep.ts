import { LinkState } from '../../../routing/topology.ts'
import type { SteadyClock } from '../steady-clock.ts'
import { Damage } from './damage.ts'
import { findInterfaces } from './interfaces.ts'
import { LoadSweep } from './load-sweep.ts'
import { SwitchGraph, weightsAreProportional } from './switch-graph.ts'

/**
 * Offered loads of one network and its demands under one set of failures after another, once routing has converged: what
 * `SteadyClock.loads` answers, found from what a failure touches. Nothing is allocated per set, except where a bonded host
 * comes to hang off a new set of switches.
 */
export class FailureSweep {
  /** Offered over rate of the most loaded direction in the state at hand; its number, -1 where nothing is loaded. */
  worstUtilization = 0
  worstDirection = -1
  /** IP bit/s of demand that finds no way in the state at hand. */
  lostBps = 0
  /** States that were computed in full, since a short cut did not hold for them. */
  fullCount = 0
  readonly #clock: SteadyClock
  readonly #damage: Damage
  /** One for each framing of the network; none where every state is computed in full. */
  readonly #sweeps: readonly LoadSweep[]
  /** By direction: the sweep of its framing. */
  readonly #sweepOf: Uint8Array
  /** 1 over the rate of every direction. */
  readonly #perBps: Float64Array
  /** Loads while everything is up, and in the state at hand. */
  readonly #base: Float64Array
  #now: Float64Array

  constructor(clock: SteadyClock) {
    const { index, rateBps } = clock
    const { topology } = clock.network
    this.#clock = clock
    this.#damage = new Damage(topology.links.length, topology.nodes.length, clock.ports)
    const { wireOf } = index.channels
    const channels = [...new Set(wireOf)].sort((a, b) => a - b)
    this.#sweepOf = Uint8Array.from(rateBps, (_, direction) => channels.indexOf(wireOf[direction >> 1]!))
    this.#perBps = rateBps.map((rate) => 1 / rate)
    this.#sweeps = this.#makeSweeps(channels)
    this.#base = new Float64Array(rateBps.length)
    this.#now = this.#base
    this.fail([])
    this.#base.set(this.#now)
    this.fullCount = 0
  }

  /** Puts these links and nodes down, and everything else up. Numbers are the topology's. */
  fail(links: ArrayLike<number>, nodes: ArrayLike<number> = NO_NODES): void {
    this.#damage.set(links, nodes)
    let isExact = this.#sweeps.length > 0
    for (let i = 0; isExact && i < this.#sweeps.length; i++) {
      this.#sweeps[i]!.run()
      if (this.#sweeps[i]!.isTooLong) isExact = false
    }
    if (isExact) this.#take()
    else this.#runInFull()
    this.#findWorst()
  }

  /** Offered load of a direction in the state at hand, bit/s on the wire. */
  load(direction: number): number {
    const load = this.#now[direction]!
    return load > ROUNDING * this.#base[direction]! ? load : 0
  }

  utilization(direction: number): number {
    return this.load(direction) * this.#perBps[direction]!
  }

  #makeSweeps(channels: readonly number[]): LoadSweep[] {
    const { network, index } = this.#clock
    const { topology } = network
    if (
      !topology.nodes.every((_, node) => network.decidesByRoutes(node)) ||
      !weightsAreProportional(topology)
    )
      return []
    const graph = new SwitchGraph(topology)
    const nics = findInterfaces(network, index, graph)
    if (nics === undefined) return []
    return channels.map((channel) => new LoadSweep(this.#clock, graph, nics, this.#damage, channel))
  }

  #take(): void {
    const sweeps = this.#sweeps
    this.lostBps = sweeps[0]!.lostIp
    this.#now = sweeps[0]!.loads.now
    if (sweeps.length === 1) return
    this.#now = this.#now.map((_, direction) => sweeps[this.#sweepOf[direction]!]!.loads.now[direction]!)
  }

  #runInFull(): void {
    const { topology } = this.#clock.network
    const state = new LinkState(topology)
    const { links, linkCount, nodes, nodeCount } = this.#damage
    for (let i = 0; i < linkCount; i++) state.linkUp[links[i]!] = 0
    for (let i = 0; i < nodeCount; i++) state.nodeUp[nodes[i]!] = 0
    const { offeredBps, lostBps } = this.#clock.offered(state)
    this.#now = offeredBps
    this.lostBps = lostBps
    this.fullCount++
  }

  #findWorst(): void {
    const loads = this.#now
    const perBps = this.#perBps
    let worst = 0
    let at = -1
    for (let direction = 0; direction < loads.length; direction++) {
      const utilization = loads[direction]! * perBps[direction]!
      if (utilization <= worst) continue
      worst = utilization
      at = direction
    }
    if (at >= 0 && this.load(at) === 0) {
      worst = 0
      at = -1
    }
    this.worstUtilization = worst
    this.worstDirection = at
  }
}

const NO_NODES = new Int32Array(0)

/** What is left of a load from which everything was taken off is rounding below this part of it. */
const ROUNDING = 1e-12
