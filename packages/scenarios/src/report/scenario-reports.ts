import { Network } from '@weft/fabric'
import type { Scenario } from '../builders/scenario.ts'
import type { DiffAnswer } from '../diff/diff.ts'
import type { CapacityPlan } from '../planning/capacity-plan.ts'
import { GrowthCurves } from '../planning/growth-curve.ts'
import { LoadModel } from '../planning/load-model.ts'
import { type PlanRequest, planSubject } from '../planning/make-plan.ts'
import { inputsHash } from '../run/inputs-hash.ts'
import type { WhatIfAnswer } from '../whatif/answer.ts'
import type { AvailabilityAnswer } from '../whatif/availability.ts'
import type { DrainAnswer } from '../whatif/drain.ts'
import { type GivenDemands, subjectOf } from '../whatif/subject.ts'
import type { WorstCase } from '../worst-case/result.ts'
import type { ReportAbout } from './answers/about.ts'
import { renderAvailabilityReport } from './answers/availability-report.ts'
import { renderDiffReport } from './answers/diff-report.ts'
import { renderDrainReport } from './answers/drain-report.ts'
import { renderFailuresReport } from './answers/failures-report.ts'
import { renderPlanReport } from './answers/plan-report.ts'
import { renderWorstReport } from './answers/worst-report.ts'

/** The report of `scenario.plan(request)`: one HTML file. */
export function planReport(
  scenario: Scenario,
  plan: CapacityPlan,
  request: PlanRequest = {},
): Promise<string> {
  const { network, basis } = planSubject(scenario.compiled, request)
  return renderPlanReport({
    plan,
    network,
    demand: basis.all,
    curves: new GrowthCurves(() => new LoadModel(network, basis)),
    about: aboutScenarios(scenario),
  })
}

/** The report of `scenario.whatIf(request)`; give the demands that it was asked with. */
export function whatIfReport(
  scenario: Scenario,
  answer: WhatIfAnswer,
  given: GivenDemands = {},
): Promise<string> {
  const subject = subjectOf(scenario.compiled, given)
  return renderFailuresReport({
    answer,
    subject,
    command: 'weft whatif SCENARIO.yaml',
    about: aboutScenarios(scenario),
  })
}

/** The report of `scenario.availability(request)`. */
export const availabilityReport = (scenario: Scenario, answer: AvailabilityAnswer): string =>
  renderAvailabilityReport({ answer, about: aboutScenarios(scenario) })

/** The report of `scenario.drain(request)`. */
export const drainReport = (scenario: Scenario, answer: DrainAnswer): string =>
  renderDrainReport({ answer, about: aboutScenarios(scenario) })

/** The report of `worstCase(scenario.blueprint.network, options)`. */
export const worstCaseReport = (scenario: Scenario, answer: WorstCase): string =>
  renderWorstReport({
    answer,
    network: new Network(scenario.blueprint.network),
    about: aboutScenarios(scenario),
  })

/** The report of `before.diff(after)`. */
export function diffReport(before: Scenario, after: Scenario, answer: DiffAnswer): string {
  const names = [before, after].map(({ blueprint }) => blueprint.name)
  return renderDiffReport({
    answer,
    before: names[0]!,
    after: names[1]!,
    about: aboutScenarios(before, after),
  })
}

function aboutScenarios(...scenarios: readonly [Scenario, ...Scenario[]]): ReportAbout {
  const names = scenarios.map(({ blueprint }) => blueprint.name)
  return {
    name: [...new Set(names)].join(' and '),
    command: null,
    inputs: scenarios.map(({ data }, i) => ({ file: `the data of ${names[i]}`, sha256: inputsHash(data) })),
    seed: [...new Set(scenarios.map(({ blueprint }) => blueprint.seed))].join(', '),
    warnings: scenarios.flatMap(({ warnings }) => warnings),
  }
}
