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
  { strategy, podsPerHost, pinned }: PlacementOptions,
): Placed {
  const places = hosts.map((each) => ({ ...each, pods: 0, ofWorkload: new Map<string, number>() }))
  const hostOf = new Map<string, string>()
  const unplaced: { pod: Pod; reason: string }[] = []
  const put = (pod: Pod, place: (typeof places)[number]) => {
    place.pods++
    place.ofWorkload.set(pod.workload, (place.ofWorkload.get(pod.workload) ?? 0) + 1)
    hostOf.set(pod.id, place.host)
  }
  const byName = new Map(
    places.flatMap((place) => [[place.host, place] as const, [place.node.name, place] as const]),
  )
  const nodeNameOf = (pod: Pod) =>
    pod.nodeName ?? (pinned?.has(firstOf(pod.id)) ? undefined : pod.template.nodeName)
  // what runs somewhere already takes its room first
  const isBound = (pod: Pod) => nodeNameOf(pod) !== undefined
  for (const pod of [...pods.filter(isBound), ...pods.filter((each) => !isBound(each))]) {
    const name = nodeNameOf(pod)
    if (name !== undefined) {
      const own = byName.get(name)
      if (own === undefined) unplaced.push({ pod, reason: `there is no node "${name}"` })
      else put(pod, own)
      continue
    }
    const pins = pinned?.get(firstOf(pod.id))
    const fitting = places.filter(({ host, node }) =>
      pins === undefined ? takes(node, pod) : pins.has(host),
    )
    const free = fitting.filter((place) => place.pods < podsPerHost)
    const load = (place: (typeof places)[number]) =>
      strategy === 'pack' ? -place.pods : (place.ofWorkload.get(pod.workload) ?? 0) * podsPerHost + place.pods
    const [first, ...others] = free
    if (first === undefined) unplaced.push({ pod, reason: reasonFor(fitting.length, podsPerHost) })
    else
      put(
        pod,
        others.reduce((best, place) => (load(place) < load(best) ? place : best), first),
      )
  }
  return { hostOf, unplaced }
}

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
