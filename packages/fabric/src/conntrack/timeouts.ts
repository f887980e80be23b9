import { SECOND } from '@weft/core'

/** What an idle entry waits for, by protocol and state. The first nine are the TCP states from SYN_SENT on, in order. */
export const TIMEOUT_NAMES = [
  'tcpSynSent',
  'tcpSynReceived',
  'tcpEstablished',
  'tcpFinWait',
  'tcpCloseWait',
  'tcpLastAck',
  'tcpTimeWait',
  'tcpClose',
  'tcpSynSent2',
  'tcpUnacknowledged',
  'tcpRetransmitted',
  'sctpClosed',
  'sctpCookieWait',
  'sctpCookieEchoed',
  'sctpEstablished',
  'sctpShutdownSent',
  'sctpShutdownReceived',
  'sctpShutdownAckSent',
  'sctpHeartbeatSent',
  'udp',
  'udpStream',
  'icmp',
  'gre',
  'greStream',
  'other',
] as const

export type TimeoutName = (typeof TIMEOUT_NAMES)[number]

/** Picoseconds, more than 0. */
export type ConntrackTimeouts = Readonly<Record<TimeoutName, number>>

/** The timeout class of a name in the table of entries. */
export const timeoutClass = (name: TimeoutName): number => TIMEOUT_NAMES.indexOf(name)

/** Linux's defaults: net.netfilter.nf_conntrack_*_timeout_* in Documentation/networking/nf_conntrack-sysctl.rst. */
const LINUX_S: Readonly<Record<TimeoutName, number>> = {
  tcpSynSent: 120,
  tcpSynReceived: 60,
  tcpEstablished: 432_000,
  tcpFinWait: 120,
  tcpCloseWait: 60,
  tcpLastAck: 30,
  tcpTimeWait: 120,
  tcpClose: 10,
  tcpSynSent2: 120,
  tcpUnacknowledged: 300,
  tcpRetransmitted: 300,
  sctpClosed: 10,
  sctpCookieWait: 3,
  sctpCookieEchoed: 3,
  sctpEstablished: 210,
  sctpShutdownSent: 3,
  sctpShutdownReceived: 3,
  sctpShutdownAckSent: 3,
  sctpHeartbeatSent: 30,
  udp: 30,
  udpStream: 120,
  icmp: 30,
  gre: 30,
  greStream: 180,
  other: 600,
}

/** RFC 5382 REQ-5: 4 minutes for a connection that is being opened or closed; RFC 7857 §2.2 says the same after a RST. */
const TRANSITORY_S = 240
/** RFC 5382 REQ-5: 2 hours 4 minutes for an established one, whatever is unacknowledged. */
const ESTABLISHED_S = 7440
/** RFC 4787 REQ-5: at least 2 minutes, 5 recommended, replied to or not. */
const UDP_S = 300

/** The least that the RFCs for NAT devices ask for, where they ask for more than Linux waits, and 5 minutes for UDP. */
const RFC_S: Readonly<Record<TimeoutName, number>> = {
  ...LINUX_S,
  tcpSynSent: TRANSITORY_S,
  tcpSynReceived: TRANSITORY_S,
  tcpEstablished: ESTABLISHED_S,
  tcpFinWait: TRANSITORY_S,
  tcpCloseWait: TRANSITORY_S,
  tcpLastAck: TRANSITORY_S,
  tcpTimeWait: TRANSITORY_S,
  tcpClose: TRANSITORY_S,
  tcpSynSent2: TRANSITORY_S,
  tcpUnacknowledged: ESTABLISHED_S,
  tcpRetransmitted: ESTABLISHED_S,
  udp: UDP_S,
  udpStream: UDP_S,
  // RFC 5508 REQ-2: at least 60 seconds
  icmp: 60,
}

export type TimeoutProfile = 'linux' | 'rfc'

/** Timeouts of a profile. */
export function timeoutsOf(profile: TimeoutProfile): ConntrackTimeouts {
  const inSeconds = profile === 'linux' ? LINUX_S : RFC_S
  const timeouts = { ...inSeconds }
  for (const name of TIMEOUT_NAMES) timeouts[name] = inSeconds[name] * SECOND
  return timeouts
}
