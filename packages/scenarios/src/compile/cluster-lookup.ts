import { dnsName, nameRefusal, type Records } from '@weft/fabric'
import { ClusterNames, publicIngresses, publicNames, publicServices } from '../discovery/index.ts'
import type { CompiledCluster } from './kubernetes.ts'

/** Aliases that are followed, as resolvers do. */
const ALIASES_MAX = 8

/** What the clusters' DNS and their public records say when a scenario is built. */
export class ClusterLookup {
  readonly #records = new Map<string, Records[]>()
  readonly #zones: string[] = []

  constructor(clusters: readonly CompiledCluster[]) {
    for (const { cluster, cloud } of clusters) {
      const addresses = new Map(cloud.services.map((service) => [service.name, service.addresses]))
      const pods = new Map(cloud.pods.map((pod) => [pod.name, pod.addresses]))
      const names = new ClusterNames(cluster, {
        clusterIpsOf: ({ id, clusterIps }) =>
          clusterIps.length > 0 ? clusterIps : (addresses.get(id) ?? []),
        addressesOf: (pod) => pods.get(pod.id) ?? pod.addresses,
      })
      this.#zones.push(names.zone)
      const sources = [...publicServices(cluster), ...publicIngresses(cluster)]
      for (const { records } of [...names.zones(), ...publicNames(sources).zones]) this.#add(records)
    }
  }

  /** Addresses of a name, as it is or below the cluster's zone (`cart.shop`, `cart.shop.svc`); none: it is not known. */
  addressesOf(name: string): string[] {
    if (nameRefusal(name) !== undefined) return []
    for (const full of this.#spellings(name)) {
      const found = this.#resolve(dnsName(full))
      if (found.length > 0) return found
    }
    return []
  }

  /** Every name that has addresses. */
  get names(): string[] {
    return [...this.#records.keys()].filter((name) => this.#resolve(name).length > 0)
  }

  #spellings(name: string): string[] {
    return [name, ...this.#zones.flatMap((zone) => [`${name}.${zone}`, `${name}.svc.${zone}`])]
  }

  #resolve(name: string): string[] {
    let at = name
    for (let followed = 0; followed <= ALIASES_MAX; followed++) {
      const sets = this.#records.get(at) ?? []
      const addresses = sets.flatMap((set) => (set.type === 'A' || set.type === 'AAAA' ? set.values : []))
      if (addresses.length > 0) return [...new Set(addresses)]
      const alias = sets.find((set) => set.type === 'CNAME')
      if (alias === undefined) return []
      at = dnsName(String(alias.values[0]))
    }
    return []
  }

  #add(records: readonly Records[]): void {
    for (const set of records) {
      const name = dnsName(set.name)
      const known = this.#records.get(name)
      if (known === undefined) this.#records.set(name, [set])
      else known.push(set)
    }
  }
}
