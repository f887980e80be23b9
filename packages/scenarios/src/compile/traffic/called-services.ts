import { canonicalAddress, type NetworkBlueprint, type ServiceBlueprint } from '@weft/fabric'
import { isPublic } from '../internet/public-addresses.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'

/** Who calls. */
export interface Callers {
  /** Clusters that they are in, each once; undefined for hosts of none. */
  readonly clusters: readonly (string | undefined)[]
  /** Regions of those in none, each once. */
  readonly regions: readonly string[]
  /** Some are on the internet, where only public addresses are known. */
  readonly isFromOutside: boolean
}

/**
 * Services of a network by name and address. Of several clusters each calls its own, and others' by the addresses that these
 * have on the internet: the same address inside is another service's to it, or nobody's.
 */
export class CalledServices {
  /** As hosts and gateways translate for clients inside. */
  readonly #inside: readonly ServiceBlueprint[]
  /** As regions are reached from the internet. */
  readonly #public: readonly ServiceBlueprint[]
  readonly #clusters: readonly CompiledCluster[]
  readonly #clusterOf = new Map<string, string>()

  /** Services of hosts' own, of which servers take some at node ports. */
  readonly #ofHosts: readonly ServiceBlueprint[]
  readonly #servers: ReadonlySet<string>

  constructor({ nodes, interfaces, edges = [] }: NetworkBlueprint, clusters: readonly CompiledCluster[]) {
    this.#ofHosts = interfaces?.services ?? []
    this.#servers = new Set(nodes.flatMap((node) => (node.kind === 'vswitch' ? [node.host] : [])))
    this.#inside = [...this.#ofHosts, ...edges.flatMap(({ inside }) => inside?.services ?? [])]
    this.#public = edges.flatMap(({ services }) => services)
    this.#clusters = clusters
    for (const { name, cluster, cloud } of clusters) {
      for (const { host } of cloud.nodes) this.#clusterOf.set(host, name)
      for (const { id } of cluster.pods) this.#clusterOf.set(id, name)
    }
  }

  get names(): string[] {
    return [...new Set(this.#all.map(({ name }) => name))]
  }

  /** The cluster that a host is a node of, or a pod in; undefined for those of none. */
  clusterOf(host: string): string | undefined {
    return this.#clusterOf.get(host)
  }

  /** Names of services that are called so: its own, or among several clusters what follows the cluster's. */
  named(term: string): readonly string[] {
    const all = this.names
    if (all.includes(term)) return [term]
    return this.#clusters.length < 2 ? [] : all.filter((name) => this.#isOf(name, term))
  }

  service(name: string): ServiceBlueprint {
    return this.#all.find((service) => service.name === name)!
  }

  /** By which addresses these may call a service; none: by none. */
  addressesFor(name: string, callers: Callers): readonly string[] {
    const { isFromOutside } = callers
    const inside = this.#inside.filter((each) => each.name === name)
    const open = this.#public.filter((each) => each.name === name)
    const known = this.isForeign(name, callers) ? open : [...inside, ...open]
    const addresses = [...new Set(known.flatMap((each) => each.addresses))]
    return isFromOutside ? addresses.filter(isPublic) : addresses
  }

  /** Whether some who call are in another cluster than the service's, or in none and in another region. */
  isForeign(name: string, { clusters, regions }: Callers): boolean {
    const home = this.homeOf(name)
    return (
      clusters.some((own) => own !== undefined && own !== home?.name) ||
      regions.some((region) => region !== home?.region)
    )
  }

  /** The cluster that a service is of. */
  homeOf(name: string): CompiledCluster | undefined {
    return this.#clusters.find(({ cloud }) => cloud.services.some((service) => service.name === name))
  }

  /** Whether a host is a server that leads what comes to this port to endpoints. */
  isNodePort(host: string, protocol: number, port: number): boolean {
    return (
      this.#servers.has(host) &&
      this.#ofHosts.some(
        ({ cluster, ports }) =>
          (cluster === undefined || cluster === this.clusterOf(host)) &&
          ports.some((each) => each.protocol === protocol && each.nodePort === port),
      )
    )
  }

  /** Services that have any of these addresses, those of the callers' clusters first. */
  at(addresses: readonly string[], { clusters }: Callers): readonly string[] {
    const having = this.#all.filter((each) => this.#has(each, addresses))
    const isOwn = ({ cluster }: ServiceBlueprint) => cluster === undefined || clusters.includes(cluster)
    const sorted = [...having.filter(isOwn), ...having.filter((each) => !isOwn(each))]
    return [...new Set(sorted.map(({ name }) => name))]
  }

  /** Whom these callers mean by addresses of these services, each its own; undefined where some reach none of them. */
  meantBy(
    names: readonly string[],
    addresses: readonly string[],
    { clusters }: Callers,
  ): string[] | undefined {
    const meant = clusters.map((own) =>
      names.find((name) => {
        const { cluster } = this.service(name)
        return own === undefined || cluster === undefined || cluster === own || this.#isOpen(name, addresses)
      }),
    )
    const known = meant.filter((name) => name !== undefined)
    return known.length < meant.length ? undefined : [...new Set(known)]
  }

  /** Every address that a service has. */
  addressesOf(name: string): readonly string[] {
    return this.#all.filter((each) => each.name === name).flatMap(({ addresses }) => addresses)
  }

  /** Whether an address of a service is known on the internet. */
  #isOpen(name: string, addresses: readonly string[]): boolean {
    return this.#public.some((each) => each.name === name && this.#has(each, addresses))
  }

  get #all(): readonly ServiceBlueprint[] {
    return [...this.#inside, ...this.#public]
  }

  #has({ addresses }: ServiceBlueprint, wanted: readonly string[]): boolean {
    return addresses.some((own) => wanted.includes(canonicalAddress(own)))
  }

  #isOf(name: string, term: string): boolean {
    return this.#clusters.some((cluster) => name === `${cluster.name}/${term}`)
  }
}
