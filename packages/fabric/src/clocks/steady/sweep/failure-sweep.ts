import { LinkState } from '../../../routing/topology.ts'
import type { SteadyClock } from '../steady-clock.ts'
import { Damage } from './damage.ts'
import { findInterfaces } from './interfaces.ts'
import { ledDemands } from './led-demands.ts'
import { LoadSweep } from './load-sweep.ts'
import type { PairSweep } from './pair-sweep.ts'
import { bytesOf, type PartChange } from './part-change.ts'
import { SwitchGraph, weightsAreProportional } from './switch-graph.ts'

/** What fails as one. Numbers are the topology's. */
export interface FailingPart {
  readonly links: ArrayLike<number>
  readonly nodes: ArrayLike<number>
}

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
  /** States that were put together from what each of two parts changes alone. */
  pairedCount = 0
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
  /** By direction: loads up to this are what roundings leave of none. */
  readonly #noise: Float64Array
  readonly #utilizations: Float64Array
  /** Whether `#utilizations` is that of the state at hand. */
  #isWritten = false
  /** Loads of a pair, and whether the state at hand is one that they have not been written of. */
  readonly #pairNow: Float64Array
  #isPair = false
  #parts: readonly FailingPart[] = []
  /** What parts change alone, as far as it has been asked for; null where pairs of them are computed from the start. */
  #changes: (PartChange | null | undefined)[] = []
  #bytesLeft = 0
  /** IP bit/s that are never sent, whatever fails. */
  #refusedBps = 0

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
    this.#noise = new Float64Array(rateBps.length)
    this.#utilizations = new Float64Array(rateBps.length)
    this.#pairNow = new Float64Array(rateBps.length)
    this.fail([])
    this.#base.set(this.#now)
    const most = this.#base.reduce((highest, load) => Math.max(highest, load), 0)
    this.#base.forEach((load, direction) => {
      this.#noise[direction] = Math.max(ROUNDING * load, NOISE * most)
    })
    this.fullCount = 0
  }

  /** Puts these links and nodes down, and everything else up. Numbers are the topology's. */
  fail(links: ArrayLike<number>, nodes: ArrayLike<number> = NO_NODES): void {
    this.#damage.set(links, nodes)
    this.#isPair = false
    this.#isWritten = false
    let isExact = this.#sweeps.length > 0
    for (let i = 0; isExact && i < this.#sweeps.length; i++) {
      this.#sweeps[i]!.run()
      if (this.#sweeps[i]!.isInexact) isExact = false
    }
    if (isExact) this.#take()
    else this.#runInFull()
    this.#findWorst()
  }

  /**
   * Takes parts for `failTwo`. What each of them changes alone is kept once it has been asked for, up to `bytesMax`; pairs
   * with others are computed from the start, and so are all where endpoints hang off several switches.
   */
  prepare(parts: readonly FailingPart[], bytesMax = CHANGES_BYTES_MAX): void {
    this.#parts = parts
    this.#changes = parts.map(() => undefined)
    this.#bytesLeft = this.#pairs === undefined ? 0 : bytesMax
  }

  /**
   * Puts two different ones of the prepared parts down, by their numbers. From what each changes alone where that can be
   * put together: soonest if `first` is that of the time before.
   */
  failTwo(first: number, second: number): void {
    const a = this.#changeOf(first)
    const b = this.#changeOf(second)
    if (a !== null && b !== null && this.#pairs!.run(a, b)) this.#takePair()
    else this.#failBoth(this.#parts[first]!, this.#parts[second]!)
  }

  /** Offered load of a direction in the state at hand, bit/s on the wire. */
  load(direction: number): number {
    this.#writePair()
    const load = this.#now[direction]!
    return load > this.#noise[direction]! ? load : 0
  }

  utilization(direction: number): number {
    return this.load(direction) * this.#perBps[direction]!
  }

  /** Offered over rate of every direction in the state at hand, 0 below 1e-12; the same column for every state. */
  utilizations(): Float64Array {
    const to = this.#utilizations
    if (this.#isWritten) return to
    this.#writePair()
    const now = this.#now
    const noise = this.#noise
    const perBps = this.#perBps
    for (let direction = 0; direction < to.length; direction++) {
      const load = now[direction]!
      const utilization = load * perBps[direction]!
      to[direction] = load > noise[direction]! && utilization > ROUNDING ? utilization : 0
    }
    this.#isWritten = true
    return to
  }

  get #pairs(): PairSweep | undefined {
    return this.#sweeps.length === 1 ? this.#sweeps[0]!.pairs : undefined
  }

  #changeOf(part: number): PartChange | null {
    const known = this.#changes[part]
    if (known !== undefined) return known
    let change: PartChange | null = null
    if (this.#bytesLeft > 0) {
      const { links, nodes } = this.#parts[part]!
      this.#damage.set(links, nodes)
      change = this.#sweeps[0]!.change() ?? null
      if (change !== null) this.#bytesLeft -= bytesOf(change)
    }
    this.#changes[part] = change
    return change
  }

  #takePair(): void {
    const pairs = this.#pairs!
    this.#isPair = true
    this.#isWritten = false
    this.lostBps = this.#sweeps[0]!.lostIpBase + pairs.lostIp + this.#refusedBps
    this.#setWorst(pairs.worstUtilization, pairs.worstDirection)
    this.pairedCount++
  }

  #failBoth(one: FailingPart, other: FailingPart): void {
    this.fail(
      [...Array.from(one.links), ...Array.from(other.links)],
      [...Array.from(one.nodes), ...Array.from(other.nodes)],
    )
  }

  /** Loads of a pair are put together once they are asked for. */
  #writePair(): void {
    if (!this.#isPair) return
    this.#pairs!.write(this.#pairNow)
    this.#now = this.#pairNow
    this.#isPair = false
  }

  #makeSweeps(channels: readonly number[]): LoadSweep[] {
    const { network, index, ports } = this.#clock
    const { topology } = network
    if (!topology.nodes.every((_, node) => network.isLedByRoutes(node)) || !weightsAreProportional(topology))
      return []
    const led = ledDemands(network, index, ports)
    if (led === undefined) return []
    const graph = new SwitchGraph(topology)
    const nics = findInterfaces(network, led.index, graph)
    if (nics === undefined) return []
    this.#refusedBps = led.refusedBps
    return channels.map(
      (channel) => new LoadSweep(this.#clock, led.index, graph, nics, this.#damage, channel),
    )
  }

  #take(): void {
    const sweeps = this.#sweeps
    this.lostBps = sweeps[0]!.lostIp + this.#refusedBps
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
    this.#writePair()
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
    this.#setWorst(worst, at)
  }

  #setWorst(utilization: number, direction: number): void {
    const isNone = direction < 0 || utilization <= this.#noise[direction]! * this.#perBps[direction]!
    this.worstUtilization = isNone ? 0 : utilization
    this.worstDirection = isNone ? -1 : direction
  }
}

/** What changes of parts may take. */
const CHANGES_BYTES_MAX = 256 * 1024 * 1024

const NO_NODES = new Int32Array(0)

/** What is left of a load from which everything was taken off is rounding below this part of it, */
const ROUNDING = 1e-12

/** and what is left of one that only failures brought, below this part of the highest of all. */
const NOISE = 2 ** -46
