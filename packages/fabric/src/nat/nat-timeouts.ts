import { SECOND } from '@weft/core'

/**
 * How long a mapping waits for its next packet where it lives by its own idle timer. TCP is transitory until packets came both ways
 * and one without SYN from inside, and again after a RST or FINs both ways; UDP is answered once a packet came from outside.
 */
export const NAT_TIMEOUT_NAMES = [
  'tcpTransitory',
  'tcpEstablished',
  'udp',
  'udpAnswered',
  'icmp',
  'other',
] as const

export type NatTimeoutName = (typeof NAT_TIMEOUT_NAMES)[number]

/** Picoseconds, more than 0. */
export type NatTimeouts = Readonly<Record<NatTimeoutName, number>>

export type NatProfile = 'linux' | 'rfc'

/** The places of the names, which are timeout classes. */
export const TCP_TRANSITORY = 0
export const TCP_ESTABLISHED = 1
export const UDP_FIRST = 2
export const UDP_ANSWERED = 3
export const ICMP_QUERY = 4
export const OTHER = 5

const IN_SECONDS: Readonly<Record<NatProfile, readonly number[]>> = {
  // net.netfilter.nf_conntrack_*_timeout_*, Documentation/networking/nf_conntrack-sysctl.rst: SYN sent, established, and so on
  linux: [120, 432_000, 30, 120, 30, 600],
  // RFC 5382 REQ-5, RFC 4787 REQ-5 (2 minutes at least, 5 recommended), RFC 5508 REQ-2
  rfc: [240, 7440, 300, 300, 60, 600],
}

export function natTimeouts(profile: NatProfile): NatTimeouts {
  const entries = NAT_TIMEOUT_NAMES.map((name, i) => [name, IN_SECONDS[profile][i]! * SECOND])
  return Object.fromEntries(entries) as NatTimeouts
}
