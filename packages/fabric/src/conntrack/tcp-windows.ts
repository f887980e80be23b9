import { FIN, RST, SYN, ACK } from '../model/tcp-flags.ts'
import { copied } from '../state-table/expiry-lists.ts'
import { type ConntrackPacket, NO_WINDOW_SCALE } from './conntrack-packet.ts'
import { KIND_ACK, SYN_RECV, SYN_SENT } from './tcp-states.ts'
import { REPLY, type Direction } from './verdict.ts'

/** Of one side of a connection. */
const HAS_WINDOW_SCALE = 1
const HAS_SACK = 2
/** The connection was taken up in its middle: what its numbers forbid is let through. */
const IS_LIBERAL = 4
/** It sent more than was acknowledged. */
const HAS_UNACKNOWLEDGED = 8
const HAS_ACKNOWLEDGED = 16

/** What the numbers of a segment say. */
export const IN_WINDOW = 0
/** Let through, but it changes nothing. */
export const OVERDUE = 1
export const OUT_OF_WINDOW = 2

/** The scale that a larger one counts as, RFC 7323 §2.3. */
const WINDOW_SCALE_MAX = 14
/** How far behind an acknowledgement may be whatever the windows were. */
const BACKLOG_BYTES = 66_000

/**
 * Where the numbers of both sides of each TCP connection stand, after G. van Rooij, "Real stateful TCP packet filtering
 * in IP Filter" (2001): a segment is of the connection if its data lies within what the other side's window permits and
 * its acknowledgement within what the other side has sent. Side k is row * 2 + direction.
 */
export class TcpWindows {
  /** Past the last byte sent, and past the last that may be, by the other side's largest acknowledgement and window. */
  private end = new Int32Array(0)
  private endMax = new Int32Array(0)
  /** The largest window that the side announced; 0 while nothing was seen of it. */
  private windowMax = new Uint32Array(0)
  private acknowledged = new Int32Array(0)
  private scale = new Uint8Array(0)
  private side = new Uint8Array(0)
  /** Of each row, the numbers of its last acknowledgement, and of the last segment that was ignored. */
  private lastSequence = new Int32Array(0)
  private lastAcknowledgement = new Int32Array(0)
  private lastEnd = new Int32Array(0)
  private lastWindow = new Int32Array(0)
  private lastScale = new Uint8Array(0)
  private lastSide = new Uint8Array(0)
  private repeats = new Uint8Array(0)

  resizeRows(rows: number): void {
    this.end = copied(new Int32Array(2 * rows), this.end)
    this.endMax = copied(new Int32Array(2 * rows), this.endMax)
    this.windowMax = copied(new Uint32Array(2 * rows), this.windowMax)
    this.acknowledged = copied(new Int32Array(2 * rows), this.acknowledged)
    this.scale = copied(new Uint8Array(2 * rows), this.scale)
    this.side = copied(new Uint8Array(2 * rows), this.side)
    this.lastSequence = copied(new Int32Array(rows), this.lastSequence)
    this.lastAcknowledgement = copied(new Int32Array(rows), this.lastAcknowledgement)
    this.lastEnd = copied(new Int32Array(rows), this.lastEnd)
    this.lastWindow = copied(new Int32Array(rows), this.lastWindow)
    this.lastScale = copied(new Uint8Array(rows), this.lastScale)
    this.lastSide = copied(new Uint8Array(rows), this.lastSide)
    this.repeats = copied(new Uint8Array(rows), this.repeats)
  }

  /** A new connection, by its first segment: a SYN, or one from its middle. */
  open(row: number, packet: ConntrackPacket): void {
    this.forget(2 * row)
    this.forget(2 * row + 1)
    this.lastSequence[row] = this.lastAcknowledgement[row] = this.lastEnd[row] = this.lastWindow[row] = 0
    this.lastScale[row] = this.lastSide[row] = this.repeats[row] = 0
    const opener = 2 * row
    this.end[opener] = endOf(packet)
    this.windowMax[opener] = packet.windowBytes || 1
    if (packet.tcpFlags & SYN) {
      this.endMax[opener] = this.end[opener]!
      this.readOptions(opener, packet)
      return
    }
    this.endMax[opener] = this.end[opener]! + this.windowMax[opener]!
    this.side[opener] = this.side[opener + 1] = HAS_SACK | IS_LIBERAL
  }

