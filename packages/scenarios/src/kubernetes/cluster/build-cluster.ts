import type { Cluster, ClusterNamespace, ManualEndpoint, Service } from '../model/cluster.ts'
import type { ClusterDraft } from '../model/draft.ts'
import { buildIngresses } from '../ingress/build-ingresses.ts'
import { byKey } from './order.ts'
import { buildWorkloads } from './workloads.ts'

const NAME_LABEL = 'kubernetes.io/metadata.name'

/** A cluster without what its files say beside it. */
export type BareCluster = Omit<Cluster, 'ignored' | 'warnings'>

/** The cluster of everything that manifests said. Namespaces that they stand in are in it, with manifests or without. */
export function buildCluster(draft: ClusterDraft, namespacesUsed: Iterable<string>): BareCluster {
  const namespaces = namespacesOf(draft, namespacesUsed)
  const services = servicesOf(draft)
  return {
    namespaces,
    nodes: [...draft.nodes].sort(byKey((node) => node.name)),
    ...buildWorkloads(draft),
    services,
    policies: draft.policies,
    certificates: [...draft.certificates].sort(byKey(({ secret }) => secret)),
    ...buildIngresses(draft, namespaces, services),
  }
}

function namespacesOf(draft: ClusterDraft, used: Iterable<string>): ClusterNamespace[] {
  return [...new Set([...used, ...draft.namespaces.keys()])].sort().map((name) => {
    const labels = draft.namespaces.get(name)
    return { name, labels: { ...labels, [NAME_LABEL]: name }, isDeclared: labels !== undefined }
  })
}

/** Endpoints of services with a selector are written by the cluster itself; those of others by hand. */
function servicesOf({ services, endpoints }: ClusterDraft): Service[] {
  const given = new Map<string, ManualEndpoint[]>()
  for (const { manifest, service, endpoints: own } of endpoints) {
    const id = `${manifest.namespace}/${service}`
    given.set(id, [...(given.get(id) ?? []), ...own])
  }
  const byHand = ({ id, selector, type }: Omit<Service, 'endpoints'>) =>
    selector === undefined && type !== 'ExternalName' ? eachOnce(given.get(id) ?? []) : []
  return services
    .map((service): Service => ({ ...service, endpoints: byHand(service) }))
    .sort(byKey(({ id }) => id))
}

function eachOnce(endpoints: readonly ManualEndpoint[]): ManualEndpoint[] {
  const keyOf = ({ address, ports }: ManualEndpoint) => JSON.stringify([address, ports])
  const first = new Map<string, ManualEndpoint>()
  for (const each of endpoints) if (!first.has(keyOf(each))) first.set(keyOf(each), each)
  return [...first.keys()].sort().map((key) => first.get(key)!)
}
