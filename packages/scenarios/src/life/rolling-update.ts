import type { UpdateStrategy } from '../kubernetes/index.ts'

/** How many pods a rolling update may have beyond those wanted, and how many may be missing; never both 0. */
export interface RollingLimits {
  readonly maxSurge: number
  readonly maxUnavailable: number
}

/** How long things take with each pod. */
export interface PodTimes {
  /** From its start until it is ready. */
  readonly readyPs: number
  /** From then until it counts as available. */
  readonly minReadyPs: number
}

/** One step: the pod in this place is asked to stop, or the one that takes its place starts. */
export interface RolloutStep {
  readonly atPs: number
  readonly action: 'stop' | 'start'
  readonly pod: number
}

/**
 * As the Deployment controller reckons (kubernetes/kubernetes, pkg/controller/deployment/util, `ResolveFenceposts`): shares
 * of the pods wanted, a surge rounded up, pods missing rounded down; where both come to 0, one may be missing.
 */
export function rollingLimits(
  { maxSurge, maxUnavailable }: Pick<UpdateStrategy, 'maxSurge' | 'maxUnavailable'>,
  replicas: number,
): RollingLimits {
  const surge = countOf(maxSurge, replicas, Math.ceil)
  const unavailable = countOf(maxUnavailable, replicas, Math.floor)
  const isStuck = surge === 0 && unavailable === 0
  return { maxSurge: surge, maxUnavailable: isStuck ? 1 : Math.min(unavailable, replicas) }
}

function countOf(value: number | string, replicas: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value
  // a whole number over a hundred, so that no share is off by rounding
  return round((Number.parseInt(value, 10) * replicas) / 100)
}

/**
 * The steps of a Deployment's rolling update (pkg/controller/deployment/rolling.go): new pods as far as the surge goes; old
 * ones that are not ready go first, then others as far as enough pods are available. A pod that is asked to stop counts no
 * more. `isReady`: of the old pods, in the order in which they go.
 */
export function rollingUpdate(
  isReady: readonly boolean[],
  { maxSurge, maxUnavailable }: RollingLimits,
  { readyPs, minReadyPs }: PodTimes,
): RolloutStep[] {
  const replicas = isReady.length
  const steps: RolloutStep[] = []
  const old = [...isReady.keys()].sort((a, b) => Number(isReady[a]) - Number(isReady[b]) || a - b)
  /** Of every new pod, in the order of their starts. */
  const availablePs: number[] = []
  for (let atPs = 0; ; ) {
    const isAvailable = (ps: number) => ps <= atPs
    for (let isChanging = true; isChanging; ) {
      isChanging = false
      while (availablePs.length < replicas && old.length + availablePs.length < replicas + maxSurge) {
        steps.push({ atPs, action: 'start', pod: availablePs.length })
        availablePs.push(atPs + readyPs + minReadyPs)
        isChanging = true
      }
      const fresh = availablePs.filter(isAvailable).length
      const unavailable = availablePs.length - fresh
      let removable = old.length + availablePs.length - (replicas - maxUnavailable) - unavailable
      let available = fresh + old.filter((pod) => isReady[pod]).length
      while (old.length > 0 && removable > 0) {
        const [pod] = old as [number]
        if (isReady[pod] && available-- <= replicas - maxUnavailable) break
        steps.push({ atPs, action: 'stop', pod })
        old.shift()
        removable--
        isChanging = true
      }
    }
    const next = Math.min(...availablePs.filter((ps) => ps > atPs))
    if (old.length === 0 && availablePs.length === replicas) return steps
    atPs = next
  }
}

/** From when a pod is asked to stop until it is gone. */
interface InPlaceTimes extends PodTimes {
  readonly gonePs: number
}

/**
 * Pods that take the place of those before them, so many at a time, as StatefulSets and DaemonSets have it: each starts when
 * its predecessor is gone, the next is asked to stop when enough are available again.
 */
export function replaceInPlace(
  order: readonly number[],
  atOnce: number,
  { readyPs, minReadyPs, gonePs }: InPlaceTimes,
): RolloutStep[] {
  const turnPs = gonePs + readyPs + minReadyPs
  return order.flatMap((pod, i): RolloutStep[] => {
    const atPs = Math.floor(i / Math.max(1, atOnce)) * turnPs
    return [
      { atPs, action: 'stop', pod },
      { atPs: atPs + gonePs, action: 'start', pod },
    ]
  })
}

/** All old pods go, and when they are gone the new ones start. */
export function recreate(pods: number, gonePs: number): RolloutStep[] {
  const all = Array.from({ length: pods }, (_, pod) => pod)
  return [
    ...all.map((pod): RolloutStep => ({ atPs: 0, action: 'stop', pod })),
    ...all.map((pod): RolloutStep => ({ atPs: gonePs, action: 'start', pod })),
  ]
}
