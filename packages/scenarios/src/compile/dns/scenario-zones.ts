import { SECOND } from '@weft/core'
import { dnsName, isWithin, type Records, Zone, type ZoneBlueprint } from '@weft/fabric'
import { ClusterNames, CLUSTER_TTL_SECONDS, PUBLIC_TTL_SECONDS, publicNames } from '../../discovery/index.ts'
import type { Service } from '../../kubernetes/index.ts'
import type { DnsInput } from '../../schema/dns.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import type { Problems } from '../problems.ts'
import type { NamedAddresses, RecordTarget } from './named-addresses.ts'
import { type NamedClusters, publicSourcesOf } from './published-names.ts'

export const WORLD = 'public DNS'

/** Zones of one server, and the same as they are in the course of the scenario. */
export interface ScenarioAuthority {
  readonly name: string
  readonly blueprints: readonly ZoneBlueprint[]
  readonly zones: readonly Zone[]
  /** Whose own it is; absent: the public names. */
  readonly cluster?: CompiledCluster
}

/** The servers that have names: one with the public ones, one for each cluster. */
export function scenarioAuthorities(
  input: DnsInput,
  addresses: NamedAddresses,
  { clusters, controllers }: NamedClusters,
  problems: Problems,
): ScenarioAuthority[] {
  const own = clusters.map((cluster) => ({
    name: `DNS of ${cluster.name}`,
    blueprints: withNegativeTtl(clusterZones(cluster, input, addresses), input),
    cluster,
  }))
  const world = {
    name: WORLD,
    blueprints: withNegativeTtl([worldZone(input, addresses, { clusters, controllers }, problems)], input),
  }
  return [world, ...own].map((each) => ({ ...each, zones: each.blueprints.map((zone) => new Zone(zone)) }))
}

/** How long public records may be kept that say nothing else. */
export const publicTtlPs = ({ ttl }: DnsInput): number => ttl ?? PUBLIC_TTL_SECONDS * SECOND

/** The records of a name that stands for these. */
export function recordsFor(name: string, target: RecordTarget, ttlPs: number): Records[] {
  if (target.kind === 'alias') return [{ name, type: 'CNAME', ttlPs, values: [target.name] }]
  return (['A', 'AAAA'] as const).flatMap((type) => {
    const values = target.addresses.filter((address) => address.includes(':') === (type === 'AAAA'))
    return values.length === 0 ? [] : [{ name, type, ttlPs, values }]
  })
}

function worldZone(
  input: DnsInput,
  addresses: NamedAddresses,
  { clusters, controllers }: NamedClusters,
  problems: Problems,
): ZoneBlueprint {
  const ttlPs = publicTtlPs(input)
  const sources = clusters.flatMap((each) => publicSourcesOf(each, controllers, addresses))
  const [published] = publicNames(sources, { ttlSeconds: ttlPs / SECOND }).zones
  const stated = Object.entries(input.records ?? {}).flatMap(([name, given]) => {
    const { to, ttl = ttlPs } = typeof given === 'string' || Array.isArray(given) ? { to: given } : given
    const path = ['dns', 'records', name]
    const target = addresses.target(to, path, problems)
    const found = target === undefined ? [] : checked(recordsFor(name, target, ttl), path, problems)
    return found.length === 0 ? [] : [[dnsName(name), found] as const]
  })
  const own = new Set(stated.map(([name]) => name))
  const records = [
    ...published!.records.filter(({ name }) => !own.has(dnsName(name))),
    ...stated.flatMap(([, found]) => found),
  ]
  return { origin: '.', soa: { ttlPs, minimumPs: ttlPs }, records }
}

/** Records that a zone takes; none, and refused, where it does not. */
export function checked(
  records: readonly Records[],
  path: readonly (string | number)[],
  problems: Problems,
): readonly Records[] {
  try {
    new Zone({ origin: '.', soa: { ttlPs: 0, minimumPs: 0 }, records })
    return records
  } catch (error) {
    problems.refuse([...path], error instanceof Error ? error.message : String(error))
    return []
  }
}

function clusterZones(
  { cluster, cloud }: CompiledCluster,
  { clusterTtl }: DnsInput,
  addresses: NamedAddresses,
): ZoneBlueprint[] {
  const pods = new Map(cloud.pods.map((pod) => [pod.name, pod.addresses]))
  const calledAt = new Map(cloud.services.map((service) => [service.name, service.addresses]))
  return new ClusterNames(cluster, {
    ttlSeconds: clusterTtl === undefined ? CLUSTER_TTL_SECONDS : clusterTtl / SECOND,
    clusterIpsOf: (service) =>
      clusterIpsOf(service, calledAt.get(service.id) ?? addresses.ofService(service.id)),
    addressesOf: ({ id, addresses: own }) => pods.get(id) ?? own,
  }).zones()
}

/** Of all addresses that a service is called at, those of its own. */
function clusterIpsOf({ externalIps, loadBalancerIps, clusterIps }: Service, all: readonly string[]) {
  if (clusterIps.length > 0) return clusterIps
  const others = new Set([...externalIps, ...loadBalancerIps])
  return all.filter((address) => !others.has(address))
}

const withNegativeTtl = (
  zones: readonly ZoneBlueprint[],
  { negativeTtl }: DnsInput,
): readonly ZoneBlueprint[] =>
  negativeTtl === undefined
    ? zones
    : zones.map((zone) => ({ ...zone, soa: { ttlPs: negativeTtl, minimumPs: negativeTtl } }))

/** The zone of an authority that a name is in, if any. */
export const zoneIn = ({ zones }: ScenarioAuthority, name: string): Zone | undefined =>
  zones
    .filter(({ origin }) => isWithin(dnsName(name), origin))
    .sort((a, b) => b.origin.length - a.origin.length)[0]
