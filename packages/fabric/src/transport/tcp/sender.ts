import { Timer } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import * as tcpFlags from '../../model/tcp-flags.ts'
import type { TransportContext } from '../context.ts'
import * as flowTable from '../flow-table.ts'
import { type CongestionControl, createCongestionControl } from './congestion/congestion-control.ts'
import type { Agreement } from './negotiation.ts'
import { Pacer } from './pacer.ts'
import { RateReduction } from './rate-reduction.ts'
import * as phases from './recovery.ts'
import type { RoundTripTime } from './rtt.ts'
import * as scoreboard from './scoreboard.ts'
import type { Segments } from './segments.ts'
import { DATA_START } from './state.ts'
import { TailLossProbe } from './tail-loss-probe.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CWR, ECE, FIN } = tcpFlags
const { NO_FLOW } = flowTable
const { LOSS, OPEN, RECOVERY } = phases
const { NONE } = scoreboard

/** What the one retransmission timer stands for. */
const TIMEOUT = 0
const PROBE = 1
const PERSIST = 2

export interface SenderEvents {
  /** Data has been sent again too often. */
  onGiveUp(): void
  /** ESTABLISHED or CLOSE-WAIT ends. */
  onFinSent(): void
}

/**
 * The sending half of an established connection: what may leave, when, and what becomes of it. Sequence
 * numbers count from the SYN at 0 and do not wrap.
 */
export class Sender {
  /** SND.UNA and SND.NXT */
  una = DATA_START
  next = DATA_START
  /** One past the last byte that the application has written. */
  limit = DATA_START
  /** A FIN follows the last byte. */
  closing = false
  finSent = false

  readonly control: CongestionControl
  readonly recovery: phases.LossRecovery
  readonly board: scoreboard.Scoreboard
  readonly rtt: RoundTripTime
  private readonly context: TransportContext
  private readonly segments: Segments
  private readonly events: SenderEvents
  private readonly options: TcpOptions
  private readonly timer: Timer
  private readonly pacer: Pacer | undefined
  private readonly probe: TailLossProbe | undefined
  private readonly reduction: RateReduction | undefined

  private readonly mssBytes: number
  private readonly sack: boolean
  private readonly timestamps: boolean
  private readonly ecn: boolean
  private readonly initialWindowBytes: number

  /** Right edge of the peer's window, and the widest window seen. */
  private windowEnd = 0
  private windowWidest = 0
  private timerMode = TIMEOUT
  private timerArmed = false
  /** Timeouts in a row without SND.UNA moving. */
  private timeoutsInRow = 0
  private sendCwr = false
  private lastSentPs = 0

  constructor(
    context: TransportContext,
    segments: Segments,
    events: SenderEvents,
    options: TcpOptions,
    rtt: RoundTripTime,
    agreed: Agreement,
  ) {
    const { mssBytes } = agreed
    this.context = context
    this.segments = segments
    this.events = events
    this.options = options
    this.rtt = rtt
    this.mssBytes = mssBytes
    this.sack = agreed.sack
    this.timestamps = agreed.timestamps
    this.ecn = agreed.ecn
    this.initialWindowBytes = agreed.initialWindowSegments * mssBytes
    this.board = new scoreboard.Scoreboard(context.sim, context.packets, options.duplicateAckThreshold)
    this.board.start(DATA_START)
    this.control = createCongestionControl(options, mssBytes, this.initialWindowBytes)
    if (options.prr) this.reduction = new RateReduction(this, mssBytes)
    this.recovery = new phases.LossRecovery(
      this,
      this.board,
      this.control,
      options.duplicateAckThreshold,
      mssBytes,
    )
    this.recovery.sack = agreed.sack
    this.recovery.reduction = agreed.sack ? this.reduction : undefined
    this.timer = new Timer(context.sim, this, 0)
    if (options.pacing) this.pacer = new Pacer(context.sim, this)
    if (options.tailLossProbe && agreed.sack) this.probe = new TailLossProbe(context, this, options)
  }

  /** Bytes in flight as RFC 6675 §4 estimates them. */
  get pipeBytes(): number {
    const { board } = this
    return this.next - this.una - board.sackedBytes - board.lostBytes + board.retransmittedBytes
  }

  /** Nothing is in flight or waits to leave: the far end of a bulk transfer, which every segment acknowledges. */
  private get isQuiet(): boolean {
    return this.una === this.next && (this.finSent || !this.closing)
  }

  get isDone(): boolean {
    return this.finSent && this.una === this.next
  }

