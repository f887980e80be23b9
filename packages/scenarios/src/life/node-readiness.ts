import type { WorkloadEventBlueprint } from '@weft/fabric'
import type { Pod } from '../kubernetes/index.ts'
import type { LossyCluster } from './evictions.ts'
import type { NodeGround, NodeLoss } from './node-ground.ts'
import type { PodLife } from './pod-lives.ts'

/** Events of pods, in order of time, of which none is ready while its node is not. `groundOf`: by pod. */
export function withNodes(
  events: readonly WorkloadEventBlueprint[],
  lives: readonly PodLife[],
  groundOf: ReadonlyMap<string, NodeGround>,
  clusters: readonly LossyCluster[],
  stopped: readonly string[],
): WorkloadEventBlueprint[] {
  const byTarget = new Map<string, WorkloadEventBlueprint[]>()
  for (const event of events) {
    const known = byTarget.get(event.target)
    if (known === undefined) byTarget.set(event.target, [event])
    else known.push(event)
  }
  const isStopped = new Set(stopped)
  const ofPods = lives.flatMap(({ pod, successors }) => {
    const ground = groundOf.get(pod.id)
    return [pod, ...successors.map((each) => each.pod)].flatMap(({ id }) => {
      const own = byTarget.get(id) ?? []
      const losses = ground?.losses.filter(({ host }) => host === ground.hostOf(id)) ?? []
      if (losses.length === 0) return own
      return readyWithNode(own, id, id === pod.id && pod.isReady && !isStopped.has(id), losses)
    })
  })
  const ofHosts = clusters.flatMap(({ ground, pods }) => hostsNotReady(ground, pods))
  return [...ofPods, ...ofHosts].sort((a, b) => a.atPs - b.atPs)
}

/** What happens to one pod, in order of time: it is not ready while its node is not, and again afterwards if it then would be. */
function readyWithNode(
  events: readonly WorkloadEventBlueprint[],
  target: string,
  isReadyAtFirst: boolean,
  losses: readonly NodeLoss[],
): WorkloadEventBlueprint[] {
  let isReady = isReadyAtFirst
  let isShown = isReadyAtFirst
  const told: WorkloadEventBlueprint[] = []
  const bounds = losses.flatMap(({ notReadyPs, toPs }) => [notReadyPs, toPs])
  const instants = [...new Set([...events.map(({ atPs }) => atPs), ...bounds])]
  for (const atPs of instants.sort((a, b) => a - b)) {
    if (atPs === Infinity) break
    for (const event of events) {
      if (event.atPs !== atPs) continue
      if (event.action === 'ready' || event.action === 'not-ready') isReady = event.action === 'ready'
      else {
        told.push(event)
        if (event.action !== 'terminate') isReady = isShown = false
      }
    }
    const isLost = losses.some(({ notReadyPs, toPs }) => notReadyPs <= atPs && atPs < toPs)
    const shows = isReady && !isLost
    if (shows !== isShown) told.push({ atPs, action: shows ? 'ready' : 'not-ready', target })
    isShown = shows
  }
  return told
}

/** Hosts bear the addresses of pods on their network, and so are not ready in these pods' stead. */
function hostsNotReady(ground: NodeGround, pods: readonly Pod[]): WorkloadEventBlueprint[] {
  const onHost = pods.filter(({ template }) => template.hostNetwork)
  return ground.losses.flatMap(({ host, notReadyPs, toPs }): WorkloadEventBlueprint[] => {
    const own = onHost.filter(({ id }) => ground.hostOf(id) === host)
    if (own.length === 0 || own.some(({ isReady }) => !isReady)) return []
    const lost = { atPs: notReadyPs, action: 'not-ready', target: host } as const
    return toPs === Infinity ? [lost] : [lost, { atPs: toPs, action: 'ready', target: host }]
  })
}
