import { AddressPool, type NetworkBlueprint, parsePrefix, type PolicySet } from '@weft/fabric'
import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'
import { type Cluster, type Pod, toPolicySet } from '../kubernetes/index.ts'
import type { FabricReach } from './fabric-reach.ts'

export type ReachPer = 'workload' | 'pod'

/** Whom a question of reach is about. */
export interface ReachSubject {
  readonly set: PolicySet
  /** Pods that a workload stands for, where these are several. */
  readonly pods: ReadonlyMap<string, number>
  /** Whether there is anybody outside who could connect, or be connected to. */
  readonly hasOutside: boolean
  /** Pods that were given an address, as their manifests state none. */
  readonly madeUpAddresses: number
  /** Which fabric it is on; absent: nothing but policies counts. */
  readonly fabric?: FabricReach
}

/** Where pods get addresses from whose manifests state none, one of each family. */
export const MADE_UP_PREFIXES = ['10.64.0.0/14', 'fd64::/64'] as const

/** What is known of a pod's place, beyond its manifest. */
export type PlaceOf = (pod: Pod) => { readonly addresses: readonly string[]; readonly node?: string }

/**
 * The workloads of manifests. Without `place`, pods that state no address get one, as rules about prefixes match pods too;
 * of both families, or of those that other pods state.
 */
export const clusterSubject = (cluster: Cluster, per: ReachPer = 'workload'): ReachSubject =>
  subjectOf(cluster, per, {})

interface Placed {
  readonly place?: PlaceOf
  /** Its name among several. */
  readonly name?: string | undefined
}

function subjectOf(cluster: Cluster, per: ReachPer, { place, name }: Placed): ReachSubject {
  const madeUp = place === undefined ? madeUpAddresses(cluster) : new Map<string, readonly string[]>()
  const set = toPolicySet(cluster, {
    per,
    cluster: name,
    place: place ?? (({ id }) => ({ addresses: madeUp.get(id) ?? [] })),
  })
  const pods = per === 'pod' ? new Map<string, number>() : podsByWorkload(cluster, set)
  return { set, pods, hasOutside: true, madeUpAddresses: madeUp.size }
}

/** The workloads of a scenario's clusters, with the addresses and nodes that it gave their pods. */
export function placedSubject(
  clusters: readonly CompiledCluster[],
  placed: PolicySet,
  per: ReachPer = 'workload',
): ReachSubject {
  const byName = new Map(placed.workloads.map((each) => [each.name, each]))
  const place: PlaceOf = ({ id, addresses }) => {
    const node = byName.get(id)?.node
    return node === undefined ? { addresses } : { addresses, node }
  }
  const subjects = clusters.map(({ name, cluster }) => {
    const pods = cluster.pods.map((pod) => ({ ...pod, addresses: byName.get(pod.id)?.addresses ?? [] }))
    return subjectOf({ ...cluster, pods }, per, { place, name: clusters.length > 1 ? name : undefined })
  })
  const workloads = subjects.flatMap(({ set }) => set.workloads)
  return {
    set: { ...placed, workloads },
    pods: new Map(subjects.flatMap(({ pods }) => [...pods])),
    hasOutside: true,
    madeUpAddresses: 0,
  }
}

/** The hosts of a fabric in which nobody filters anything, by the switch or region that they belong to. */
export function hostSubject({ nodes }: Pick<NetworkBlueprint, 'nodes'>): ReachSubject {
  const workloads = nodes.flatMap((node) => {
    if (node.kind !== 'host') return []
    const { name, interfaces } = node
    const namespace = name.slice(0, Math.max(0, name.lastIndexOf('/')))
    const addresses = interfaces.flatMap(({ addresses }) => addresses)
    return [{ name, namespace, labels: {}, ports: [], addresses, hostNetwork: false }]
  })
  const set = { namespaces: [], workloads, nodes: [], policies: [] }
  return { set, pods: new Map(), hasOutside: false, madeUpAddresses: 0 }
}

function madeUpAddresses({ pods }: Cluster): Map<string, readonly string[]> {
  const stated = pods.flatMap(({ addresses }) => addresses)
  const families = new Set(stated.map(familyOf))
  const pools = MADE_UP_PREFIXES.filter((text) => families.size === 0 || families.has(familyOf(text))).map(
    (text) => {
      const parsed = parsePrefix(text)
      if (!parsed.ok) throw new RangeError(parsed.message)
      return new AddressPool(parsed.prefix, stated)
    },
  )
  const bare = pods.filter(({ addresses, template }) => addresses.length === 0 && !template.hostNetwork)
  return new Map(
    bare.map(({ id }) => [
      id,
      pools.map((pool) => pool.take()).filter((address): address is string => address !== undefined),
    ]),
  )
}

const familyOf = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4')

/** Of those that are not one pod: pods that differ from their workload's others stand for themselves. */
function podsByWorkload({ pods }: Cluster, { workloads }: PolicySet): Map<string, number> {
  const alone = new Set(workloads.map(({ name }) => name))
  const counts = new Map<string, number>()
  for (const { id, workload } of pods) {
    if (id !== workload && alone.has(id)) continue
    counts.set(workload, (counts.get(workload) ?? 0) + 1)
  }
  return new Map([...counts].filter(([, count]) => count > 1))
}
