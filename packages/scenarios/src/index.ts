export { events, fail, repair } from './builders/events.ts'
export { fatTree, graph, leafSpine, region } from './builders/fabric.ts'
export {
  type CheckResult,
  type RunRequest,
  Scenario,
  type ScenarioOptions,
  scenario,
} from './builders/scenario.ts'
export { traffic } from './builders/traffic.ts'
export type { CompiledScenario } from './compile/compile.ts'
export type { ClockName } from './compile/clocks.ts'
export type { Bound, Expectation, Statistic } from './compile/questions/expect.ts'
export type { ExpectationFilter } from './compile/questions/expect-filter.ts'
export {
  compileWithTexts as compileScenario,
  type LoadedScenario,
  loadScenario,
} from './compile/load.ts'
export type { Overrides } from './compile/overrides.ts'
export type { RunPlan } from './compile/run.ts'
export {
  type DemandNames,
  type ExchangeDemand,
  type ExportedNetwork,
  type ExportOptions,
  exportNetwork,
  formatNote,
  type ImportedNetwork,
  type ImportOptions,
  importNetwork,
  type DemandPattern,
  type HotReceivers,
  type NetworkFormat,
  type Note,
  networkFormatNames,
  type PatternDemandOptions,
  type PatternDemands,
  patternDemands,
  readDemandsCsv,
  readSource,
  writeDemandsCsv,
} from './exchange/index.ts'
export * from './connectivity/index.ts'
export type { ExplainRequest } from './explain/ask.ts'
export type { Explanation } from './explain/explain.ts'
export type { ExplainedEnds, ExplainedHop, ExplainedMember } from './explain/explained-hop.ts'
export type { DirectionLoad, LinkDemand, LinkLoad } from './explain/link-load.ts'
export { renderExplanation } from './explain/render-explanation.ts'
export {
  type Cluster,
  ManifestError,
  type ManifestFile,
  type ManifestIssue,
  type ManifestOptions,
  type ManifestTexts,
  type PolicySetOptions,
  readManifests,
  toPolicySet,
} from './kubernetes/index.ts'
export { formatIssues, type LocatedIssue, ScenarioFileError } from './parse/located.ts'
export type * from './planning/capacity-plan.ts'
export { type PlanInput, type PlanRequest, planScenario } from './planning/make-plan.ts'
export type { PaceOptions, PlanProgress } from './planning/pace.ts'
export type { PoolPlan } from './planning/pools.ts'
export { renderPlan } from './planning/render-plan.ts'
export type { Sizing } from './planning/sizing.ts'
export { scenarioJsonSchema } from './schema/json-schema.ts'
export type { ScenarioData } from './schema/scenario.ts'
export { dropsOf, hottestLinks, type SlowdownQuestion, slowdownOf } from './result/reading.ts'
export type * from './result/result.ts'
export { type Progress, type RunOptions, runScenario } from './run/run-scenario.ts'
export type { DiffAnswer } from './diff/diff.ts'
export type { FailureSetsDiff, FailureSetsRequest, SetsSide } from './diff/failure-sets.ts'
export type { OneSidedSet, OneSidedSets, SetChange, SetRow } from './diff/set-pairs.ts'
export type * from './whatif/answer.ts'
export type { AvailabilityAnswer, AvailabilityRequest, AvailabilityRow } from './whatif/availability.ts'
export type { DrainAnswer, DrainRequest, DrainStep } from './whatif/drain.ts'
export { renderWhatIf } from './whatif/render.ts'
export { renderAvailability } from './whatif/render-availability.ts'
export { renderDrain } from './whatif/render-drain.ts'
export { renderDiff } from './diff/render-diff.ts'
export type { WhatIfProgress } from './whatif/question.ts'
export type { WhatIfRequest } from './whatif/whatif.ts'
export type { HoseOptions, HoseRule, Limit, SiteRule } from './worst-case/hose.ts'
export { renderWorstCase } from './worst-case/render.ts'
export type { WitnessFlow, WorstCase, WorstDirection } from './worst-case/result.ts'
export { worstCase, type WorstCaseOptions } from './worst-case/worst-case.ts'
export { type MeasuredOptions, measuredDemands } from './exchange/measured/measure.ts'
export type { MeasuredDemand, MeasuredDemands } from './exchange/measured/measured-demands.ts'
