export * from './demand-matrix.ts'
export { hotSpotDemand, type PatternOptions, permutationDemand, uniformDemand } from './patterns.ts'
export { demandOfTraffic, type TrafficDemandOptions, trafficOfClass } from './from-traffic.ts'
