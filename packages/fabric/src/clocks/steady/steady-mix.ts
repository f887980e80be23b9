import type { Network } from '../../build/network.ts'
import type { LinkState } from '../../routing/topology.ts'
import type { DemandMatrix } from '../../traffic/demand/demand-matrix.ts'
import type { Admission } from './pools/admission.ts'
import { AdmittedDemand } from './pools/admitted.ts'
import { Channels, CONNECTIONS, IP_BPS } from './following/channels.ts'
import { DemandIndex } from './following/demand-index.ts'
import { Follower } from './following/follower.ts'
import { LoadSums } from './following/load-sums.ts'
import { steadyDropsOf, steadyLoadsOf, trafficRateOf } from './loads-of.ts'
import { PairFollower } from './following/pair-follower.ts'
import type { FollowedPair } from './following/pair-opening.ts'
import { Ports } from './following/ports.ts'
import { openedShares, type RefusedCall, refusedCalls } from './pools/refused-calls.ts'
import type { SteadyDrop, SteadyLoads, TrafficRate } from './steady-loads.ts'
import { allPasses, type Passes, thin } from './thinning.ts'

/** What becomes of one of the demands in a mix. */
export interface PartLoads {
  readonly demand: TrafficRate
  readonly delivered: TrafficRate
  readonly drops: readonly SteadyDrop[]
}

export interface MixLoads extends SteadyLoads {
  /** By demand. */
  readonly parts: readonly PartLoads[]
  /** Share of what arrives at each direction that it carries. */
  readonly passes: Float64Array
}

/** One demand of a mix, once, where it passes while nothing is lost for want of capacity: what is let through. */
export interface OfferedPart {
  /** By direction: new connections per second, IP bit/s. */
  readonly connections: (direction: number) => number
  readonly ipBps: (direction: number) => number
  /** What a node drops for these reasons. */
  readonly droppedConnections: (node: number, reasons: ReadonlySet<string>) => number
  readonly droppedIpBps: (node: number, reasons: ReadonlySet<string>) => number
}

const NOTHING: TrafficRate = { ipBps: 0, packetsPerSecond: 0, connectionsPerSecond: 0 }

/**
 * Several demands on one network, each times a factor that may change from one question to the next. While what is up and
 * the routes are the same, and nothing is full, an answer costs a sum over links: each demand has been followed once. What is refused whatever
 * the load, `refusedOf`, loads no link; what of it is lost is for `admit` to say.
 */
export class SteadyMix {
  readonly network: Network
  readonly rateBps: Float64Array
  #indices!: readonly DemandIndex[]
  #demand!: readonly TrafficRate[]
  readonly #ports: Ports
  readonly #channels: Channels
  readonly #everything: Float64Array
  #state: LinkState
  /** Made when a demand is first wanted in this state. */
  #followers: (Follower | undefined)[] = []
  /** Each demand once, with nothing lost for want of capacity. */
  #units: (LoadSums | undefined)[] = []
  /** Each demand once, with the losses of the last `#follow`. */
  #thinned: (LoadSums | undefined)[] = []
  /** What is refused of each demand, once that was asked. */
  #refused: (readonly RefusedCall[] | undefined)[] = []
  #admittedUnits: ({ readonly of: AdmittedDemand; readonly sums: LoadSums } | undefined)[] = []
  /** Demands of which not all finds places. */
  #admissions: readonly (Admission | undefined)[] = []

  /** Throws ConfigError on demands that the network cannot have; see `SteadyClock`. */
  constructor(network: Network, demands: readonly DemandMatrix[], state: LinkState) {
    const { links } = network.topology
    this.network = network
    this.#ports = new Ports(network.topology)
    this.#channels = new Channels(network.topology)
    this.rateBps = Float64Array.from({ length: 2 * links.length }, (_, d) => links[d >> 1]!.rateBps)
    this.#everything = new Float64Array(this.rateBps.length).fill(1)
    this.#state = state
    this.ask(demands)
  }

