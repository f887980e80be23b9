import { Timer } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import * as tcpFlags from '../../model/tcp-flags.ts'
import type { TransportContext } from '../context.ts'
import { Reassembly } from './reassembly.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CE } = packetTable
const { CWR, FIN } = tcpFlags

/** RFC 7323 §2.2 */
export const WINDOW_UNSCALED_MAX = 0xffff
const WINDOW_SHIFT_MAX = 14

/** The shift count that lets a window cover the buffer. */
export function windowShift(bufferBytes: number): number {
  let shift = 0
  while (shift < WINDOW_SHIFT_MAX && WINDOW_UNSCALED_MAX * 2 ** shift < bufferBytes) shift++
  return shift
}

/** What a receiver tells its connection. */
export interface ReceiverEvents {
  /** Payload arrived in order. */
  onDelivered(bytes: number): void
  /** Everything up to the peer's FIN has arrived. */
  onFin(): void
  sendAcknowledgement(): void
  /** False once the connection is closed. */
  readonly isOpen: boolean
}

/** The receiving half of a connection: reassembly, acknowledgements, window, ECN echo. */
export class Receiver {
  /** RCV.NXT */
  next = 0
  /** What the next segment advertises. */
  windowBytes = 0
  /** TS.Recent, RFC 7323 §4.3. */
  timestampRecent = 0
  /** The next segments carry ECE. */
  echo = false
  sack = false
  ecn = false
  /** The application takes data as it comes; else `read` makes room. */
  autoRead = true
  /** In order, not yet read. */
  unreadBytes = 0
  readonly reassembly = new Reassembly()

  private readonly context: TransportContext
  private readonly events: ReceiverEvents
  private readonly dctcp: boolean
  private readonly segmentsPerAck: number
  private readonly delayedAckPs: number
  private delayedAck: Timer | undefined = undefined

  private bufferBytes: number
  /** Windows are multiples of this, and its reciprocal. */
  private granularity = 1
  private perGranularity = 1
  private windowMaxBytes = WINDOW_UNSCALED_MAX
  /** The window's right edge moves in steps of at least this (RFC 9293 §3.8.6.2.2). */
  private windowStepBytes: number
  private windowEnd = 0

  private acknowledgedUpTo = 0
  /** Segments since the last acknowledgement, and whether one is due at once. */
  private pending = 0
  private due = false
  /** Sequence number of the peer's FIN once it was seen. */
  private finSequence = Infinity
  /** DCTCP.CE, RFC 8257 §3.2. */
  private congested = false

  constructor(context: TransportContext, options: TcpOptions, events: ReceiverEvents) {
    this.context = context
    this.events = events
    this.dctcp = options.control === 'dctcp'
    this.segmentsPerAck = options.delayedAckSegments
    this.delayedAckPs = options.delayedAckPs
    this.bufferBytes = options.receiveBufferBytes
    this.windowStepBytes = Math.min(options.mssBytes, this.bufferBytes / 2)
  }

  /** Whether the peer allowed window scaling. */
  negotiate(scaling: boolean): void {
    const shift = scaling ? windowShift(this.bufferBytes) : 0
    this.granularity = 2 ** shift
    this.perGranularity = 1 / this.granularity
    this.windowMaxBytes = WINDOW_UNSCALED_MAX * this.granularity
    this.bufferBytes = Math.min(this.bufferBytes, this.windowMaxBytes)
    this.windowStepBytes = Math.min(this.windowStepBytes, this.bufferBytes / 2)
    this.windowEnd = 0
  }

  /**
   * Computes `windowBytes`: rounded up to what a scaled window can say, so that the right edge never recedes.
   */
  advertise(): void {
    const edge = this.next + this.bufferBytes - this.unreadBytes
    if (edge - this.windowEnd >= this.windowStepBytes) this.windowEnd = edge
    const window = Math.ceil((this.windowEnd - this.next) * this.perGranularity) * this.granularity
    this.windowBytes = window > 0 ? Math.min(window, this.windowMaxBytes) : 0
  }

  /** RFC 9293 §3.10.7.4, first check: some of the segment lies in the window. */
  accepts(sequence: number, length: number): boolean {
    if (length === 0) return sequence >= this.next && sequence <= this.windowEnd
    return sequence + length > this.next && sequence < this.windowEnd
  }

  /** An acceptable segment with payload or FIN. */
  receive(packet: PacketHandle): void {
    const { packets } = this.context
    const sequence = packets.sequence[packet]!
    const flags = packets.tcpFlags[packet]!
    const payload = packets.payloadBytes[packet]!
    this.noteTimestamp(packet)
    if (this.ecn) this.noteCongestion(packets.ecn[packet] === CE, flags)
    if ((flags & FIN) !== 0) this.finSequence = sequence + payload
    const end = sequence + payload + (flags & FIN)
    if (sequence > this.next) {
      this.reassembly.insert(sequence, end)
      this.due = true
    } else this.advance(end)
    this.acknowledge()
  }

  /** RFC 7323 §4.3: the earliest segment that the next acknowledgement covers sets the echo. */
  noteTimestamp(packet: PacketHandle): void {
    const { packets } = this.context
    if (packets.sequence[packet]! <= this.acknowledgedUpTo) {
      const value = packets.timestampValue[packet]!
      if (value > this.timestampRecent) this.timestampRecent = value
    }
  }

  /** A segment with the current acknowledgement is leaving. */
  acknowledged(): void {
    this.acknowledgedUpTo = this.next
    this.pending = 0
    this.due = false
    this.delayedAck?.cancel()
  }

  /** The application takes bytes out of the buffer; a window that opens wide enough is told at once. */
  read(bytes: number): void {
    this.unreadBytes -= bytes
    const edge = this.next + this.bufferBytes - this.unreadBytes
    if (edge - this.windowEnd >= this.windowStepBytes) this.events.sendAcknowledgement()
  }

  onTimer(): void {
    this.events.sendAcknowledgement()
  }

  release(): void {
    this.delayedAck?.release()
  }

  private advance(end: number): void {
    const before = this.next
    if (this.reassembly.count > 0) {
      end = this.reassembly.take(end)
      this.due = true
    }
    this.next = end
    const fin = end > this.finSequence
    const bytes = end - before - (fin ? 1 : 0)
    this.pending++
    if (!this.autoRead) this.unreadBytes += bytes
    if (bytes > 0) this.events.onDelivered(bytes)
    if (!fin) return
    this.due = true
    this.events.onFin()
  }

  private acknowledge(): void {
    if (this.due || this.pending >= this.segmentsPerAck) this.events.sendAcknowledgement()
    else if (this.pending === 1 && this.events.isOpen) this.delayAcknowledgement()
  }

  private delayAcknowledgement(): void {
    this.delayedAck ??= new Timer(this.context.sim, this, 0)
    this.delayedAck.deadline = this.context.sim.now + this.delayedAckPs
    this.delayedAck.arm()
  }

  /**
   * DCTCP echoes the state of every packet, and when that changes acknowledges what came before with the old
   * state (RFC 8257 §3.2); classic ECN echoes from a mark until CWR (RFC 3168 §6.1.3).
   */
  private noteCongestion(marked: boolean, flags: number): void {
    if (!this.dctcp) {
      if ((flags & CWR) !== 0) this.echo = false
      if (marked) this.echo = true
    } else if (marked !== this.congested) {
      if (this.pending > 0) this.events.sendAcknowledgement()
      this.congested = marked
      this.echo = marked
      this.due = true
    }
  }
}
