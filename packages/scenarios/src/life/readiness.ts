import { SECOND } from '@weft/core'
import type { ReadinessProbe } from '../kubernetes/index.ts'

type Probe = Pick<
  ReadinessProbe,
  'initialDelaySeconds' | 'periodSeconds' | 'successThreshold' | 'failureThreshold'
>

/**
 * From a container's start until its pod is ready, where the application answers its probes after `startupPs`: the first probe
 * comes after the initial delay, then one every period, and so many in a row must succeed. The latest probe counts.
 */
export function readyAfterPs(probes: readonly Probe[], startupPs: number): number {
  return Math.max(
    startupPs,
    ...probes.map((probe) => {
      const first = firstProbeFrom(probe, startupPs)
      return first + (probe.successThreshold - 1) * probe.periodSeconds * SECOND
    }),
  )
}

/**
 * From a container's start until its pod's readiness has changed, where from `changedPs` after that start the application
 * answers its probes otherwise: as soon as one of the probes has failed so often in a row, or all have succeeded.
 */
export function turnsAfterPs(probes: readonly Probe[], changedPs: number, isHealthy: boolean): number {
  if (probes.length === 0) return changedPs
  const turns = probes.map((probe) => {
    const inARow = isHealthy ? probe.successThreshold : probe.failureThreshold
    return firstProbeFrom(probe, changedPs) + (inARow - 1) * probe.periodSeconds * SECOND
  })
  return isHealthy ? Math.max(...turns) : Math.min(...turns)
}

/** The first instant, from a container's start, at which it is probed and which is not before this one. */
function firstProbeFrom({ initialDelaySeconds, periodSeconds }: Probe, ps: number): number {
  const [delay, period] = [initialDelaySeconds * SECOND, periodSeconds * SECOND]
  return delay + Math.max(0, Math.ceil((ps - delay) / period)) * period
}