  /** The application hands over this many more bytes. */
  write(bytes: number): void {
    const idle = this.una === this.next && this.context.sim.now - this.lastSentPs > this.rtt.rtoPs
    if (idle && this.options.idleRestart && this.next > DATA_START) {
      this.control.cwndBytes = Math.min(this.control.cwndBytes, this.initialWindowBytes)
    }
    this.limit += bytes
    this.transmit()
  }

  close(): void {
    this.closing = true
    this.transmit()
  }

  /** The peer's window as of a segment that it sent; its right edge never recedes. */
  updateWindow(packet: PacketHandle): boolean {
    const { packets } = this.context
    const window = packets.windowBytes[packet]!
    const edge = packets.acknowledgement[packet]! + window
    if (window > this.windowWidest) this.windowWidest = window
    if (edge <= this.windowEnd) return false
    this.windowEnd = edge
    return true
  }

  /** An acceptable segment with an acknowledgement of something that was sent. */
  onAcknowledgement(packet: PacketHandle): void {
    const { packets } = this.context
    const { board, control, recovery } = this
    const ack = packets.acknowledgement[packet]!
    const acked = ack - this.una
    if (acked < 0) return
    if (ack === this.limit && this.isQuiet) {
      this.updateWindow(packet)
      return
    }
    // a peer that answers probes is alive, however long its window stays closed (RFC 9293 §3.8.6.1)
    if (this.timerMode === PERSIST) this.timeoutsInRow = 0
    const windowMoved = this.updateWindow(packet)
    const used = this.pipeBytes
    const { phase } = recovery
    const reduction = this.reduction
    const reduced = reduction?.active === true
    const sackedBefore = board.sackedBytes
    const lostBefore = board.lostBytes
    const newlySacked = this.sack && packets.sackCount[packet]! > 0 && board.sack(packet)
    let restart = false
    if (acked > 0) {
      this.una = ack
      board.acknowledge(ack)
      this.timeoutsInRow = 0
      this.sampleRoundTrip(packet)
      if (this.probe?.isAnswered()) this.probe.conclude(packet, this.timestamps)
      restart = recovery.advance(acked)
    }
    if (newlySacked) recovery.sacked()
    else if (
      acked === 0 &&
      !this.sack &&
      !windowMoved &&
      this.next > ack &&
      packets.payloadBytes[packet] === 0
    ) {
      recovery.duplicate()
    }
    const marked = this.ecn && (packets.tcpFlags[packet]! & ECE) !== 0
    if (reduction?.isPast && recovery.phase === OPEN) reduction.finish()
    if (this.ecn && control.feedback(acked, marked, ack, this.next, recovery.phase === OPEN)) {
      this.sendCwr = true
      reduction?.begin()
    }
    if (reduction?.active) {
      reduction.update(acked + board.sackedBytes - sackedBefore, acked > 0 && board.lostBytes <= lostBefore)
    } else if (acked > 0 && !marked && phase !== RECOVERY && !reduced) this.grow(acked, used, phase === LOSS)
    if (restart) this.timerArmed = false
    this.transmit()
  }

  /** Sends what may leave now, lost segments first, and sees to the timer. */
  transmit(): void {
    const { board, control, recovery } = this
    let sent = false
    while (this.pacer === undefined || this.pacer.mayLeave()) {
      const pipe = this.pipeBytes
      const room = control.cwndBytes + recovery.extraBytes - pipe
      const lost = recovery.phase === OPEN || board.lostBytes === 0 ? NONE : board.nextLost()
      if (lost !== NONE) {
        // a full segment with FIN is longer than a window of one segment
        if (board.lengthOf(lost) > room && pipe > 0) break
        this.retransmit(lost, true)
        continue
      }
      if (this.sendNew(room)) {
        sent = true
        continue
      }
      if (recovery.phase === OPEN || room < this.mssBytes) break
      const index = recovery.speculative()
      if (index === NONE) break
      this.retransmit(index, true)
    }
    this.keepTimer(sent)
  }

  retransmit(index: number, inPipe: boolean): void {
    const { board } = this
    const end = board.startOf(index) + board.lengthOf(index)
    const flags = this.finSent && end === this.limit + 1 ? FIN : 0
    this.segments.sequence = board.startOf(index)
    this.pacer?.left(board.lengthOf(index))
    this.reduction?.sent(board.lengthOf(index))
    board.retransmit(index, inPipe)
    // between RFC 6298, where a recovery of many losses outlasts the timer, and RFC 6675 §6, where every other
    // copy puts off the timeout of a lost one: the copy of the first segment has a whole timeout, as in Linux
    if (this.sack && index === board.first) this.timerArmed = false
    if (this.segments.flow !== NO_FLOW) this.context.flows.retransmissions[this.segments.flow]!++
    // RFC 3168 §6.1.5: retransmissions are not ECN-capable
    this.segments.data(board.lengthOf(index) - flags, flags, false)
  }

