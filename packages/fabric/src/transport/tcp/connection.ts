import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import * as tcpFlags from '../../model/tcp-flags.ts'
import type { Output, TransportContext } from '../context.ts'
import type { FlowIndex } from '../flow-table.ts'
import * as flowTable from '../flow-table.ts'
import type { TcpApplication } from './application.ts'
import { Handshake } from './handshake.ts'
import { Receiver } from './receiver.ts'
import { Segments, sequenceLength, type TcpTuple } from './segments.ts'
import { Sender } from './sender.ts'
import { TcpState } from './state.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { ACK, RST, SYN } = tcpFlags
const { NEVER, NO_FLOW } = flowTable

export interface ConnectionConfig {
  readonly context: TransportContext
  readonly output: Output
  readonly tuple: TcpTuple
  readonly labels: { readonly flow: FlowIndex; readonly dscp: number; readonly priority: number }
  readonly options: TcpOptions
  readonly application: TcpApplication
  /** Takes the connection out of the host's tables. */
  readonly forget: (connection: TcpConnection) => void
}

/** One end of a TCP connection: the state machine of RFC 9293 §3.10.7 around a sender and a receiver. */
export class TcpConnection {
  readonly tuple: TcpTuple
  readonly flow: FlowIndex
  /** The flow whose fate this connection decides: its own, or NO_FLOW where its application does that. */
  private readonly booked: FlowIndex
  readonly receiver: Receiver
  state: TcpState = TcpState.CLOSED
  /** There once the handshake has agreed on how to send. */
  sender: Sender | undefined = undefined
  private readonly config: ConnectionConfig
  private readonly context: TransportContext
  private readonly segments: Segments
  private readonly handshake: Handshake
  /** Opened by a peer's SYN: the end that the flow's payload comes to. */
  private passive = false
  private closeRequested = false

  constructor(config: ConnectionConfig) {
    const { context, output, tuple, labels, options } = config
    this.config = config
    this.context = context
    this.tuple = tuple
    this.flow = labels.flow
    this.booked = config.application.keepsBooks?.(labels.flow) === true ? NO_FLOW : labels.flow
    this.receiver = new Receiver(context, options, this)
    this.segments = new Segments(context, output, tuple, labels, this.receiver)
    this.handshake = new Handshake(context, this.segments, options, this)
  }

  get isOpen(): boolean {
    return this.state !== TcpState.CLOSED
  }

  /** Active open. */
  open(): void {
    this.state = TcpState.SYN_SENT
    this.handshake.send()
  }

  /** Passive open by a SYN. */
  accept(packet: PacketHandle): void {
    this.passive = true
    this.state = TcpState.SYN_RECEIVED
    this.handshake.take(packet)
    this.handshake.send()
  }

  /** More bytes to send; nothing happens before the connection is established or once it is closed. */
  write(bytes: number): void {
    if (this.isOpen) this.sender?.write(bytes)
  }

  /** The last bytes to send: the FIN leaves with the last segment. */
  finish(bytes: number): void {
    if (this.sender !== undefined) this.sender.closing = true
    this.write(bytes)
  }

  /** No more to send: a FIN follows what was written. */
  close(): void {
    this.closeRequested = true
    if (this.state >= TcpState.ESTABLISHED) this.sender!.close()
  }

  /** The application takes this many bytes out of the receive buffer. */
  read(bytes: number): void {
    this.receiver.read(bytes)
  }

  /** Ends at once and tells the peer by RST, RFC 9293 §3.10.5. */
  abort(reason: string): void {
    if (this.state >= TcpState.SYN_RECEIVED) {
      this.segments.sequence = this.sender?.next ?? 1
      this.segments.reset(RST | ACK)
    }
    this.end(reason)
  }

  /** A segment of this connection's five-tuple. */
  receive(packet: PacketHandle): void {
    if (this.state === TcpState.SYN_SENT) {
      this.receiveInSynSent(packet)
      return
    }
    const { packets } = this.context
    const flags = packets.tcpFlags[packet]!
    const sequence = packets.sequence[packet]!
    const length = sequenceLength(packets.payloadBytes[packet]!, flags)
    if ((flags & (SYN | RST)) !== 0) {
      this.receiveSynOrReset(flags, sequence)
      return
    }
    if (!this.receiver.accepts(sequence, length)) {
      this.sendAcknowledgement()
      return
    }
    if ((flags & ACK) === 0) return
    if (this.state === TcpState.SYN_RECEIVED && !this.completeAccept(packet)) return
    this.receiveSynchronized(packet, length)
  }

  onDelivered(bytes: number): void {
    const { flows, sim } = this.context
    // late duplicates of a flow that has ended may open a connection anew: they count for nothing
    if (this.booked !== NO_FLOW && flows.completedPs[this.booked] === NEVER) {
      const delivered = flows.bytesDelivered[this.booked]! + bytes
      flows.bytesDelivered[this.booked] = delivered
      if (delivered === flows.bytes[this.booked]) flows.complete(this.booked, sim.now)
    }
    this.config.application.onData(this, bytes)
  }

