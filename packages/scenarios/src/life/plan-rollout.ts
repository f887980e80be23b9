import { SECOND } from '@weft/core'
import type { Path } from '../compile/problems.ts'
import type { UpdateStrategy, Workload } from '../kubernetes/index.ts'
import type { EventInput } from '../schema/events.ts'
import type { PodLife } from './pod-lives.ts'
import { termsOf } from './pod-lives.ts'
import { readyAfterPs } from './readiness.ts'
import { recreate, replaceInPlace, rollingLimits, type RolloutStep, rollingUpdate } from './rolling-update.ts'

/** Of what nobody says otherwise: a Deployment's. */
const DEFAULT_UPDATE: UpdateStrategy = {
  kind: 'rolling',
  maxSurge: '25%',
  maxUnavailable: '25%',
  minReadySeconds: 0,
}

/** Replaces all pods of a workload by others, by the rules of its controller. */
export function planRollout(
  workload: Workload,
  lives: readonly PodLife[],
  input: EventInput,
  path: Path,
): void {
  if (lives.length === 0) return
  const update = { ...DEFAULT_UPDATE, ...workload.update }
  const { template } = lives[0]!.pod
  const terms = termsOf(lives[0]!.pod, input)
  const minReadyPs = input.minReady ?? update.minReadySeconds * SECOND
  const times = { readyPs: readyAfterPs(template.readinessProbes, terms.startupPs), minReadyPs }
  const stated = {
    maxSurge: input.maxSurge ?? update.maxSurge,
    maxUnavailable: input.maxUnavailable ?? update.maxUnavailable,
  }
  const limits = rollingLimits(stated, lives.length)
  const order = [...lives.keys()]
  const inPlace = { ...times, gonePs: terms.drainPs }
  const steps: readonly RolloutStep[] =
    workload.kind === 'StatefulSet'
      ? replaceInPlace(order.reverse(), 1, inPlace)
      : workload.kind === 'DaemonSet'
        ? replaceInPlace(order, limits.maxUnavailable, inPlace)
        : update.kind === 'recreate'
          ? recreate(lives.length, terms.drainPs)
          : rollingUpdate(
              lives.map(({ isReady }) => isReady),
              limits,
              times,
            )
  // each old pod is stopped under its own name before its successor bears the life's
  for (const { atPs, action, pod } of steps)
    if (action === 'stop') lives[pod]!.stop(input.at + atPs, terms, path)
  for (const life of lives)
    life.succeed(input.at, workload.kind === 'DaemonSet' ? life.pod.nodeName : undefined)
  for (const { atPs, action, pod } of steps)
    if (action === 'start') lives[pod]!.start(input.at + atPs, terms, path)
  const endPs = Math.max(...lives.map(({ busyPs }) => busyPs))
  for (const life of lives) life.busyPs = endPs
}
