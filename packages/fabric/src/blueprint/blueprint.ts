import type { NetworkBlueprint } from './network.ts'
import type { TrafficBlueprint } from './traffic.ts'

/** Everything that a clock needs to know: immutable plain data that can be printed, compared and shrunk. */
export interface Blueprint {
  readonly name: string
  readonly seed: string
  readonly network: NetworkBlueprint
  readonly traffic: readonly TrafficBlueprint[]
  readonly events: readonly EventBlueprint[]
}

/** A link or a switch goes down or comes back. A switch takes all its links with it. */
export interface EventBlueprint {
  readonly atPs: number
  readonly action: 'fail' | 'repair'
  /** Name of a switch, a host or a link. */
  readonly target: string
}
