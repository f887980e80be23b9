export type { MappingNote } from './first-mappings.ts'
export { Nat } from './nat.ts'
export type { InsideHost } from './inside-hosts.ts'
export type { NatCounts, NatLevel } from './nat-counts.ts'
export * from './nat-load.ts'
export {
  type Dependence as NatDependence,
  DEPENDENCES as NAT_DEPENDENCES,
  type NatOptions,
  natOptionsIssues,
} from './nat-options.ts'
export {
  NAT_DROP_REASONS,
  NAT_OUTCOMES,
  type NatDropReason,
  type NatOutcome,
  type NatVictim,
} from './nat-outcome.ts'
export { type KindPorts, type NatPoolOptions, natPool, type PoolAddress, poolPorts } from './nat-pool.ts'
export { NAT_TIMEOUT_NAMES, type NatProfile, type NatTimeoutName, type NatTimeouts } from './nat-timeouts.ts'
export type { PortBlockOptions } from './port-blocks.ts'
export type { PortClasses } from './port-classes.ts'
export { PORT_KINDS as NAT_PORT_KINDS, type PortKind as NatPortKind } from './port-kinds.ts'
export type { PortRange as NatPortRange } from './port-ranges.ts'
export { NO_PART, PoolParts, splitPool } from './split-pool.ts'
