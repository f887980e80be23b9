import { dnsName, nameRefusal, type Records } from '@weft/fabric'
import { ClusterNames, publicIngresses, publicNames, publicServices } from '../discovery/index.ts'
import type { CompiledCluster } from './kubernetes.ts'

/** Aliases that are followed, as resolvers do. */
const ALIASES_MAX = 8

type Zone = Map<string, Records[]>

/** What each cluster's DNS and the public records of all say when a scenario is built. */
export class ClusterLookup {
  readonly #public: Zone = new Map()
  /** By the cluster's name. */
  readonly #own = new Map<string, { readonly origin: string; readonly zone: Zone }>()

  constructor(clusters: readonly CompiledCluster[]) {
    for (const { name, cluster, cloud } of clusters) {
      const addresses = new Map(cloud.services.map((service) => [service.name, service.addresses]))
      const pods = new Map(cloud.pods.map((pod) => [pod.name, pod.addresses]))
      const names = new ClusterNames(cluster, {
        clusterIpsOf: ({ id, clusterIps }) =>
          clusterIps.length > 0 ? clusterIps : (addresses.get(id) ?? []),
        addressesOf: (pod) => pods.get(pod.id) ?? pod.addresses,
      })
      const zone: Zone = new Map()
      for (const { records } of names.zones()) add(zone, records)
      this.#own.set(name, { origin: names.zone, zone })
      const sources = [...publicServices(cluster), ...publicIngresses(cluster)]
      for (const { records } of publicNames(sources).zones) add(this.#public, records)
    }
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
      const found = resolve(dnsName(full), own === undefined ? [this.#public] : [own.zone, this.#public])
      if (found.length > 0) return found
    }
    return []
  }

  /** Every name that has addresses somewhere. */
  get names(): string[] {
    const namesIn = (zones: readonly Zone[]) =>
      zones.flatMap((zone) => [...zone.keys()].filter((name) => resolve(name, zones).length > 0))
    const own = [...this.#own.values()].flatMap(({ zone }) => namesIn([zone, this.#public]))
    return [...new Set([...own, ...namesIn([this.#public])])]
  }
}

function resolve(name: string, zones: readonly Zone[]): string[] {
  let at = name
  for (let followed = 0; followed <= ALIASES_MAX; followed++) {
    const sets = zones.flatMap((zone) => zone.get(at) ?? [])
    const addresses = sets.flatMap((set) => (set.type === 'A' || set.type === 'AAAA' ? set.values : []))
    if (addresses.length > 0) return [...new Set(addresses)]
    const alias = sets.find((set) => set.type === 'CNAME')
    if (alias === undefined) return []
    at = dnsName(String(alias.values[0]))
  }
  return []
}

function add(zone: Zone, records: readonly Records[]): void {
  for (const set of records) {
    const name = dnsName(set.name)
    const known = zone.get(name)
    if (known === undefined) zone.set(name, [set])
    else known.push(set)
  }
}
