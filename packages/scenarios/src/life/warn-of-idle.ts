import { printDuration } from '@weft/core'
import { type Problems, quote } from '../compile/problems.ts'
import type { Pod } from '../kubernetes/index.ts'
import type { PlannedEvent } from './pod-lives.ts'

/** Warns of events that find their pod as they would make it. In order of time. */
export function warnOfIdle(
  events: readonly PlannedEvent[],
  pods: ReadonlyMap<string, Pod>,
  stopped: readonly string[],
  problems: Problems,
): void {
  const running = new Map<string, boolean>(stopped.map((name) => [name, false]))
  const ready = new Map<string, boolean>()
  const booting = new Set<string>()
  for (const { event, path } of events) {
    const { action, target, atPs } = event
    const isRunning = running.get(target) ?? true
    const isReady = isRunning && (ready.get(target) ?? pods.get(target)?.isReady ?? false)
    const warn = (state: string) =>
      problems.warn(
        path,
        `pod ${quote(target)} ${state} already at ${printDuration(atPs)}; this changes nothing`,
      )
    if (action === 'boot' || (action === 'start' && !booting.delete(target))) {
      if (isRunning) warn('runs')
      else ready.set(target, false)
      running.set(target, true)
      if (action === 'boot') booting.add(target)
    } else if (action === 'stop') {
      if (!isRunning) warn('has stopped')
      running.set(target, false)
    } else if (action === 'ready' || action === 'not-ready') {
      if (isReady === (action === 'ready')) warn(isReady ? 'is ready' : 'is not ready')
      ready.set(target, action === 'ready')
    }
  }
}
