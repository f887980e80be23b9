import type { TcpOptions } from '../../../blueprint/traffic.ts'
import { DATA_START } from '../state.ts'
import { NewReno } from './newreno.ts'

/**
 * DCTCP, RFC 8257: estimates the fraction of marked bytes once per window of data, and cuts in proportion to
 * it as soon as a mark is echoed, at most once per window of data; as in the paper's analysis (Alizadeh et
 * al. 2010, §3.3), where every flow cuts once per sawtooth. Loss and growth are NewReno's (§3.5, §3.6).
 */
export class Dctcp extends NewReno {
  /** DCTCP.Alpha; a fraction from the first, so that V8 does not box it. */
  alpha = Number.NaN
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

  override feedback(
    ackedBytes: number,
    marked: boolean,
    una: number,
    next: number,
    mayReduce: boolean,
  ): boolean {
    this.#bytesAcked += ackedBytes
    if (marked) this.#bytesMarked += ackedBytes
    if (una > this.#windowEnd) this.#estimate(next)
    if (!marked || !mayReduce || una <= this.cutEnd) return false
    this.cut(this.cwndBytes * (1 - this.alpha / 2), this.markFloorBytes, next)
    return true
  }

  override lose(flightBytes: number, _una: number, next: number): void {
    this.cut(flightBytes / 2, this.lossFloorBytes, next)
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
