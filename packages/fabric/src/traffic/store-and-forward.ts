/**
 * When the last segment of a burst arrives that has a path to itself: full segments back to back and a last one that may
 * be shorter, stored and forwarded link by link. Exact, for links that send in order of arrival.
 */
export class StoreAndForward {
  /** When the last segment has come as far as the path goes by now, from the first bit sent. */
  lastPs = 0
  #segments = 1
  #firstPs = 0
  #slowestPs = 0

  /** Before the first link. `segments`: 1 or more, the last one included. */
  begin(segments: number): this {
    this.#segments = segments
    this.lastPs = this.#firstPs = this.#slowestPs = 0
    return this
  }

  /** Over one more link, on which a full and the last segment take so long, and the wire itself `delayPs`. */
  cross(fullPs: number, lastPs: number, delayPs: number): void {
    if (fullPs > this.#slowestPs) this.#slowestPs = fullPs
    // the last full segment leaves here after the first one, behind all others at the slowest link so far
    const freePs = this.#segments === 1 ? 0 : this.#firstPs + fullPs + (this.#segments - 2) * this.#slowestPs
    this.lastPs = Math.max(this.lastPs, freePs) + lastPs + delayPs
    this.#firstPs += fullPs + delayPs
  }
}
