/** Segments by which one acknowledgement may raise the window in slow start: L of RFC 3465 §2.3. */
const SLOW_START_LIMIT = 2

/** A connection on a network of its own. */
export interface IdleConnection {
  /** Segments that an acknowledgement covers, and how long one waits that covers fewer. */
  readonly ackSegments: number
  readonly ackDelayPs: number
  /** From a segment's first bit sent to its acknowledgement received. */
  readonly roundTripPs: number
  /** Time that a segment takes at the narrowest link. */
  readonly segmentPs: number
}

/** How it begins. */
export interface SlowStart extends IdleConnection {
  /** Segments that the congestion window begins with. */
  readonly initialWindow: number
  /** Segments that the peer takes before its first acknowledgement: as many leave of the initial window at first. */
  readonly peerWindow: number
  /** Time per segment at which a flow goes on after slow start: more than `segmentPs` where buffers hold it back. */
  readonly pacePs: number
}

/** What slow start makes of a flow that has the network to itself. */
export interface Waits {
  /** Sum of the times between bursts in which nothing is sent at the narrowest link. */
  readonly idlePs: number
  /** The last of these, and the segments behind it; 0 and all of them where there is none. */
  readonly lastWaitPs: number
  readonly lastBurst: number
}

/**
 * Time that slow start leaves a flow idle on a network of its own: after each burst the sender waits for the first
 * acknowledgement, until bursts outlast a round trip. The "latency modelling" of Kurose and Ross, Computer Networking,
 * chapter 3, with any initial window and with delayed acknowledgements: an acknowledgement of d segments lets them and
 * min(d, 2) more leave (RFC 3465), segments over wait for the next burst, and a burst too small for any acknowledgement
 * waits for the receiver's timer.
 */
export function slowStartWaits(segments: number, start: SlowStart): Waits {
  const { ackSegments, ackDelayPs, roundTripPs, segmentPs, pacePs } = start
  let idlePs = 0
  let burst = Math.min(start.initialWindow, start.peerWindow)
  /** What the peer's first acknowledgement lets go besides. */
  let withheld = start.initialWindow - burst
  let sent = burst
  let lastWaitPs = 0
  let lastBurst = segments
  /** Segments that the receiver has not acknowledged yet when the burst begins to arrive. */
  let over = 0
  while (sent < segments) {
    const unacknowledged = over + burst
    const acks = Math.floor(unacknowledged / ackSegments)
    const isTimed = acks === 0
    const firstAckPs = isTimed ? ackDelayPs : (ackSegments - over - 1) * segmentPs
    const waitPs = roundTripPs + firstAckPs - burst * pacePs
    if (waitPs <= 0) break
    idlePs += waitPs
    const grown = isTimed
      ? Math.min(unacknowledged, SLOW_START_LIMIT)
      : acks * Math.min(ackSegments, SLOW_START_LIMIT)
    burst = grown + (isTimed ? unacknowledged : acks * ackSegments) + withheld
    withheld = 0
    over = isTimed ? 0 : unacknowledged % ackSegments
    lastWaitPs = waitPs
    lastBurst = segments - sent
    sent += burst
  }
  return { idlePs, lastWaitPs, lastBurst }
}

/**
 * Time per segment of a flow that always has a window of so many in flight: a round trip for those that are acknowledged
 * in it. Segments over wait for the next round, and stand in for as many of those that its first acknowledgement covers.
 */
export function windowPacePs(window: number, connection: IdleConnection): number {
  const { ackSegments, ackDelayPs, roundTripPs, segmentPs } = connection
  const over = window % ackSegments
  if (over === window) return (roundTripPs + ackDelayPs) / window
  return (roundTripPs + (ackSegments - over - 1) * segmentPs) / (window - over)
}
