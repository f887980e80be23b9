import type { Evaluator } from '../whatif/evaluator.ts'
import { PartOrbits } from '../whatif/part-orbits.ts'
import type { Outcome } from '../whatif/outcome.ts'
import type { PartKind } from '../whatif/parts.ts'
import type { Subject } from '../whatif/subject.ts'
import { type Change, common, differs, sizeOf } from './changes.ts'

/** What one part's failure comes to, in both. */
export interface FailureChange {
  readonly failed: string
  /** Offered load over rate of the fullest direction then. */
  readonly utilization: Change
  /** IP bit/s without a way. */
  readonly unreachableBps: Change
}

export interface FailuresDiff {
  /** Of the worst failure in each. */
  readonly worstUtilization: Change
  readonly worstUnreachableBps: Change
  /** Of parts in both that changed, biggest change of the load first. */
  readonly changed: readonly FailureChange[]
  readonly same: number
}

const KINDS: readonly PartKind[] = ['link', 'switch']

/** Every link and switch alone, those that symmetry makes alike computed once in each scenario. */
export function diffFailures(
  before: Subject,
  after: Subject,
  evaluators: readonly [Evaluator, Evaluator],
): FailuresDiff {
  const [a, b] = [singles(before, evaluators[0]), singles(after, evaluators[1])]
  const both = common(a, b).map(({ name, before: was, after: is }) => ({
    failed: name,
    utilization: { before: was.utilization, after: is.utilization },
    unreachableBps: { before: was.unreachableBps, after: is.unreachableBps },
  }))
  const changed = both
    .filter(({ utilization, unreachableBps }) => differs(utilization) || differs(unreachableBps))
    .sort(
      (x, y) =>
        sizeOf(y.utilization) - sizeOf(x.utilization) || sizeOf(y.unreachableBps) - sizeOf(x.unreachableBps),
    )
  const most = (outcomes: ReadonlyMap<string, Outcome>, of: (outcome: Outcome) => number) =>
    [...outcomes.values()].reduce((worst, outcome) => Math.max(worst, of(outcome)), 0)
  const worst = (of: (outcome: Outcome) => number) => ({ before: most(a, of), after: most(b, of) })
  return {
    worstUtilization: worst(({ utilization }) => utilization),
    worstUnreachableBps: worst(({ unreachableBps }) => unreachableBps),
    changed,
    same: both.length - changed.length,
  }
}

function singles(subject: Subject, evaluator: Evaluator): ReadonlyMap<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  const symmetry = subject.symmetry()
  for (const kind of KINDS) {
    const parts = subject.parts.of({ kind })
    for (const orbit of new PartOrbits(symmetry, parts).orbits) {
      const outcome = evaluator.outcome([parts[orbit[0]!]!], false)
      for (const part of orbit) outcomes.set(parts[part]!.name, outcome)
    }
  }
  return outcomes
}