  /** Judges a segment by its numbers, and learns from it where it is in the window. */
  check(
    row: number,
    direction: Direction,
    packet: ConntrackPacket,
    kind: number,
    state: number,
    lastDirection: Direction,
  ): number {
    const sender = 2 * row + direction
    const receiver = 2 * row + 1 - direction
    const { end, endMax, windowMax } = this
    let { sequence, acknowledgement: ack } = packet
    let segmentEnd = endOf(packet)
    let sack = this.side[receiver]! & HAS_SACK ? packet.sackEnd : ack
    const isSyn = (packet.tcpFlags & SYN) !== 0
    if (windowMax[sender] === 0) {
      this.begin(sender, receiver, direction, packet, segmentEnd, sack)
      if (isSyn && (packet.tcpFlags & ACK) === 0) return IN_WINDOW
    } else if (isSyn && isAfter(segmentEnd, end[sender]!) && (state === SYN_SENT || state === SYN_RECV)) {
      // the opener tries again with other numbers (RFC 9293 §3.4.3)
      this.begin(sender, receiver, direction, packet, segmentEnd, sack)
      if (direction === REPLY && (packet.tcpFlags & ACK) === 0) return IN_WINDOW
    }
    if ((packet.tcpFlags & ACK) === 0 || ((packet.tcpFlags & RST) !== 0 && ack === 0)) {
      // nothing is acknowledged; some stacks set ACK in a RST with a zero
      ack = sack = end[receiver]!
    }
    if ((packet.tcpFlags & RST) !== 0 && sequence === 0 && state === SYN_SENT) {
      // RFC 9293 §3.10.7.1: the answer to a SYN for a closed port
      sequence = segmentEnd = end[sender]!
    }

    if (isAfter(sack, end[receiver]!)) return this.outOfWindow(sender)
    const isAckOverdue = !isAfter(sack, end[receiver]! - Math.max(windowMax[sender]!, BACKLOG_BYTES) - 1)
    if (isAfter(sequence, endMax[sender]!)) {
      // up to one more window beyond is let through; the other side may well acknowledge it
      const isNear = (segmentEnd - endMax[sender]! + 1) >>> 0 <= windowMax[receiver]!
      if (isAckOverdue || !isNear) return this.outOfWindow(sender)
      end[sender] = segmentEnd
      this.side[sender] = this.side[sender]! | HAS_UNACKNOWLEDGED
      return this.overdue(sender)
    }
    const isDataOverdue =
      windowMax[receiver] !== 0 && !isAfter(segmentEnd, end[sender]! - windowMax[receiver]! - 1)
    if (isDataOverdue || isAckOverdue) return this.overdue(sender)

    this.learn(sender, receiver, packet, segmentEnd, ack, sack)
    if (kind === KIND_ACK) this.countRepeats(row, direction === lastDirection, packet, segmentEnd)
    return IN_WINDOW
  }

  /** Whether a RST bears the very number that the receiver expects next. */
  isExactReset(row: number, direction: Direction, packet: ConntrackPacket): boolean {
    return packet.sequence === this.acknowledged[2 * row + 1 - direction]
  }

  /** Whether a RST's number lies before what its receiver has acknowledged: RFC 5961 §3.2 has it thrown away. */
  isStaleReset(row: number, direction: Direction, packet: ConntrackPacket): boolean {
    return isAfter(this.acknowledged[2 * row + 1 - direction]!, packet.sequence)
  }

  hasAcknowledged(row: number, direction: Direction): boolean {
    return (this.side[2 * row + direction]! & HAS_ACKNOWLEDGED) !== 0
  }

  hasUnacknowledged(row: number): boolean {
    return ((this.side[2 * row]! | this.side[2 * row + 1]!) & HAS_UNACKNOWLEDGED) !== 0
  }

  /** Whether the last acknowledgement closed its window. */
  isWindowClosed(row: number): boolean {
    return this.lastWindow[row] === 0
  }

  /** How often the last acknowledgement came again, 255 at most. */
  repeatsOf(row: number): number {
    return this.repeats[row]!
  }

  /** Remembers a segment that was let through without effect: what comes back may tell that it had one. */
  noteIgnored(row: number, packet: ConntrackPacket, isSyn: boolean): void {
    this.lastSequence[row] = packet.sequence
    this.lastEnd[row] = endOf(packet)
    this.lastWindow[row] = packet.windowBytes
    if (!isSyn) return
    this.lastScale[row] = scaleOf(packet)
    this.lastSide[row] = optionsOf(packet)
  }

  /** Remembers the number that an ACK in place of a SYN-ACK asks for, RFC 5961 §4: a RST may have it. */
  noteAsked(row: number, packet: ConntrackPacket): void {
    this.lastAcknowledgement[row] = packet.acknowledgement
  }

  /** Whether a segment acknowledges the last one that was noted. */
  acknowledgesLast(row: number, packet: ConntrackPacket): boolean {
    return packet.acknowledgement === this.lastEnd[row]
  }

  /** Whether a segment bears the number that was asked for last. */
  isAskedByLast(row: number, packet: ConntrackPacket): boolean {
    return packet.sequence === this.lastAcknowledgement[row]
  }

  sequenceFollowsLast(row: number, packet: ConntrackPacket): boolean {
    return packet.sequence === this.lastEnd[row]
  }

  /** An ignored SYN was answered after all: the numbers of both sides begin anew, the answer's with its own check. */
  restart(row: number, opener: Direction): void {
    const side = 2 * row + opener
    this.end[side] = this.endMax[side] = this.lastEnd[row]!
    this.windowMax[side] = this.lastWindow[row] || 1
    this.scale[side] = this.lastScale[row]!
    this.side[side] = this.lastSide[row]!
    const other = 2 * row + 1 - opener
    const liberal = this.side[other]! & IS_LIBERAL
    this.forget(other)
    this.side[other] = liberal
  }

