import { CM02_SHARING, LV08_SHARING, type LatencySharing } from './latency-sharing.ts'

/** How much of a transport the flow clock stands in for. */
export interface FlowModel {
  /**
   * `slow-start`: connections shake hands, and begin as many idle round trips later as an idle network would make slow
   * start wait. `none`: flows have their fair share from their first instant.
   */
  readonly startUp: 'slow-start' | 'none'
  /** A flow carries no more per round trip of an idle network than its send and receive buffers hold. */
  readonly windows: boolean
  /** Packet headers and framing take capacity beside the payload. */
  readonly headers: boolean
  /** Acknowledgements take capacity on the way back. */
  readonly acknowledgements: boolean
  /** A flow completes when its last byte has arrived, not when it has left: propagation, store and forward. */
  readonly pathDelay: boolean
  /** How flows share: alike, or by the latencies of their paths. */
  readonly sharing: 'max-min' | LatencySharing
}

/** Acknowledgements take capacity without sharing it; in SimGrid's models all that comes back shares. */
export const acknowledgesApart = ({ acknowledgements, sharing }: FlowModel): boolean =>
  acknowledgements && sharing === 'max-min'

export const DEFAULT_FLOW_MODEL: FlowModel = {
  startUp: 'slow-start',
  windows: true,
  headers: true,
  acknowledgements: true,
  pathDelay: true,
  sharing: 'max-min',
}

/** Payload alone shares capacities, at once and without delay: what fluid solvers compute. */
export const PURE_SHARING: FlowModel = {
  startUp: 'none',
  windows: false,
  headers: false,
  acknowledgements: false,
  pathDelay: false,
  sharing: 'max-min',
}

/** SimGrid's CM02 over full-duplex links, without cross traffic: its own model of start and window, in place of ours. */
export const CM02: FlowModel = { ...PURE_SHARING, sharing: CM02_SHARING }

/** SimGrid's LV08 over full-duplex links. */
export const LV08: FlowModel = { ...PURE_SHARING, sharing: LV08_SHARING }
