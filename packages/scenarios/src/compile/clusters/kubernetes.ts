import type { BalancerKind, EventBlueprint, NetworkBlueprint } from '@weft/fabric'
import { type CloudNetwork, cloudNetwork } from '../../cloud/cloud-network.ts'
import { nodesOnHosts } from '../../cloud/nodes.ts'
import { PODS_PER_HOST_DEFAULT } from '../../cloud/place-pods.ts'
import { qualifiedCluster, qualifiedName } from '../../cloud/qualified-cluster.ts'
import type { Cluster } from '../../kubernetes/index.ts'
import { toPolicySet } from '../../kubernetes/to-policy-set.ts'
import type { ReadEvent } from '../../life/event-actions.ts'
import { type PlannedLife, planLife } from '../../life/plan-life.ts'
import { withStartedMachines } from '../../life/started-machines.ts'
import { planPolicies } from '../../life/plan-policies.ts'
import { type ExplicitPlaces, explicitPlaces } from './explicit-places.ts'
import { HostIndex } from '../selectors/hosts.ts'
import { type ClusterToPlace, nodeGrounds, refuseManyLosses } from './node-grounds.ts'
import { type Chances, randomOutages } from '../questions/random-outages.ts'
import type { KubernetesInput } from '../../schema/kubernetes.ts'
import type { RegionInput } from '../../schema/region.ts'
import {
  type ClusterPlace,
  clusterPlaces,
  refuseSharedCidrs,
  refuseSharedPrefixes,
  type RegionPrefixes,
  regionPrefixes,
} from './cluster-places.ts'
import { ManifestReader, type ScenarioSources } from './manifest-reader.ts'
import type { Path, Problems } from '../problems.ts'
import type { RunPlan } from '../run.ts'
import { serviceBalancers } from './service-balancers.ts'

/** A cluster of a scenario, on hosts of its region. */
export interface CompiledCluster {
  readonly name: string
  readonly region: string
  /** Where there are several, names of workloads and services in it begin with the cluster's. */
  readonly cluster: Cluster
  /** By the names that its manifests have. */
  readonly own: Cluster
  /** Where the scenario speaks of it. */
  readonly path: Path
  readonly ingress: KubernetesInput[number]['ingress']
  readonly cloud: CloudNetwork
  readonly servicesAt: 'hosts' | 'gateways'
}

/** What happens in a run: stated, and by chance. */
interface Happening {
  readonly happenings: readonly ReadEvent[]
  readonly chances: Chances
  readonly run: RunPlan
}

/** The network with the clusters' pods on its hosts; undefined where any was refused. */
export function compileKubernetes(
  inputs: KubernetesInput,
  regions: Readonly<Record<string, RegionInput>>,
  network: NetworkBlueprint,
  sources: ScenarioSources,
  { happenings, chances, run }: Happening,
  problems: Problems,
): PopulatedNetwork | undefined {
  const before = problems.issues.length
  const reader = new ManifestReader(sources, problems)
  const prefixes = regionPrefixes(regions, problems)
  if (inputs.length === 0) {
    const { events } = planLife(happenings, [], run, problems)
    const policies = planPolicies(happenings, [], network, reader, problems)
    return problems.issues.length > before
      ? undefined
      : { network, clusters: [], events: [...events, ...policies] }
  }
  const index = new HostIndex(network)
  const places = clusterPlaces(inputs, regions, index, problems)
  if (problems.issues.length === before) refuseSharedPrefixes(places, prefixes, regions, problems)
  for (const { input, path } of places) reader.canRead(input.manifests, [...path, 'manifests'])
  if (problems.issues.length > before) return undefined
  const placed = places.map((place) => {
    const read = reader.read(place.input.manifests, place.input.namespace, place.hosts)
    const cluster = withStartedMachines(read, happenings)
    const balancers = serviceBalancers(place, cluster, problems)
    return { place, cluster, balancers, explicit: explicitPlaces(place, cluster, index, problems) }
  })
  refuseSharedCidrs(placed, prefixes, problems)
  const settled = placed.map((each) => settle(each, placed.length > 1))
  // what takes the place of pods goes to any of them
  const everyServer = chances.reliability.length > 0
  const servers = settled.flatMap(({ cluster, hosts, hostOfNode }) => {
    const nodes = nodesOnHosts(cluster, hosts, hostOfNode)
    return nodes.ok ? nodes.nodes.map(({ host }) => host) : []
  })
  const grounds = nodeGrounds(settled, happenings, randomOutages(chances, network, servers, run), network)
  refuseManyLosses(settled, grounds, everyServer ? 'reliability' : 'events', problems)
  if (problems.issues.length > before) return undefined
  const clusters = settled.map(({ cluster }) => cluster)
  const life = planLife(happenings, clusters, run, problems, grounds)
  if (problems.issues.length > before) return undefined
  const populated = populate(settled, life, prefixes, { network, everyServer }, problems)
  const lively = withLife(populated.network, inputs, life.stopped, problems)
  const among = placed.map(({ place: { name, input } }) => ({
    name,
    namespace: input.namespace,
    policiesOf: (own: Cluster) =>
      placed.length > 1
        ? toPolicySet(qualifiedCluster(own, name), { cluster: name }).policies
        : toPolicySet(own).policies,
  }))
  const policies = planPolicies(happenings, among, lively, reader, problems)
  if (problems.issues.length > before) return undefined
  return { network: lively, clusters: populated.clusters, events: [...life.events, ...policies] }
}

