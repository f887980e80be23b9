/** Traffic per second, of whatever kind is asked about. */
export interface TrafficRate {
  /** IP bit/s, headers included, framing not. */
  readonly ipBps: number
  readonly packetsPerSecond: number
  /** New connections per second. */
  readonly connectionsPerSecond: number
}

/** Demand that does not arrive: where it ends and why. */
export interface SteadyDrop extends TrafficRate {
  /** Name of a node, as the walk has it; of a link's direction where the reason is `queue-full`. */
  readonly place: string
  readonly reason: string
}

/**
 * The load of every link. Columns are by direction: 2 × link + end, where end is that of the sender. Bit/s are on the
 * wire, framing and minimum slots included, to be compared with `rateBps`.
 */
export interface SteadyLoads {
  readonly rateBps: Float64Array
  /** What demand would put on each direction if nothing were lost on the way for want of capacity. */
  readonly offeredBps: Float64Array
  readonly offeredPacketsPerSecond: Float64Array
  readonly offeredConnectionsPerSecond: Float64Array
  /** What arrives at each direction's queue after losses upstream; the same as offered where nothing is overloaded. */
  readonly arrivingBps: Float64Array
  readonly arrivingPacketsPerSecond: Float64Array
  readonly arrivingConnectionsPerSecond: Float64Array
  /** Sum of the squared wire bits of the packets that arrive in a second: what queueing delays need. */
  readonly arrivingSquaredBits: Float64Array
  /** What each direction carries: the lesser of what arrives and its rate. */
  readonly carriedBps: Float64Array
  readonly demand: TrafficRate
  readonly delivered: TrafficRate
  /** By node: the new connections of `delivered` that are opened to it. */
  readonly connectionsPerSecondTo: Float64Array
  /** Unroutable demand by node and reason first, then `queue-full` by direction. */
  readonly drops: readonly SteadyDrop[]
  readonly thinning: Thinning
}

/** How the fixed point of losses was found. */
export interface Thinning {
  /** Passes over all demands beyond the first; 0 where nothing is overloaded. */
  readonly iterations: number
  /** Largest change in the share that any direction lets pass in the last iteration. */
  readonly residual: number
  readonly converged: boolean
}

/** Offered load over rate of every direction, 1 when full. */
export function utilizations({ offeredBps, rateBps }: SteadyLoads): Float64Array {
  return offeredBps.map((load, direction) => load / rateBps[direction]!)
}
