import { copied } from '../state-table/expiry-lists.ts'
import type { ConntrackPacket } from './conntrack-packet.ts'
import { ASSURED, type ConntrackEntries, SEEN_REPLY } from './entries.ts'
import * as tcp from './tcp-states.ts'
import { OUT_OF_WINDOW, OVERDUE, TcpWindows } from './tcp-windows.ts'
import { timeoutClass } from './timeouts.ts'
import { ACCEPT, END, REFUSE, REOPEN, type Tracked, type Tracker } from './tracking.ts'
import { type Direction, ORIGINAL, REPLY } from './verdict.ts'

const NO_KIND = 255
const CLASS_CLOSE = timeoutClass('tcpClose')
const CLASS_UNACKNOWLEDGED = timeoutClass('tcpUnacknowledged')
const CLASS_RETRANSMITTED = timeoutClass('tcpRetransmitted')

/** Bits of `marks`: a side has sent its FIN; what the row's next segments may mean. */
const HAS_CLOSED = 1
const IS_SIMULTANEOUS = 2
const MAY_BE_CHALLENGED = 4

export interface TcpTrackerOptions {
  /** Look at sequence numbers, acknowledgements and windows; without, flags alone decide. */
  readonly tracksWindows: boolean
  /** Take up connections whose opening was not seen. */
  readonly isLoose: boolean
  /** Acknowledgements that come again so often shorten the timeout, 1 to 255. */
  readonly repeatsMax: number
}

/** TCP, as Linux's nf_conntrack follows it. */
export class TcpTracker implements Tracker {
  private readonly entries: ConntrackEntries
  private readonly options: TcpTrackerOptions
  private readonly windows: TcpWindows | undefined
  /** Kind and direction of the last segment that counted. */
  private lastKind = new Uint8Array(0)
  private lastDirection = new Uint8Array(0)
  private marks = new Uint8Array(0)
  /** Timeout class of a state, and that of an entry of it that waits for an acknowledgement, or for repeats to end. */
  private readonly classUnacknowledged: Uint8Array
  private readonly classRepeated: Uint8Array

  constructor(entries: ConntrackEntries, options: TcpTrackerOptions) {
    this.entries = entries
    this.options = options
    this.windows = options.tracksWindows ? new TcpWindows() : undefined
    this.classUnacknowledged = shorterClasses(entries, CLASS_UNACKNOWLEDGED)
    this.classRepeated = shorterClasses(entries, CLASS_RETRANSMITTED)
  }

  resizeRows(rows: number): void {
    this.lastKind = copied(new Uint8Array(rows), this.lastKind)
    this.lastDirection = copied(new Uint8Array(rows), this.lastDirection)
    this.marks = copied(new Uint8Array(rows), this.marks)
    this.windows?.resizeRows(rows)
  }

  mayOpen(packet: ConntrackPacket): boolean {
    const kind = tcp.segmentKind(packet.tcpFlags)
    return kind === tcp.KIND_SYN || (kind === tcp.KIND_ACK && this.options.isLoose)
  }

  open(row: number, packet: ConntrackPacket): void {
    this.entries.state[row] = tcp.NONE
    this.lastKind[row] = NO_KIND
    this.lastDirection[row] = ORIGINAL
    this.marks[row] = 0
    this.windows?.open(row, packet)
    this.track(row, ORIGINAL, packet)
  }

  track(row: number, direction: Direction, packet: ConntrackPacket): Tracked {
    const kind = tcp.segmentKind(packet.tcpFlags)
    if (kind === tcp.KIND_MALFORMED) return REFUSE
    const before = this.entries.state[row]!
    const after = tcp.tcpTransition(before, direction, kind)
    switch (after) {
      case tcp.REFUSED:
        return REFUSE
      case tcp.SYN_SENT:
        if (before < tcp.TIME_WAIT) break
        return this.mayReopen(row, direction) ? REOPEN : this.ignore(row, direction, packet, kind)
      case tcp.IGNORED:
        if (!this.answersIgnoredSyn(row, direction, packet, kind))
          return this.ignore(row, direction, packet, kind)
        this.windows?.restart(row, 1 - direction)
        this.marks[row] = 0
        return this.advance(row, direction, packet, kind, tcp.SYN_SENT, tcp.SYN_RECV)
      case tcp.TIME_WAIT:
        if (this.isChallengeAck(row, direction, kind, before)) return ACCEPT
        break
      case tcp.SYN_SENT2:
        this.marks[row] = this.marks[row]! | IS_SIMULTANEOUS
        break
      case tcp.SYN_RECV:
        if (direction === REPLY && kind === tcp.KIND_ACK && this.marks[row]! & IS_SIMULTANEOUS)
          return this.advance(row, direction, packet, kind, before, tcp.ESTABLISHED)
        break
      case tcp.CLOSE:
        if (kind === tcp.KIND_RST) return this.reset(row, direction, packet, before)
    }
    return this.advance(row, direction, packet, kind, before, after)
  }

