import { SECOND } from '@weft/core'
import type { NodeOnHost } from '../cloud/nodes.ts'
import { type PlacementOptions, PodPlacer, placePods } from '../cloud/place-pods.ts'
import type { Cluster, Pod, PodTemplate } from '../kubernetes/index.ts'
import { tolerates } from '../kubernetes/taints.ts'
import type { HostOutage } from './node-outages.ts'

/** How long a cluster waits when it hears nothing of a node. */
export interface NodePatience {
  /** Until the node is not ready, nor what runs on it. */
  readonly gracePs: number
  /** From then until its pods are evicted that do not say otherwise. */
  readonly evictionPs: number
}

/** A time in which a node is known not to be ready. */
export interface NodeLoss extends HostOutage {
  readonly notReadyPs: number
}

/** What lives of pods need to know of the nodes below them, where some are lost. */
export class NodeGround {
  /** In order of time. */
  readonly losses: readonly NodeLoss[]
  readonly evictionPs: number
  /** By pod; what takes places is put in as it comes. */
  readonly #hostOf: Map<string, string>
  readonly #placer: PodPlacer

  constructor(
    { pods }: Cluster,
    nodes: readonly NodeOnHost[],
    placement: PlacementOptions,
    losses: readonly NodeLoss[],
    evictionPs: number,
  ) {
    this.losses = losses
    this.evictionPs = evictionPs
    this.#hostOf = new Map(placePods(pods, nodes, placement).hostOf)
    this.#placer = new PodPlacer(nodes, placement)
    for (const pod of pods) this.#placer.place(this.#boundTo(pod))
  }

  hostOf(pod: string): string | undefined {
    return this.#hostOf.get(pod)
  }

  /** Where a pod goes that comes now: `to`, or a node that is ready; undefined where it fits nowhere. */
  place(pod: Pod, to: string | undefined, nowPs: number): string | undefined {
    const lost = new Set(
      this.losses.flatMap(({ host, notReadyPs, toPs }) =>
        notReadyPs <= nowPs && nowPs < toPs ? [host] : [],
      ),
    )
    const { host } =
      to === undefined ? this.#placer.place(pod, lost) : this.#placer.place({ ...pod, nodeName: to })
    if (host !== undefined) this.#hostOf.set(pod.id, host)
    return host
  }

  /** A pod is gone from its node. */
  leave(pod: string): void {
    const host = this.#hostOf.get(pod)
    if (host !== undefined) this.#placer.leave(host)
  }

  #boundTo(pod: Pod): Pod {
    const host = this.#hostOf.get(pod.id)
    return host === undefined ? pod : { ...pod, nodeName: host }
  }
}

/** Taint of a node that nothing is heard of. */
const UNREACHABLE = { key: 'node.kubernetes.io/unreachable', value: '', effect: 'NoExecute' }

/**
 * From a node's loss until a pod on it is evicted, by its tolerations: the shortest that says for how long, Infinity where none of them
 * does; without any the cluster's own. Source: kubernetes/kubernetes pkg/controller/tainteviction, `getMinTolerationTime`.
 */
export function toleratedPs({ tolerations }: PodTemplate, evictionPs: number): number {
  const own = tolerations.filter((each) => tolerates(each, UNREACHABLE))
  if (own.length === 0) return evictionPs
  return Math.max(0, Math.min(...own.map(({ seconds = Infinity }) => seconds * SECOND)))
}
