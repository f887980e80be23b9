import { naturalCompare } from '@weft/fabric'
import type { Cluster, ClusterNode, Pod } from '../kubernetes/index.ts'
import { HOSTNAME_LABEL, plainNode } from '../kubernetes/model/plain-node.ts'
import type { PodHost } from './place-pods.ts'

/** A host of the fabric with the node that it is. */
export interface NodeOnHost extends PodHost {
  readonly node: ClusterNode
}

/** Why nodes do not fit the fabric's hosts. */
export interface NodesRefused {
  readonly ok: false
  readonly message: string
}

/**
 * Which host of the fabric is which node of the cluster: those that `stated` names (hosts by nodes), those of the same name, then both
 * in the order of names. Nodes are those that manifests describe; where they describe none, those that pods name, and every
 * other host is one too.
 */
export function nodesOnHosts(
  cluster: Cluster,
  hosts: readonly string[],
  stated: Readonly<Record<string, string>> = {},
): { readonly ok: true; readonly nodes: readonly NodeOnHost[] } | NodesRefused {
  const known = nodesOf(cluster, hosts)
  if (known.length > hosts.length) {
    const message = `the cluster has ${known.length} nodes, the fabric ${hosts.length} hosts; build it larger`
    return { ok: false, message }
  }
  const free = new Set(hosts)
  const hostOf = new Map<string, string>()
  const put = (name: string, host: string) => {
    if (free.delete(host)) hostOf.set(name, host)
  }
  for (const { name } of known) if (Object.hasOwn(stated, name)) put(name, stated[name]!)
  for (const { name } of known) if (!hostOf.has(name)) put(name, name)
  const rest = [...free].sort(naturalCompare)
  for (const { name } of known) if (!hostOf.has(name)) put(name, rest.shift()!)
  const nodes = known.map((node) => ({ host: hostOf.get(node.name)!, node }))
  if (cluster.nodes.length > 0) return { ok: true, nodes }
  const byHost = new Map(nodes.map((each) => [each.host, each]))
  return { ok: true, nodes: hosts.map((host) => byHost.get(host) ?? { host, node: plainNode(host) }) }
}

/** Names of nodes that manifests describe or pods name, hosts' own among them only where manifests describe them. */
export const nodeNames = (cluster: Cluster, hosts: readonly string[]): string[] =>
  nodesOf(cluster, hosts).map(({ name }) => name)

function nodesOf({ nodes, pods }: Cluster, hosts: readonly string[]): ClusterNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const own = new Set(nodes.length === 0 ? hosts : [])
  const named = pods.flatMap((pod) => namedBy(pod, nodes.length === 0))
  for (const name of named) if (!byName.has(name) && !own.has(name)) byName.set(name, plainNode(name))
  return [...byName.values()].sort((a, b) => naturalCompare(a.name, b.name))
}

/** Nodes that a pod runs on, must run on, or, where nobody describes nodes, asks for by their label. */
function namedBy({ nodeName, template }: Pod, isAlone: boolean): string[] {
  const asked = isAlone ? template.nodeSelector[HOSTNAME_LABEL] : undefined
  return [nodeName, template.nodeName, asked].filter((name) => name !== undefined)
}
