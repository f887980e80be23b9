/** How a network becomes a scenario, where its file leaves that open. */
export interface ToScenarioOptions {
  /** Name of the region. Default: the network's own, else `net`. */
  readonly region?: string
  /** Rate of the links that the file gives none. Absent: such links are refused. */
  readonly rateBps?: number
  /**
   * `each`: every switch that has a link gets a host, since traffic begins and ends at hosts. `own`: the file's hosts
   * alone. Default: `own` where the file has hosts, else `each`.
   */
  readonly hosts?: 'each' | 'own'
  /** Rate of the links to hosts that are added. Default: as fast as all links of the switch together. */
  readonly hostRateBps?: number
  /** As in ReadOptions. */
  readonly hostNodes?: readonly string[]
  /** Take the largest part of a network that is not connected, instead of refusing it. */
  readonly largestPart?: boolean
  /** `streams`: demands become UDP streams, one each (default). `apart`: they are left to the caller. */
  readonly demands?: 'streams' | 'apart'
}
