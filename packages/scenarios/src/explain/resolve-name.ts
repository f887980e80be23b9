import {
  Authority,
  explainLookup,
  type ExplainedLookup,
  GatedServer,
  type NameServer,
  nameRefusal,
  type RecordType,
  Resolver,
  StubClient,
  type Zone,
} from '@weft/fabric'
import { WORLD } from '../compile/dns/scenario-zones.ts'
import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'
import { podResolvConf, type ResolvConf } from '../discovery/index.ts'
import { dnsServicesOf } from '../kubernetes/cluster-dns.ts'
import type { PodOf } from './cluster-ends.ts'

/** Nothing has been asked before. */
const CLOCK = { now: 0 }
const CACHED_MAX = 10_000
/** What a resolv.conf names where the cluster's DNS has no service in the manifests. */
const CLUSTER_DNS = 'cluster DNS'
/** As a node has it that nobody described. */
const NODE_CONF: ResolvConf = { nameservers: [], search: [], ndots: 1 }

/** Whether it can be asked for in a DNS; names of workloads and hosts, which have slashes, cannot. */
export const isHostName = (text: string): boolean => !text.includes('/') && nameRefusal(text) === undefined

/** Who looks names up, and for which pod. */
export interface Client {
  readonly name: string
  readonly pod: PodOf | undefined
}

/** Asks for names as one client does: with nothing in any cache. */
export type Ask = (text: string, types?: readonly RecordType[]) => ExplainedLookup

/**
 * How somebody in a scenario resolves names, by the zones of each server of names: a pod by its own search paths and the DNS
 * of its cluster, where questions reach that, anyone else by the public names.
 */
export function resolverOf(
  zones: ReadonlyMap<string, readonly Zone[]>,
  client: Client,
  isReached: () => boolean,
): Ask {
  const world = new Authority(CLOCK, WORLD, zones.get(WORLD) ?? [])
  const { pod } = client
  const own = pod === undefined ? undefined : new GatedServer(clusterDns(pod.of, zones, world), isReached)
  const dnsAddresses = pod === undefined ? [] : knownServersOf(pod.of)
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
  return (text, types) => explainLookup(CLOCK, stub, text, types)
}

function clusterDns(
  { name }: CompiledCluster,
  zones: ReadonlyMap<string, readonly Zone[]>,
  world: NameServer,
): NameServer {
  const own = zones.get(`DNS of ${name}`) ?? []
  const authority = new Authority(CLOCK, `DNS of ${name}`, own)
  return new Resolver(CLOCK, {
    name: `resolver of ${name}`,
    capacity: CACHED_MAX,
    upstreams: [
      ...own.map(({ origin }) => ({ suffix: origin, servers: [authority] })),
      { suffix: '.', servers: [world] },
    ],
  })
}

function knownServersOf({ cluster, cloud }: CompiledCluster): readonly string[] {
  const ids = new Set(dnsServicesOf(cluster).map(({ id }) => id))
  const addresses = cloud.services.flatMap((service) => (ids.has(service.name) ? service.addresses : []))
  return addresses.length > 0 ? addresses : [CLUSTER_DNS]
}
