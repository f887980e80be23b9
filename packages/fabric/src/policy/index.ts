export type { Direction } from './compiled-policy.ts'
export { matchesDomain } from './domain-names.ts'
export { type EndId, NOBODY } from './ends.ts'
export {
  type DirectionExplanation,
  explainPolicy,
  type PolicyExplanation,
} from './explain-policy.ts'
export { type Exposure, exposureOf } from './exposure.ts'
export type { IdentityId } from './identities.ts'
export { matchesLabels, NAMESPACE_NAME_LABEL } from './label-selector.ts'
export type * from './policy-blueprint.ts'
export * from './policy-engine.ts'
export { type OutsideBlock, PolicyReach, type ReachPeer, type WorkloadClass } from './policy-reach.ts'
export { type PolicyWarning, policyWarnings } from './policy-warnings.ts'
export {
  isEmptyPortSet,
  PORT_MAX,
  type PortRange,
  type PortSet,
  type PortSets,
  portSetHas,
  PROTOCOL_NUMBERS,
  PROTOCOLS,
} from './port-set.ts'
