import type { Simulation } from '@weft/core'
import type { Blueprint, Failures, FlowIndex, FlowTable, LifeEvents, NameEvents, Network } from '@weft/fabric'
import type { Expectation } from '../compile/questions/expect.ts'
import type { SharingCounts } from '../result/result.ts'
import type { LossRecords } from './loss-records.ts'
import type { DropRecorder } from './packet-clock/drop-recorder.ts'
import type { IngressRecords } from './ingress-records.ts'
import type { NameRecords } from './name-records.ts'
import type { PoolRecords } from './pool-records.ts'
import type { QueueRecorder } from './packet-clock/queue-recorder.ts'
import type { SentRecorder } from './packet-clock/sent-recorder.ts'
import type { SteadyRecords } from './steady-clock/steady-records.ts'

/**
 * A scenario's blueprint under one clock, and the recorders that this clock brings. What all clocks have is read through
 * here by recorders, expectations and results alike; what a clock does not model is undefined.
 */
export interface RunningClock {
  readonly engine: Engine
  readonly meter: LinkMeter
  readonly streams: StreamRecords
  readonly pools: PoolRecords
  /** Ingress controllers, where there may be any; without replicas' queues where the clock follows no requests. */
  readonly ingress?: IngressRecords
  /** Queues, marks, drops and counts of packets: where there are packets. */
  readonly packets: PacketRecords | undefined
  /** Lookups of names: where any traffic goes to names. */
  readonly names?: NameRecords | undefined
  /** Packets that streams lost by their mean rates: where packets are not followed. */
  readonly streamLosses?: StreamLosses
  /** Packets that were lost, and how many were sent: of all traffic, one by one or by their rates. */
  readonly losses: LossRecords | undefined
  /** Expected loads over time: where flows are not told apart. */
  readonly steady?: SteadyRecords
  /** What sharing capacities took: where rates are shared. */
  readonly sharing: SharingCounts | undefined
  /** No flow and no packet is under way. */
  readonly isIdle: boolean
  /** Runs all that happens before this instant, which is then the present, unless it is settling. */
  runUntil(untilPs: number): void
  /** `runUntil` came back early, since the present takes long: the next one goes on with it. Absent where that never is. */
  readonly isSettling?: boolean
  /** Ends the present with what there is of it, where it is settling. */
  breakOff?(): void
  /** Brings meters and the table of flows up to the present; called before they are read. */
  book(): void
  /** Keeps the counters of the clock's own recorders as they are now. */
  markInstant(atPs: number): void
  /** Closes a window of the clock's own recorders. */
  closeWindow(): void
}

/** What runs, whatever the clock. */
export interface Engine {
  readonly blueprint: Blueprint
  readonly sim: Simulation
  readonly network: Network
  readonly flows: FlowTable
  readonly failures: Failures
  readonly life: LifeEvents
  readonly nameEvents: NameEvents
}

/** One direction of a link, and where it stands in the topology. */
export interface Direction {
  /** `a → b`. */
  readonly name: string
  /** Index of the link in the topology. */
  readonly link: number
  readonly from: string
  readonly to: string
}

/** What every direction has carried so far, by `2 * link + end`. */
export interface LinkMeter {
  wireBytes(direction: number): number
  /** Time that these took to transmit. */
  busyPs(direction: number): number
}

export interface PacketRecords {
  readonly queues: QueueRecorder
  readonly drops: DropRecorder
  readonly sent: SentRecorder
}

/** Streams one by one in the windows that expectations ask about, and all streams of a traffic together. */
export interface StreamRecords {
  /** Rows of the streams that expectations measure. */
  readonly rows: readonly FlowIndex[]
  /** Packets that the stream in this place of `rows` sent between two marked instants. */
  sentBetween(row: number, fromPs: number, toPs: number): number
  /** What became of a stream's packets that left in the window of an expectation. */
  tally(expectation: Expectation, flow: FlowIndex): StreamTally
  /** Undefined where delays do not vary from packet to packet. */
  jitterPsOf(flow: FlowIndex): number | undefined
  /** Over the whole run; undefined for traffic without streams. */
  totals(traffic: number): StreamTotals | undefined
}

/** Expected numbers of packets of all streams, up to the present. */
export interface StreamLosses {
  readonly sent: number
  /** Those lost where a direction of a link begins. */
  on(direction: number): { readonly queueFull: number; readonly linkDown: number }
  /** Those that nodes, by their index, have dropped. */
  readonly atNodes: readonly { readonly reason: string; readonly node: number; readonly packets: number }[]
}

export interface StreamTally {
  readonly lost: number
  readonly payloadBytes: number
  /** One-way delays of those that arrived. */
  readonly delayPs: Delays
}

export interface StreamTotals {
  readonly streams: number
  readonly packetsSent: number
  readonly packetsReceived: number
  readonly packetsLost: number
  readonly payloadBytes: number
  readonly delayPs: Delays
  readonly jitterPs: number | undefined
}

/** A distribution of delays; of none, count is 0. */
export interface Delays {
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly max: number
  quantile(probability: number): number
}
