import type { TcpOptions } from '../../../blueprint/traffic.ts'
import type { CongestionControl } from './congestion-control.ts'

/** Least window and threshold after a loss, RFC 5681 equation (4). */
const LOSS_WINDOW_MIN_SEGMENTS = 2

/** Segments by which one acknowledgement may raise the window in slow start: L of RFC 3465 §2.3. */
const SLOW_START_LIMIT = 2
const SLOW_START_LIMIT_AFTER_TIMEOUT = 1

/**
 * Slow start and congestion avoidance of RFC 5681, growing by bytes acknowledged (RFC 3465), and the answer
 * to ECN of RFC 3168 §6.1.2: half the window, at most once per window of data, and no growth by a marked
 * acknowledgement.
 */
export class NewReno implements CongestionControl {
  cwndBytes: number
  ssthreshBytes: number
  protected readonly mssBytes: number
  /** Feedback on data below this stems from before the last cut. */
  protected cutEnd = 0
  /** Least window after a cut for marks, and for a loss. */
  protected readonly markFloorBytes: number
  protected readonly lossFloorBytes: number
  /** Bytes acknowledged towards the next segment of growth in congestion avoidance. */
  #credit = 0

  constructor(options: TcpOptions, mssBytes: number, windowBytes: number) {
    this.mssBytes = mssBytes
    this.cwndBytes = windowBytes
    this.ssthreshBytes = options.initialSsthreshBytes
    this.markFloorBytes = options.minWindowSegments * mssBytes
    this.lossFloorBytes = LOSS_WINDOW_MIN_SEGMENTS * mssBytes
  }

  grow(ackedBytes: number, afterTimeout: boolean): void {
    const { mssBytes } = this
    if (this.cwndBytes < this.ssthreshBytes) {
      const limit = afterTimeout ? SLOW_START_LIMIT_AFTER_TIMEOUT : SLOW_START_LIMIT
      this.cwndBytes += Math.min(ackedBytes, limit * mssBytes)
      return
    }
    this.#credit += ackedBytes
    if (this.#credit >= this.cwndBytes) {
      this.#credit -= this.cwndBytes
      this.cwndBytes += mssBytes
    }
  }

  feedback(_ackedBytes: number, marked: boolean, una: number, next: number, mayReduce: boolean): boolean {
    if (!marked || !mayReduce || una <= this.cutEnd) return false
    this.cut(this.cwndBytes / 2, this.markFloorBytes, next)
    return true
  }

  lose(flightBytes: number, una: number, next: number): void {
    // marked and lost in one window of data is one congestion event, RFC 3168 §6.1.2
    const already = una <= this.cutEnd
    const window = already ? Math.min(this.cwndBytes, this.ssthreshBytes) : flightBytes / 2
    this.cut(window, this.lossFloorBytes, next)
  }

  timeOut(flightBytes: number, next: number, first: boolean): void {
    if (first) this.cut(flightBytes / 2, this.lossFloorBytes, next)
    this.cwndBytes = this.mssBytes
  }

  /** RFC 5681 equation (4) with another divisor. */
  protected cut(windowBytes: number, floorBytes: number, next: number): void {
    this.ssthreshBytes = Math.max(Math.floor(windowBytes), floorBytes)
    this.cwndBytes = this.ssthreshBytes
    this.cutEnd = next
    this.#credit = 0
  }
}
