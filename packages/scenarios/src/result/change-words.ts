import type { ChangeAction, ScenarioResult } from './result.ts'

type Change = ScenarioResult['changes'][number]

/** What becomes of the target, in words. */
export const CHANGE_WORDS: Readonly<Record<ChangeAction, string>> = {
  fail: 'fails',
  repair: 'is repaired',
  terminate: 'is asked to stop',
  stop: 'is gone',
  boot: 'boots',
  start: 'starts',
  'not-ready': 'is not ready',
  ready: 'is ready',
  'delete-policy': 'is deleted',
  'apply-policy': 'is applied',
  'change-records': 'has other records',
  'set-domain': 'is other addresses to policies',
  withdraw: 'is out of service',
}

const LOSSES: ReadonlySet<ChangeAction> = new Set(['fail', 'terminate', 'stop', 'not-ready', 'withdraw'])

/** Whether there is less afterwards that serves. */
export const isLoss = (action: ChangeAction): boolean => LOSSES.has(action)

export const isOutage = (action: ChangeAction): action is 'fail' | 'repair' =>
  action === 'fail' || action === 'repair'

/** What is down and comes back as drawings know it: a pod that is gone is as a host that failed. */
export function outagesOf(changes: readonly Change[]) {
  return changes.flatMap(({ action, atPs, target }) => {
    const as = action === 'stop' ? 'fail' : action === 'start' ? 'repair' : action
    return isOutage(as) ? [{ action: as, atPs, target }] : []
  })
}
