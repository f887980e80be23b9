import type { Cluster } from '../../kubernetes/index.ts'
import { nodeNames } from '../../cloud/nodes.ts'
import { asksForLabels } from '../../kubernetes/node-affinity.ts'
import type { ClusterPlace } from './cluster-places.ts'
import type { HostIndex } from '../selectors/hosts.ts'
import { type Path, type Problems, quote } from '../problems.ts'

/** Where a scenario says that nodes and workloads are. */
export interface ExplicitPlaces {
  readonly hostOfNode: Readonly<Record<string, string>>
  /** Hosts by the pods, by id in their manifests, that run on them alone. */
  readonly pinned: ReadonlyMap<string, ReadonlySet<string>>
}

/** Refuses nodes, workloads and hosts that are not there, and two nodes on one host. */
export function explicitPlaces(
  { input, path, hosts }: ClusterPlace,
  cluster: Cluster,
  index: HostIndex,
  problems: Problems,
): ExplicitPlaces {
  warnOfLabels(cluster, path, problems)
  const own = new Set(hosts)
  const known = nodeNames(cluster, hosts)
  const taken = new Map<string, string>()
  for (const [node, host] of Object.entries(input.nodes ?? {})) {
    const at = [...path, 'nodes', node]
    if (!known.includes(node)) {
      const expected =
        known.length === 0
          ? 'manifests name no node'
          : `manifests name ${known.slice(0, 5).map(quote).join(', ')}`
      problems.refuseKey(at, problems.unknownName('node', node, known, expected))
    } else if (!own.has(host)) {
      problems.refuse(
        at,
        problems.unknownName('host', host, hosts, `hosts look like ${quote(hosts[0] ?? '')}`),
      )
    } else if (taken.has(host))
      problems.refuse(at, `${quote(host)} is node ${quote(taken.get(host)!)} already`)
    taken.set(host, node)
  }
  const pinned = new Map<string, ReadonlySet<string>>()
  for (const [name, selector] of Object.entries(input.pin ?? {})) {
    const at = [...path, 'pin', name]
    const pods = cluster.pods.filter(({ id, workload }) => id === name || workload === name)
    if (pods.length === 0) {
      const names = [...cluster.workloads, ...cluster.pods].map(({ id }) => id)
      const expected = names.length === 0 ? 'manifests have none' : `names look like ${quote(names[0]!)}`
      problems.refuseKey(at, problems.unknownName('workload or pod', name, names, expected))
      continue
    }
    const chosen = index.select(selector, at, problems)
    const stray = chosen.find((host) => !own.has(host))
    if (stray !== undefined)
      problems.refuse(at, `${quote(stray)} is not a node of this cluster; name its hosts`)
    // what is said of a pod by itself counts
    for (const { id } of pods) if (id === name || !pinned.has(id)) pinned.set(id, new Set(chosen))
  }
  return { hostOfNode: input.nodes ?? {}, pinned }
}

/** Nobody says which labels hosts have where no manifest describes nodes. */
function warnOfLabels({ nodes, workloads }: Cluster, path: Path, problems: Problems): void {
  const [first, ...others] =
    nodes.length > 0 ? [] : workloads.filter(({ template }) => asksForLabels(template))
  if (first === undefined) return
  const asking =
    others.length === 0 ? `${quote(first.id)} asks` : `${quote(first.id)} and ${others.length} more ask`
  const message = `${asking} for nodes by labels, and no manifest describes nodes: any host is taken to have them`
  problems.warn([...path, 'manifests'], message)
}
