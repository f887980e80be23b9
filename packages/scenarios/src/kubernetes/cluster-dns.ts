import type { Cluster, Pod, Service } from './model/cluster.ts'
import { hasLabels } from './selection.ts'

export const DNS_PORT = 53
/** Where a cluster's DNS runs, and the label of its pods and its service, as kubeadm and clouds have it. */
export const DNS_NAMESPACE = 'kube-system'
export const DNS_LABELS = { 'k8s-app': 'kube-dns' } as const

const DNS_NAMES: readonly string[] = ['kube-dns', 'coredns']

/** The service that pods ask for names, with the pods behind it. */
export interface ClusterDns {
  readonly service: Service
  /** At least one, ready or not. */
  readonly pods: readonly Pod[]
}

/** Undefined where manifests do not say what answers for names: there is no such service, or nothing behind it. */
export function clusterDnsOf(cluster: Pick<Cluster, 'services' | 'pods'>): ClusterDns | undefined {
  for (const service of dnsServicesOf(cluster)) {
    const { selector, namespace } = service
    if (selector === undefined) continue
    const pods = cluster.pods.filter((pod) => pod.namespace === namespace && hasLabels(pod.labels, selector))
    if (pods.length > 0) return { service, pods }
  }
  return undefined
}

/** Where it is asked: addresses that a network has given its service; undefined where it has none, or nobody knows what it is. */
export function dnsAddressesOf(
  cluster: Pick<Cluster, 'services' | 'pods'>,
  {
    services,
  }: { readonly services: readonly { readonly name: string; readonly addresses: readonly string[] }[] },
): readonly string[] | undefined {
  const id = clusterDnsOf(cluster)?.service.id
  const addresses = services.find(({ name }) => name === id)?.addresses ?? []
  return addresses.length === 0 ? undefined : addresses
}

/** Services by whose addresses pods may ask for names, whatever is behind them. */
export const dnsServicesOf = ({ services }: Pick<Cluster, 'services'>): Service[] =>
  services.filter(
    ({ namespace, name, labels }) =>
      namespace === DNS_NAMESPACE && (DNS_NAMES.includes(name) || hasLabels(labels, DNS_LABELS)),
  )
