import {
  type FailureSetsDiff,
  type FailureSetsRequest,
  diffFailureSets,
  plannedSets,
} from './failure-sets.ts'
import type { CountedProfiles } from '../planning/profile-rates.ts'
import { atOnce, type Steps } from '../planning/pace.ts'
import { type Evaluator, evaluatorOf } from '../whatif/evaluator.ts'
import type { Outcome } from '../whatif/outcome.ts'
import type { Subject } from '../whatif/subject.ts'
import { type Change, differs } from './changes.ts'
import { type ConnectionsDiff, diffConnections } from './connections.ts'
import { diffFailures, type FailuresDiff } from './failures.ts'
import { diffLoads, type LoadsDiff } from './loads.ts'
import { diffNetworks, type NetworkDiff } from './networks.ts'
import { diffPaths, type PathDiff, Ways } from './paths.ts'
import { diffReach, type ReachDiff } from './reach.ts'

export interface DiffAnswer {
  readonly schema: 1
  readonly clock: 'steady'
  /** What of the traffic's profiles is counted; null where it has none, or a demand takes its place. */
  readonly profiles: { readonly before: CountedProfiles | null; readonly after: CountedProfiles | null }
  /** Whether anything below differs. */
  readonly differs: boolean
  readonly network: NetworkDiff
  /** Names of traffic in both whose rates follow other profiles. */
  readonly otherProfiles: readonly string[]
  readonly demandBps: Change
  /** IP bit/s that do not arrive while everything is up; where losses were not compared, those without a way. */
  readonly lostBps: Change
  readonly reach: ReachDiff
  /** Null where neither has clusters, and where it was not compared. */
  readonly connections: ConnectionsDiff | null
  /** Limits and expectations that a steady state can be held against, with everything up: null where one does not have it. */
  readonly expectations: readonly ExpectationDiff[]
  readonly loads: LoadsDiff
  readonly failures: FailuresDiff
  /** Sets of failures, where `any` asks for them. */
  readonly failureSets: FailureSetsDiff | null
  readonly paths: readonly PathDiff[]
  /** Interrupted: what is named was not compared, or not all of it. */
  readonly partial: boolean
  readonly notCompared: readonly string[]
}

/** Whether it holds. */
export interface ExpectationDiff {
  readonly text: string
  readonly before: boolean | null
  readonly after: boolean | null
}

/** What full links lose, and with it what is expected. */
const LOSSES = 'losses and expectations'

/**
 * Two scenarios side by side: everything up, every link and switch down in turn, and the sets of failures that are asked
 * about. Throws ConfigError.
 */
export const diffScenarios = (before: Subject, after: Subject, sets: FailureSetsRequest = {}): DiffAnswer =>
  atOnce(diffSteps(before, after, sets))

/** The same step by step; interrupted, it has what was compared until then. */
export function* diffSteps(
  before: Subject,
  after: Subject,
  sets: FailureSetsRequest = {},
): Steps<DiffAnswer> {
  const planned = plannedSets([before, after], sets)
  const evaluators = [evaluatorOf(before), evaluatorOf(after)] as const
  const sides = [before, after].map((subject) => ({ subject, ways: new Ways(subject) }))
  const [a, b] = sides as [(typeof sides)[0], (typeof sides)[0]]
  const phases = new Phases()
  const connections = yield* phases.take('connections', diffConnections(before, after))
  const outcomes = yield* phases.take(LOSSES, everythingUp(evaluators))
  const isJudged = !phases.isInterrupted
  const lost = outcomes.map(({ unreachableBps, thinnedBps }) => unreachableBps + (isJudged ? thinnedBps! : 0))
  const holds = isJudged ? [holdsOf(before, outcomes[0]!), holdsOf(after, outcomes[1]!)] : []
  const reach = yield* phases.take('reach', diffReach(a, b))
  const failures = yield* phases.take('single failures', diffFailures(before, after, evaluators))
  const failureSets =
    planned === undefined
      ? null
      : yield* phases.take('failure sets', diffFailureSets([before, after], evaluators, outcomes, planned))
  const paths = yield* phases.take('delays', diffPaths(a.ways, b.ways))
  const answer = {
    profiles: { before: before.profiles, after: after.profiles },
    otherProfiles: otherProfiles(before, after),
    network: diffNetworks(before, after),
    demandBps: { before: evaluators[0].demandBps, after: evaluators[1].demandBps },
    lostBps: { before: lost[0]!, after: lost[1]! },
    reach,
    connections,
    expectations: diffExpectations(...holds),
    loads: diffLoads(...evaluators),
    failures,
    failureSets,
    paths,
  }
  return {
    schema: 1,
    clock: 'steady',
    differs: isDifferent(answer),
    ...answer,
    partial: phases.isInterrupted,
    notCompared: phases.notCompared,
  }
}

