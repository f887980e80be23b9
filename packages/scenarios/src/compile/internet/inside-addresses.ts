import { naturalCompare, type NetworkBlueprint } from '@weft/fabric'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { regionOf } from '../traffic/pairs.ts'
import type { AttachedWorkload } from './direct-attach.ts'

/** Addresses of a region's hosts and pods that a NAT may stand for, by name: those whose owner has no public one of that IP version. */
export function insideOf(
  region: string,
  { nodes }: NetworkBlueprint,
  attached: readonly AttachedWorkload[],
  clusters: readonly CompiledCluster[],
): string[] {
  const podRegion = new Map(
    clusters.flatMap((cluster) => cluster.cloud.pods.map(({ name }) => [name, cluster.region] as const)),
  )
  const ownOf = new Set(
    attached.flatMap((each) => (each.isPublic ? [`${each.workload} ${versionOf(each.address)}`] : [])),
  )
  return nodes
    .flatMap((node) => {
      if (node.kind !== 'host' || (podRegion.get(node.name) ?? regionOf(node.name)) !== region) return []
      const addresses = node.interfaces.flatMap((nic) => nic.addresses)
      return [
        {
          name: node.name,
          addresses: addresses.filter((each) => !ownOf.has(`${node.name} ${versionOf(each)}`)),
        },
      ]
    })
    .sort((a, b) => naturalCompare(a.name, b.name))
    .flatMap(({ addresses }) => addresses)
}

const versionOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)
