import type { ClockName } from '../compile/clocks.ts'
import type { IngressResult } from './ingress.ts'
import type { NamesResult } from './names.ts'
import type { NatResult } from './nat.ts'
import type { PoolResult } from './pools.ts'
import type { SteadyLink, SteadyResult } from './steady.ts'

export type * from './ingress.ts'
export type * from './names.ts'
export type * from './nat.ts'
export type * from './pools.ts'
export type * from './steady.ts'

/**
 * What a run answers with: one JSON document. Times are picoseconds, rates bit/s, sizes bytes, utilisations and
 * shares 0 to 1, unless a name says otherwise. What the clock does not model is null. `schema` rises when a reader of the old shape would misread the new.
 */
export interface ScenarioResult {
  readonly schema: 2
  /** Version of Weft. */
  readonly weft: string
  readonly name: string
  /** The scenario file as it was named on the command line; absent for scenarios built in code. */
  readonly source?: string
  readonly clock: ClockName
  /** What is null below and in no plot, in words: `queues`, `lost packets` ... */
  readonly notModelled: readonly string[]
  readonly seed: string
  /** SHA-256 of the scenario as it was given (file bytes, or the builders' data). */
  readonly inputs: string
  /** Hash over the ordered events of the run. */
  readonly digest: string
  /** True when interrupted: everything below then covers the time up to `simulatedPs`. */
  readonly partial: boolean
  readonly simulatedPs: number
  /** Flows arrive until here; utilisation is measured from the warm-up to here. */
  readonly arrivalsEndPs: number
  /** The latest that the run could end: arrivals, then draining. */
  readonly horizonPs: number
  readonly warmupPs: number
  /** When in the day or week of profiles the run began. */
  readonly beginPs: number
  readonly wallSeconds: number
  readonly events: number
  readonly network: NetworkResult
  readonly links: readonly LinkResult[]
  readonly series: SeriesResult
  /** None under the steady clock, which does not tell flows apart. */
  readonly flows: readonly TrafficResult[]
  /** Open-loop traffic over UDP, over the whole run. */
  readonly streams: readonly StreamResult[]
  readonly drops: readonly DropResult[] | null
  /** Packets of streams that were lost where streams have mean rates; null where packets are followed: `drops` has them. */
  readonly streamDrops: readonly StreamDropResult[] | null
  readonly packets: PacketTotals | null
  /** Hosts that accept a limited number of connections, in order of their names; tables and ports. */
  readonly pools: readonly PoolResult[]
  /** Mappings by workload; none under the steady clock. */
  readonly nat: readonly NatResult[]
  /** Ingress controllers; under other clocks than the packet clock their certificates alone, without requests and replicas. */
  readonly ingress: readonly IngressResult[]
  /** Lookups of names, and resolvers; null where no flow goes to a name, and under the steady clock. */
  readonly names: NamesResult | null
  /** What sharing capacities among flows took; null where packets are followed instead. */
  readonly sharing: SharingCounts | null
  /** How the flow clock let flows begin and share links; null under other clocks. */
  readonly flowModel: FlowModelResult | null
  /** Of the steady clock: what is sent and arrives, from one change to the next; null under others. */
  readonly steady: SteadyResult | null
  /**
   * Failures and repairs as they happened, and what became of pods and network policies; with when new routes were in force, or
   * when all hosts went by it.
   */
  readonly changes: readonly {
    readonly atPs: number
    readonly action: ChangeAction
    /** A switch, host or link; a pod; a policy; a name, or a service's address. */
    readonly target: string
    /** What failed by itself: the target, or a shared risk that it is of; null where an event of the scenario did it. */
    readonly cause: string | null
    readonly routedPs: number | null
  }[]
  /** What may fail by itself; null where nothing does. */
  readonly reliability: ReliabilityResult | null
  readonly expectations: readonly ExpectationResult[]
  readonly warnings: readonly string[]
}

