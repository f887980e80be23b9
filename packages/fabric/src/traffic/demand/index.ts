export * from './demand-matrix.ts'
export { type FlowDemandOptions, flowListDemand, type ListedFlow } from './from-flows.ts'
export { gravityDemand, type GravityOptions } from './gravity.ts'
export { type Growth, grownDemand, scaledDemand } from './growth.ts'
export { hotSpotDemand, type PatternOptions, permutationDemand, uniformDemand } from './patterns.ts'
export {
  demandOfTraffic,
  type TrafficDemandOptions,
  trafficOfClass,
} from './from-traffic.ts'
export { type ProfileRates, profileMultiple } from './profile-rates.ts'
