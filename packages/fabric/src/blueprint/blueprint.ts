import type { NetworkBlueprint } from './network.ts'
import type { TrafficBlueprint } from './traffic.ts'

/** Everything that a clock needs to know: immutable plain data that can be printed, compared and shrunk. */
export interface Blueprint {
  readonly name: string
  readonly seed: string
  readonly network: NetworkBlueprint
  readonly traffic: readonly TrafficBlueprint[]
  readonly events: readonly EventBlueprint[]
  /** What fails by itself, beside the events. */
  readonly reliability?: readonly ReliabilityBlueprint[]
}

/** A link or a switch goes down or comes back. A switch takes all its links with it. */
export interface EventBlueprint {
  readonly atPs: number
  readonly action: 'fail' | 'repair'
  /** Name of a switch, a host or a link. */
  readonly target: string
  /** What failed by itself: the target, or a shared risk that it is of. Absent: nothing did, it was planned. */
  readonly cause?: string
}

/**
 * Links, switches, hosts or shared risks that fail and are repaired again and again, each by itself: exponential times of these means.
 * In the long run each is up for mtbfPs / (mtbfPs + mttrPs) of the time.
 */
export interface ReliabilityBlueprint {
  /** Each name in one such group at most. */
  readonly targets: readonly (string | RiskBlueprint)[]
  /** Mean time from a repair, or the start, to the next failure. */
  readonly mtbfPs: number
  /** Mean time from a failure to its repair. */
  readonly mttrPs: number
}

/** Links, switches and hosts that fail and are repaired together. */
export interface RiskBlueprint {
  /** Not that of a link, switch or host. */
  readonly name: string
  readonly parts: readonly string[]
}
