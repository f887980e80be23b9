import type { RequestBlueprint } from '../ingress/controller/controller-blueprint.ts'

/** The traffic part of a blueprint: who sends what to whom, by which transport. */

export interface TrafficBlueprint {
  readonly name: string
  readonly pairs: PairsBlueprint
  readonly offered: OfferedBlueprint
  readonly transport: TransportBlueprint
  /** 0 to 63, RFC 2474. */
  readonly dscp: number
  /** Traffic class 0 (best effort) to 7. */
  readonly priority: number
  readonly family: 'ipv4' | 'ipv6'
  /** Destination port, 1 to 65535; absent: one of the traffic's own. */
  readonly port?: number
  /**
   * The port that all its flows and streams go from, 1 to 65535. Of a connection to the same end that has it still, the next
   * one fails. Absent: the sender's next free one; of streams, the destination's.
   */
  readonly sourcePort?: number
  /** Its flows are requests, where they go to an ingress controller; absent: they are not. */
  readonly request?: RequestBlueprint
  /** What a controller passes on of requests to a name: of its rate, the part of them that finds the controller there. Absent: all. */
  readonly passedOn?: PassedOn
}

/** Requests to a name, and a controller's addresses. */
export interface PassedOn {
  readonly of: TrafficBlueprint
  readonly addresses: readonly string[]
}

export type PairsBlueprint =
  /** Every flow draws its receiver uniformly among the other hosts. */
  | { readonly kind: 'all-to-all'; readonly hosts: readonly string[] }
  /** Every flow of a sender draws its receiver uniformly among `to` (itself excluded). */
  | { readonly kind: 'from-to'; readonly from: readonly string[]; readonly to: readonly string[] }
  /**
   * Every flow of a sender goes to this address, in any text form, which is no host's own: that of a service, translated on
   * the way to an endpoint's.
   */
  | { readonly kind: 'to-address'; readonly from: readonly string[]; readonly address: string }
  /**
   * Every flow of a sender goes to what this name stands for when it begins: the sender looks it up before it connects. Of
   * flows that arrive and of bursts, in a network with `names`.
   */
  | { readonly kind: 'to-name'; readonly from: readonly string[]; readonly name: string }
  /** A random derangement: every host sends to exactly one and receives from exactly one. */
  | { readonly kind: 'permutation'; readonly hosts: readonly string[] }

export type OfferedBlueprint =
  /** Poisson arrivals of flows at each sender. */
  | {
      readonly kind: 'flows'
      readonly sizes: SizesBlueprint
      /** What the receiver answers a flow with, once it has all of it; absent: nothing. */
      readonly response?: SizesBlueprint
      /** How long a connection stays open after it was opened, at least until all has arrived; absent: until then. */
      readonly hold?: HoldBlueprint
      /** Payload bits over the sender's link rate, flows per second and sender, or flows per second of all senders together. */
      readonly rate:
        | { readonly load: number }
        | { readonly flowsPerSecond: number }
        | { readonly totalPerSecond: number }
      /** The rate over time, as a multiple of `rate`; absent: always 1. */
      readonly profile?: RateProfile
      readonly startPs: number
      /** No arrivals from here on; absent: the run's end. */
      readonly stopPs?: number
    }
  /** The very flows; `pairs` must name every host in it, or be `to-address`: then all go there. */
  | { readonly kind: 'list'; readonly flows: readonly FlowBlueprint[] }
  /** One flow of this size from every sender to every (from-to) or its (permutation) receiver, all at one instant. */
  | { readonly kind: 'burst'; readonly bytes: number; readonly atPs: number }
  /** Open-loop packets from every sender, to one receiver each: drawn once among the possible ones. UDP alone. */
  | {
      readonly kind: 'stream'
      readonly packetBytes: number
      /** Mean IP bit rate per sender, over on and off periods. */
      readonly rateBps: number
      readonly process: StreamProcess
      readonly startPs: number
      readonly stopPs?: number
    }