  /** Other demands in the place of these, as many; to be called before `settle`. */
  ask(demands: readonly DemandMatrix[]): void {
    this.#indices = demands.map((each) => new DemandIndex(this.network, each))
    this.#demand = this.#indices.map((index) => index.demand())
    this.#refused = []
  }

  /** Of one of the demands, what policies, services and edges refuse. */
  refusedOf(part: number): readonly RefusedCall[] {
    this.#refused[part] ??= refusedCalls(this.network, this.#indices[part]!, this.#ports)
    return this.#refused[part]
  }

  /** By demand, what of it finds places, until it is told otherwise. */
  admit(admissions: readonly (Admission | undefined)[]): void {
    this.#admissions = admissions
  }

  /** What is up. */
  get state(): LinkState {
    return this.#state
  }

  /** Forgets what it knows: to be called when other things are up, or other routes are installed. */
  settle(state: LinkState): void {
    for (const follower of this.#followers) follower?.free()
    this.#state = state
    this.#followers = []
    this.#units = []
    this.#admittedUnits = []
  }

  /** Loads by the routes that are installed, of each demand times its factor, 0 or more. */
  loads(factors: Float64Array): MixLoads {
    return allPasses(this.loadsInPasses(factors))
  }

  /** The same in passes over all demands. Until it ends, routes and state stay as they are. */
  *loadsInPasses(factors: Float64Array): Passes<MixLoads> {
    const wanted = [...this.#indices.keys()].filter((part) => factors[part]! > 0)
    const { wireOf } = this.#channels
    const admitted = this.#indices.map((_, part) =>
      factors[part]! > 0 ? this.#admitted(part, factors[part]!) : undefined,
    )
    const follow = (passes: Float64Array) => this.#follow(passes, wanted, factors, admitted)
    const thinned = yield* thin({ follow }, this.rateBps, wireOf)
    const { topology } = this.network
    const sent = this.#demand.map((all, part) => {
      const sum = admitted[part]?.demand()
      return times(sum === undefined ? all : trafficRateOf(sum, 0, 1), factors[part]!)
    })
    return {
      ...steadyLoadsOf(thinned, { topology, wireOf, rateBps: this.rateBps }, sumOf(sent)),
      parts: sent.map((each, part) => this.#partLoads(part, each, factors[part]!, thinned.passes)),
      passes: thinned.passes,
    }
  }

  /** Whether whatever is sent goes straight where it is sent to, by the routes that are installed. */
  get isStraight(): boolean {
    return this.#indices.every((_, part) => this.#follower(part).isStraight)
  }

  /** One of the demands, by the routes that are installed. */
  offeredOf(part: number): OfferedPart {
    const sums = this.#unit(part)
    const { directions, channels } = sums
    const drops = sums.drops()
    const dropped = (channel: number) => (at: number, reasons: ReadonlySet<string>) =>
      drops.reduce(
        (sum, { node, reason, amounts }) =>
          node === at && reasons.has(reason) ? sum + amounts[channel]! : sum,
        0,
      )
    return {
      connections: (direction) => directions[direction * channels + CONNECTIONS]!,
      ipBps: (direction) => directions[direction * channels + IP_BPS]!,
      droppedConnections: dropped(CONNECTIONS),
      droppedIpBps: dropped(IP_BPS),
    }
  }

  /** Of an entry of a demand: the share that finds its places. */
  admittedShare(part: number, entry: number): number {
    return this.#admissions[part]?.shares[entry] ?? 1
  }

