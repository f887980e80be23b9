import type { Cluster, ClusterNamespace, ManualEndpoint, Service } from '../model/cluster.ts'
import type { ClusterDraft } from '../model/draft.ts'
import { byKey } from './order.ts'
import { buildWorkloads } from './workloads.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'

/** A cluster without what its files say beside it. */
export type BareCluster = Omit<Cluster, 'ignored' | 'warnings'>

/** The cluster of everything that manifests said. Namespaces that they stand in are in it, with manifests or without. */
export function buildCluster(draft: ClusterDraft, namespacesUsed: Iterable<string>): BareCluster {
  return {
    namespaces: namespacesOf(draft, namespacesUsed),
    nodes: [...draft.nodes].sort(byKey((node) => node.name)),
    ...buildWorkloads(draft),
    services: draft.services.map((service) => withEndpoints(service, draft)).sort(byKey(({ id }) => id)),
    policies: draft.policies,
  }
}

function namespacesOf(draft: ClusterDraft, used: Iterable<string>): ClusterNamespace[] {
  return [...new Set([...used, ...draft.namespaces.keys()])].sort().map((name) => {
    const labels = draft.namespaces.get(name)
    return { name, labels: { ...labels, [NAME_LABEL]: name }, isDeclared: labels !== undefined }
  })
}

/** Endpoints of services with a selector are written by the cluster itself; those of others by hand. */
function withEndpoints(service: Omit<Service, 'endpoints'>, draft: ClusterDraft): Service {
  if (service.selector !== undefined || service.type === 'ExternalName') return { ...service, endpoints: [] }
  const own = draft.endpoints.filter(
    (each) => each.service === service.name && each.manifest.namespace === service.namespace,
  )
  const endpoints = new Map<string, ManualEndpoint>()
  for (const each of own.flatMap((one) => one.endpoints)) {
    const key = JSON.stringify([each.address, each.ports])
    if (!endpoints.has(key)) endpoints.set(key, each)
  }
  return { ...service, endpoints: [...endpoints.keys()].sort().map((key) => endpoints.get(key)!) }
}
