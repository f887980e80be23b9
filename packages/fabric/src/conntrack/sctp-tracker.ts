import type { ConntrackPacket } from './conntrack-packet.ts'
import { ASSURED, type ConntrackEntries } from './entries.ts'
import { timeoutClass } from './timeouts.ts'
import { ACCEPT, REFUSE, type Tracked, type Tracker } from './tracking.ts'
import { type Direction, ORIGINAL } from './verdict.ts'

export const PROTOCOL_SCTP = 132

/** States of an entry, as Linux numbers them. */
export const SCTP_STATES = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
] as const
const NONE = 0
const CLOSED = 1
const COOKIE_WAIT = 2
const COOKIE_ECHOED = 3
const ESTABLISHED = 4
const SHUTDOWN_SENT = 5
const SHUTDOWN_RECEIVED = 6
const SHUTDOWN_ACK_SENT = 7
const HEARTBEAT_SENT = 8
const STATES = 9

/** Chunk types, RFC 9260 §3.2. */
const INIT = 1
const INIT_ACK = 2
const HEARTBEAT = 4
const HEARTBEAT_ACK = 5
const ABORT = 6
const SHUTDOWN = 7
const SHUTDOWN_ACK = 8
const ERROR = 9
const COOKIE_ECHO = 10
const COOKIE_ACK = 11
const SHUTDOWN_COMPLETE = 14
const CHUNKS = 256

const REFUSED = 255
const EITHER = [0, 1] as const
const OPENED = [1, 2, 3, 4, 5, 6, 7] as const

/** State after a chunk, by direction, state before and type of chunk, as Linux was observed to move. */
const TRANSITIONS = transitions()

function transitions(): Uint8Array {
  const table = new Uint8Array(2 * STATES * CHUNKS)
  const set = (
    directions: readonly number[],
    before: readonly number[],
    chunk: number,
    after: number,
  ): void => {
    for (const direction of directions)
      for (const state of before) table[(direction * STATES + state) * CHUNKS + chunk] = after
  }
  // most chunks change nothing
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    for (const state of [...OPENED, HEARTBEAT_SENT]) set(EITHER, [state], chunk, state)
    set(EITHER, [NONE], chunk, REFUSED)
  }
  set([0], [NONE], INIT, CLOSED)
  set([0], [NONE], HEARTBEAT, HEARTBEAT_SENT)
  set([0], [NONE], HEARTBEAT_ACK, CLOSED)
  set([0], [NONE], SHUTDOWN_ACK, SHUTDOWN_ACK_SENT)
  set([1], [CLOSED], INIT_ACK, COOKIE_WAIT)
  set(EITHER, [COOKIE_WAIT], COOKIE_ECHO, COOKIE_ECHOED)
  set(EITHER, [COOKIE_ECHOED], COOKIE_ACK, ESTABLISHED)
  set([1], [COOKIE_ECHOED], ERROR, CLOSED)
  set([0], [ESTABLISHED], SHUTDOWN, SHUTDOWN_SENT)
  set([1], [ESTABLISHED], SHUTDOWN, SHUTDOWN_RECEIVED)
  set([0], [SHUTDOWN_SENT, SHUTDOWN_RECEIVED], INIT, CLOSED)
  set(EITHER, [SHUTDOWN_SENT, SHUTDOWN_RECEIVED], SHUTDOWN_ACK, SHUTDOWN_ACK_SENT)
  set(EITHER, [SHUTDOWN_ACK_SENT], SHUTDOWN_COMPLETE, CLOSED)
  set(EITHER, OPENED, ABORT, CLOSED)
  // a path that was found by its heartbeat may belong to an association or be none
  set([0], [HEARTBEAT_SENT], INIT, COOKIE_WAIT)
  set([0], [HEARTBEAT_SENT], SHUTDOWN_ACK, SHUTDOWN_ACK_SENT)
  for (const chunk of [INIT_ACK, ABORT, SHUTDOWN, ERROR, COOKIE_ECHO, COOKIE_ACK, SHUTDOWN_COMPLETE]) {
    set([0], [HEARTBEAT_SENT], chunk, CLOSED)
    set([1], [HEARTBEAT_SENT], chunk, REFUSED)
  }
  set([1], [HEARTBEAT_SENT], INIT, REFUSED)
  set([1], [HEARTBEAT_SENT], SHUTDOWN_ACK, REFUSED)
  set([1], [HEARTBEAT_SENT], HEARTBEAT_ACK, ESTABLISHED)
  return table
}

function after(state: number, direction: Direction, chunk: number): number {
  return TRANSITIONS[(direction * STATES + state) * CHUNKS + chunk]!
}

/** SCTP associations by the first chunk of each packet. */
export class SctpTracker implements Tracker {
  private readonly entries: ConntrackEntries
  private readonly firstClass = timeoutClass('sctpClosed')

  constructor(entries: ConntrackEntries) {
    this.entries = entries
  }

  resizeRows(): void {
    // what all entries have is enough
  }

  mayOpen(packet: ConntrackPacket): boolean {
    return after(NONE, ORIGINAL, packet.sctpChunk) !== REFUSED
  }

  open(row: number, packet: ConntrackPacket): void {
    this.track(row, ORIGINAL, packet)
  }

  track(row: number, direction: Direction, packet: ConntrackPacket): Tracked {
    const { entries } = this
    const before = entries.state[row]!
    const state = after(before, direction, packet.sctpChunk)
    if (state === REFUSED) return REFUSE
    // an INIT that comes again must not keep an association alive that nobody answers
    if (before === CLOSED && packet.sctpChunk === INIT && direction === ORIGINAL) return ACCEPT
    entries.state[row] = state
    if (state === ESTABLISHED && before !== ESTABLISHED) entries.addStatus(row, ASSURED)
    entries.table.refresh(row, this.firstClass + state - CLOSED)
    return ACCEPT
  }

  establish(row: number): void {
    this.entries.state[row] = ESTABLISHED
    this.entries.addStatus(row, ASSURED)
  }

  /** SHUTDOWN COMPLETE. */
  close(row: number): void {
    this.entries.state[row] = CLOSED
    this.entries.table.refresh(row, this.firstClass)
  }
}
