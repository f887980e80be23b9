/** What the steady clock answers beside what all clocks do. Rates are IP bit/s, headers included and framing not. */
export interface SteadyResult {
  /** What the numbers rest on, in words. */
  readonly assumptions: readonly string[]
  /** From the warm-up to the end of arrivals. */
  readonly traffic: readonly SteadyTraffic[]
  readonly intervals: readonly SteadyInterval[]
  /**
   * The highest offered load of any direction over its rate, and from when on: constant until the next, the last one until the
   * end. Finer than intervals where rates follow profiles.
   */
  readonly highestLoad: readonly (readonly [fromPs: number, offered: number])[]
}

/** What a traffic sends and what of it arrives, mean rates; of flows with what comes back. */
export interface SteadyTraffic {
  readonly traffic: string
  readonly demandBps: number
  readonly deliveredBps: number
  readonly packetsSent: number
  readonly packetsLost: number
  /** New connections that it opens, or would; of streams none. */
  readonly connectionsPerSecond: number
  /** Of these, those that were refused on their way, by policies or for want of a port or of room in a table: they send SYNs alone. */
  readonly refusedPerSecond: number
}

/** A time in which what is up, the routes and who sends stay as they are: mean rates, and the worst load. */
export interface SteadyInterval {
  readonly fromPs: number
  readonly toPs: number
  readonly demandBps: number
  readonly deliveredBps: number
  /** What does not arrive, by reason, most first. */
  readonly lost: readonly { readonly reason: string; readonly ipBps: number }[]
  /** Directions of links to which more is offered than fits, the most at one time. */
  readonly overfull: number
  /** The direction with the highest offered load over its rate; null where nothing is sent. */
  readonly worst: { readonly link: string; readonly offered: number } | null
}

/** A direction under the steady clock, as shares of its rate: from the warm-up to the end of arrivals. */
export interface SteadyLink {
  /** What would come by if nothing were lost on the way for want of capacity: more than 1 does not fit. */
  readonly offered: { readonly mean: number; readonly max: number }
  /** Carried on the mean. */
  readonly packetsPerSecond: number
  /** New connections that are opened across it; their answers are packets on the way back. */
  readonly connectionsPerSecond: number
  /** Mean wait of a packet for its transmission, by M/G/1; null where the direction was full, or nothing came. */
  readonly waitPs: number | null
  /**
   * What hashing makes of the mean offered load with everything up: between these with the stated confidence. Null where
   * packets are sprayed, where something in the middle gives them another destination, where workloads come and go, and where
   * the run was interrupted.
   */
  readonly hashed: { readonly confidence: number; readonly low: number; readonly high: number } | null
}