  /** The share of what is sent from one address to another that arrives, with these losses. */
  deliveredShare({ source, destination, connections }: FollowedPair, passes: Float64Array): number {
    const sums = new LoadSums(this.network, 1)
    const follower = new PairFollower(this.network, this.#ports, this.#state, passes)
    follower.follow({ source, destination, connections }, ONE, 0, sums)
    return sums.delivered[0]!
  }

  #follow(
    passes: Float64Array,
    wanted: readonly number[],
    factors: Float64Array,
    admitted: readonly (AdmittedDemand | undefined)[],
  ): LoadSums {
    const isLossless = passes.every((pass) => pass === 1)
    const total = new LoadSums(this.network, this.#channels.count)
    this.#thinned = []
    for (const part of wanted) {
      const some = admitted[part]
      const all = () => (isLossless ? this.#unit(part) : this.#followOpened(part, passes))
      const sums = some === undefined ? all() : this.#followAdmitted(part, some, passes, isLossless)
      this.#thinned[part] = sums
      total.add(sums, factors[part]!)
    }
    return total
  }

  #followAdmitted(part: number, some: AdmittedDemand, passes: Float64Array, isLossless: boolean): LoadSums {
    const sent = isLossless ? this.#admittedUnit(part, some) : some.follow(passes)
    const sums = new LoadSums(this.network, this.#channels.count)
    sums.add(sent, 1)
    some.loseSyns(sums)
    return sums
  }

  /** With nothing lost for want of capacity, as it was before where as much is admitted. */
  #admittedUnit(part: number, some: AdmittedDemand): LoadSums {
    const before = this.#admittedUnits[part]
    const sums = before !== undefined && some.isLike(before.of) ? before.sums : some.follow(this.#everything)
    this.#admittedUnits[part] = { of: some, sums }
    return sums
  }

  #admitted(part: number, factor: number): AdmittedDemand | undefined {
    const admission = this.#admissions[part]
    if (admission === undefined) return undefined
    const parts = {
      network: this.network,
      index: this.#indices[part]!,
      ports: this.#ports,
      state: this.#state,
      follower: this.#follower(part),
    }
    return new AdmittedDemand(parts, admission, factor)
  }

  #unit(part: number): LoadSums {
    this.#units[part] ??= this.#followOpened(part, this.#everything)
    return this.#units[part]
  }

  #followOpened(part: number, passes: Float64Array): LoadSums {
    const [index, follower] = [this.#indices[part]!, this.#follower(part)]
    const shares = openedShares(this.refusedOf(part), index.entries)
    if (shares === undefined) return follower.follow(passes)
    index.admit(shares)
    const sums = follower.follow(passes)
    index.admit()
    return sums
  }

  #follower(part: number): Follower {
    this.#followers[part] ??= new Follower(this.network, this.#indices[part]!, this.#ports, this.#state, true)
    return this.#followers[part]
  }

  #partLoads(part: number, demand: TrafficRate, factor: number, passes: Float64Array): PartLoads {
    const sums = this.#thinned[part]
    if (sums === undefined) return { demand: NOTHING, delivered: NOTHING, drops: [] }
    return {
      demand,
      delivered: trafficRateOf(sums.delivered, 0, factor),
      drops: steadyDropsOf(sums, passes, this.network.topology)
        .filter(({ packetsPerSecond }) => packetsPerSecond > 0)
        .map((drop) => ({ ...drop, ...times(drop, factor) })),
    }
  }
}

const ONE = Float64Array.of(1)

const times = (rate: TrafficRate, factor: number): TrafficRate => ({
  ipBps: rate.ipBps * factor,
  packetsPerSecond: rate.packetsPerSecond * factor,
  connectionsPerSecond: rate.connectionsPerSecond * factor,
})

function sumOf(rates: readonly TrafficRate[]): TrafficRate {
  const sum = (read: (rate: TrafficRate) => number) => rates.reduce((total, each) => total + read(each), 0)
  return {
    ipBps: sum(({ ipBps }) => ipBps),
    packetsPerSecond: sum(({ packetsPerSecond }) => packetsPerSecond),
    connectionsPerSecond: sum(({ connectionsPerSecond }) => connectionsPerSecond),
  }
}
