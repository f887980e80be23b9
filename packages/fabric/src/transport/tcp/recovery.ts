import type { CongestionControl } from './congestion/congestion-control.ts'
import type { RateReduction } from './rate-reduction.ts'
import { NONE, type Scoreboard } from './scoreboard.ts'

/** No loss is being repaired. */
export const OPEN = 0
/** Fast recovery, RFC 6675 or RFC 6582. */
export const RECOVERY = 1
/** Going back in slow start after a retransmission timeout. */
export const LOSS = 2

/** What recovery needs of its sender. */
export interface RecoverySender {
  readonly una: number
  readonly next: number
  /** Sends a segment of the scoreboard again. */
  retransmit(index: number, inPipe: boolean): void
}

/** New segments that RFC 3042 lets out beyond the window on the first duplicates. */
const LIMITED_TRANSMIT_SEGMENTS = 2

/** Decides when a loss is to be repaired and when it has been: RFC 6675 with SACK, RFC 6582 without. */
export class LossRecovery {
  phase = OPEN
  duplicates = 0
  /** SND.NXT when the loss was found; acknowledged, the episode is over. */
  recoveryPoint = 0
  sack = false
  /** Spreads the cut over the round trip; with SACK alone. */
  reduction: RateReduction | undefined = undefined
  private readonly sender: RecoverySender
  private readonly board: Scoreboard
  private readonly control: CongestionControl
  private readonly threshold: number
  private readonly mssBytes: number
  /** RFC 6675 NextSeg() rule 4: one per episode. */
  private rescued = false
  private partialSeen = false
  /** SND.NXT at the first duplicate. */
  private flightEnd = 0

  constructor(
    sender: RecoverySender,
    board: Scoreboard,
    control: CongestionControl,
    duplicateAckThreshold: number,
    mssBytes: number,
  ) {
    this.sender = sender
    this.board = board
    this.control = control
    this.threshold = duplicateAckThreshold
    this.mssBytes = mssBytes
  }

  /**
   * Room beyond the window for new data: limited transmit without SACK; with it the pipe shrinks by itself.
   */
  get extraBytes(): number {
    if (this.sack || this.phase !== OPEN) return 0
    return Math.min(this.duplicates, LIMITED_TRANSMIT_SEGMENTS) * this.mssBytes
  }

  /**
   * SND.UNA has moved by `ackedBytes`. True if the retransmission timer is to start anew: always, except
   * after the second and later partial acknowledgements of RFC 6582 §3.2 step 3.
   */
  advance(ackedBytes: number): boolean {
    this.duplicates = 0
    if (this.phase === OPEN) return true
    if (this.sender.una >= this.recoveryPoint) {
      this.finish()
      return true
    }
    if (this.phase !== RECOVERY || this.sack) return true
    const first = !this.partialSeen
    this.partialAcknowledgement(ackedBytes)
    return first
  }

  /** New SACK information has come in. */
  sacked(): void {
    if (this.phase !== OPEN) return
    this.countDuplicate()
    if (this.board.lostBytes > 0) this.enterWithSack()
  }

  /** A duplicate acknowledgement without SACK, RFC 5681 §2. */
  duplicate(): void {
    if (this.phase === RECOVERY) this.control.cwndBytes += this.mssBytes
    if (this.phase !== OPEN) return
    this.countDuplicate()
    if (this.duplicates >= this.threshold && this.sender.una > this.recoveryPoint) this.enterNewReno()
  }

  /** The retransmission timer has expired. `first`: for this segment. */
  timeOut(first: boolean): void {
    const { una, next } = this.sender
    this.control.timeOut(next - una, next, first)
    this.phase = LOSS
    this.recoveryPoint = next
    this.duplicates = 0
    this.reduction?.abandon()
    this.board.loseAll()
  }

  /**
   * NextSeg() rules 3 and 4: what may be sent again when nothing is known to be lost and nothing new may go.
   */
  speculative(): number {
    if (this.phase !== RECOVERY || !this.sack) return NONE
    const hole = this.board.nextHole()
    if (hole !== NONE) {
      this.board.passRetransmit(hole)
      return hole
    }
    if (this.rescued) return NONE
    this.rescued = true
    return this.board.rescue()
  }

  /** RFC 6675 §5 step 4. */
  private enterWithSack(): void {
    this.enter()
    this.board.rewind()
    this.rescued = false
    const index = this.board.nextLost()
    if (index !== NONE) this.sender.retransmit(index, true)
  }

  /** RFC 6582 §3.2 step 2, RFC 5681 §3.2 steps 2 and 3. */
  private enterNewReno(): void {
    this.enter()
    this.partialSeen = false
    this.control.cwndBytes = this.control.ssthreshBytes + this.threshold * this.mssBytes
    this.sender.retransmit(this.board.first, false)
  }

  private enter(): void {
    const { una, next } = this.sender
    this.phase = RECOVERY
    this.recoveryPoint = next
    const flightEnd = this.duplicates > 0 ? this.flightEnd : next
    this.control.lose(flightEnd - una, una, next)
    this.reduction?.begin()
  }

  /** What limited transmit lets out from here on is not in the flight that counts, RFC 5681 §3.2 step 2. */
  private countDuplicate(): void {
    if (this.duplicates++ === 0) this.flightEnd = this.sender.next
  }

  /**
   * RFC 6582 §3.2 step 3: the next hole at once; deflate by what was acknowledged, less the segment just
   * sent.
   */
  private partialAcknowledgement(ackedBytes: number): void {
    this.partialSeen = true
    const control = this.control
    const refund = ackedBytes >= this.mssBytes ? this.mssBytes : 0
    control.cwndBytes = Math.max(control.cwndBytes - ackedBytes + refund, this.mssBytes)
    this.sender.retransmit(this.board.first, false)
  }

  /** RFC 6582 §3.2 step 3, full acknowledgement, option 1; with SACK the window is at ssthresh already. */
  private finish(): void {
    const control = this.control
    if (this.phase === RECOVERY && !this.sack) {
      const flight = this.sender.next - this.sender.una
      control.cwndBytes = Math.min(control.ssthreshBytes, Math.max(flight, this.mssBytes) + this.mssBytes)
    }
    this.phase = OPEN
    if (this.reduction?.active) this.reduction.finish()
    if (this.sack && this.board.lostBytes > 0) this.enterWithSack()
  }
}
