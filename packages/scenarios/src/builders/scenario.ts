import { ConfigError } from '@weft/core'
import type { Blueprint } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import { compileWithTexts } from '../compile/load.ts'
import { type Overrides, withOverrides } from '../compile/overrides.ts'
import { Connectivity } from '../connectivity/connectivity.ts'
import { type ScenarioReachOptions, scenarioSubject } from '../connectivity/reach.ts'
import { askExplain, type ExplainRequest } from '../explain/ask.ts'
import type { Explanation } from '../explain/explain.ts'
import { explainLink, type LinkLoad } from '../explain/link-load.ts'
import type { CapacityPlan } from '../planning/capacity-plan.ts'
import { type PlanRequest, planScenario } from '../planning/make-plan.ts'
import type { ExpectationResult, ScenarioResult } from '../result/result.ts'
import { inputsHash } from '../run/inputs-hash.ts'
import { type RunOptions, runScenario } from '../run/run-scenario.ts'
import { FORMAT, type ScenarioData } from '../schema/scenario.ts'
import { type DiffAnswer, diffScenarios } from '../diff/diff.ts'
import type { FailureSetsRequest } from '../diff/failure-sets.ts'
import type { WhatIfAnswer } from '../whatif/answer.ts'
import { type AvailabilityAnswer, type AvailabilityRequest, availability } from '../whatif/availability.ts'
import { type DrainAnswer, type DrainRequest, drainOrder } from '../whatif/drain.ts'
import { type GivenDemands, subjectOf } from '../whatif/subject.ts'
import { type WhatIfRequest, whatIf } from '../whatif/whatif.ts'
import { given } from '../exchange/given.ts'
import { plainIssues } from './plain.ts'

/** A scenario as builders take it: the file's keys, the format version filled in. */
export type ScenarioOptions = Omit<ScenarioData, 'weft'> & { readonly weft?: 1 }

/** Overrides of the scenario's own words, and how to watch and stop the run. */
export type RunRequest = Overrides & Pick<RunOptions, 'signal' | 'onProgress'>

export interface CheckResult {
  readonly pass: boolean
  readonly failed: readonly ExpectationResult[]
  readonly result: ScenarioResult
}

/** A scenario that has passed every check. */
export class Scenario {
  /** The same plain data that a scenario file would hold. */
  readonly data: ScenarioData
  readonly compiled: CompiledScenario

  constructor(data: ScenarioData, compiled: CompiledScenario) {
    this.data = data
    this.compiled = compiled
  }

  get blueprint(): Blueprint {
    return this.compiled.blueprint
  }

  /** What may not be meant, though it can be run. */
  get warnings(): readonly string[] {
    return this.compiled.warnings.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }

  /** The same scenario with another seed, clock or length; refused like any other. */
  with(overrides: Overrides): Scenario {
    return scenario(withOverrides(this.data, overrides) as ScenarioData)
  }

  /** Runs it to its end, or until the signal; overrides as in `with`. */
  async run({ signal, onProgress, ...overrides }: RunRequest = {}): Promise<ScenarioResult> {
    const { data, compiled, warnings } = this.with(overrides)
    return runScenario(compiled, {
      inputs: inputsHash(data),
      warnings,
      ...(signal !== undefined && { signal }),
      ...(onProgress !== undefined && { onProgress }),
    })
  }

  /** Where a packet goes, hop by hop, and why it is delivered or dropped; nothing is run. */
  explain(request: ExplainRequest): Explanation {
    return askExplain(this.compiled, request)
  }

  /** Who may connect to whom by the network policies of its clusters and its fabric, at the start; without clusters its hosts. */
  reach(options: ScenarioReachOptions = {}): Connectivity {
    return new Connectivity(scenarioSubject(this.compiled, options), options)
  }

  /** What this scenario's traffic is expected to put on a link, such as `{ link: 'ord1/leaf-2:ord1/spine-5', at: '3.2ms' }`. */
  explainLink({ link, at = '0s' }: { readonly link: string; readonly at?: string }): LinkLoad {
    return explainLink(this.compiled, { link, at })
  }

  /** How full the network is, how long it lasts as demand grows, what to upgrade; nothing is run. */
  plan(request: PlanRequest = {}): Promise<CapacityPlan> {
    const { data, compiled, warnings } = this
    return planScenario({ data, compiled, compile: compileWithTexts, warnings }, request)
  }

  /** What breaks when parts fail and routing has converged, worst first; nothing is run. */
  async whatIf({ demands, rates, ...request }: WhatIfRequest & GivenDemands): Promise<WhatIfAnswer> {
    return whatIf(subjectOf(this.compiled, given({ demands, rates })), request)
  }

  /** How much of the time demands are served, from how often parts are up; nothing is run. */
  async availability({
    demands,
    rates,
    ...request
  }: AvailabilityRequest & GivenDemands = {}): Promise<AvailabilityAnswer> {
    return availability(subjectOf(this.compiled, given({ demands, rates })), request)
  }

  /** In which order to drain parts, with the room that is left at every step; nothing is run. */
  drain({ demands, rates, ...request }: DrainRequest & GivenDemands): DrainAnswer {
    return drainOrder(subjectOf(this.compiled, given({ demands, rates })), request)
  }

  /**
   * What differs from this scenario to another: connections of clusters' workloads, reach, loads, single failures, delays, and with `any` and `of` sets of
   * failures, such as `{ any: 2, of: 'link' }`; nothing is run.
   */
  diff(other: Scenario, { demands, rates, ...sets }: GivenDemands & FailureSetsRequest = {}): DiffAnswer {
    const mayBeIdle = this.compiled.clusters.length + other.compiled.clusters.length > 0
    const own = given({ demands, rates, mayBeIdle })
    return diffScenarios(subjectOf(this.compiled, own), subjectOf(other.compiled, own), sets)
  }

  /** Runs it and tells whether all expectations hold. */
  async check(request: RunRequest = {}): Promise<CheckResult> {
    const result = await this.run(request)
    const failed = result.expectations.filter(({ pass }) => !pass)
    return { pass: failed.length === 0, failed, result }
  }
}

/**
 * Checks a scenario from plain data. Throws a ConfigError that lists every problem with its path, in the words
 * that a scenario file would get. Clusters have the text of their manifests by the names of files, `manifests: { 'shop.yaml': text }`;
 * what is wrong in them is told by line.
 */
export function scenario(options: ScenarioOptions): Scenario {
  const odd = plainIssues(options)
  if (odd.length > 0) throw new ConfigError(odd)
  const data =
    typeof options === 'object' && options !== null && !Array.isArray(options)
      ? { weft: FORMAT, ...options }
      : options
  const compiled = compileWithTexts(data)
  if (!compiled.ok) throw new ConfigError(compiled.issues)
  return new Scenario(data as ScenarioData, compiled.value)
}