/** A time, 0 or more. */
export type HoldBlueprint =
  | { readonly kind: 'constant'; readonly ps: number }
  | { readonly kind: 'exponential'; readonly meanPs: number }

/** A multiple of a rate, 0 or more, that repeats from time 0 of the run on: by the day, by the week. */
export type RateProfile =
  /**
   * Linear between points of [time in the period, multiple], and from the last on to the first of the next period. Times
   * ascend, from 0 at the earliest to the period's end at the latest; equal ones make a step.
   */
  | {
      readonly kind: 'piecewise-linear'
      readonly periodPs: number
      readonly points: readonly (readonly [atPs: number, multiple: number])[]
      /** Where in the period the run begins, from 0 up to but not including the period. Default 0. */
      readonly phasePs?: number
    }
  /** 1 + swing cos(2 pi (t - peakPs) / periodPs), swing from 0 to 1. */
  | {
      readonly kind: 'sinusoidal'
      readonly periodPs: number
      readonly swing: number
      readonly peakPs: number
    }

export type StreamProcess =
  | { readonly kind: 'constant' }
  | { readonly kind: 'poisson' }
  /** Exponential on and off periods with these means; constant rate while on. */
  | { readonly kind: 'on-off'; readonly onPs: number; readonly offPs: number }

export type SizesBlueprint =
  /** Points of [bytes, cumulative percent], linear in between. */
  | { readonly kind: 'cdf'; readonly name: string; readonly points: readonly (readonly [number, number])[] }
  | { readonly kind: 'constant'; readonly bytes: number }
  | { readonly kind: 'exponential'; readonly meanBytes: number }
  | { readonly kind: 'uniform'; readonly minBytes: number; readonly maxBytes: number }

export interface FlowBlueprint {
  readonly startPs: number
  readonly from: string
  /** A host, or the address that all flows of the traffic go to. */
  readonly to: string
  readonly bytes: number
}

export type TransportBlueprint =
  | { readonly kind: 'tcp'; readonly options: Partial<TcpOptions> }
  | { readonly kind: 'udp' }

/** Everything settable of a TCP. Defaults in `transport/tcp/options.ts`. */
export interface TcpOptions {
  readonly control: 'newreno' | 'dctcp'
  /**
   * Payload bytes of a full segment. The MSS option of the SYN, which counts no TCP options (RFC 6691), says 12 more
   * with timestamps: 1448 here is the 1460 of an IPv4 packet of 1500 bytes, 1460 without timestamps.
   */
  readonly mssBytes: number
  /** Segments, RFC 6928. */
  readonly initialWindowSegments: number
  readonly initialRtoPs: number
  readonly minRtoPs: number
  readonly maxRtoPs: number
  /** Retransmissions of a SYN before the flow fails. */
  readonly synRetries: number
  /** Retransmission timeouts in a row before an established flow fails (R2 of RFC 9293 §3.8.3). */
  readonly dataRetries: number
  readonly sack: boolean
  readonly duplicateAckThreshold: number
  /** Segments that one acknowledgement may cover; 1 acknowledges every segment. */
  readonly delayedAckSegments: number
  readonly delayedAckPs: number
  readonly ecn: boolean
  readonly sendBufferBytes: number
  readonly receiveBufferBytes: number
  readonly windowScaling: boolean
  /** Infinity: slow start until the first loss or mark. */
  readonly initialSsthreshBytes: number
  /** DCTCP's estimation gain g, RFC 8257 §3.3 step 4. */
  readonly dctcpGain: number
  readonly dctcpInitialAlpha: number
  readonly timestamps: boolean
  /** Back to the initial window after an idle RTO, RFC 5681 §4.1. */
  readonly idleRestart: boolean
  readonly pacing: boolean
  /** RFC 8985 §7. */
  readonly tailLossProbe: boolean
  /** Proportional rate reduction, RFC 9937: cuts after losses and marks are spread over a round trip. */
  readonly prr: boolean
  /** Segments that marks leave of a window at least: 2 in Linux, 1 in RFC 3168 §6.1.2. */
  readonly minWindowSegments: number
}
