import { ConfigError, type Issue } from '@weft/core'
import { Pace } from '../planning/pace.ts'
import { RowMaker, type WhatIfAnswer } from './answer.ts'
import { brokenReach } from './broken-reach.ts'
import { numbersOf } from './parts.ts'
import { poolsOf } from './pools.ts'
import type { Question, ShareRunner, WhatIfProgress } from './question.ts'
import { normalSteps, SetSweep } from './set-sweep.ts'
import type { Subject } from './subject.ts'

/** Which parts fail. */
export interface WhatIfRequest extends Question {
  /** Default true. False computes every set. */
  readonly symmetry?: boolean
  /** Ends the work with what there is, marked partial. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: WhatIfProgress) => void
  /** Takes a share of very many sets to another processor; absent: all are computed here. */
  readonly helper?: ShareRunner
  /** Told why, where the helper does not do its share; it is then done here. */
  readonly onAlone?: (reason: string) => void
}

export const TOP_MAX = 100_000
/** Rows that say how reach is broken: each takes the routes of its state. */
const REACH_ROWS_MAX = 20

/** What becomes of a network and its demand when parts fail and routing has converged. Throws ConfigError. */
export async function whatIf(subject: Subject, request: WhatIfRequest): Promise<WhatIfAnswer> {
  checkRequest(request)
  const { any = 0, of = 'link' } = request
  const { signal } = request
  const normal = await new Pace(signal === undefined ? {} : { signal }).take(normalSteps(subject))
  const sweep = new SetSweep(subject, request, normal)
  await sweep.run(request)
  const { evaluator, ranking, before } = sweep
  const { criteria, notJudged } = subject.judge
  const rows = new RowMaker(subject.network.topology, subject.limits, criteria, evaluator.demandBps)
  return {
    schema: 1,
    clock: 'steady',
    profiles: subject.profiles,
    fail: sweep.namesOf([]),
    any,
    of: any === 0 ? null : of,
    demandBps: evaluator.demandBps,
    baseline: rows.row([], 1, before, brokenReach(subject, [], before), subject.workers.short(numbersOf([]))),
    coverage: sweep.coverage(),
    pools: poolsOf(subject),
    losing: ranking.losing,
    overLimit: ranking.overLimit,
    criteria: criteria.map(({ text }, i) => ({
      text,
      brokenBefore: before.broken.includes(i),
      sets: ranking.breaking[i]!,
      minimalSets: ranking.minimalSets[i]!,
    })),
    notJudged,
    worst: sweep.worst.map(({ members, count, outcome }, i) => {
      const down = sweep.partsOf(members)
      const reach = i < REACH_ROWS_MAX ? brokenReach(subject, down, outcome) : null
      return rows.row(sweep.namesOf(members), count, outcome, reach, subject.workers.short(numbersOf(down)))
    }),
    minimal: ranking.minimal.map(({ members, count, criteria: broken }) => ({
      failed: sweep.namesOf(members),
      alike: count,
      breaks: broken.map((i) => criteria[i]!.text),
    })),
  }
}

function checkRequest(request: WhatIfRequest): void {
  const { fail = [], any } = request
  const issues = questionIssues(request)
  if (any === undefined && fail.length === 0) {
    const message = 'nothing fails; name the parts that do, or give "any", how many of them, and "of" which'
    issues.push({ path: ['fail'], message })
  }
  if (issues.length > 0) throw new ConfigError(issues)
}

/** What is wrong with how many fail, of which parts, and how many are listed. */
export function questionIssues({ any, of, top }: Question): Issue[] {
  const issues: Issue[] = []
  const whole = (key: string, value: number | undefined, max: number) => {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= max))
      issues.push({
        path: [key],
        message: `${value} is no number of them; expected a whole number from 1 to ${max}`,
      })
  }
  whole('any', any, Number.MAX_SAFE_INTEGER)
  whole('top', top, TOP_MAX)
  if (any === undefined && of !== undefined)
    issues.push({ path: ['of'], message: 'it says of which parts any fail; give "any", how many' })
  return issues
}