/** Of a switch, host or link; of a pod; of a network policy; of a name, or of a service's address. */
export type ChangeAction =
  | 'fail'
  | 'repair'
  | 'terminate'
  | 'stop'
  | 'boot'
  | 'start'
  | 'not-ready'
  | 'ready'
  | 'delete-policy'
  | 'apply-policy'
  | 'change-records'
  | 'set-domain'
  | 'withdraw'

/** Failures at random, while traffic arrives. */
export interface ReliabilityResult {
  /** Links, switches, hosts and shared risks that may fail. */
  readonly parts: number
  readonly failures: number
  /** How many failures are to be expected in that time. */
  readonly failuresExpected: number
  /** Those that did, the longest down first. */
  readonly failed: readonly {
    readonly name: string
    readonly failures: number
    readonly firstPs: number
    readonly downPs: number
  }[]
}

export interface PacketTotals {
  readonly originated: number
  readonly delivered: number
  readonly dropped: number
  readonly inFlight: number
}

export interface SharingCounts {
  /** How often rates were solved anew. */
  readonly solutions: number
  /** Flows that were given a rate anew, in all of these together, and the most in one. */
  readonly flowsTouched: number
  readonly flowsTouchedMax: number
}

export interface FlowModelResult {
  readonly sharing: 'max-min' | 'cm02' | 'lv08'
  /** `latency`: a flow waits for the latency of its path, times a factor. */
  readonly startUp: 'slow-start' | 'none' | 'latency'
  /** Parameters of `cm02` and `lv08`, as `LatencySharing` of the flow clock has them; null under `max-min`. */
  readonly latency: {
    readonly latencyFactor: number
    readonly bandwidthFactor: number
    /** At most so many bytes per twice the latency; null: no limit. */
    readonly windowBytes: number | null
    readonly weightBytes: number
    readonly crossTraffic: number
    readonly duplex: 'full' | 'half'
  } | null
}

export interface NetworkResult {
  readonly nodes: readonly {
    readonly name: string
    readonly kind: 'switch' | 'vswitch' | 'gateway' | 'host'
    readonly tier: string
  }[]
  readonly links: readonly {
    readonly name: string
    readonly ends: readonly [string, string]
    readonly tier: string
    readonly rateBps: number
    readonly delayPs: number
  }[]
  /** Capacity towards hosts over capacity towards the fabric, by tier of switches; 1 is non-blocking. */
  readonly oversubscription: readonly { readonly tier: string; readonly min: number; readonly max: number }[]
}

/** One direction of a link: load from the warm-up to the end of arrivals, drops and queue peak of the whole run. */
export interface LinkResult {
  /** `a → b`. */
  readonly name: string
  /** Name of the link in `network.links`. */
  readonly link: string
  readonly from: string
  readonly to: string
  readonly tier: string
  readonly rateBps: number
  readonly utilization: { readonly mean: number; readonly max: number; readonly maxFromPs: number }
  readonly wireBytes: number
  readonly packets: number | null
  readonly marked: number | null
  readonly dropped: number | null
  readonly queuePeakPackets: number | null
  /** Of the steady clock; null under others. */
  readonly steady: SteadyLink | null
}

/** Time series over windows of equal length; `startPs[i]` begins window i. */
export interface SeriesResult {
  readonly windowPs: number
  readonly startPs: readonly number[]
  /** Payload bit/s that receivers took in order, by traffic. */
  readonly goodputBps: readonly { readonly traffic: string; readonly values: readonly number[] }[]
  /** None under the steady clock. */
  readonly activeFlows: readonly number[]
  /** Drops by reason. */
  readonly drops: readonly { readonly reason: string; readonly values: readonly number[] }[] | null
  /** Utilisation and peak queue of the directions that were ever busiest or deepest, and per tier. */
  readonly links: readonly {
    readonly name: string
    readonly utilization: readonly number[]
    readonly queuePeakPackets: readonly number[] | null
  }[]
  readonly tiers: readonly {
    readonly tier: string
    readonly utilizationMean: readonly number[]
    readonly utilizationMax: readonly number[]
    readonly queuePeakPackets: readonly number[] | null
  }[]
}