  private forget(side: number): void {
    this.end[side] = this.endMax[side] = this.windowMax[side] = this.acknowledged[side] = 0
    this.scale[side] = this.side[side] = 0
  }

  /** The first that is seen of a side. */
  private begin(
    sender: number,
    receiver: number,
    direction: Direction,
    packet: ConntrackPacket,
    segmentEnd: number,
    sack: number,
  ): void {
    this.end[sender] = segmentEnd
    if (packet.tcpFlags & SYN) {
      this.endMax[sender] = segmentEnd
      this.windowMax[sender] = packet.windowBytes || 1
      this.readOptions(sender, packet)
      // RFC 7323 §2.2: windows are scaled if both sides offer it
      if (direction === REPLY && (this.side[sender]! & this.side[receiver]! & HAS_WINDOW_SCALE) === 0)
        this.scale[sender] = this.scale[receiver] = 0
      return
    }
    this.windowMax[sender] = packet.windowBytes << this.scale[sender]! || 1
    this.endMax[sender] = segmentEnd + this.windowMax[sender]!
    if (this.windowMax[receiver] === 0) this.end[receiver] = this.endMax[receiver] = sack
    // an answer to a keep-alive, whose number is one less than the next
    else if (sack === ((this.end[receiver]! + 1) | 0)) this.end[receiver] = sack
  }

  private readOptions(side: number, packet: ConntrackPacket): void {
    if (packet.hasOptions === 0) return
    this.scale[side] = scaleOf(packet)
    this.side[side] = (this.side[side]! & IS_LIBERAL) | optionsOf(packet)
  }

  private learn(
    sender: number,
    receiver: number,
    packet: ConntrackPacket,
    segmentEnd: number,
    ack: number,
    sack: number,
  ): void {
    const { end, endMax, windowMax, acknowledged, side } = this
    const isSyn = (packet.tcpFlags & SYN) !== 0
    const window = isSyn ? packet.windowBytes : packet.windowBytes << this.scale[sender]!
    const reach = (window + ((sack - ack) | 0)) >>> 0
    if (windowMax[sender]! < reach) windowMax[sender] = reach
    if (isAfter(segmentEnd, end[sender]!)) {
      end[sender] = segmentEnd
      side[sender] = side[sender]! | HAS_UNACKNOWLEDGED
    }
    if (packet.tcpFlags & ACK) {
      if ((side[sender]! & HAS_ACKNOWLEDGED) === 0 || isAfter(ack, acknowledged[sender]!))
        acknowledged[sender] = ack
      side[sender] = side[sender]! | HAS_ACKNOWLEDGED
    }
    // of a side that was not seen yet nothing is known that could grow
    if (windowMax[receiver] !== 0 && isAfter(segmentEnd, endMax[sender]!))
      windowMax[receiver] = windowMax[receiver]! + ((segmentEnd - endMax[sender]!) | 0)
    if (!isAfter(endMax[receiver]!, sack + window)) endMax[receiver] = sack + (window || 1)
    if (ack === end[receiver]) side[receiver] = side[receiver]! & ~HAS_UNACKNOWLEDGED
  }

  private countRepeats(
    row: number,
    isSameDirection: boolean,
    packet: ConntrackPacket,
    segmentEnd: number,
  ): void {
    const { sequence, acknowledgement, windowBytes } = packet
    if (
      isSameDirection &&
      this.lastSequence[row] === sequence &&
      this.lastAcknowledgement[row] === acknowledgement &&
      this.lastEnd[row] === segmentEnd &&
      this.lastWindow[row] === windowBytes
    ) {
      if (this.repeats[row]! < 255) this.repeats[row] = this.repeats[row]! + 1
      return
    }
    this.lastSequence[row] = sequence
    this.lastAcknowledgement[row] = acknowledgement
    this.lastEnd[row] = segmentEnd
    this.lastWindow[row] = windowBytes
    this.repeats[row] = 0
  }

  private overdue(sender: number): number {
    return this.side[sender]! & IS_LIBERAL ? IN_WINDOW : OVERDUE
  }

  private outOfWindow(sender: number): number {
    return this.side[sender]! & IS_LIBERAL ? IN_WINDOW : OUT_OF_WINDOW
  }
}

/** RFC 9293 §3.4: numbers are compared modulo 2^32. */
function isAfter(one: number, other: number): boolean {
  return ((other - one) | 0) < 0
}

/** The number after a segment: SYN and FIN take one each. */
function endOf(packet: ConntrackPacket): number {
  const { tcpFlags } = packet
  return (packet.sequence + packet.payloadBytes + (tcpFlags & SYN ? 1 : 0) + (tcpFlags & FIN ? 1 : 0)) | 0
}

function scaleOf({ windowScale }: ConntrackPacket): number {
  return windowScale === NO_WINDOW_SCALE ? 0 : Math.min(windowScale, WINDOW_SCALE_MAX)
}

function optionsOf({ windowScale, isSackPermitted }: ConntrackPacket): number {
  return (windowScale === NO_WINDOW_SCALE ? 0 : HAS_WINDOW_SCALE) | (isSackPermitted ? HAS_SACK : 0)
}
