/** What connection tracking says of a packet, in the terms of `ct state`. */
export const VERDICTS = ['new', 'established', 'related', 'invalid', 'untracked'] as const

export type VerdictName = (typeof VERDICTS)[number]

/** Opens a connection, or comes from who opened one before anything came back. */
export const NEW = 0
/** Of a connection that packets were seen of both ways. */
export const ESTABLISHED = 1
/** An ICMP error about a packet of a connection. */
export const RELATED = 2
/** Belongs to no connection and cannot open one. */
export const INVALID = 3
/** Never tracked: neighbour discovery and multicast listeners of IPv6. */
export const UNTRACKED = 4

export type Verdict = number

export const ORIGINAL = 0
export const REPLY = 1

/** ORIGINAL for packets from who opened the connection, else REPLY. */
export type Direction = number

/** The verdicts by name, for whom it is not dear to look them up. */
export const CONNTRACK_VERDICTS = { NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED } as const
