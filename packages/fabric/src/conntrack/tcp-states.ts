import { ACK, FIN, RST, SYN } from '../model/tcp-flags.ts'

const PSH = 8
const URG = 32

/** What a segment is to connection tracking; the first that applies of RST, SYN, FIN, ACK. */
export const KIND_SYN = 0
export const KIND_SYN_ACK = 1
export const KIND_ACK = 2
export const KIND_FIN = 3
export const KIND_RST = 4
/** Flags that no segment has: none, SYN with FIN, FIN without ACK, urgent data in a SYN-ACK. */
export const KIND_MALFORMED = 5
const KINDS = 5

/** States of an entry. `SYN_SENT2` is a simultaneous opening: both sides have sent a SYN. */
export const TCP_STATES = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const
export const NONE = 0
export const SYN_SENT = 1
export const SYN_RECV = 2
export const ESTABLISHED = 3
export const FIN_WAIT = 4
export const LAST_ACK = 6
export const TIME_WAIT = 7
export const CLOSE = 8
export const SYN_SENT2 = 9

/** Not states: the segment is let through without effect; it is not of this connection. */
export const IGNORED = 10
export const REFUSED = 11

/**
 * The state after a segment, by the state before it (rows, in their order), the direction and the kind of segment
 * (SYN, SYN-ACK, ACK, FIN, RST), as Linux was observed to move; `--` is let through without effect, `..` refused. States
 * by their first and last letters: S1 SYN_SENT, SR SYN_RECV, ES, FW, CW, LA, TW, CL, S2 SYN_SENT2.
 */
const OBSERVED = `
  S1 .. ES .. ..   .. .. .. .. ..
  S1 .. .. .. CL   S2 SR -- .. CL
  -- SR ES FW CL   .. -- SR FW CL
  -- .. ES FW CL   .. -- ES FW CL
  -- .. CW LA CL   .. -- CW LA CL
  -- .. CW LA CL   .. -- CW LA CL
  -- .. TW LA CL   .. -- TW LA CL
  S1 .. TW TW CL   S1 -- TW TW CL
  S1 .. CL CL CL   .. -- CL CL CL
  S2 SR .. .. CL   S2 SR -- .. CL
`
const CODES = ['', 'S1', 'SR', 'ES', 'FW', 'CW', 'LA', 'TW', 'CL', 'S2', '--', '..']
const TRANSITIONS = Uint8Array.from(OBSERVED.trim().split(/\s+/), (code) => CODES.indexOf(code))

/** The state after a segment, IGNORED or REFUSED. */
export function tcpTransition(state: number, direction: number, kind: number): number {
  return TRANSITIONS[state * 2 * KINDS + direction * KINDS + kind]!
}

/** By the lower six control bits. PSH says nothing; of the ECN bits none is among them. */
const KIND_BY_FLAGS = Uint8Array.from({ length: 64 }, (_, flags) => {
  switch (flags & ~PSH) {
    case SYN:
    case SYN | URG:
      return KIND_SYN
    case SYN | ACK:
      return KIND_SYN_ACK
    case ACK:
    case ACK | URG:
      return KIND_ACK
    case FIN | ACK:
    case FIN | ACK | URG:
      return KIND_FIN
    case RST:
    case RST | ACK:
      return KIND_RST
    default:
      return KIND_MALFORMED
  }
})

export function segmentKind(tcpFlags: number): number {
  return KIND_BY_FLAGS[tcpFlags & 63]!
}
