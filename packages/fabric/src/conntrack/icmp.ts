import { isIcmp, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../model/icmp-error.ts'
import type { ConntrackPacket } from './conntrack-packet.ts'

export { isIcmp, PROTOCOL_ICMP, PROTOCOL_ICMPV6 }

const NONE = -1

/** RFC 792, RFC 950, RFC 4443, RFC 4620: what is asked, and what answers it. */
const ICMP_PAIRS = [
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
] as const
const ICMPV6_PAIRS = [
  [128, 129],
  [139, 140],
] as const

function answers(pairs: readonly (readonly [number, number])[]): Int16Array {
  const byType = new Int16Array(256).fill(NONE)
  for (const [query, answer] of pairs) {
    byType[query] = answer
    byType[answer] = query
  }
  return byType
}
const ICMP_ANSWERS = answers(ICMP_PAIRS)
const ICMPV6_ANSWERS = answers(ICMPV6_PAIRS)
const ICMP_QUERIES = Uint8Array.from({ length: 256 }, (_, type) =>
  ICMP_PAIRS.some(([q]) => q === type) ? 1 : 0,
)
const ICMPV6_QUERIES = Uint8Array.from({ length: 256 }, (_, type) =>
  ICMPV6_PAIRS.some(([q]) => q === type) ? 1 : 0,
)

/** Destination unreachable, source quench, redirect, time exceeded, parameter problem. */
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12]
/** RFC 4443 §2.1: types below 128 are errors. */
const ICMPV6_ERROR_MAX = 127
/** Router and neighbour discovery, redirects (RFC 4861); reports of multicast listeners (RFC 2710, RFC 3810). */
const ICMPV6_UNTRACKED: readonly number[] = [130, 131, 132, 133, 134, 135, 136, 137, 143]

export function isIcmpError({ protocol, icmpType }: ConntrackPacket): boolean {
  return protocol === PROTOCOL_ICMP ? ICMP_ERRORS.includes(icmpType) : icmpType <= ICMPV6_ERROR_MAX
}

export function isUntracked({ protocol, icmpType }: ConntrackPacket): boolean {
  return protocol === PROTOCOL_ICMPV6 && ICMPV6_UNTRACKED.includes(icmpType)
}

/** Whether a message asks for an answer: only such open an entry. */
export function isIcmpQuery({ protocol, icmpType }: ConntrackPacket): boolean {
  return (protocol === PROTOCOL_ICMP ? ICMP_QUERIES : ICMPV6_QUERIES)[icmpType] === 1
}

/** The type of the answer to a message, and of what an answer is to; -1 where there is none. */
export function icmpAnswer(protocol: number, icmpType: number): number {
  return (protocol === PROTOCOL_ICMP ? ICMP_ANSWERS : ICMPV6_ANSWERS)[icmpType]!
}