/** A cluster by the names that it has, and where its pods may go. */
interface SettledCluster extends ClusterToPlace {
  readonly place: ClusterPlace
  /** As its manifests name it. */
  readonly own: Cluster
  readonly balancers: ReadonlyMap<string, BalancerKind>
}

function settle(
  {
    place,
    cluster,
    balancers,
    explicit,
  }: {
    readonly place: ClusterPlace
    readonly cluster: Cluster
    readonly balancers: ReadonlyMap<string, BalancerKind>
    readonly explicit: ExplicitPlaces
  },
  isAmongSeveral: boolean,
): SettledCluster {
  const { name, hosts, input } = place
  const { hostOfNode, pinned } = explicit
  return {
    place,
    input,
    hosts,
    hostOfNode,
    own: cluster,
    cluster: isAmongSeveral ? qualifiedCluster(cluster, name) : cluster,
    placement: {
      strategy: input.placement ?? 'spread',
      podsPerHost: input.podsPerHost ?? PODS_PER_HOST_DEFAULT,
      pinned: isAmongSeveral ? qualifiedKeys(name, pinned) : pinned,
    },
    balancers: isAmongSeveral ? qualifiedKeys(name, balancers) : balancers,
  }
}

/** A network with its clusters, and what becomes of their pods and policies. */
interface PopulatedNetwork {
  readonly network: NetworkBlueprint
  readonly clusters: readonly CompiledCluster[]
  readonly events: readonly EventBlueprint[]
}

/** Some pods do not run at first, and hosts learn of endpoints as late as it is said. */
function withLife(
  network: NetworkBlueprint,
  inputs: KubernetesInput,
  stopped: readonly string[],
  problems: Problems,
): NetworkBlueprint {
  const [endpointDelayPs = 0, ...others] = new Set(inputs.map(({ endpointDelay }) => endpointDelay ?? 0))
  if (others.length > 0)
    problems.refuse(['kubernetes', 1, 'endpointDelay'], 'clusters have different delays; give all the same')
  const { interfaces } = network
  if (interfaces === undefined || (stopped.length === 0 && endpointDelayPs === 0)) return network
  return {
    ...network,
    interfaces: {
      ...interfaces,
      ...(stopped.length > 0 && { stopped }),
      ...(endpointDelayPs > 0 && { endpointDelayPs }),
    },
  }
}

/** One cluster after the other; those that are refused are left out. */
function populate(
  settled: readonly SettledCluster[],
  { successors }: PlannedLife,
  prefixes: ReadonlyMap<string, RegionPrefixes>,
  bare: { readonly network: NetworkBlueprint; readonly everyServer: boolean },
  problems: Problems,
): { readonly network: NetworkBlueprint; readonly clusters: readonly CompiledCluster[] } {
  const clusters: CompiledCluster[] = []
  let { network } = bare
  for (const [index, { place, own, cluster, hostOfNode, placement, balancers }] of settled.entries()) {
    const { name, region, hosts, input, path } = place
    const { workloads, services } = prefixes.get(region)!
    const cloud = cloudNetwork(cluster, network, {
      name: settled.length > 1 ? name : undefined,
      hosts,
      hostOfNode,
      everyServer: bare.everyServer,
      workloadPrefixes: workloads,
      servicePrefixes: services,
      balancerOf: ({ id }) => balancers.get(id) ?? input.balancer ?? 'random',
      whenDenied: input.whenDenied,
      ...placement,
      successors: successors[index]!,
    })
    if (cloud.ok) {
      network = cloud.network
      const { ingress, services: servicesAt = 'hosts' } = input
      clusters.push({ name, region, cluster, own, path, ingress, cloud, servicesAt })
    } else for (const message of cloud.messages) problems.refuse(path, message)
  }
  return { network, clusters }
}

const qualifiedKeys = <Value>(cluster: string, map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
  new Map([...map].map(([id, value]) => [qualifiedName(cluster, id), value]))
