import type { ClusterNode, Pod } from '../kubernetes/index.ts'
import { isAskedFor } from '../kubernetes/node-affinity.ts'
import { tolerates } from '../kubernetes/taints.ts'
import { firstOf } from '../life/successors.ts'

/** A host of the fabric as pods see it: the node that it is. */
export interface PodHost {
  /** Name in the fabric: `ord1/leaf-0/host-3`. */
  readonly host: string
  readonly node: Pick<ClusterNode, 'name' | 'labels' | 'taints' | 'isNameOnly'>
}

export interface PlacementOptions {
  /** `spread`: pods of a workload on as many hosts as there are. `pack`: fill a host before the next is begun. */
  readonly strategy: 'spread' | 'pack'
  /** As many pods does a host take. */
  readonly podsPerHost: number
  /** Hosts that pods, by id, and what takes their place are to run on where no `nodeName` of theirs is known, whatever their template says. */
  readonly pinned?: ReadonlyMap<string, ReadonlySet<string>> | undefined
}

/** What kubelets take where nobody says otherwise (kubernetes/kubernetes, pkg/kubelet/apis/config, `maxPods`). */
export const PODS_PER_HOST_DEFAULT = 110

export interface Placed {
  /** Host of the fabric, by the pod's id. */
  readonly hostOf: ReadonlyMap<string, string>
  /** Pods that fit nowhere, and why. */
  readonly unplaced: readonly { readonly pod: Pod; readonly reason: string }[]
}

/**
 * Puts every pod on a host: where it says that it runs; else on a host that has its labels, whose taints it tolerates, and
 * that has room. By the order of names alone, so the same pods come to the same hosts.
 */
export function placePods(
  pods: readonly Pod[],
  hosts: readonly PodHost[],
  options: PlacementOptions,
): Placed {
  const placer = new PodPlacer(hosts, options)
  const hostOf = new Map<string, string>()
  const unplaced: { pod: Pod; reason: string }[] = []
  // what runs somewhere already takes its room first
  const isBound = (pod: Pod) => placer.nodeNameOf(pod) !== undefined
  for (const pod of [...pods.filter(isBound), ...pods.filter((each) => !isBound(each))]) {
    const found = placer.place(pod)
    if (found.host === undefined) unplaced.push({ pod, reason: found.reason })
    else hostOf.set(pod.id, found.host)
  }
  return { hostOf, unplaced }
}

interface Place extends PodHost {
  /** Pods that were put there, those that are gone among them; and what there is room for. */
  pods: number
  room: number
  readonly ofWorkload: Map<string, number>
}

/** Where a pod was put; or nowhere, and why. */
export type PodPlace = { readonly host: string } | { readonly host?: undefined; readonly reason: string }

/** Puts one pod after another on hosts. */
export class PodPlacer {
  readonly #places: readonly Place[]
  readonly #byName: ReadonlyMap<string, Place>
  readonly #options: PlacementOptions

  constructor(hosts: readonly PodHost[], options: PlacementOptions) {
    const { podsPerHost } = options
    this.#places = hosts.map((each) => ({ ...each, pods: 0, room: podsPerHost, ofWorkload: new Map() }))
    this.#byName = new Map(
      this.#places.flatMap((place) => [[place.host, place] as const, [place.node.name, place] as const]),
    )
    this.#options = options
  }

  /** The node that it says it runs on. */
  nodeNameOf(pod: Pod): string | undefined {
    const { pinned } = this.#options
    return pod.nodeName ?? (pinned?.has(firstOf(pod.id)) ? undefined : pod.template.nodeName)
  }

  /** On none of the hosts `but`. */
  place(pod: Pod, but: ReadonlySet<string> = NONE): PodPlace {
    const name = this.nodeNameOf(pod)
    const own = name === undefined ? this.#choose(pod, but) : this.#byName.get(name)
    if (typeof own === 'string') return { reason: own }
    if (own === undefined || but.has(own.host)) return { reason: `there is no node "${name}"` }
    own.pods++
    own.room--
    own.ofWorkload.set(pod.workload, (own.ofWorkload.get(pod.workload) ?? 0) + 1)
    return { host: own.host }
  }

  /** A pod is gone, and leaves its room; what it counted for in the choice among hosts stays. */
  leave(host: string): void {
    this.#byName.get(host)!.room++
  }

  /** The host with the least of its workload, or the fullest; else why there is none. */
  #choose(pod: Pod, but: ReadonlySet<string>): Place | string {
    const { strategy, podsPerHost, pinned } = this.#options
    const pins = pinned?.get(firstOf(pod.id))
    let fitting = 0
    let best: Place | undefined
    let least = Infinity
    for (const place of this.#places) {
      if (but.has(place.host) || !(pins === undefined ? takes(place.node, pod) : pins.has(place.host)))
        continue
      fitting++
      if (place.room <= 0) continue
      const load =
        strategy === 'pack'
          ? -place.pods
          : (place.ofWorkload.get(pod.workload) ?? 0) * podsPerHost + place.pods
      if (load >= least) continue
      best = place
      least = load
    }
    return best ?? reasonFor(fitting, podsPerHost)
  }
}

const NONE: ReadonlySet<string> = new Set()

function reasonFor(fitting: number, podsPerHost: number): string {
  if (fitting === 0) return 'no node has the labels that it asks for and taints that it tolerates'
  const [nodes, have] = fitting === 1 ? ['the only node', 'has'] : [`all ${fitting} nodes`, 'have']
  return `${nodes} that it may run on ${have} ${podsPerHost} ${podsPerHost === 1 ? 'pod' : 'pods'} already`
}

function takes(node: PodHost['node'], { template }: Pod): boolean {
  const { tolerations } = template
  return (
    isAskedFor(template, node) &&
    node.taints.every((taint) => tolerations.some((each) => tolerates(each, taint)))
  )
}
