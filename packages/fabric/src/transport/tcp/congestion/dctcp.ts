import type { TcpOptions } from '../../../blueprint/traffic.ts'
import { DATA_START } from '../state.ts'
import { NewReno } from './newreno.ts'

/**
 * DCTCP, RFC 8257: estimates the fraction of marked bytes once per window of data and, at the window's end, cuts in
 * proportion to it if any byte was marked (§3.3 steps 1 to 9; Linux cuts at the first mark, by the estimate of the
 * window before). Loss and growth are NewReno's (§3.5, §3.6).
 */
export class Dctcp extends NewReno {
  /** DCTCP.Alpha */
  alpha: number
  readonly #gain: number
  /** DCTCP.WindowEnd, at first SND.UNA; then DCTCP.BytesAcked and DCTCP.BytesMarked. */
  #windowEnd = DATA_START
  #bytesAcked = 0
  #bytesMarked = 0

  constructor(options: TcpOptions, mssBytes: number, windowBytes: number) {
    super(options, mssBytes, windowBytes)
    this.alpha = options.dctcpInitialAlpha
    this.#gain = options.dctcpGain
  }

  override feedback(ackedBytes: number, marked: boolean, una: number, next: number, mayReduce: boolean): boolean {
    this.#bytesAcked += ackedBytes
    if (marked) this.#bytesMarked += ackedBytes
    // a mark ends slow start at once, the cut waits for the end of its window
    if (marked && this.cwndBytes < this.ssthreshBytes) this.ssthreshBytes = this.cwndBytes
    if (una <= this.#windowEnd) return false
    const congested = this.#bytesMarked > 0
    this.#estimate(next)
    if (!congested || !mayReduce) return false
    this.cut(this.cwndBytes * (1 - this.alpha / 2), next)
    return true
  }

  override lose(flightBytes: number, _una: number, next: number): void {
    this.cut(flightBytes / 2, next)
  }

  /** RFC 8257 §3.3, steps 5 to 8. */
  #estimate(next: number): void {
    const fraction = this.#bytesMarked / this.#bytesAcked
    this.alpha += this.#gain * (fraction - this.alpha)
    this.#windowEnd = next
    this.#bytesAcked = 0
    this.#bytesMarked = 0
  }
}
