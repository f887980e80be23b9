import { dnsName, nameRefusal, type NetworkBlueprint } from '@weft/fabric'
import { publicIngresses, publicNames, publicServices, type PublicSource } from '../../discovery/index.ts'
import type { ClusterIngress, Pod, Service } from '../../kubernetes/index.ts'
import type { DnsInput } from '../../schema/dns.ts'
import type { CompiledController } from '../ingress/compile-ingress.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { wildcardsFor } from './addresses-in.ts'
import { NamedAddresses } from './named-addresses.ts'

/** Whose names there are. */
export interface NamedClusters {
  readonly clusters: readonly CompiledCluster[]
  readonly controllers: readonly CompiledController[]
}

/** What a cluster asks public names for. */
export function publicSourcesOf(
  { cluster, cloud }: CompiledCluster,
  controllers: readonly CompiledController[],
  addresses: NamedAddresses,
): PublicSource[] {
  const inside = new Map(cloud.services.map((service) => [service.name, new Set(service.addresses)]))
  const balancersOf = ({ id, loadBalancerIps }: Service) => [
    ...loadBalancerIps,
    ...addresses.ofService(id).filter((address) => inside.get(id)?.has(address) !== true),
  ]
  // controllers write into the status of what they serve where the service in front of them is reached
  const reachedAt = ({ addresses: stated, blueprint }: ClusterIngress): readonly string[] => {
    if (stated.length > 0) return stated
    const front = controllers.find(({ blueprint: { point } }) => point.name === blueprint.name)
    const service = cluster.services.find(({ id }) => id === front?.service)
    const balancers = service === undefined ? [] : balancersOf(service)
    return balancers.length > 0 ? balancers : (front?.addresses ?? [])
  }
  const pods = new Map(cloud.pods.map((pod) => [pod.name, pod.addresses]))
  const addressesOf = ({ id, addresses: own }: Pod) => pods.get(id) ?? own
  const services = publicServices(cluster, { loadBalancerIpsOf: balancersOf, addressesOf })
  return [...services, ...publicIngresses(cluster, reachedAt)]
}

/** Public names that several clusters ask for, and mean different things by: which of them is meant, `dns.records` alone can say. */
export class PublicClaims {
  /** Clusters by the name of a record; none where the scenario says what it is. */
  readonly #clusters = new Map<string, readonly string[]>()

  constructor(
    input: DnsInput | undefined,
    { clusters, controllers }: NamedClusters,
    network: NetworkBlueprint,
  ) {
    if (clusters.length < 2) return
    const addresses = new NamedAddresses(network)
    const meant = new Map<string, Map<string, string>>()
    for (const cluster of clusters)
      for (const { name, type, values } of recordsOf(publicSourcesOf(cluster, controllers, addresses))) {
        const byMeaning = meant.get(dnsName(name)) ?? new Map<string, string>()
        meant.set(dnsName(name), byMeaning)
        const meaning = `${type} ${values.join()}`
        if (!byMeaning.has(meaning)) byMeaning.set(meaning, cluster.name)
      }
    for (const [name, byMeaning] of meant) this.#clusters.set(name, [...new Set(byMeaning.values())])
    for (const name of Object.keys(input?.records ?? {}))
      if (nameRefusal(name) === undefined) this.#clusters.set(dnsName(name), [])
  }

  /** Clusters whose record answers for a name, its own or a wildcard's; none: no cluster's does. */
  clustersOf(name: string): readonly string[] {
    if (this.#clusters.size === 0 || nameRefusal(name) !== undefined) return []
    const owner = [...wildcardsFor(dnsName(name))].find((each) => this.#clusters.has(each))
    return owner === undefined ? [] : this.#clusters.get(owner)!
  }
}

const recordsOf = (sources: readonly PublicSource[]) => publicNames(sources).zones[0]!.records