  establish(row: number): void {
    this.entries.state[row] = tcp.ESTABLISHED
    this.entries.addStatus(row, ASSURED)
  }

  /** Both sides have sent a FIN, and it is acknowledged. */
  close(row: number): void {
    this.entries.state[row] = tcp.TIME_WAIT
    this.lastKind[row] = tcp.KIND_ACK
    this.marks[row] = HAS_CLOSED
    this.entries.table.refresh(row, classOfState(tcp.TIME_WAIT))
  }

  /** Whether a SYN on a closed connection opens a new one: it was closed by FIN, or its own side has just reset. */
  private mayReopen(row: number, direction: Direction): boolean {
    if (this.marks[row]! & HAS_CLOSED) return true
    return this.lastKind[row] === tcp.KIND_RST && this.lastDirection[row] === direction
  }

  /** Lets a segment through that changes nothing but what the next ones may mean. */
  private ignore(row: number, direction: Direction, packet: ConntrackPacket, kind: number): Tracked {
    this.lastKind[row] = kind
    this.lastDirection[row] = direction
    this.windows?.noteIgnored(row, packet, kind === tcp.KIND_SYN)
    if (kind === tcp.KIND_ACK && direction === REPLY && this.entries.state[row] === tcp.SYN_SENT)
      this.windows?.noteAsked(row, packet)
    if (kind !== tcp.KIND_SYN) return ACCEPT
    const marks = this.marks[row]! & ~(IS_SIMULTANEOUS | MAY_BE_CHALLENGED)
    this.marks[row] = this.entries.state[row] === tcp.LAST_ACK ? marks | MAY_BE_CHALLENGED : marks
    return ACCEPT
  }

  /** Whether a SYN-ACK answers a SYN that was ignored: the ends know better, the connection was opened anew. */
  private answersIgnoredSyn(
    row: number,
    direction: Direction,
    packet: ConntrackPacket,
    kind: number,
  ): boolean {
    if (kind !== tcp.KIND_SYN_ACK || this.lastKind[row] !== tcp.KIND_SYN) return false
    return this.lastDirection[row] !== direction && (this.windows?.acknowledgesLast(row, packet) ?? true)
  }

  /** RFC 5961 §4: a SYN in a connection is answered by an ACK, which does not acknowledge the last FIN. */
  private isChallengeAck(row: number, direction: Direction, kind: number, before: number): boolean {
    if (before !== tcp.LAST_ACK || kind !== tcp.KIND_ACK) return false
    if (this.lastKind[row] !== tcp.KIND_SYN || this.lastDirection[row] === direction) return false
    const isChallenged = (this.marks[row]! & MAY_BE_CHALLENGED) !== 0
    this.marks[row] = this.marks[row]! & ~MAY_BE_CHALLENGED
    return isChallenged
  }

  /** A RST closes if it is exact; it may be about a segment that was let through without effect. */
  private reset(row: number, direction: Direction, packet: ConntrackPacket, before: number): Tracked {
    const { windows } = this
    const kind = tcp.KIND_RST
    if (windows === undefined) return this.advance(row, direction, packet, kind, before, tcp.CLOSE)
    // nothing is left that a wrong RST could close
    if (before >= tcp.FIN_WAIT && before <= tcp.CLOSE)
      return this.settle(row, direction, kind, before, tcp.CLOSE)
    const { entries } = this
    const last = this.lastKind[row]!
    const isAssured = entries.hasStatus(row, ASSURED)
    if (last !== tcp.KIND_SYN && windows.hasAcknowledged(row, 1 - direction)) {
      const isEstablished = before === tcp.ESTABLISHED && isAssured
      if (!isEstablished && packet.sequence === 0)
        return this.advance(row, direction, packet, kind, before, tcp.CLOSE)
      if (windows.isStaleReset(row, direction, packet)) return REFUSE
      const follows =
        last === tcp.KIND_ACK &&
        this.lastDirection[row] === direction &&
        windows.sequenceFollowsLast(row, packet)
      // perhaps an attack, perhaps numbers that only the end knows: its challenge decides
      if (isEstablished && !follows && !windows.isExactReset(row, direction, packet))
        return this.advance(row, direction, packet, kind, before, before)
      return this.advance(row, direction, packet, kind, before, tcp.CLOSE)
    }
    // what is about a segment that was let through without effect has numbers that only the ends know; of an ACK, Linux does
    // not ask which end resets
    const isAboutSyn =
      last === tcp.KIND_SYN && entries.hasStatus(row, SEEN_REPLY) && this.lastDirection[row] !== direction
    const isAboutAck = last === tcp.KIND_ACK && !isAssured
    if ((isAboutSyn || isAboutAck) && windows.acknowledgesLast(row, packet))
      return this.settle(row, direction, kind, before, tcp.CLOSE)
    // a SYN was answered by an ACK alone: Linux takes a RST with the number that this asks for, of either side
    const isChallenged = last === tcp.KIND_ACK && this.lastDirection[row] === REPLY
    if (before === tcp.SYN_SENT && isChallenged && windows.isAskedByLast(row, packet))
      return this.settle(row, direction, kind, before, tcp.CLOSE)
    return this.advance(row, direction, packet, kind, before, tcp.CLOSE)
  }

