import { naturalCompare } from '@weft/fabric'
import type { Cluster, ClusterNode } from '../kubernetes/index.ts'
import { plainNode } from '../kubernetes/model/plain-node.ts'
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
 * Which host of the fabric is which node of the cluster: those of the same name first, then both in the order of names.
 * Nodes are those that manifests describe, and those that pods say they run on; where there is none, each host is one.
 */
export function nodesOnHosts(
  cluster: Cluster,
  hosts: readonly string[],
): { readonly ok: true; readonly nodes: readonly NodeOnHost[] } | NodesRefused {
  const known = nodesOf(cluster)
  if (known.length === 0) return { ok: true, nodes: hosts.map((host) => ({ host, node: plainNode(host) })) }
  if (known.length > hosts.length) {
    const message = `the cluster has ${known.length} nodes, the fabric ${hosts.length} hosts; build it larger`
    return { ok: false, message }
  }
  const free = new Set(hosts)
  const hostOf = new Map<string, string>()
  for (const { name } of known) if (free.delete(name)) hostOf.set(name, name)
  const rest = [...free].sort(naturalCompare)
  for (const { name } of known) if (!hostOf.has(name)) hostOf.set(name, rest.shift()!)
  return { ok: true, nodes: known.map((node) => ({ host: hostOf.get(node.name)!, node })) }
}

function nodesOf({ nodes, pods }: Cluster): ClusterNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  for (const { nodeName, template } of pods) {
    for (const name of [nodeName, template.nodeName])
      if (name !== undefined && !byName.has(name)) byName.set(name, plainNode(name))
  }
  return [...byName.values()].sort((a, b) => naturalCompare(a.name, b.name))
}
