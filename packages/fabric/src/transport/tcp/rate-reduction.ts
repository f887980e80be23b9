/** What a reduction reads of its sender, after an acknowledgement has been taken in. */
export interface ReducingSender {
  readonly una: number
  readonly next: number
  readonly pipeBytes: number
  readonly board: { readonly sackedBytes: number }
  readonly control: { cwndBytes: number; readonly ssthreshBytes: number }
}

/**
 * Proportional Rate Reduction, RFC 9937: a cut of the window is spread over the round trip after it, so that
 * acknowledgements go on clocking new data out. Serves fast recovery with SACK, and the answer to marks
 * (Linux's state CWR), where nothing is lost and the same arithmetic holds.
 */
export class RateReduction {
  /** A reduction is under way: the window follows it and does not grow. */
  active = false
  private readonly sender: ReducingSender
  private readonly mssBytes: number
  /** SND.NXT when the reduction began. */
  private end = 0
  /** RecoverFS; unknown until the acknowledgement that began it has been counted. */
  private flightBytes = 0
  /** prr_delivered and prr_out */
  private deliveredBytes = 0
  private sentBytes = 0

  constructor(sender: ReducingSender, mssBytes: number) {
    this.sender = sender
    this.mssBytes = mssBytes
  }

  /** The window has been cut; what follows on the same acknowledgement counts already. */
  begin(): void {
    this.active = true
    this.end = this.sender.next
    this.flightBytes = 0
    this.deliveredBytes = 0
    this.sentBytes = 0
  }

  /** All that was in flight at the cut is acknowledged, and something beyond: the peer has seen CWR. */
  get isPast(): boolean {
    return this.active && this.sender.una > this.end
  }

  finish(): void {
    this.active = false
    this.sender.control.cwndBytes = this.sender.control.ssthreshBytes
  }

  /** A timeout overtakes the reduction: the window stays where that puts it. */
  abandon(): void {
    this.active = false
  }

  sent(bytes: number): void {
    this.sentBytes += bytes
  }

  /**
   * RFC 9937 §6: an acknowledgement told of `deliveredBytes` more that arrived; `safe`: it moved SND.UNA and
   * showed no further loss.
   */
  update(deliveredBytes: number, safe: boolean): void {
    if (deliveredBytes <= 0) return
    const { una, next, board, control, pipeBytes } = this.sender
    const { ssthreshBytes } = control
    if (this.deliveredBytes === 0) this.flightBytes = next - una - board.sackedBytes + deliveredBytes
    this.deliveredBytes += deliveredBytes
    let room: number
    if (pipeBytes > ssthreshBytes) {
      room = Math.ceil((this.deliveredBytes * ssthreshBytes) / this.flightBytes) - this.sentBytes
    } else {
      room = Math.max(this.deliveredBytes - this.sentBytes, deliveredBytes)
      if (safe) room += this.mssBytes
      room = Math.min(room, ssthreshBytes - pipeBytes)
    }
    if (this.sentBytes === 0) room = Math.max(room, this.mssBytes)
    control.cwndBytes = pipeBytes + Math.max(room, 0)
  }
}
