import type { Expectation } from '../compile/questions/expect.ts'
import type { ReachExpectation } from '../compile/questions/reach.ts'
import { evaluateReach } from '../reach/evaluate-reach.ts'
import type { ExpectationResult } from '../result/result.ts'
import { endPs } from '../compile/run.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { evaluate } from './evaluate.ts'

/**
 * Holds all expectations against a run, in the order in which they were written. Who reaches whom depends on no traffic, and
 * is judged to the end of the scenario unless the run was interrupted.
 */
export function evaluateAll(
  run: ScenarioRun,
  { source, partial }: { readonly source?: string; readonly partial: boolean },
): ExpectationResult[] {
  const { scenario } = run
  const untilPs = partial ? run.nowPs : endPs(scenario.run)
  const reach = evaluateReach(scenario, { untilPs, ...(source !== undefined && { source }) })
  const results = [
    ...scenario.expectations.map(
      (expectation) => [placeOf(expectation), evaluate(expectation, run, source)] as const,
    ),
    ...scenario.reach.map((expectation, i) => [placeOf(expectation), reach[i]!] as const),
  ]
  return results.sort(([a], [b]) => a - b).map(([, result]) => result)
}

const placeOf = ({ path }: Expectation | ReachExpectation): number => Number(path[1])
