import type { Network, NetworkBlueprint, ServiceBlueprint } from '@weft/fabric'
import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'
import type { Pod } from '../kubernetes/index.ts'
import { isPublic } from '../compile/internet/public-addresses.ts'
import { successorName } from '../life/successors.ts'
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
  /** Who sends and receives for it: itself, the host whose network it uses, or what has taken its place. */
  readonly host: string
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

/** Who sends and receives for a pod: itself, or the host whose network it uses, then those that take its place. */
function hostsOf(pod: Pod, of: CompiledCluster, { topology }: Network): string[] {
  const hosts = [of.cloud.hostNetwork.get(pod.id) ?? pod.id]
  for (let generation = 2; topology.hasNode(successorName(pod.id, generation)); generation++)
    hosts.push(successorName(pod.id, generation))
  return hosts
}

const runs = (network: Network, host: string): boolean =>
  network.topology.hasNode(host) && !network.isStopped(host)

/** What a scenario's clusters call by name, on the network at an instant: pods, workloads that stand for their pods, services. */
export class ClusterEnds {
  readonly full: FullNames
  readonly #pods = new Map<string, PodOf>()
  readonly #services = new Map<string, ServiceOf>()
  readonly #clusters: readonly CompiledCluster[]

  constructor(clusters: readonly CompiledCluster[], plan: NetworkBlueprint, network: Network) {
    const called = calledServices(plan)
    this.#clusters = clusters
    this.full = new FullNames(clusters)
    for (const of of clusters) {
      const { cluster, cloud } = of
      const firsts = new Map<string, PodOf>()
      for (const pod of cluster.pods) {
        const hosts = hostsOf(pod, of, network)
        this.#pods.set(pod.id, { pod, of, host: hosts[0]! })
        for (const host of hosts.slice(1)) this.#pods.set(host, { pod, of, host })
        const first = firsts.get(pod.workload)
        if (first !== undefined && runs(network, first.host)) continue
        const running = hosts.find((host) => runs(network, host))
        if (first === undefined || running !== undefined)
          firsts.set(pod.workload, { pod, of, host: running ?? hosts[0]! })
      }
      // a workload stands for its pods, which policies do not tell apart, and the first of them that runs for all
      for (const [workload, first] of firsts) this.#pods.set(workload, first)
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
    return this.#pods.get(name)?.host
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

  /** Where a client calls a service: undefined where there is none of this whole name that has the port. */
  serviceCalled(
    name: string,
    client: CompiledCluster | undefined,
    called: Called,
    isFromOutside: boolean,
  ): Endpoint | undefined {
    const found = this.#services.get(name)
    if (found === undefined || !hasPort(found.service, called)) return undefined
    const own = this.#addressesFor(found, client).filter(
      (each) => each.includes(':') === (called.family === 'ipv6'),
    )
    // whoever is outside calls it by an address that the internet knows, if it has one
    const address = (isFromOutside ? own.find(isPublic) : undefined) ?? own[0]
    return address === undefined ? undefined : { host: name, address }
  }
}

export const hasPort = ({ ports }: ServiceBlueprint, called: Pick<Called, 'protocol' | 'port'>): boolean =>
  ports.some(({ protocol, port }) => protocol === called.protocol && port === called.port)
