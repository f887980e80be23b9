import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import type { TransportContext } from '../context.ts'
import type { CongestionControl } from './congestion/congestion-control.ts'
import { type LossRecovery, OPEN } from './recovery.ts'
import type { RoundTripTime } from './rtt.ts'
import { NONE, type Scoreboard } from './scoreboard.ts'

/** Before the first round-trip sample, RFC 8985 §7.2. */
const TIMEOUT_UNMEASURED_PS = 1e12

/** What a probe needs of its sender. */
export interface ProbingSender {
  readonly una: number
  readonly next: number
  readonly rtt: RoundTripTime
  readonly board: Scoreboard
  readonly recovery: LossRecovery
  readonly control: CongestionControl
  sendBeyondWindow(): boolean
  retransmit(index: number, inPipe: boolean): void
}

const NO_PROBE = -1

/**
 * Tail loss probe, RFC 8985 §7: when acknowledgements stop, one segment is sent two round trips later, so
 * that a loss at the end of a flight shows by SACK and not by a timeout.
 */
export class TailLossProbe {
  private readonly context: TransportContext
  private readonly sender: ProbingSender
  private readonly maxAckDelayPs: number
  /** TLP.end_seq while a probe is out. */
  private end = NO_PROBE
  private isRetransmission = false
  private sentPs = 0

  constructor(context: TransportContext, sender: ProbingSender, options: TcpOptions) {
    this.context = context
    this.sender = sender
    this.maxAckDelayPs = options.delayedAckSegments > 1 ? options.delayedAckPs : 0
  }

  /** §7.2: not while a loss is known or suspected, and one probe at a time. */
  mayRun(): boolean {
    const { recovery, board } = this.sender
    return this.end === NO_PROBE && recovery.phase === OPEN && board.sackedBytes === 0
  }

  /** PTO, from now on. */
  get timeoutPs(): number {
    const { rtt, board } = this.sender
    if (!rtt.measured) return TIMEOUT_UNMEASURED_PS
    const timeout = Math.round(2 * rtt.srttPs)
    return board.lastUnsacked() === board.first ? timeout + this.maxAckDelayPs : timeout
  }

  /** §7.3: new data if there is some, else the last segment again. */
  send(): void {
    const sender = this.sender
    this.isRetransmission = !sender.sendBeyondWindow()
    if (this.isRetransmission) {
      const last = sender.board.lastUnsacked()
      if (last === NONE) return
      sender.retransmit(last, false)
    }
    this.end = sender.next
    this.sentPs = this.context.sim.now
  }

  /** Everything up to the probe has been acknowledged. */
  isAnswered(): boolean {
    return this.end !== NO_PROBE && this.sender.una >= this.end
  }

  /**
   * §7.4.2: a probe that was a copy has repaired a loss unless the original had arrived, which an echoed
   * timestamp from before the probe shows; without timestamps (and DSACK, which we do not send) the loss is
   * taken for granted.
   */
  conclude(packet: PacketHandle, timestamps: boolean): void {
    const { una, next, control, recovery } = this.sender
    this.end = NO_PROBE
    if (!this.isRetransmission || recovery.phase !== OPEN) return
    if (timestamps && this.context.packets.timestampEcho[packet]! < this.sentPs) return
    control.lose(control.cwndBytes, una, next)
  }

  /** A timeout overtook the probe. */
  forget(): void {
    this.end = NO_PROBE
  }
}