  private advance(
    row: number,
    direction: Direction,
    packet: ConntrackPacket,
    kind: number,
    before: number,
    after: number,
  ): Tracked {
    if (this.windows !== undefined) {
      const state = this.entries.state[row]!
      const place = this.windows.check(row, direction, packet, kind, state, this.lastDirection[row]!)
      if (place === OVERDUE) return ACCEPT
      if (place === OUT_OF_WINDOW) return this.refuse(row, direction, kind)
    }
    return this.settle(row, direction, kind, before, after)
  }

  /** A segment counts: the entry's state and timeout follow it. */
  private settle(row: number, direction: Direction, kind: number, before: number, after: number): Tracked {
    const { entries } = this
    this.lastKind[row] = kind
    this.lastDirection[row] = direction
    entries.state[row] = after
    if (after === tcp.FIN_WAIT && before !== after) this.marks[row] = this.marks[row]! | HAS_CLOSED
    // the first reply itself does not count yet: a RST alone is no answer
    const isAnswered = entries.hasStatus(row, SEEN_REPLY)
    if (!isAnswered) {
      if (kind === tcp.KIND_RST) return END
      if (kind === tcp.KIND_SYN && before === tcp.SYN_SENT) return ACCEPT
    }
    const isOpen = after === tcp.ESTABLISHED
    if (isAnswered && isOpen && (before === tcp.SYN_RECV || before === tcp.ESTABLISHED))
      entries.addStatus(row, ASSURED)
    const timeout = this.timeoutAfter(row, kind, after)
    entries.table.refresh(row, !isAnswered && isOpen ? this.classUnacknowledged[after]! : timeout)
    return ACCEPT
  }

  private timeoutAfter(row: number, kind: number, after: number): number {
    const { windows } = this
    if (windows !== undefined && windows.repeatsOf(row) >= this.options.repeatsMax)
      return this.classRepeated[after]!
    if (kind === tcp.KIND_RST) return CLASS_CLOSE
    if (windows === undefined) return classOfState(after)
    if (windows.hasUnacknowledged(row)) return this.classUnacknowledged[after]!
    if (windows.isWindowClosed(row)) return this.classRepeated[after]!
    return classOfState(after)
  }

  /** Two closing segments of both sides that are out of window: the ends and the entry disagree, it may go soon. */
  private refuse(row: number, direction: Direction, kind: number): Tracked {
    const { entries } = this
    if (!entries.hasStatus(row, ASSURED) || (kind !== tcp.KIND_RST && kind !== tcp.KIND_FIN)) return REFUSE
    const last = this.lastKind[row]
    if (this.lastDirection[row] === direction || (last !== tcp.KIND_FIN && last !== tcp.KIND_RST)) {
      this.lastKind[row] = kind
      this.lastDirection[row] = direction
    } else entries.shorten(row, CLASS_UNACKNOWLEDGED)
    return REFUSE
  }
}

/** For each state its own timeout class, or the given one where that is shorter. */
function shorterClasses({ table }: ConntrackEntries, other: number): Uint8Array {
  return Uint8Array.from(tcp.TCP_STATES, (_, state) => {
    const own = classOfState(state)
    return table.timeoutOf(own) > table.timeoutOf(other) ? other : own
  })
}

/** Timeout classes begin with those of the TCP states from SYN_SENT on. */
function classOfState(state: number): number {
  return Math.max(0, state - 1)
}
