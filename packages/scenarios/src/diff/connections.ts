import { Connectivity } from '../connectivity/connectivity.ts'
import { compareReach, type OutsideChange, type WorkloadsChange } from '../connectivity/compare-reach.ts'
import { placedSubject, type ReachSubject } from '../connectivity/reach-subject.ts'
import type { Steps } from '../planning/pace.ts'
import type { Subject } from '../whatif/subject.ts'

/** What policies let workloads do, before and after. */
export interface ConnectionsDiff {
  readonly differs: boolean
  /** Of both, by namespace. */
  readonly namespaces: readonly { readonly name: string; readonly workloads: readonly string[] }[]
  readonly workloads: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Workloads of several pods on both sides: of these alone what they may do with themselves is compared. */
  readonly several: readonly string[]
  /** Everyone of `from` with everyone of `to`; no pair is in two of them. */
  readonly between: readonly WorkloadsChange[]
  readonly outside: readonly OutsideChange[]
}

/** Null where neither scenario has clusters. One without any has no workloads. */
export function* diffConnections(before: Subject, after: Subject): Steps<ConnectionsDiff | null> {
  const subjects = [before, after]
  if (subjects.every(({ scenario }) => scenario.clusters.length === 0)) return null
  const sides: Connectivity[] = []
  for (const [done, subject] of subjects.entries()) {
    if (!(yield { step: 'connections', done, of: subjects.length })) return null
    sides.push(new Connectivity(reachSubjectOf(subject)))
  }
  return describe(sides[0]!, sides[1]!)
}

function describe(before: Connectivity, after: Connectivity): ConnectionsDiff {
  const { several, ...diff } = compareReach(before, after)
  const namespaces = new Map<string, string[]>()
  const has = new Set(after.workloads)
  for (const name of [...new Set([...before.workloads, ...after.workloads])].sort()) {
    const namespace = (has.has(name) ? after : before).namespaceOf(name)
    const known = namespaces.get(namespace)
    if (known === undefined) namespaces.set(namespace, [name])
    else known.push(name)
  }
  return {
    ...diff,
    several: [...several].sort(),
    namespaces: [...namespaces].map(([name, workloads]) => ({ name, workloads })),
  }
}

const NOBODY: ReachSubject = {
  set: { namespaces: [], workloads: [], nodes: [], policies: [] },
  pods: new Map(),
  hasOutside: true,
  madeUpAddresses: 0,
}

function reachSubjectOf({ scenario: { clusters, blueprint } }: Subject): ReachSubject {
  const placed = blueprint.network.interfaces?.policies
  return clusters.length === 0 || placed === undefined ? NOBODY : placedSubject(clusters, placed)
}
