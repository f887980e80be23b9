import { SECOND } from '@weft/core'
import type { NetworkBlueprint } from '@weft/fabric'
import { nodesOnHosts } from '../cloud/nodes.ts'
import type { PlacementOptions } from '../cloud/place-pods.ts'
import type { Cluster } from '../kubernetes/index.ts'
import type { ReadEvent } from '../life/event-actions.ts'
import { NodeGround } from '../life/node-ground.ts'
import { hostOutages } from '../life/node-outages.ts'
import type { KubernetesInput } from '../schema/kubernetes.ts'

/** kube-controller-manager's `--node-monitor-grace-period`; newer versions have 50 s. */
const GRACE_PS = 40 * SECOND
/** `tolerationSeconds` that the API server gives pods which state none (admission plugin DefaultTolerationSeconds). */
const EVICTION_PS = 300 * SECOND

/** A cluster before its pods are in the network. */
export interface ClusterToPlace {
  readonly input: KubernetesInput[number]
  readonly cluster: Cluster
  readonly hosts: readonly string[]
  readonly hostOfNode: Readonly<Record<string, string>>
  readonly placement: PlacementOptions
}

/** By cluster: its nodes and pods, where failures that the scenario states last for longer than it waits; else undefined. */
export function nodeGrounds(
  clusters: readonly ClusterToPlace[],
  happenings: readonly ReadEvent[],
  network: NetworkBlueprint,
): (NodeGround | undefined)[] {
  const outages = clusters.length === 0 ? [] : hostOutages(happenings, network)
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
