export { type SmallFabric, smallFabric } from './fabrics.ts'
export { assertConserved, assertDropsExplained, assertEnded, assertSameRun, shuffled } from './invariants.ts'
export { smallFailures, smallScenario, smallTraffic } from './scenarios.ts'
export {
  type AnyConnection,
  anyConnection,
  assertNothingCloses,
  assertNothingOpens,
  type ChangedManifests,
  policyAdded,
  ruleRemoved,
} from './policies.ts'
