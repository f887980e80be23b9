import { dnsName, nameRefusal, Zone } from '@weft/fabric'
import {
  ClusterNames,
  publicIngresses,
  publicNames,
  publicServices,
  type PublicSource,
} from '../../discovery/index.ts'
import type { Pod } from '../../kubernetes/index.ts'
import { addressesIn } from '../dns/addresses-in.ts'
import type { CompiledCluster } from './kubernetes.ts'

/** What each cluster's DNS and the public records of all say when a scenario is built. */
export class ClusterLookup {
  readonly #public: readonly Zone[]
  /** By the cluster's name. */
  readonly #own = new Map<string, { readonly origin: string; readonly zones: readonly Zone[] }>()

  constructor(clusters: readonly CompiledCluster[]) {
    const sources: PublicSource[] = []
    for (const { name, cluster, cloud } of clusters) {
      const addresses = new Map(cloud.services.map((service) => [service.name, service.addresses]))
      const pods = new Map(cloud.pods.map((pod) => [pod.name, pod.addresses]))
      const addressesOf = (pod: Pod) => pods.get(pod.id) ?? pod.addresses
      const names = new ClusterNames(cluster, {
        clusterIpsOf: ({ id, clusterIps }) =>
          clusterIps.length > 0 ? clusterIps : (addresses.get(id) ?? []),
        addressesOf,
      })
      const zones = names.zones().map((zone) => new Zone(zone))
      this.#own.set(name, { origin: names.zone, zones })
      sources.push(...publicServices(cluster, { addressesOf }), ...publicIngresses(cluster))
    }
    this.#public = publicNames(sources).zones.map((zone) => new Zone(zone))
  }

  /**
   * Addresses of a name to those in a cluster, as it is or below its zone (`cart.shop`, `cart.shop.svc`); none: it is not known. To
   * hosts of none: what is public, and of the only cluster of a scenario all that it has.
   */
  addressesOf(name: string, cluster?: string): string[] {
    if (nameRefusal(name) !== undefined) return []
    const [first, ...others] = this.#own.values()
    const own = cluster === undefined ? (others.length === 0 ? first : undefined) : this.#own.get(cluster)
    const spellings =
      own === undefined ? [name] : [name, `${name}.${own.origin}`, `${name}.svc.${own.origin}`]
    for (const full of spellings) {
      if (nameRefusal(full) !== undefined) continue
      const found = addressesIn([...(own?.zones ?? []), ...this.#public], dnsName(full))
      if (found.length > 0) return found
    }
    return []
  }

  /** Every name that has addresses somewhere. */
  get names(): string[] {
    const namesIn = (zones: readonly Zone[]): string[] =>
      zones.flatMap((zone) =>
        zone.records().flatMap(({ name }) => (addressesIn(zones, name).length > 0 ? [name] : [])),
      )
    const own = [...this.#own.values()].flatMap(({ zones }) => namesIn([...zones, ...this.#public]))
    return [...new Set([...own, ...namesIn(this.#public)])]
  }
}
