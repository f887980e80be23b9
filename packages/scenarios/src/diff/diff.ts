import type { CountedProfiles } from '../planning/profile-rates.ts'
import { Evaluator } from '../whatif/evaluator.ts'
import type { Subject } from '../whatif/subject.ts'
import { type Change, differs } from './changes.ts'
import { diffFailures, type FailuresDiff } from './failures.ts'
import { diffLoads, type LoadsDiff } from './loads.ts'
import { diffNetworks, type NetworkDiff } from './networks.ts'
import { diffPaths, diffReach, type PathDiff, type ReachDiff, Ways } from './paths.ts'

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
  /** IP bit/s that do not arrive while everything is up. */
  readonly lostBps: Change
  readonly reach: ReachDiff
  readonly loads: LoadsDiff
  readonly failures: FailuresDiff
  readonly paths: readonly PathDiff[]
}

/** Two scenarios side by side: everything up, and every link and switch down in turn. */
export function diffScenarios(before: Subject, after: Subject): DiffAnswer {
  const evaluators = [evaluatorOf(before), evaluatorOf(after)] as const
  const [a, b] = [new Ways(before), new Ways(after)]
  const lost = evaluators.map((evaluator) => {
    const { unreachableBps, thinnedBps } = evaluator.outcome([], true)
    return unreachableBps + thinnedBps!
  })
  const answer = {
    profiles: { before: before.profiles, after: after.profiles },
    otherProfiles: otherProfiles(before, after),
    network: diffNetworks(before, after),
    demandBps: { before: evaluators[0].demandBps, after: evaluators[1].demandBps },
    lostBps: { before: lost[0]!, after: lost[1]! },
    reach: diffReach(a, b),
    loads: diffLoads(...evaluators),
    failures: diffFailures(before, after, evaluators),
    paths: diffPaths(a, b),
  }
  return { schema: 1, clock: 'steady', differs: isDifferent(answer), ...answer }
}

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

const evaluatorOf = ({ network, demand, judge }: Subject): Evaluator => new Evaluator(network, demand, judge)

function isDifferent({
  network: { nodes, links, changed },
  otherProfiles,
  demandBps,
  lostBps,
  reach,
  loads,
  failures,
  paths,
}: Omit<DiffAnswer, 'schema' | 'clock' | 'differs'>): boolean {
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
    loads.changed.length > 0 ||
    failures.changed.length > 0 ||
    paths.some(pathDiffers)
  )
}

export function pathDiffers({ before, after }: PathDiff): boolean {
  if (before === null || after === null || before.pairs !== after.pairs) return true
  return (['leastPs', 'meanPs', 'mostPs'] as const).some((key) =>
    differs({ before: before[key], after: after[key] }),
  )
}
