import { Timer } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import type { TransportContext } from '../context.ts'
import { NO_FLOW } from '../flow-table.ts'
import { type Agreement, agree, type HandshakeResult, synAckOffer, synOffer } from './negotiation.ts'
import type { Receiver } from './receiver.ts'
import { RoundTripTime } from './rtt.ts'
import type { Segments } from './segments.ts'

/** What a handshake is part of. */
export interface OpeningConnection {
  readonly receiver: Receiver
  /** No SYN has been answered, however often it was sent. */
  onSynTimeout(): void
}

/**
 * How one end opens, RFC 9293 §3.5: its SYN or SYN-ACK, sent again until it is answered, and what both ends agree on
 * by theirs. The states are the connection's.
 */
export class Handshake {
  /** Measured first by the handshake, then by the sender. */
  readonly rtt: RoundTripTime
  private readonly context: TransportContext
  private readonly segments: Segments
  private readonly options: TcpOptions
  private readonly connection: OpeningConnection
  private timer: Timer | undefined = undefined
  /** There once the peer's SYN has come. */
  private agreed: HandshakeResult | undefined = undefined
  private synsSent = 0
  private synSentPs = 0

  constructor(
    context: TransportContext,
    segments: Segments,
    options: TcpOptions,
    connection: OpeningConnection,
  ) {
    this.context = context
    this.segments = segments
    this.options = options
    this.connection = connection
    this.rtt = new RoundTripTime(options)
  }

  /** A SYN before the peer's has come, a SYN-ACK after. */
  send(): void {
    const { sim } = this.context
    this.sendOnce()
    this.synsSent++
    this.synSentPs = sim.now
    this.timer ??= new Timer(sim, this, 0)
    this.timer.deadline = sim.now + this.rtt.rtoPs
    this.timer.arm()
  }

  /** The SYN-ACK again, for a SYN that came again: the timer stays as it is. */
  repeat(): void {
    this.sendOnce()
  }

  /** The peer's SYN: where its data starts, and what it can do. */
  take(packet: PacketHandle): void {
    const { packets } = this.context
    const { receiver } = this.connection
    const flags = packets.tcpFlags[packet]!
    const agreed = agree(this.options, flags, packets.mssBytes[packet]!, this.synsSent > 1)
    this.agreed = agreed
    receiver.noteTimestamp(packet)
    receiver.next = packets.sequence[packet]! + 1
    receiver.sack = agreed.sack
    receiver.ecn = agreed.ecn
    receiver.negotiate(agreed.windowScaling)
    this.segments.timestamps = agreed.timestamps
  }

  /** Our SYN is acknowledged; answers how to send. */
  conclude(packet: PacketHandle): Agreement {
    const agreed = this.agreed!
    this.timer?.release()
    this.sample(packet, agreed.timestamps)
    // a SYN-ACK may have been lost since the agreement
    return this.synsSent > 1 ? { ...agreed, initialWindowSegments: 1 } : agreed
  }

  /** A SYN or SYN-ACK has not been answered. */
  onTimer(): void {
    const { flows } = this.context
    const { flow } = this.segments
    if (flow !== NO_FLOW) flows.timeouts[flow]!++
    if (this.synsSent > this.options.synRetries) {
      this.connection.onSynTimeout()
      return
    }
    this.rtt.backOff()
    this.send()
  }

  release(): void {
    this.timer?.release()
  }

  private sendOnce(): void {
    const agreed = this.agreed
    this.segments.syn(agreed === undefined ? synOffer(this.options) : synAckOffer(this.options, agreed))
  }

  /** Karn: no sample from a SYN that was sent twice, unless its timestamp comes back. */
  private sample(packet: PacketHandle, timestamps: boolean): void {
    if (!timestamps && this.synsSent > 1) return
    const sentPs = timestamps ? this.context.packets.timestampEcho[packet]! : this.synSentPs
    this.rtt.samplePs = this.context.sim.now - sentPs
    this.rtt.sample()
  }
}
