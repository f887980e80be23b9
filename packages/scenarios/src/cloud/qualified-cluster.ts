import type { Cluster, Pod } from '../kubernetes/index.ts'
import { qualifiedIngress } from './qualified-ingress.ts'

/** A name of a cluster's own, as it is among several clusters: `ord1/shop/cart`. */
export const qualifiedName = (cluster: string, name: string): string => `${cluster}/${name}`

/** `NetworkPolicy shop/default-deny` as `NetworkPolicy ord1/shop/default-deny`. */
const qualifiedObject = (cluster: string, object: string): string =>
  object.replace(/^(?:\S+ )?/, (kind) => `${kind}${cluster}/`)

/**
 * A cluster among others: names of its workloads, pods, services, policies and ingresses begin with its own. Namespaces and
 * nodes keep theirs, which selectors and manifests go by.
 */
export function qualifiedCluster(cluster: Cluster, name: string): Cluster {
  const named = (own: string) => qualifiedName(name, own)
  const namedPod = (pod: Pod): Pod => ({ ...pod, id: named(pod.id), workload: named(pod.workload) })
  const { workloads, pods, services, policies, ingresses, certificates } = cluster
  return {
    ...cluster,
    workloads: workloads.map(({ idlePod, ...workload }) => ({
      ...workload,
      id: named(workload.id),
      ...(idlePod !== undefined && { idlePod: namedPod(idlePod) }),
    })),
    pods: pods.map(namedPod),
    services: services.map((service) => ({
      ...service,
      id: named(service.id),
      endpoints: service.endpoints.map((each) =>
        each.pod === undefined ? each : { ...each, pod: named(each.pod) },
      ),
    })),
    certificates: certificates.map((each) => ({ ...each, secret: named(each.secret) })),
    policies: policies.map((policy) => ({ ...policy, name: qualifiedObject(name, policy.name) })),
    ingresses: ingresses.map((ingress) =>
      qualifiedIngress(ingress, name, { name: named, object: (own) => qualifiedObject(name, own) }),
    ),
  }
}
