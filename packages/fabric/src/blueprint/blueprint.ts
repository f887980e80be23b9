import type { IngressControllerBlueprint } from '../ingress/controller/controller-blueprint.ts'
import type { NameEventBlueprint } from '../names/names-blueprint.ts'
import type { Policy } from '../policy/policy-blueprint.ts'
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
  /** What takes requests in for others; of the packet clock alone. */
  readonly ingress?: readonly IngressControllerBlueprint[]
}

/** What happens to a network at an instant. */
export type EventBlueprint = OutageBlueprint | LifeBlueprint | NameEventBlueprint

/** A link or a switch goes down or comes back. A switch takes all its links with it. */
export interface OutageBlueprint {
  readonly atPs: number
  readonly action: 'fail' | 'repair'
  /** Name of a switch, a host or a link. */
  readonly target: string
  /** What failed by itself: the target, or a shared risk that it is of. Absent: nothing did, it was planned. */
  readonly cause?: string
}

/** What happens to workloads, to services' endpoints and to policies. At one instant in this order, then by target. */
export type LifeBlueprint = WorkloadEventBlueprint | PolicyEventBlueprint

/**
 * - `terminate`: it is asked to stop. It goes on, but new connections to services go elsewhere.
 * - `stop`: it is gone. Its connections are reset, it takes and sends nothing, and is nobody's endpoint.
 * - `boot`: its container starts: its address is there, and nobody listens, so that who calls it is refused. It sends nothing.
 * - `start`: it runs, booted before or not, and is not ready.
 * - `not-ready`, `ready`: its readiness probe fails, or passes.
 */
export interface WorkloadEventBlueprint {
  readonly atPs: number
  readonly action: 'terminate' | 'stop' | 'boot' | 'start' | 'not-ready' | 'ready'
  /** Name of a host behind a vswitch, of a network with `interfaces`. */
  readonly target: string
}

export interface PolicyEventBlueprint {
  readonly atPs: number
  /** `apply-policy` adds one, or replaces that of its name. */
  readonly action: 'delete-policy' | 'apply-policy'
  /** The policy's name. */
  readonly target: string
  /** Of `apply-policy`, and of no other. */
  readonly policy?: Policy
  /** Whether connections that are not allowed any more are blocked, until they are again, or live on. */
  readonly connections: 'block' | 'keep'
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
