import type { ReachCount, ReachQuestion } from '@weft/fabric'
import type { ReachExpectation } from '../compile/questions/reach.ts'
import { type NetworkState, NetworkStates } from './network-states.ts'
import { type BrokenPair, brokenPair, questionOf } from './reach-questions.ts'
import type { PlayedScenario } from '../explain/network-at.ts'

/** How an expectation is broken. */
export interface Breach {
  /** From the first state that breaks it to the end of the last one that does; Infinity where that goes on. */
  readonly fromPs: number
  readonly toPs: number
  /** In the first of these states. */
  readonly count: ReachCount
  readonly pair: BrokenPair
}

/** What became of an expectation up to an instant. */
export interface ReachVerdict {
  readonly expectation: ReachExpectation
  /** Ordered pairs of hosts. */
  readonly pairs: number
  /** Absent where it holds. */
  readonly breach?: Breach
  /** False where it is about no state up to then: there it neither holds nor breaks. */
  readonly isJudged: boolean
}

interface Course {
  readonly expectation: ReachExpectation
  readonly question: ReachQuestion
  readonly counts: Map<string, ReachCount>
  breach?: Breach
  pairs: number
  isJudged: boolean
}

/**
 * Holds expectations of who reaches whom against every state that the scenario's failures and repairs bring about up to
 * this instant, by the forwarding decisions alone: whatever the clock, and whatever the traffic.
 */
export function judgeReach(
  scenario: PlayedScenario & { readonly reach: readonly ReachExpectation[] },
  untilPs: number,
): ReachVerdict[] {
  if (scenario.reach.length === 0) return []
  const states = new NetworkStates(scenario, untilPs)
  const courses = scenario.reach.map(
    (expectation): Course => ({
      expectation,
      question: questionOf(expectation, states.network.topology),
      counts: new Map(),
      pairs: 0,
      isJudged: false,
    }),
  )
  for (const state of states.states)
    for (const course of courses)
      if (isAbout(course.expectation, state, untilPs)) judge(course, state, states)
  return courses.map(({ expectation, pairs, breach, isJudged }) => ({
    expectation,
    pairs,
    isJudged,
    ...(breach !== undefined && { breach }),
  }))
}

/** Whether an expectation says anything about a state. */
function isAbout(
  { instantsPs, fromPs, toPs, converged }: ReachExpectation,
  state: NetworkState,
  untilPs: number,
): boolean {
  if (instantsPs !== undefined)
    return instantsPs.some((atPs) => atPs <= untilPs && atPs >= state.fromPs && atPs < state.toPs)
  return state.fromPs < toPs && state.toPs > fromPs && (!converged || state.isConverged)
}

function judge(course: Course, state: NetworkState, states: NetworkStates): void {
  const { expectation, question, counts } = course
  let count = counts.get(state.key)
  const isFirst = course.breach === undefined
  if (count === undefined) {
    const { table, state: actual } = states.tableIn(state)
    count = table.count(question.from, question.to, question.wanted, question.probe)
    counts.set(state.key, count)
    if (isFirst && count.first !== undefined) {
      const pair = brokenPair(states.network, actual, count.first, question)
      const asked = expectation.instantsPs?.find((atPs) => atPs >= state.fromPs) ?? expectation.fromPs
      course.breach = { fromPs: Math.max(state.fromPs, asked), toPs: state.toPs, count, pair }
    }
  }
  course.isJudged = true
  course.pairs = count.pairs
  if (!isFirst && count.broken > 0) course.breach = { ...course.breach!, toPs: state.toPs }
}
