import type { PacketEnds, Rewrite, Turn } from '../../interfaces/mode.ts'

/** A packet to follow, without time. */
export interface Probe {
  /** Address ids. */
  readonly source: number
  readonly destination: number
  readonly protocol: number
  /** Absent: unknown, so every member of every hashed group is followed. */
  readonly sourcePort?: number
  readonly destinationPort: number
  readonly sizeBytes: number
  /** It answers on a connection that was let through; by default it opens one. */
  readonly isAnswer?: boolean
  /** Address id: where a service's address is translated, to this endpoint alone; by default to each by its share. */
  readonly endpoint?: number
  /**
   * With a source port: NAT draws the port that such a connection would get now, and keeps it. For networks of which nothing
   * else is asked; by default NAT shows a mapping that there is, or the sender's own port.
   */
  readonly drawsPorts?: boolean
  /** Of an answer: what it becomes where something stands between the ends of its connection. */
  readonly turn?: Turn
  /** Of an answer: what its connection's first packet became on its way, which is taken back where this one comes by. */
  readonly rewrites?: readonly Rewrite[]
  /** Every member of every hashed group is followed, whatever ports it has: one of them stands for any. */
  readonly isOfAnyPort?: boolean
}

/** What became of a probe. `delivered` and the drops' shares add up to 1. */
export interface WalkResult {
  /** Breadth first from the sender; ways that meet again at a node after as many hops are one hop. */
  readonly hops: readonly Hop[]
  readonly delivered: number
  readonly drops: readonly WalkDrop[]
}

/** The probe, or a share of it, at one node. */
export interface Hop {
  /** Node index of the topology. */
  readonly node: number
  /** Nodes crossed before this one. */
  readonly depth: number
  /** Share of the probe that came this way, above 0 up to 1. */
  readonly share: number
  readonly outcome: HopOutcome
  /** The service whose address the probe had, and an endpoint of which it was given here. */
  readonly service?: string
  /** That endpoint's address id. */
  readonly endpoint?: number
  /** What the probe bore before this node and bears behind it, where that changed its addresses or ports. */
  readonly before?: PacketEnds
  readonly translated?: Translated
  /** Of an answer: something here took it for a packet of a connection that it knows. */
  readonly isKnown?: true
}

/** What a packet has become. */
export type Translated = PacketEnds

export type HopOutcome =
  | { readonly kind: 'forwarded'; readonly members: readonly HopMember[] }
  | { readonly kind: 'delivered' }
  | DroppedOutcome

export interface DroppedOutcome {
  readonly kind: 'dropped'
  readonly reason: string
  /** The sender is told: by RST, or by an ICMP error. */
  readonly isRefused?: true
}

/** One way on: the egress port, its part of the group, and whether this probe takes it. */
export interface HopMember {
  readonly port: number
  /** Share of the hop's traffic that a group gives to this member. */
  readonly weight: number
  /** Share of the probe that takes it: `weight` times the hop's share where all are followed, else all or nothing. */
  readonly share: number
}

export interface WalkDrop {
  readonly node: number
  readonly reason: string
  readonly share: number
  /** The sender is told: by RST, or by an ICMP error. */
  readonly isRefused?: true
}
