import {
  Authority,
  explainLookup,
  type ExplainedLookup,
  type NameServer,
  nameRefusal,
  Resolver,
  StubClient,
  Zone,
  type ZoneBlueprint,
} from '@weft/fabric'
import type { CompiledController } from '../compile/ingress/compile-ingress.ts'
import type { CompiledCluster } from '../compile/kubernetes.ts'
import {
  ClusterNames,
  podResolvConf,
  publicIngresses,
  publicNames,
  publicServices,
  type ResolvConf,
} from '../discovery/index.ts'
import type { ClusterIngress, Service } from '../kubernetes/index.ts'
import type { ClusterEnds, PodOf } from './cluster-ends.ts'

/** Whose DNS and public names there are. */
export interface NamingScenario {
  /** Public names at the start, where the scenario says what names are while it runs. */
  readonly world?: readonly ZoneBlueprint[]
  readonly clusters: readonly CompiledCluster[]
  readonly controllers: readonly CompiledController[]
}

/** Nothing has been asked before. */
const CLOCK = { now: 0 }
const CACHED_MAX = 10_000
/** The service that pods ask, as kubeadm calls it. */
const DNS_SERVICE = 'kube-system/kube-dns'
/** What a resolv.conf names where the cluster's DNS has no service in the manifests. */
const CLUSTER_DNS = 'cluster DNS'
/** As a node has it that nobody described. */
const NODE_CONF: ResolvConf = { nameservers: [], search: [], ndots: 1 }

/** Whether it can be asked for in a DNS; names of workloads and hosts, which have slashes, cannot. */
export const isHostName = (text: string): boolean => !text.includes('/') && nameRefusal(text) === undefined

/**
 * How somebody in a scenario resolves a name, with nothing in any cache: a pod by its own search paths and the DNS of its
 * cluster, anyone else by the public names that services and ingresses of all clusters ask for, and those of the scenario.
 */
export function resolveName(
  scenario: NamingScenario,
  ends: ClusterEnds,
  client: { readonly name: string; readonly pod: PodOf | undefined },
  text: string,
): ExplainedLookup {
  const world = publicDns(scenario, ends)
  const { pod } = client
  const own = pod === undefined ? undefined : clusterDns(pod.of, world)
  const dnsAddresses = pod === undefined ? [] : dnsAddressesOf(pod.of)
  const conf = pod === undefined ? NODE_CONF : podResolvConf(pod.pod, { clusterDns: dnsAddresses })
  // whatever is not the cluster's is taken for one that knows the world's names
  const nameservers = conf.nameservers.map((address) =>
    own !== undefined && dnsAddresses.includes(address) ? own : world,
  )
  const stub = new StubClient(CLOCK, {
    name: client.name,
    nameservers: nameservers.length > 0 ? [...new Set(nameservers)] : [world],
    search: conf.search,
    ndots: conf.ndots,
    library: 'glibc',
  })
  return explainLookup(CLOCK, stub, text)
}

function publicDns({ clusters, controllers, world }: NamingScenario, ends: ClusterEnds): NameServer {
  const sources = clusters.flatMap(({ cluster, cloud }) => {
    const own = new Map(cloud.services.map(({ name, addresses }) => [name, new Set(addresses)]))
    const balancersOf = ({ id, loadBalancerIps }: Service) => {
      const all = ends.serviceOf(id)?.service.addresses ?? []
      return [...loadBalancerIps, ...all.filter((address) => !own.get(id)!.has(address))]
    }
    // what an ingress is reached at, its controller writes into its status: the addresses of the service in front
    const reachedAt = ({ addresses, blueprint }: ClusterIngress): readonly string[] => {
      if (addresses.length > 0) return addresses
      const front = controllers.find(({ blueprint: { point } }) => point.name === blueprint.name)
      const service = cluster.services.find(({ id }) => id === front?.service)
      return service === undefined ? [] : balancersOf(service)
    }
    return [...publicServices(cluster, balancersOf), ...publicIngresses(cluster, reachedAt)]
  })
  const { zones } = world === undefined ? publicNames(sources) : { zones: world }
  return new Authority(
    CLOCK,
    'public DNS',
    zones.map((zone) => new Zone(zone)),
  )
}

function clusterDns({ name, cluster, cloud }: CompiledCluster, world: NameServer): NameServer {
  const addressesOfPod = new Map(cloud.pods.map((pod) => [pod.name, pod.addresses]))
  const calledAt = new Map(cloud.services.map((service) => [service.name, service.addresses]))
  const names = new ClusterNames(cluster, {
    clusterIpsOf: (service) => clusterIpsOf(service, calledAt.get(service.id) ?? []),
    addressesOf: ({ id, addresses }) => addressesOfPod.get(id) ?? addresses,
  })
  const zones = names.zones()
  const authority = new Authority(
    CLOCK,
    `DNS of ${name}`,
    zones.map((zone) => new Zone(zone)),
  )
  return new Resolver(CLOCK, {
    name: `resolver of ${name}`,
    capacity: CACHED_MAX,
    upstreams: [
      ...zones.map(({ origin }) => ({ suffix: origin, servers: [authority] })),
      { suffix: '.', servers: [world] },
    ],
  })
}

/** Of all addresses that a service is called at, those of its own. */
function clusterIpsOf({ externalIps, loadBalancerIps, clusterIps }: Service, all: readonly string[]) {
  if (clusterIps.length > 0) return clusterIps
  const others = new Set([...externalIps, ...loadBalancerIps])
  return all.filter((address) => !others.has(address))
}

function dnsAddressesOf({ cluster, cloud }: CompiledCluster): readonly string[] {
  const service = cluster.services.find(({ namespace, name }) => `${namespace}/${name}` === DNS_SERVICE)
  const addresses = cloud.services.find(({ name }) => name === service?.id)?.addresses ?? []
  return addresses.length > 0 ? addresses : [CLUSTER_DNS]
}