/** Takes one part of the work after the other; what follows an interruption takes its first step and ends there. */
class Phases {
  readonly notCompared: string[] = []

  get isInterrupted(): boolean {
    return this.notCompared.length > 0
  }

  *take<Answer>(name: string, steps: Steps<Answer>): Steps<Answer> {
    let isWhole = !this.isInterrupted
    let step = steps.next()
    while (step.done !== true) {
      if (isWhole) isWhole = yield step.value
      step = steps.next(isWhole)
    }
    if (!isWhole) this.notCompared.push(name)
    return step.value
  }
}

/** By text. */
function holdsOf({ judge }: Subject, { broken }: Outcome): ReadonlyMap<string, boolean> {
  return new Map(judge.criteria.map(({ text }, i) => [text, !broken.includes(i)]))
}

function* everythingUp(evaluators: readonly Evaluator[]): Steps<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const evaluator of evaluators) outcomes.push(yield* evaluator.outcomeSteps([]))
  return outcomes
}

function diffExpectations(
  before: ReadonlyMap<string, boolean> = new Map(),
  after: ReadonlyMap<string, boolean> = new Map(),
): ExpectationDiff[] {
  return [...new Set([...before.keys(), ...after.keys()])].map((text) => ({
    text,
    before: before.get(text) ?? null,
    after: after.get(text) ?? null,
  }))
}

export const expectationDiffers = ({ before, after }: ExpectationDiff): boolean =>
  before !== null && after !== null && before !== after

function otherProfiles(before: Subject, after: Subject): string[] {
  const [was, is] = [before, after].map(
    ({ scenario }) =>
      new Map(
        scenario.blueprint.traffic.map(({ name, offered }) => {
          return [name, offered.kind === 'flows' ? JSON.stringify(offered.profile) : undefined] as const
        }),
      ),
  ) as [Map<string, string | undefined>, Map<string, string | undefined>]
  return [...was].flatMap(([name, profile]) => (is.has(name) && is.get(name) !== profile ? [name] : []))
}

function isDifferent({
  network: { nodes, links, changed },
  otherProfiles,
  demandBps,
  lostBps,
  reach,
  connections,
  expectations,
  loads,
  failures,
  failureSets,
  paths,
}: Omit<DiffAnswer, 'schema' | 'clock' | 'differs' | 'partial' | 'notCompared'>): boolean {
  const isOneSided = [nodes, links].some(
    ({ onlyBefore, onlyAfter }) => onlyBefore.length + onlyAfter.length > 0,
  )
  return (
    isOneSided ||
    changed.length > 0 ||
    otherProfiles.length > 0 ||
    differs(demandBps) ||
    differs(lostBps) ||
    reach.onlyBefore + reach.onlyAfter > 0 ||
    connections?.differs === true ||
    expectations.some(expectationDiffers) ||
    loads.changed.length > 0 ||
    failures.changed.length > 0 ||
    (failureSets !== null && setsDiffer(failureSets)) ||
    paths.some(pathDiffers)
  )
}

const setsDiffer = ({ differing, onlyBefore, onlyAfter }: FailureSetsDiff): boolean =>
  differing + onlyBefore.sets + onlyAfter.sets > 0

export function pathDiffers({ before, after }: PathDiff): boolean {
  if (before === null || after === null || before.pairs !== after.pairs) return true
  return (['leastPs', 'meanPs', 'mostPs'] as const).some((key) =>
    differs({ before: before[key], after: after[key] }),
  )
}
