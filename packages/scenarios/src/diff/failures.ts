import type { Steps } from '../planning/pace.ts'
import type { Evaluator } from '../whatif/evaluator.ts'
import { PartOrbits } from '../whatif/part-orbits.ts'
import type { Outcome } from '../whatif/outcome.ts'
import type { Part, PartKind } from '../whatif/parts.ts'
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

/**
 * Every link and switch alone, those that symmetry makes alike computed once in each scenario, in turns; of those that were
 * computed in both before it was interrupted.
 */
export function* diffFailures(
  before: Subject,
  after: Subject,
  evaluators: readonly [Evaluator, Evaluator],
): Steps<FailuresDiff> {
  const orbits = [yield* orbitsOf(before), yield* orbitsOf(after)] as const
  const outcomes = [new Map<string, Outcome>(), new Map<string, Outcome>()] as const
  const of = Math.max(...orbits.map(({ length }) => length))
  let goesOn = true
  for (let done = 0; done < of && goesOn; done++) {
    for (const side of [0, 1] as const) {
      const orbit = orbits[side][done]
      if (orbit === undefined) continue
      const outcome = evaluators[side].outcome([orbit[0]!], false)
      for (const { name } of orbit) outcomes[side].set(name, outcome)
    }
    goesOn = yield { step: 'single failures', done, of }
  }
  return changesOf(...outcomes)
}

function changesOf(a: ReadonlyMap<string, Outcome>, b: ReadonlyMap<string, Outcome>): FailuresDiff {
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

/** Links, then switches, those together that symmetry makes alike; none where it is interrupted. */
function* orbitsOf(subject: Subject): Steps<(readonly [Part, ...Part[]])[]> {
  const symmetry = subject.symmetry()
  for (const done of symmetry.search()) if (!(yield { step: 'symmetry', done, of: symmetry.size })) return []
  return KINDS.flatMap((kind) => {
    const parts = subject.parts.of({ kind })
    const { orbits } = new PartOrbits(symmetry, parts)
    return orbits.map((orbit) => orbit.map((part) => parts[part]!) as [Part, ...Part[]])
  })
}
