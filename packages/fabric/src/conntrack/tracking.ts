import type { ConntrackPacket } from './conntrack-packet.ts'
import type { Direction } from './verdict.ts'

/** What a tracker makes of a packet of a known connection. */
export const ACCEPT = 0
/** Not of this connection after all. */
export const REFUSE = 1
/** Of this connection, and its last: the entry goes. */
export const END = 2
/** Opens a connection between the same ends anew: the entry goes, the packet is judged as one of no connection. */
export const REOPEN = 3

export type Tracked = number

/** States of one protocol's connections: reads packets, sets an entry's state, ASSURED and timeout. */
export interface Tracker {
  resizeRows(rows: number): void
  /** Whether a packet of no known connection opens one. */
  mayOpen(packet: ConntrackPacket): boolean
  /** Brings a new row to the state after its first packet. */
  open(row: number, packet: ConntrackPacket): void
  track(row: number, direction: Direction, packet: ConntrackPacket): Tracked
  /** Brings a row to the state of a connection in use; its timeout is the caller's. */
  establish(row: number): void
  /** Brings an established row to the state after the last packet of its connection, with the timeout of that. */
  close(row: number): void
}
