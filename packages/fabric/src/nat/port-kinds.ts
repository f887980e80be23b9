import { PROTOCOL_TCP, PROTOCOL_UDP } from '../model/packet-table.ts'

/** Protocols whose external ports come from the same ranges; each protocol has all of its ranges to itself. */
export const PORT_KINDS = ['tcp', 'udp', 'icmp', 'portless'] as const

export type PortKind = (typeof PORT_KINDS)[number]

export const TCP_KIND = 0
export const UDP_KIND = 1
/** Identifiers of ICMP queries, RFC 5508. */
export const ICMP_KIND = 2
/** Protocols that are told apart by addresses alone: an external address has one place for each of them. */
export const PORTLESS_KIND = 3

const PROTOCOL_ICMP = 1
const PROTOCOL_ICMPV6 = 58
const PROTOCOL_SCTP = 132
const PROTOCOL_UDP_LITE = 136

const KIND_OF = new Uint8Array(256).fill(PORTLESS_KIND)
KIND_OF[PROTOCOL_TCP] = TCP_KIND
for (const protocol of [PROTOCOL_UDP, PROTOCOL_SCTP, PROTOCOL_UDP_LITE]) KIND_OF[protocol] = UDP_KIND
for (const protocol of [PROTOCOL_ICMP, PROTOCOL_ICMPV6]) KIND_OF[protocol] = ICMP_KIND

/** The place of a protocol's kind in `PORT_KINDS`. */
export function portKindOf(protocol: number): number {
  return KIND_OF[protocol]!
}

/** Whether packets of a kind have a port at the remote end too. */
export function hasRemotePort(kind: number): boolean {
  return kind <= UDP_KIND
}
