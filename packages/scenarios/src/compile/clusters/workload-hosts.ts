import type { HostIndex } from '../selectors/hosts.ts'
import type { CompiledCluster } from './kubernetes.ts'

/**
 * Hosts by the names of the workloads that they are: a workload's pods, a pod on its host's network. Among several clusters a
 * name may be without its cluster's where one of them alone has it.
 */
export class WorkloadHosts {
  readonly #hosts: HostIndex
  readonly #clusters: readonly CompiledCluster[]
  readonly #byName = new Map<string, readonly string[]>()
  readonly #regionOf = new Map<string, string>()

  constructor(clusters: readonly CompiledCluster[], hosts: HostIndex) {
    this.#clusters = clusters
    this.#hosts = hosts
    for (const each of clusters) this.#add(each)
  }

  get names(): string[] {
    return [...this.#byName.keys()]
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /** The region of a pod; undefined for other hosts. */
  regionOf(host: string): string | undefined {
    return this.#regionOf.get(host)
  }

  /** Of a name that no host has; undefined where no workload does either, or workloads of several clusters. */
  hostsOf(name: string): readonly string[] | undefined {
    if (this.#hosts.has(name)) return undefined
    const [only, ...others] = this.has(name) ? [name] : this.#inClusters(name)
    return only === undefined || others.length > 0 ? undefined : this.#byName.get(only)
  }

  /** The first of these that is a workload's in several clusters, with its whole names; undefined: none is. */
  inSeveral(terms: readonly string[]): { readonly term: string; readonly names: string[] } | undefined {
    const term = terms.find(
      (each) => !this.has(each) && !this.#hosts.has(each) && this.#inClusters(each).length > 1,
    )
    return term === undefined ? undefined : { term, names: this.#inClusters(term) }
  }

  #add({ region, cluster, cloud }: CompiledCluster): void {
    for (const { name } of cloud.pods) this.#regionOf.set(name, region)
    const hostOf = (pod: string) => cloud.hostNetwork.get(pod) ?? pod
    const podsOf = new Map<string, string[]>()
    for (const { id, workload } of cluster.pods) {
      if (hostOf(id) !== id) this.#byName.set(id, [hostOf(id)])
      podsOf.set(workload, [...(podsOf.get(workload) ?? []), hostOf(id)])
    }
    for (const [workload, pods] of podsOf) this.#byName.set(workload, pods)
  }

  #inClusters(name: string): string[] {
    return this.#clusters.map((cluster) => `${cluster.name}/${name}`).filter((each) => this.has(each))
  }
}