  /**
   * A segment of new data, however little the window has room for, if the peer has room; for a tail loss
   * probe.
   */
  sendBeyondWindow(): boolean {
    return this.sendNew(Infinity)
  }

  onTimer(): void {
    this.timerArmed = false
    if (this.timerMode === PERSIST) this.onPersist()
    else if (this.timerMode === PROBE) this.onProbe()
    else this.onTimeout()
  }

  release(): void {
    this.timer.release()
    this.pacer?.release()
  }

  /** One new segment, or the FIN, if congestion window, peer and buffer have room for it. */
  private sendNew(room: number): boolean {
    const segments = this.segments
    const start = this.next
    const unsent = this.limit - start
    if (unsent <= 0 && !(this.closing && !this.finSent)) return false
    let length = Math.min(this.mssBytes, unsent)
    if (length > room || start + length > this.una + this.options.sendBufferBytes) return false
    const usable = this.windowEnd - start
    if (length > usable || usable <= 0) {
      // sender's side of silly window avoidance, RFC 9293 §3.8.6.2.1
      if (usable < this.windowWidest / 2 || usable <= 0) return false
      length = usable
    }
    const flags = this.closing && length === unsent ? FIN : 0
    if (flags === FIN) {
      this.finSent = true
      this.events.onFinSent()
    }
    this.next = start + length + flags
    this.board.push(this.next)
    this.pacer?.left(length)
    this.reduction?.sent(length)
    this.lastSentPs = this.context.sim.now
    segments.sequence = start
    if (this.sendCwr && length > 0) {
      this.sendCwr = false
      segments.data(length, flags | CWR, this.ecn)
    } else segments.data(length, flags, this.ecn && length > 0)
    return true
  }

  private sampleRoundTrip(packet: PacketHandle): void {
    const sentPs = this.timestamps ? this.context.packets.timestampEcho[packet]! : this.board.sampleSentPs
    if (sentPs < 0) return
    this.rtt.samplePs = this.context.sim.now - sentPs
    this.rtt.sample()
  }

  /**
   * Only a window that was in use grows (RFC 7661 §4.1): half of it in slow start, all but a segment after.
   */
  private grow(acked: number, used: number, afterTimeout: boolean): void {
    const { control } = this
    const slowStart = control.cwndBytes < control.ssthreshBytes
    if (slowStart ? 2 * used < control.cwndBytes : used + this.mssBytes <= control.cwndBytes) return
    control.grow(acked, afterTimeout)
  }

  /** One timer: for a probe, a timeout, or a closed window. `sent`: new data has left since. */
  private keepTimer(sent: boolean): void {
    if (this.una === this.next) {
      if (this.limit > this.next || (this.closing && !this.finSent)) this.startTimer(PERSIST)
      else this.stopTimer()
      return
    }
    const probe = this.probe
    if (probe?.mayRun()) {
      if (sent || !this.timerArmed) this.startTimer(PROBE)
    } else if (!this.timerArmed || this.timerMode !== TIMEOUT) this.startTimer(TIMEOUT)
  }

  private stopTimer(): void {
    this.timer.cancel()
    this.timerArmed = false
  }

  private startTimer(mode: number): void {
    const timer = this.timer
    if (mode === PERSIST && this.timerArmed && this.timerMode === PERSIST) return
    let wait = this.rtt.rtoPs
    if (mode === PROBE) wait = Math.min(wait, this.probe!.timeoutPs)
    this.timerMode = mode
    this.timerArmed = true
    timer.deadline = this.context.sim.now + wait
    timer.arm()
  }

  /** RFC 6298 §5.4 to §5.7. */
  private onTimeout(): void {
    const { flows } = this.context
    if (this.segments.flow !== NO_FLOW) flows.timeouts[this.segments.flow]!++
    if (++this.timeoutsInRow > this.options.dataRetries) {
      this.events.onGiveUp()
      return
    }
    this.probe?.forget()
    this.recovery.timeOut(this.timeoutsInRow === 1)
    this.rtt.backOff()
    this.transmit()
  }

  private onProbe(): void {
    this.probe!.send()
    this.startTimer(TIMEOUT)
  }

  /** A closed window is probed by a segment outside of it, which the peer must answer; as Linux does. */
  private onPersist(): void {
    if (++this.timeoutsInRow > this.options.dataRetries) {
      this.events.onGiveUp()
      return
    }
    this.segments.sequence = this.una - 1
    this.segments.acknowledgement()
    this.rtt.backOff()
    this.transmit()
  }
}
