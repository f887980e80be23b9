import type { Cluster, Pod, Service, Workload } from './cluster.ts'

/** A cluster with ways to what is in it, for those who look at it often. */
export interface LinkedCluster extends Cluster {
  podsIn(namespace: string): readonly Pod[]
  workloadsIn(namespace: string): readonly Workload[]
  /** By `namespace/name`. */
  service(id: string): Service | undefined
  /** Pods with this address of their own. */
  podsAt(address: string): readonly Pod[]
  /** Services with this cluster IP. */
  servicesOn(clusterIp: string): readonly Service[]
  /** Services with this node port. */
  servicesAt(nodePort: number): readonly Service[]
}

export function linkedCluster(cluster: Cluster): LinkedCluster {
  const pods = grouped(cluster.pods, ({ namespace }) => [namespace])
  const workloads = grouped(cluster.workloads, ({ namespace }) => [namespace])
  const services = new Map(cluster.services.map((service) => [service.id, service]))
  const byAddress = grouped(cluster.pods, ({ addresses, template }) =>
    template.hostNetwork ? [] : addresses,
  )
  const byClusterIp = grouped(cluster.services, ({ clusterIps }) => clusterIps)
  const byNodePort = grouped(cluster.services, ({ ports }) => ports.flatMap(({ nodePort }) => nodePort ?? []))
  return {
    ...cluster,
    podsIn: (namespace) => pods.get(namespace) ?? [],
    workloadsIn: (namespace) => workloads.get(namespace) ?? [],
    service: (id) => services.get(id),
    podsAt: (address) => byAddress.get(address) ?? [],
    servicesOn: (clusterIp) => byClusterIp.get(clusterIp) ?? [],
    servicesAt: (nodePort) => byNodePort.get(nodePort) ?? [],
  }
}

function grouped<Item, Key>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly Key[],
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    for (const key of keysOf(item)) {
      const known = groups.get(key)
      if (known === undefined) groups.set(key, [item])
      else known.push(item)
    }
  }
  return groups
}