/** The flows of one traffic that started after the warm-up. */
export interface TrafficResult {
  readonly traffic: string
  readonly transport: string
  readonly started: number
  readonly completed: number
  readonly unfinished: number
  readonly failed: number
  /** Why flows failed, most first: `syn-timeout`, `connection-refused` ...; of requests also what became of them: `no-backend` ... */
  readonly failures: readonly { readonly reason: string; readonly flows: number }[]
  /** Of the unfinished, those that go on trying to connect, by what dropped their last packet, most first. */
  readonly trying: readonly { readonly reason: string; readonly flows: number }[]
  readonly bytes: number
  readonly retransmissions: number | null
  readonly timeouts: number | null
  /**
   * By flow size, ascending; bins without flows left out. From `>= 1MB` on, each has the flows of those that follow it too:
   * `>= 10MB`, `>= 100MB`, `>= 1GB`.
   */
  readonly bins: readonly SizeBinResult[]
  readonly all: SizeBinResult
  /** A sample of completed flows for plotting: [bytes, slowdown]. */
  readonly points: readonly (readonly [number, number])[]
}

/** The datagrams of one traffic, all its streams together. */
export interface StreamResult {
  readonly traffic: string
  readonly streams: number
  readonly packetsSent: number
  readonly packetsReceived: number
  /** Dropped anywhere; what is neither received nor lost is in flight. */
  readonly packetsLost: number
  /** Payload bit/s received, from the streams' start to the end of arrivals. */
  readonly goodputBps: number
  /** One-way delays, within 0.4 %; null where nothing arrived. */
  readonly delayPs: {
    readonly mean: number
    readonly p50: number
    readonly p99: number
    readonly max: number
  } | null
  /** Mean over the streams of the smoothed jitter of RFC 3550 §6.4.1. */
  readonly jitterPs: number | null
}

export interface SizeBinResult {
  /** `< 10kB`, `10kB..100kB`, ... `>= 1GB`. */
  readonly label: string
  readonly fromBytes: number
  readonly toBytes: number | null
  readonly flows: number
  readonly completed: number
  /** Still under way when the run ended. */
  readonly unfinished: number
  /** Given up by their transport, or requests that were not served. */
  readonly failed: number
  /** Of those that completed, but for flows from a host to itself: these need no time on an empty network. */
  readonly slowdown: {
    readonly p50: Percentile
    readonly p95: Percentile
    readonly p99: Percentile
    readonly mean: number | null
  }
  /** Completion times. */
  readonly fctPs: { readonly p50: Percentile; readonly p99: Percentile }
}

/** A percentile and how far to trust it. */
export interface Percentile {
  /** null where nothing was observed. */
  readonly value: number | null
  readonly samples: number
  /** 95 % confidence interval from order statistics; a null side is beyond the largest or smallest sample. */
  readonly interval: readonly [number | null, number | null]
  /** False when the sample is too small for a percentile this far out: quote the interval. */
  readonly supported: boolean
  /** Unfinished and failed flows of this bin, which would have been among the slowest, are missing from the sample. */
  readonly biased: boolean
}

export interface DropResult {
  readonly reason: string
  /** A direction of a link, or a node. */
  readonly place: string
  readonly packets: number
  readonly firstPs: number
  readonly lastPs: number
}

/** What became of packets of streams by the rates that they had: an expected number, over the whole run. */
export interface StreamDropResult {
  /**
   * As of single packets. `queue-full`: more was offered than the direction carries, and all that it was offered lost the same share.
   * `link-down`: the direction was down, and the routes in force led there.
   */
  readonly reason: string
  /** A direction of a link, or a node. */
  readonly place: string
  readonly packets: number
}

export interface ExpectationResult {
  /** As the user wrote it, in one line. */
  readonly text: string
  readonly metric: string
  readonly pass: boolean
  readonly measured: string
  readonly bound: string
  /** What broke it, where there is such a thing: a direction of a link, a place, a flow, a stream. */
  readonly object: string | null
  /** When it was broken. */
  readonly fromPs: number | null
  readonly toPs: number | null
  /** Lines to look into it: top demands, the command that shows it. */
  readonly hints: readonly string[]
}
