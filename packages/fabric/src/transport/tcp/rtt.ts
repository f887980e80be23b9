import type { TcpOptions } from '../../blueprint/traffic.ts'

/** Clock granularity G, RFC 6298 §2: ours is a picosecond. */
const GRANULARITY_PS = 1

/**
 * Round-trip time estimation and the retransmission timeout, RFC 6298. Every sample counts with the same
 * gains, however many there are in a round trip, as Linux does (RFC 7323 appendix G scales them).
 */
export class RoundTripTime {
  // fields begin as NaN: where a whole small number or nothing comes first, V8 boxes every later value
  /** In: the measured round trip of `sample`. A field, since a call would box it. */
  samplePs = Number.NaN
  /** Smoothed; NaN before the first sample. */
  srttPs = Number.NaN
  rttvarPs = Number.NaN
  /** Current timeout, backed off, whole picoseconds. */
  rtoPs = Number.NaN
  private readonly minRtoPs: number
  private readonly maxRtoPs: number

  constructor(options: TcpOptions) {
    this.rtoPs = options.initialRtoPs
    this.minRtoPs = options.minRtoPs
    this.maxRtoPs = options.maxRtoPs
  }

  get measured(): boolean {
    return this.srttPs >= 0
  }

  /** Takes `samplePs` in (§2.2, §2.3), which undoes any backing off. */
  sample(): void {
    const rtt = this.samplePs
    if (!this.measured) {
      this.srttPs = rtt
      this.rttvarPs = rtt / 2
    } else {
      this.rttvarPs += (Math.abs(this.srttPs - rtt) - this.rttvarPs) / 4
      this.srttPs += (rtt - this.srttPs) / 8
    }
    const rto = Math.round(this.srttPs + Math.max(GRANULARITY_PS, 4 * this.rttvarPs))
    this.rtoPs = Math.min(Math.max(rto, this.minRtoPs), this.maxRtoPs)
  }

  /** Doubles the timeout after it has expired, §5.5. */
  backOff(): void {
    this.rtoPs = Math.min(this.rtoPs * 2, this.maxRtoPs)
  }
}
