import type { NetworkBlueprint, ServiceBlueprint } from '@weft/fabric'
import type { CompiledCluster } from '../compile/kubernetes.ts'
import type { Pod } from '../kubernetes/index.ts'
import { isPublic } from '../compile/internet/public-addresses.ts'
import type { Endpoint } from './explain.ts'
import { FullNames } from './full-names.ts'

/** How a client calls a service. */
export interface Called {
  /** IANA's number. */
  readonly protocol: number
  readonly port: number
  readonly family: 'ipv4' | 'ipv6'
}

/** A pod and the cluster that it is in. */
export interface PodOf {
  readonly pod: Pod
  readonly of: CompiledCluster
}

interface ServiceOf {
  readonly service: ServiceBlueprint
  readonly of: CompiledCluster
}

/** By name, with every address: those that are reached from outside, and those that gateways translate, too. */
function calledServices({ interfaces, edges = [] }: NetworkBlueprint): Map<string, ServiceBlueprint> {
  const all = [
    ...(interfaces?.services ?? []),
    ...edges.flatMap(({ inside, services }) => [...(inside?.services ?? []), ...services]),
  ]
  const byName = new Map<string, ServiceBlueprint>()
  for (const service of all) {
    const addresses = [...(byName.get(service.name)?.addresses ?? []), ...service.addresses]
    byName.set(service.name, { ...service, addresses: [...new Set(addresses)] })
  }
  return byName
}

/** What a scenario's clusters call by name: pods, workloads that stand for their pods, services. */
export class ClusterEnds {
  readonly full: FullNames
  readonly #pods = new Map<string, PodOf>()
  readonly #services = new Map<string, ServiceOf>()
  readonly #clusters: readonly CompiledCluster[]

  constructor(clusters: readonly CompiledCluster[], network: NetworkBlueprint) {
    const called = calledServices(network)
    this.#clusters = clusters
    this.full = new FullNames(clusters)
    for (const of of clusters) {
      const { cluster, cloud } = of
      const firsts = new Map<string, Pod>()
      for (const pod of cluster.pods) {
        this.#pods.set(pod.id, { pod, of })
        if (!firsts.has(pod.workload)) firsts.set(pod.workload, pod)
      }
      // a workload stands for its pods, which policies do not tell apart, and the first of them for all
      for (const [workload, pod] of firsts) this.#pods.set(workload, { pod, of })
      for (const { name } of cloud.services) {
        const service = called.get(name)
        if (service !== undefined) this.#services.set(name, { service, of })
      }
    }
  }

  /** Whole names of pods, workloads and services that have an address. */
  get names(): string[] {
    return [...this.#pods.keys(), ...this.#services.keys()]
  }

  get isEmpty(): boolean {
    return this.#clusters.length === 0
  }

  /** By the whole name of the pod or its workload. */
  podOf(name: string): PodOf | undefined {
    return this.#pods.get(name)
  }

  /** Whose packets a pod's or workload's are: its own, or those of the host whose network it uses. */
  hostOf(name: string): string | undefined {
    const found = this.#pods.get(name)
    return found && (found.of.cloud.hostNetwork.get(found.pod.id) ?? found.pod.id)
  }

  /** The cluster that a host of the network is a node of, or a pod in; undefined for hosts of none. */
  clusterOf(host: string): CompiledCluster | undefined {
    return (
      this.#pods.get(host)?.of ??
      this.#clusters.find(({ cloud }) => cloud.nodes.some((node) => node.host === host))
    )
  }

  /** By its whole name. */
  serviceOf(name: string): ServiceOf | undefined {
    return this.#services.get(name)
  }

  /** The service of a cluster that has this address, or of any that has it for the internet; undefined where none has. */
  serviceAt(cluster: CompiledCluster | undefined, address: string): Endpoint | undefined {
    for (const { service, of } of this.#services.values())
      if (service.addresses.includes(address) && (of === cluster || isPublic(address)))
        return { host: service.name, address }
    return undefined
  }

  /** Whether nobody in a cluster can call the service: it is another one's, and called there alone. */
  isForeign(name: string, client: CompiledCluster | undefined): boolean {
    const found = this.#services.get(name)
    return found !== undefined && this.#addressesFor(found, client).length === 0
  }

  /** Of several clusters each knows its own services, and others' by addresses that are reached from outside. */
  #addressesFor({ service, of }: ServiceOf, client: CompiledCluster | undefined): readonly string[] {
    if (client === undefined || client === of) return service.addresses
    const { externalIps, loadBalancerIps } = of.cluster.services.find(({ id }) => id === service.name)!
    const given = of.cloud.services.find(({ name }) => name === service.name)!.addresses
    const outside = [...externalIps, ...loadBalancerIps]
    return service.addresses.filter((address) => outside.includes(address) || !given.includes(address))
  }

  /** A service by its whole name, where it has this port; undefined else: a workload of the same name is then meant. */
  serviceCalled(
    name: string,
    client: CompiledCluster | undefined,
    { protocol, port, family }: Called,
    isFromOutside: boolean,
  ): Endpoint | undefined {
    const found = this.#services.get(name)
    if (!found?.service.ports.some((each) => each.protocol === protocol && each.port === port))
      return undefined
    const own = this.#addressesFor(found, client).filter((each) => each.includes(':') === (family === 'ipv6'))
    // whoever is outside calls it by an address that the internet knows, if it has one
    const address = (isFromOutside ? own.find(isPublic) : undefined) ?? own[0]
    return address === undefined ? undefined : { host: name, address }
  }
}
