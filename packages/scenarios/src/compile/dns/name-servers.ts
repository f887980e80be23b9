import { MS, US } from '@weft/core'
import type {
  CacheOptions,
  NameClientsBlueprint,
  NameDelay,
  NamesBlueprint,
  ResolverBlueprint,
  TrafficBlueprint,
} from '@weft/fabric'
import { podResolvConf } from '../../discovery/index.ts'
import { DNS_PORT, dnsAddressesOf } from '../../kubernetes/cluster-dns.ts'
import type { Pod } from '../../kubernetes/index.ts'
import { firstOf } from '../../life/successors.ts'
import type { DelayInput, DnsInput } from '../../schema/dns.ts'
import { isOutside } from '../selectors/hosts.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { type ScenarioAuthority, WORLD } from './scenario-zones.ts'

const CAPACITY = 10_000
/** Names that one host keeps. */
const CLIENT_CAPACITY = 1_000
const DELAY: NameDelay = { kind: 'constant', ps: 500 * US }
const UPSTREAM: NameDelay = { kind: 'constant', ps: 20 * MS }
const NONE: NameDelay = { kind: 'constant', ps: 0 }
/** Whoever is on the internet has a resolver of his own. */
const OUTSIDE = 'resolvers on the internet'

/** Who looks names up, of a scenario's hosts: those that send to names. */
export function namesBlueprint(
  input: DnsInput,
  authorities: readonly ScenarioAuthority[],
  traffic: readonly TrafficBlueprint[],
): NamesBlueprint {
  const senders = new Set(traffic.flatMap(({ pairs }) => (pairs.kind === 'to-name' ? pairs.from : [])))
  const groups = groupsOf(input, authorities, [...senders])
  const resolvers = new Map(
    groups.map(({ resolver, cluster }) => [resolver, resolverOf(resolver, cluster, input, authorities)]),
  )
  return {
    authorities: authorities.map(({ name, blueprints }) => ({ name, zones: blueprints })),
    resolvers: [...resolvers.values()],
    clients: groups.map(({ cluster: _, ...group }) => group),
  }
}

type Group = NameClientsBlueprint & { readonly cluster: ScenarioAuthority | undefined }

/** Hosts with the same resolver and the same search paths. */
function groupsOf(
  { clients = {}, resolver: { delay, each = 'cluster' } = {} }: DnsInput,
  authorities: readonly ScenarioAuthority[],
  senders: readonly string[],
): Group[] {
  const pods = podsOf(authorities)
  const byKey = new Map<string, Group & { hosts: string[] }>()
  const cache = clientCache(clients.cache)
  for (const host of senders) {
    const found = pods.get(firstOf(host))
    const conf =
      found === undefined
        ? { nameservers: [], search: [], ndots: 1 }
        : podResolvConf(found.pod, { clusterDns: [found.authority.name] })
    // whoever asks others than the cluster's asks those who know the public names
    const cluster = conf.nameservers[0] === found?.authority.name ? found?.authority : undefined
    const region = found?.authority.cluster?.region ?? host.slice(0, host.indexOf('/'))
    const resolver = isOutside(host)
      ? OUTSIDE
      : cluster === undefined
        ? `resolver of hosts of ${region}`
        : `resolver of ${cluster.cluster!.name}`
    const { ndots = conf.ndots } = clients
    const key = `${resolver} ${ndots} ${conf.search.join(' ')}`
    const known = byKey.get(key)
    if (known !== undefined) known.hosts.push(host)
    else
      byKey.set(key, {
        hosts: [host],
        resolver,
        // a resolver of one's own is on the spot
        ...(each === 'cluster' && placeOf(cluster)),
        delay: delayOf(delay, DELAY),
        search: conf.search,
        ndots,
        library: clients.library ?? 'glibc',
        ...(cache !== undefined && { cache }),
        answers: clients.answers ?? 'rotated',
        cluster,
      })
  }
  return [...byKey.values()]
}

/** Where questions of a cluster's pods go; nothing where its manifests do not tell. */
function placeOf(authority: ScenarioAuthority | undefined): Pick<NameClientsBlueprint, 'at'> {
  const { cluster, cloud } = authority?.cluster ?? {}
  const addresses = cluster && cloud && dnsAddressesOf(cluster, cloud)
  return addresses === undefined ? {} : { at: { addresses, port: DNS_PORT } }
}

function resolverOf(
  name: string,
  cluster: ScenarioAuthority | undefined,
  { resolver = {} }: DnsInput,
  authorities: readonly ScenarioAuthority[],
): ResolverBlueprint {
  const { each = 'cluster', start = 'aged', capacity = CAPACITY, minTtl, maxTtl, upstream } = resolver
  const world = authorities.find((authority) => authority.name === WORLD)!
  return {
    name,
    capacity,
    ...limits(minTtl, maxTtl),
    isAged: start === 'aged',
    ...((each === 'host' || name === OUTSIDE) && { isPerHost: true }),
    upstreams: [
      ...(cluster?.blueprints ?? []).map(({ origin }) => ({
        suffix: origin,
        to: cluster!.name,
        delay: NONE,
      })),
      { suffix: '.', to: world.name, delay: delayOf(upstream, UPSTREAM) },
    ],
  }
}

const limits = (minPs: number | undefined, maxPs: number | undefined) => ({
  ...(minPs !== undefined && { ttlMinPs: minPs, negativeTtlMinPs: minPs }),
  ...(maxPs !== undefined && { ttlMaxPs: maxPs, negativeTtlMaxPs: maxPs }),
})

function clientCache(given: NonNullable<DnsInput['clients']>['cache'] = 'ttl'): CacheOptions | undefined {
  if (given === 'none') return undefined
  return { capacity: CLIENT_CAPACITY, ...(given !== 'ttl' && limits(given, given)) }
}

function delayOf(given: DelayInput | undefined, usual: NameDelay): NameDelay {
  if (given === undefined) return usual
  if (typeof given === 'number') return { kind: 'constant', ps: given }
  return given.distribution === 'exponential' && given.mean > 0
    ? { kind: 'exponential', meanPs: given.mean }
    : { kind: 'constant', ps: given.mean }
}

/** Pods by who looks names up for them: themselves, or the host whose network they use, as the first that has the cluster's DNS. */
function podsOf(authorities: readonly ScenarioAuthority[]) {
  const found = new Map<string, { readonly pod: Pod; readonly authority: ScenarioAuthority }>()
  for (const authority of authorities)
    for (const pod of ofCluster(authority.cluster)) {
      const host = authority.cluster?.cloud.hostNetwork.get(pod.id)
      if (host === undefined) found.set(pod.id, { pod, authority })
      else if (pod.template.dns.from === 'cluster' && !found.has(host)) found.set(host, { pod, authority })
    }
  return found
}

const ofCluster = (cluster: CompiledCluster | undefined): readonly Pod[] => cluster?.cluster.pods ?? []
