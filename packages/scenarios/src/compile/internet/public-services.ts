import { AddressPool, type NetworkBlueprint, type Prefix, type PublicServiceBlueprint } from '@weft/fabric'
import { poolsFor } from '../../cloud/cluster-services.ts'
import type { Service } from '../../kubernetes/index.ts'
import type { RegionInput } from '../../schema/region.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import type { Problems } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'
import { prefixesOf } from '../clusters/cluster-places.ts'
import { isPublic } from './public-addresses.ts'

/** What is reached from outside, by region; and the network, where clients inside reach it by the same addresses. */
export interface PublicServices {
  readonly network: NetworkBlueprint
  readonly byRegion: ReadonlyMap<string, readonly PublicServiceBlueprint[]>
}

/** Gives services of type LoadBalancer an address that have none, but none that is `claimed`; finds what has public ones. */
export function publicServices(
  network: NetworkBlueprint,
  regions: Readonly<Record<string, RegionInput>>,
  clusters: readonly CompiledCluster[],
  claimed: readonly string[],
  problems: Problems,
): PublicServices {
  const pools = loadBalancerPools(regions, network, claimed, problems)
  const given = new Map<string, readonly string[]>()
  const byRegion = new Map<string, PublicServiceBlueprint[]>()
  for (const { cluster, region, cloud } of clusters) {
    const blueprints = new Map(cloud.services.map((service) => [service.name, service]))
    for (const service of cluster.services) {
      const blueprint = blueprints.get(service.id)
      if (blueprint === undefined) continue
      const own = needsAddress(service) ? taken(service, region, pools.get(region) ?? [], problems) : []
      if (own.length > 0) given.set(service.id, own)
      const called = [...service.externalIps, ...service.loadBalancerIps, ...own].filter(isPublic)
      if (called.length === 0) continue
      const { loadBalancerSourceRanges: sources } = service
      const found = byRegion.get(region) ?? []
      byRegion.set(region, found)
      found.push({ ...blueprint, addresses: called, ...(sources.length > 0 && { sources }) })
    }
  }
  return { network: withAddresses(network, given), byRegion }
}

const needsAddress = ({ type, loadBalancerIps }: Service): boolean =>
  type === 'LoadBalancer' && loadBalancerIps.length === 0

function taken(
  service: Service,
  region: string,
  pools: readonly AddressPool[],
  problems: Problems,
): string[] {
  return poolsFor(service, pools).flatMap((pool) => {
    const address = pool.take()
    if (address !== undefined) return [address]
    problems.refuse(
      ['regions', region, 'addresses', 'loadBalancers'],
      `${pool.prefix.text} has no address left for service ${service.id}; give a shorter prefix`,
    )
    return []
  })
}

function loadBalancerPools(
  regions: Readonly<Record<string, RegionInput>>,
  { interfaces }: NetworkBlueprint,
  claimed: readonly string[],
  problems: Problems,
): ReadonlyMap<string, readonly AddressPool[]> {
  const seen: { readonly prefix: Prefix; readonly region: string }[] = []
  const used = [...claimed, ...(interfaces?.services ?? []).flatMap(({ addresses }) => addresses)]
  return new Map(
    Object.entries(regions).flatMap(([name, { addresses }]) => {
      if (addresses?.loadBalancers === undefined) return []
      const path = ['regions', name, 'addresses', 'loadBalancers']
      const prefixes: readonly Prefix[] = prefixesOf(asList(addresses.loadBalancers), path, problems)
      for (const prefix of prefixes) {
        const other = seen.find((each) => overlap(each.prefix, prefix))
        if (other !== undefined) problems.refuse(path, sharedPrefix(prefix, other))
        seen.push({ prefix, region: name })
      }
      return [[name, prefixes.map((prefix) => new AddressPool(prefix, used))] as const]
    }),
  )
}

const overlap = (a: Prefix, b: Prefix): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last

const sharedPrefix = (
  { text }: Prefix,
  other: { readonly prefix: Prefix; readonly region: string },
): string =>
  `${text} has addresses of ${other.prefix.text}, region ${other.region}'s; a public address is in one region`

function withAddresses(
  network: NetworkBlueprint,
  given: ReadonlyMap<string, readonly string[]>,
): NetworkBlueprint {
  const { interfaces } = network
  if (given.size === 0 || interfaces === undefined) return network
  const services = interfaces.services?.map((service) => {
    const own = given.get(service.name)
    if (own === undefined) return service
    const { addresses, externalAddresses = [] } = service
    return {
      ...service,
      addresses: [...addresses, ...own],
      externalAddresses: [...externalAddresses, ...own],
    }
  })
  return { ...network, interfaces: { ...interfaces, ...(services !== undefined && { services }) } }
}
