import { ConfigError } from '@weft/core'
import type { Steps } from '../planning/pace.ts'
import { type Coverage, RowMaker, type WhatIfRow } from '../whatif/answer.ts'
import { numbersOf } from '../whatif/parts.ts'
import type { Evaluator } from '../whatif/evaluator.ts'
import { countSets } from '../whatif/failure-sets.ts'
import { lostBps, type Outcome } from '../whatif/outcome.ts'
import type { Part } from '../whatif/parts.ts'
import type { Question } from '../whatif/question.ts'
import { SetSweep, TOP_DEFAULT } from '../whatif/set-sweep.ts'
import { parsePartsOf, type Subject } from '../whatif/subject.ts'
import { questionIssues } from '../whatif/whatif.ts'
import type { Change } from './changes.ts'
import { inTurns } from './in-turns.ts'
import { SetOutcomes } from './set-outcomes.ts'
import { type CommonSets, compareSets, type OneSidedSets } from './set-pairs.ts'

/** Which sets of failures are compared, as in `weft whatif`; without `any` none. */
export interface FailureSetsRequest extends Pick<Question, 'any' | 'of' | 'top'> {
  /** Default true. False computes every set. */
  readonly symmetry?: boolean
}

/** One scenario's sets, as `weft whatif` has them. */
export interface SetsSide {
  readonly coverage: Coverage
  /** The worst set: most demand lost, then most broken, then fullest. */
  readonly worst: WhatIfRow | null
  /** Sets that lose demand, and that load a link beyond its limit. */
  readonly losing: number
  readonly overLimit: number
}

export interface FailureSetsDiff extends CommonSets {
  readonly any: number
  readonly of: string
  /** Null where there is nothing of the kind. */
  readonly before: SetsSide | null
  readonly after: SetsSide | null
  /** Offered load over rate of the fullest direction, whichever set fails. */
  readonly worstUtilization: Change
  /** IP bit/s lost in the set that loses most, of those whose losses were computed. */
  readonly worstLostBps: Change
  /** Sets with a part that the other scenario does not have. */
  readonly onlyBefore: OneSidedSets
  readonly onlyAfter: OneSidedSets
}

/** One scenario's sweep, with what is kept of all its sets. */
export interface SweptSide {
  readonly subject: Subject
  readonly evaluator: Evaluator
  readonly sweep: SetSweep
  readonly outcomes: SetOutcomes
}

/** Sets of one scenario at most: each is looked up by its names in the other. */
export const SETS_MAX = 2_000_000

/** Sets to compare, or undefined where none are asked about. Throws ConfigError as `weft whatif` does. */
export function plannedSets(
  subjects: readonly [Subject, Subject],
  request: FailureSetsRequest,
): Required<FailureSetsRequest> | undefined {
  const issues = questionIssues(request)
  const { any, of = 'link', top, symmetry = true } = request
  if (any === undefined && top !== undefined)
    issues.push({
      path: ['top'],
      message: 'it says how many sets are listed; give "any", how many parts fail',
    })
  if (issues.length > 0) throw new ConfigError(issues)
  if (any === undefined) return undefined
  for (const parts of partsOf(subjects, of)) checkCount(parts.length, any)
  return { any, of, top: top ?? TOP_DEFAULT, symmetry }
}

/** Of each scenario; none where it has nothing of the kind and the other has. */
function partsOf(subjects: readonly [Subject, Subject], of: string): (readonly Part[])[] {
  const kind = parsePartsOf(of)
  const refusals: unknown[] = []
  const parts = subjects.map((subject) => {
    try {
      return subject.parts.of(kind)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      refusals.push(error)
      return []
    }
  })
  if (refusals.length === subjects.length) throw refusals[0]
  return parts
}

function checkCount(parts: number, any: number): void {
  const size = Math.min(any, parts)
  const sets = countSets(parts, size)
  if (sets <= SETS_MAX) return
  const message =
    `up to ${size} of ${parts} parts make ${sets.toLocaleString('en')} sets; at most ${SETS_MAX.toLocaleString('en')} of a ` +
    'scenario are compared, so let fewer fail, or of fewer parts, such as one tier'
  throw new ConfigError([{ path: ['any'], message }])
}

/** Every set in each scenario, in turns, then set by set what is in both; interrupted, what was computed in both by then. */
export function* diffFailureSets(
  subjects: readonly [Subject, Subject],
  evaluators: readonly [Evaluator, Evaluator],
  normal: readonly Outcome[],
  { any, of, top, symmetry }: Required<FailureSetsRequest>,
): Steps<FailureSetsDiff> {
  const parts = partsOf(subjects, of)
  const sides = subjects.map((subject, side): SweptSide | null => {
    if (parts[side]!.length === 0) return null
    const evaluator = evaluators[side]!
    const sweep = new SetSweep(subject, { any, of, top }, { evaluator, before: normal[side]! })
    return { subject, evaluator, sweep, outcomes: new SetOutcomes(sweep) }
  })
  const [before, after] = sides as [SweptSide | null, SweptSide | null]
  yield* inTurns(
    sides.flatMap((side) =>
      side === null ? [] : [side.sweep.steps(symmetry, (judged) => side.outcomes.add(judged))],
    ),
  )
  const compared = yield* compareSets(before, after, top)
  return {
    any,
    of,
    before: sideOf(before),
    after: sideOf(after),
    worstUtilization: {
      before: before?.outcomes.utilization ?? 0,
      after: after?.outcomes.utilization ?? 0,
    },
    worstLostBps: { before: mostLost(before), after: mostLost(after) },
    ...compared,
  }
}

function sideOf(side: SweptSide | null): SetsSide | null {
  if (side === null) return null
  const { subject, evaluator, sweep } = side
  const { topology } = subject.network
  const rows = new RowMaker(topology, subject.limits, subject.judge.criteria, evaluator.demandBps)
  const [first] = sweep.worst
  const rowOf = ({ members, count, outcome }: NonNullable<typeof first>) => {
    const workers = subject.workers.short(numbersOf(sweep.partsOf(members)))
    return rows.row(sweep.namesOf(members), count, outcome, null, workers)
  }
  const { losing, overLimit } = sweep.ranking
  return {
    coverage: sweep.coverage(),
    worst: first === undefined ? null : rowOf(first),
    losing,
    overLimit,
  }
}

const mostLost = (side: SweptSide | null): number =>
  (side?.sweep.worst ?? []).reduce((most, { outcome }) => Math.max(most, lostBps(outcome)), 0)
