import type { TcpOptions } from '../../../blueprint/traffic.ts'
import { Dctcp } from './dctcp.ts'
import { NewReno } from './newreno.ts'

/**
 * How a sender's window answers acknowledgements, losses and marks. Sequence numbers are the sender's own.
 * What to send again and when is loss recovery's affair.
 */
export interface CongestionControl {
  cwndBytes: number
  ssthreshBytes: number
  /** An acknowledgement of new data outside of fast recovery, while the window was in use. */
  grow(ackedBytes: number, afterTimeout: boolean): void
  /**
   * The ECN feedback of an acknowledgement that moved SND.UNA to `una`. `mayReduce` is false during loss
   * recovery. True if it cut the window, so that the next segment carries CWR.
   */
  feedback(ackedBytes: number, marked: boolean, una: number, next: number, mayReduce: boolean): boolean
  /** Fast recovery begins: cwnd and ssthresh become half of what is in flight. */
  lose(flightBytes: number, una: number, next: number): void
  /** A retransmission timeout: back to one segment. `first`: of this segment. */
  timeOut(flightBytes: number, next: number, first: boolean): void
}

export function createCongestionControl(
  options: TcpOptions,
  mssBytes: number,
  windowBytes: number,
): CongestionControl {
  const control = options.control === 'dctcp' ? Dctcp : NewReno
  return new control(options, mssBytes, windowBytes)
}
