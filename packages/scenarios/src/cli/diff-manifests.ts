import {
  clusterSubject,
  compareReach,
  Connectivity,
  reachDiffJson,
  renderReachDiff,
} from '../connectivity/index.ts'
import { UsageError } from './failure.ts'
import { manifestArgument, type PathArgument } from './manifest-argument.ts'
import { EXIT, type Terminal } from './terminal.ts'

type Manifests = PathArgument & { readonly kind: 'manifests' }

/** The manifests of both paths, or neither's. Throws a UsageError where one path has a scenario. */
export function bothManifests(
  before: PathArgument,
  after: PathArgument,
): readonly [Manifests, Manifests] | undefined {
  if (before.kind === 'manifests' && after.kind === 'manifests') return [before, after]
  if (before.kind === 'scenario' && after.kind === 'scenario') return undefined
  const [scenario, manifests] = before.kind === 'scenario' ? [before, after] : [after, before]
  throw new UsageError(
    `${scenario.path} is a scenario and ${manifests.path} are manifests; diff compares two scenarios, or manifests with manifests`,
  )
}

/** Tells which connections appear, disappear and change, and sets the exit code. */
export async function diffManifests(
  [before, after]: readonly [Manifests, Manifests],
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const [was, is] = [await connectivityOf(before, terminal), await connectivityOf(after, terminal)]
  const diff = compareReach(was, is)
  terminal.exitCode = diff.differs ? EXIT.failed : EXIT.ok
  const asked = { before: before.path, after: after.path }
  if (json) return terminal.printParts(reachDiffJson(diff, asked))
  const now = new Set(is.workloads)
  const workloads = [...new Set([...was.workloads, ...is.workloads])].sort()
  const namespaceOf = (name: string) => (now.has(name) ? is : was).namespaceOf(name)
  terminal.print(renderReachDiff(diff, { ...asked, color: terminal.color, workloads, namespaceOf }))
}

async function connectivityOf(argument: Manifests, terminal: Terminal): Promise<Connectivity> {
  const { cluster } = await manifestArgument(argument, terminal)
  return new Connectivity(clusterSubject(cluster))
}
