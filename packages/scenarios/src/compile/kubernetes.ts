import type { NetworkBlueprint } from '@weft/fabric'
import { type CloudNetwork, cloudNetwork } from '../cloud/cloud-network.ts'
import { PODS_PER_HOST_DEFAULT } from '../cloud/place-pods.ts'
import { qualifiedCluster } from '../cloud/qualified-cluster.ts'
import type { Cluster } from '../kubernetes/index.ts'
import type { KubernetesInput } from '../schema/kubernetes.ts'
import type { RegionInput } from '../schema/region.ts'
import {
  type ClusterPlace,
  clusterPlaces,
  refuseSharedCidrs,
  refuseSharedPrefixes,
  type RegionPrefixes,
  regionPrefixes,
} from './cluster-places.ts'
import type { Problems } from './problems.ts'
import { asList } from './selectors.ts'

/** Where a scenario's other files come from. */
export interface ScenarioSources {
  /** The cluster of the manifests that these paths and patterns name. Throws a ManifestError for what is wrong in them. */
  readonly cluster?: (
    patterns: readonly string[],
    namespace: string | undefined,
    hosts: readonly string[],
  ) => Cluster
}

/** A cluster of a scenario, on hosts of its region. */
export interface CompiledCluster {
  readonly name: string
  readonly region: string
  /** Where there are several, names of workloads and services in it begin with the cluster's. */
  readonly cluster: Cluster
  readonly cloud: CloudNetwork
  readonly servicesAt: 'hosts' | 'gateways'
}

/** The network with the clusters' pods on its hosts; undefined where any was refused. */
export function compileKubernetes(
  inputs: KubernetesInput,
  regions: Readonly<Record<string, RegionInput>>,
  network: NetworkBlueprint,
  { cluster: read }: ScenarioSources,
  problems: Problems,
): { readonly network: NetworkBlueprint; readonly clusters: readonly CompiledCluster[] } | undefined {
  const before = problems.issues.length
  const prefixes = regionPrefixes(regions, problems)
  if (inputs.length === 0) return problems.issues.length > before ? undefined : { network, clusters: [] }
  const places = clusterPlaces(inputs, regions, network, problems)
  if (problems.issues.length === before) refuseSharedPrefixes(places, prefixes, regions, problems)
  if (read === undefined) {
    const message = 'there is nothing to read manifests from; run the weft command'
    for (const { path } of places) problems.refuse([...path, 'manifests'], message)
    return undefined
  }
  if (problems.issues.length > before) return undefined
  const placed = places.map((place) => ({
    place,
    cluster: read(asList(place.input.manifests), place.input.namespace, place.hosts),
  }))
  refuseSharedCidrs(placed, prefixes, problems)
  const populated = populate(placed, prefixes, network, problems)
  return problems.issues.length > before ? undefined : populated
}

/** One cluster after the other; those that are refused are left out. */
function populate(
  placed: readonly { readonly place: ClusterPlace; readonly cluster: Cluster }[],
  prefixes: ReadonlyMap<string, RegionPrefixes>,
  bare: NetworkBlueprint,
  problems: Problems,
): { readonly network: NetworkBlueprint; readonly clusters: readonly CompiledCluster[] } {
  const isAmongSeveral = placed.length > 1
  const clusters: CompiledCluster[] = []
  let network = bare
  for (const { place, cluster: own } of placed) {
    const { name, region, hosts, input, path } = place
    const cluster = isAmongSeveral ? qualifiedCluster(own, name) : own
    const { workloads, services } = prefixes.get(region)!
    const cloud = cloudNetwork(cluster, network, {
      name: isAmongSeveral ? name : undefined,
      hosts,
      workloadPrefixes: workloads,
      servicePrefixes: services,
      balancer: input.balancer ?? 'random',
      whenDenied: input.whenDenied,
      strategy: input.placement ?? 'spread',
      podsPerHost: input.podsPerHost ?? PODS_PER_HOST_DEFAULT,
    })
    if (cloud.ok) {
      network = cloud.network
      clusters.push({ name, region, cluster, cloud, servicesAt: input.services ?? 'hosts' })
    } else for (const message of cloud.messages) problems.refuse(path, message)
  }
  return { network, clusters }
}
