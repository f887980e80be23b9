export { Alike, type AlikeGroup } from './alike.ts'
export { type AllowedPorts, allowOf } from './allowed-ports.ts'
export { classesJson } from './classes-json.ts'
export { Connectivity, type ConnectivityOptions, type OutsidePorts, type ReachClass } from './connectivity.ts'
export { type DirectionExposure, type ExposureGroup, exposureGroups } from './exposure.ts'
export {
  diffManifests,
  type ManifestReachOptions,
  reach,
  type ReachOptions,
  type ScenarioReachOptions,
} from './reach.ts'
export { matrixJson, reachJson } from './reach-json.ts'
export {
  clusterSubject,
  hostSubject,
  MADE_UP_PREFIXES,
  placedSubject,
  type ReachPer,
  type ReachSubject,
} from './reach-subject.ts'
export { renderReach } from './render-reach.ts'
export { reachDiffJson } from './compare-json.ts'
export {
  compareReach,
  type OutsideChange,
  type PortsChange,
  type ReachDiff,
  type WorkloadsChange,
} from './compare-reach.ts'
export { type RenderReachDiffOptions, renderReachDiff } from './render-compare.ts'