  onFin(): void {
    if (this.state === TcpState.ESTABLISHED) {
      this.state = TcpState.CLOSE_WAIT
      this.config.application.onPeerClosed(this)
    } else if (this.state === TcpState.FIN_WAIT_1) {
      this.state = TcpState.CLOSING
    } else if (this.state === TcpState.FIN_WAIT_2) {
      this.sendAcknowledgement()
      this.enterTimeWait()
    }
  }

  sendAcknowledgement(): void {
    // an application may have aborted while it was told of what is to be acknowledged
    if (!this.isOpen) return
    this.segments.sequence = this.sender === undefined ? 1 : this.sender.next
    this.segments.acknowledgement()
  }

  onFinSent(): void {
    if (this.state === TcpState.ESTABLISHED) this.state = TcpState.FIN_WAIT_1
    else if (this.state === TcpState.CLOSE_WAIT) this.state = TcpState.LAST_ACK
  }

  onGiveUp(): void {
    this.abort('retransmission-timeout')
  }

  onSynTimeout(): void {
    this.end('syn-timeout')
  }

  /** RFC 9293 §3.10.7.3 */
  private receiveInSynSent(packet: PacketHandle): void {
    const { packets } = this.context
    const flags = packets.tcpFlags[packet]!
    const acknowledged = (flags & ACK) !== 0
    if (acknowledged && packets.acknowledgement[packet] !== 1) {
      // half-open: the peer still knows an earlier connection of these ports
      if ((flags & RST) === 0) this.resetHalfOpen(packet)
      return
    }
    if ((flags & RST) !== 0) {
      if (acknowledged) this.end('connection-refused')
      return
    }
    if ((flags & SYN) === 0) return
    this.handshake.take(packet)
    if (acknowledged) {
      this.establish(packet)
      return
    }
    // simultaneous open
    this.state = TcpState.SYN_RECEIVED
    this.handshake.send()
  }

  private resetHalfOpen(packet: PacketHandle): void {
    this.segments.sequence = this.context.packets.acknowledgement[packet]!
    this.segments.reset(RST)
  }

  /** The first acknowledgement in SYN-RECEIVED; false if the rest of the segment is not to be looked at. */
  private completeAccept(packet: PacketHandle): boolean {
    if (this.context.packets.acknowledgement[packet] !== 1) {
      this.resetHalfOpen(packet)
      return false
    }
    this.establish(packet)
    return this.isOpen
  }

  /** Our SYN is acknowledged. */
  private establish(packet: PacketHandle): void {
    const { flows, sim, packets } = this.context
    const { options, application } = this.config
    const agreed = this.handshake.conclude(packet)
    this.sender = new Sender(this.context, this.segments, this, options, this.handshake.rtt, agreed)
    this.sender.updateWindow(packet)
    this.state = TcpState.ESTABLISHED
    if (!this.passive && this.booked !== NO_FLOW) flows.establishedPs[this.booked] = sim.now
    if ((packets.tcpFlags[packet]! & SYN) !== 0) this.sendAcknowledgement()
    application.onEstablished(this)
    if (this.closeRequested) this.close()
  }

  /** RST: RFC 9293 §3.10.7.4, second check (with RFC 5961's rule); SYN: a challenge, or the SYN-ACK again. */
  private receiveSynOrReset(flags: number, sequence: number): void {
    if ((flags & RST) === 0) {
      const again = this.state === TcpState.SYN_RECEIVED && (flags & ACK) === 0
      if (again) this.handshake.repeat()
      else this.sendAcknowledgement()
    } else if (sequence === this.receiver.next) {
      const orderly = this.state === TcpState.CLOSING || this.state === TcpState.LAST_ACK
      this.end(orderly ? undefined : 'connection-reset')
    } else if (this.receiver.accepts(sequence, 0)) {
      this.sendAcknowledgement()
    }
  }

  private receiveSynchronized(packet: PacketHandle, length: number): void {
    const { packets } = this.context
    const sender = this.sender!
    if (packets.acknowledgement[packet]! > sender.next) {
      this.sendAcknowledgement()
      return
    }
    sender.onAcknowledgement(packet)
    if (sender.isDone) this.noteFinAcknowledged()
    if (!this.isOpen) return
    if (length > 0) this.receiver.receive(packet)
    else this.receiver.noteTimestamp(packet)
  }

  private noteFinAcknowledged(): void {
    if (this.state === TcpState.FIN_WAIT_1) this.state = TcpState.FIN_WAIT_2
    else if (this.state === TcpState.CLOSING) this.enterTimeWait()
    else if (this.state === TcpState.LAST_ACK) this.end(undefined)
  }

  /** TIME-WAIT keeps no state: the host answers a FIN that comes again without it. */
  private enterTimeWait(): void {
    this.state = TcpState.TIME_WAIT
    this.end(undefined)
  }

  /** Leaves the host's tables; a reason fails the flow. */
  private end(reason: string | undefined): void {
    if (!this.isOpen) return
    this.state = TcpState.CLOSED
    this.handshake.release()
    this.sender?.release()
    this.receiver.release()
    this.config.forget(this)
    // the sending end decides whether its flow failed: a receiver that gives up has told it by RST
    if (reason !== undefined && !this.passive) this.context.flows.fail(this.booked, reason)
    this.config.application.onClosed(this, reason)
  }
}
