import { LinkState } from '../../../routing/topology.ts'
import type { SteadyClock } from '../steady-clock.ts'
import type { DemandIndex } from './demand-index.ts'
import { NOWHERE } from './first-packets.ts'
import { LoadSums } from './load-sums.ts'
import { PairFollower } from './pair-follower.ts'
import { LET_THROUGH, REFUSED, type Screen } from './screen.ts'

/** What decides about a demand beside routes. */
export type EntryKind =
  /** Nothing: it goes from its host straight to its receiver's address. */
  | 'straight'
  /** Policies, services or edges refuse it, whatever is up. */
  | 'refused'
  /** Something on its way has a say: it is led, translated, or looked at by more than its receiver's address. */
  | 'led'

/** Single entries of a demand matrix as the steady clock follows them, by the routes that are installed. */
export class EntryWays {
  readonly #clock: SteadyClock
  readonly #demandOf: Int32Array
  readonly #screen: Screen | undefined
  readonly #amounts: Float64Array
  readonly #all: Float64Array

  constructor(clock: SteadyClock) {
    const { network, index, ports, rateBps } = clock
    this.#clock = clock
    this.#demandOf = index.byEntry()
    this.#screen = index.screen(network, ports)
    this.#amounts = new Float64Array(index.channels.count).fill(1)
    this.#all = new Float64Array(rateBps.length).fill(1)
  }

  kindOf(entry: number): EntryKind {
    const demand = this.#demandOf[entry]!
    if (this.#screen === undefined || demand < 0) return 'straight'
    const { fates, to, via } = this.#screen
    if (fates[demand] === REFUSED) return 'refused'
    const isPlain = fates[demand] === LET_THROUGH && via[demand] === NOWHERE
    return isPlain && to[demand] === this.#index.pairOf(demand).destination ? 'straight' : 'led'
  }

  /** The share of an entry that is refused or lost with everything up, by the routes of then, for want of a connection that is let through. */
  refusedShare(entry: number): number {
    const demand = this.#demandOf[entry]!
    const fate = demand < 0 ? LET_THROUGH : (this.#screen?.fates[demand] ?? LET_THROUGH)
    if (fate === REFUSED) return 1
    if (fate === LET_THROUGH) return 0
    return 1 - this.follow(entry, new LinkState(this.#clock.network.topology)).delivered
  }

  /**
   * The address by way of which a led entry goes, by id: others of its class by way of that have its way, between hosts that hang alike.
   * Undefined where nothing is known of others by it.
   */
  viaOf(entry: number): number | undefined {
    const demand = this.#demandOf[entry]!
    return this.#screen?.fates[demand] === LET_THROUGH ? this.#screen.via[demand] : undefined
  }

  /**
   * Of an entry between two hosts: the share of it that arrives in a state whose routes are installed, and for each direction, 2 × link +
   * end, the share that crosses it. Losses for want of capacity are none of it.
   */
  follow(entry: number, state: LinkState): { readonly delivered: number; readonly crossing: Float64Array } {
    const { network, ports } = this.#clock
    const { channels } = this.#index
    const demand = this.#demandOf[entry]!
    const sums = new LoadSums(network, channels.count)
    const pair = this.#index.pairOf(demand)
    new PairFollower(network, ports, state, this.#all).follow(pair, this.#amounts, 0, sums)
    const crossing = this.#all.map((_, direction) => sums.directions[direction * channels.count]!)
    return { delivered: sums.delivered[0]!, crossing }
  }

  get #index(): DemandIndex {
    return this.#clock.index
  }
}
