/**
 * Time that slow start leaves the sender of a flow idle on a network of its own: after each window it waits for the
 * first acknowledgement, until windows outlast a round trip. The "latency modelling" of Kurose and Ross, Computer
 * Networking, chapter 3, with any initial window.
 *
 * @param segments of the flow, 1 or more
 * @param initialWindow segments
 * @param segmentPs time that a segment takes at the narrowest link
 * @param roundTripPs from a segment's first bit sent to its acknowledgement received
 */
export function slowStartIdlePs(
  segments: number,
  initialWindow: number,
  segmentPs: number,
  roundTripPs: number,
): number {
  let idlePs = 0
  let sent = initialWindow
  for (let window = initialWindow; sent < segments; window *= 2, sent += window) {
    const waitPs = roundTripPs - window * segmentPs
    if (waitPs <= 0) break
    idlePs += waitPs
  }
  return idlePs
}
