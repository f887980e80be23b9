import {
  AddressPool,
  type InsideServicesBlueprint,
  type NetworkBlueprint,
  parsePrefix,
  type ServiceBlueprint,
} from '@weft/fabric'
import type { RegionInput } from '../../schema/region.ts'
import { DEFAULTS } from '../defaults.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import type { Problems } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'

/** Services that the gateways of regions balance for clients inside, by region; and the network, whose hosts do not. */
export interface InsideServices {
  readonly network: NetworkBlueprint
  readonly byRegion: ReadonlyMap<string, InsideServicesBlueprint>
}

export function insideServices(
  network: NetworkBlueprint,
  regions: Readonly<Record<string, RegionInput>>,
  clusters: readonly CompiledCluster[],
  problems: Problems,
): InsideServices {
  const central = clusters.filter(({ servicesAt }) => servicesAt === 'gateways')
  const byRegion = new Map<string, InsideServicesBlueprint>()
  const moved = new Set(central.flatMap(({ cloud }) => cloud.services.map(({ name }) => name)))
  const all = network.interfaces?.services ?? []
  for (const cluster of clusters) {
    const { path, region, servicesAt, cloud } = cluster
    if (servicesAt === 'hosts') continue
    warnOfLocal(cluster, problems)
    const { internet } = regions[region]!
    const hasGateways =
      internet !== undefined && (typeof internet === 'number' || internet.translation !== 'hosts')
    if (!hasGateways) {
      const message = `region ${region} has no gateways that keep state; give it "internet", with translation at the gateways`
      problems.refuse([...path, 'services'], message)
      continue
    }
    const own = new Set(cloud.services.map(({ name }) => name))
    const before = byRegion.get(region)
    byRegion.set(region, {
      services: [...(before?.services ?? []), ...all.filter(({ name }) => own.has(name))],
      addresses: before?.addresses ?? clientAddresses(regions[region]!, network),
    })
  }
  return { network: without(network, moved), byRegion }
}

/** Free addresses of the region's hosts' prefixes, one of each family: what stands for clients at a load balancer. */
function clientAddresses({ addresses }: RegionInput, { nodes }: NetworkBlueprint): string[] {
  const used = nodes.flatMap((node) =>
    node.kind === 'host' ? node.interfaces.flatMap((nic) => nic.addresses) : [],
  )
  return asList(addresses?.hosts ?? DEFAULTS.hosts).flatMap((text) => {
    const parsed = parsePrefix(text)
    return parsed.ok ? (new AddressPool(parsed.prefix, used).take() ?? []) : []
  })
}

function without(network: NetworkBlueprint, moved: ReadonlySet<string>): NetworkBlueprint {
  const { interfaces } = network
  if (moved.size === 0 || interfaces?.services === undefined) return network
  const services = interfaces.services.flatMap((service) =>
    moved.has(service.name) ? nodePortsAlone(service) : [service],
  )
  return { ...network, interfaces: { ...interfaces, services } }
}

/** What servers have of a service at their own addresses, wherever it is balanced otherwise; nothing where it has no node port. */
function nodePortsAlone({ externalAddresses: _, ...service }: ServiceBlueprint): ServiceBlueprint[] {
  const ports = service.ports.filter(({ nodePort }) => nodePort !== undefined)
  return ports.length === 0 ? [] : [{ ...service, addresses: [], ports }]
}

/** A load balancer in the middle has one list of endpoints for all clients, and no node is its own. */
function warnOfLocal({ path, cloud }: CompiledCluster, problems: Problems): void {
  for (const { name, policy } of cloud.services)
    if (policy === 'local')
      problems.warn(
        [...path, 'services'],
        `service ${name} has internalTrafficPolicy Local, which gateways cannot follow: they lead its clients to endpoints of all nodes`,
      )
}
