import { SECOND } from '@weft/core'
import type { NetworkBlueprint, OutageBlueprint } from '@weft/fabric'
import { nodesOnHosts } from '../../cloud/nodes.ts'
import type { PlacementOptions } from '../../cloud/place-pods.ts'
import type { Cluster } from '../../kubernetes/index.ts'
import type { ReadEvent } from '../../life/event-actions.ts'
import { NodeGround } from '../../life/node-ground.ts'
import { hostOutages } from '../../life/node-outages.ts'
import type { KubernetesInput } from '../../schema/kubernetes.ts'
import { counted, type Problems } from '../problems.ts'

/** kube-controller-manager's `--node-monitor-grace-period`; newer versions have 50 s. */
const GRACE_PS = 40 * SECOND
/** `tolerationSeconds` that the API server gives pods which state none (admission plugin DefaultTolerationSeconds). */
const EVICTION_PS = 300 * SECOND

/** A network of so many pods takes a minute to build. */
const LOST_PODS_MAX = 50_000

/** A cluster before its pods are in the network. */
export interface ClusterToPlace {
  readonly input: KubernetesInput[number]
  readonly cluster: Cluster
  readonly hosts: readonly string[]
  readonly hostOfNode: Readonly<Record<string, string>>
  readonly placement: PlacementOptions
}

/** By cluster: its nodes and pods, where failures, stated or at random, last for longer than it waits; else undefined. */
export function nodeGrounds(
  clusters: readonly ClusterToPlace[],
  happenings: readonly ReadEvent[],
  random: readonly OutageBlueprint[],
  network: NetworkBlueprint,
): (NodeGround | undefined)[] {
  const outages = clusters.length === 0 ? [] : hostOutages(happenings, random, network)
  return clusters.map(({ input, cluster, hosts, hostOfNode, placement }) => {
    const own = new Set(outages.length === 0 ? [] : hosts)
    const gracePs = input.nodeMonitorGrace ?? GRACE_PS
    const losses = outages
      .filter(({ host, fromPs, toPs }) => own.has(host) && toPs > fromPs + gracePs)
      .map((outage) => ({ ...outage, notReadyPs: outage.fromPs + gracePs }))
    const nodes = losses.length === 0 ? undefined : nodesOnHosts(cluster, hosts, hostOfNode)
    return nodes?.ok
      ? new NodeGround(cluster, nodes.nodes, placement, losses, input.podEviction ?? EVICTION_PS)
      : undefined
  })
}

/** Pods that failures evict have others in their places, which are in the network from the beginning. `of`: what says who fails. */
export function refuseManyLosses(
  clusters: readonly ClusterToPlace[],
  grounds: readonly (NodeGround | undefined)[],
  of: 'events' | 'reliability',
  problems: Problems,
): void {
  const lost = grounds.reduce((sum, ground, index) => {
    const { cluster, hosts } = clusters[index]!
    const staying = new Set(cluster.workloads.flatMap(({ id, kind }) => (kind === 'DaemonSet' ? [id] : [])))
    const pods = cluster.pods.filter(({ workload }) => !staying.has(workload)).length
    return sum + ((ground?.losses.length ?? 0) * pods) / hosts.length
  }, 0)
  if (lost <= LOST_PODS_MAX) return
  const message =
    `hosts that fail would lose some ${counted(Math.round(lost))} pods, each with another in its place; at most ` +
    `${counted(LOST_PODS_MAX)} fit, so shorten the run or let fewer hosts fail, or more seldom`
  problems.refuse([of], message)
}
