import { printDuration } from '@weft/core'
import { list, type Path, type Problems } from '../compile/problems.ts'
import { endPs, type RunPlan } from '../compile/run.ts'
import type { EventInput } from '../schema/events.ts'

export const OUTAGE_ACTIONS = ['fail', 'repair'] as const
export const POD_ACTIONS = [
  'ready',
  'notReady',
  'healthy',
  'unhealthy',
  'stop',
  'start',
  'restart',
  'reschedule',
  'rollout',
] as const
export const POLICY_ACTIONS = ['apply', 'delete'] as const
export const NAME_ACTIONS = ['record', 'removeRecord', 'move'] as const

export type PodAction = (typeof POD_ACTIONS)[number]
export type PolicyAction = (typeof POLICY_ACTIONS)[number]
export type EventAction =
  | (typeof OUTAGE_ACTIONS)[number]
  | PodAction
  | PolicyAction
  | (typeof NAME_ACTIONS)[number]

const ACTIONS: readonly EventAction[] = [
  ...OUTAGE_ACTIONS,
  ...POD_ACTIONS,
  ...POLICY_ACTIONS,
  ...NAME_ACTIONS,
]

type EventOption = Exclude<keyof EventInput, EventAction | 'at'>

const STOPS: readonly EventAction[] = ['stop', 'restart', 'reschedule', 'rollout']
const STARTS: readonly EventAction[] = ['start', 'restart', 'reschedule', 'rollout']

/** What each option stands beside. */
const OPTIONS: Readonly<Record<EventOption, readonly EventAction[]>> = {
  to: ['reschedule', 'record', 'move'],
  ttl: ['record', 'move'],
  retire: ['move'],
  startup: [...STARTS, 'fail'],
  drain: STOPS,
  grace: STOPS,
  maxSurge: ['rollout'],
  maxUnavailable: ['rollout'],
  minReady: ['rollout'],
  connections: POLICY_ACTIONS,
  cluster: POLICY_ACTIONS,
}

/** An event of a scenario, and what it does. */
export interface ReadEvent {
  readonly input: EventInput
  readonly action: EventAction
  readonly path: Path
}

/** Events in order of time; those that are refused are left out. */
export function readEvents(inputs: readonly EventInput[], run: RunPlan, problems: Problems): ReadEvent[] {
  return inputs
    .flatMap((input, index) => {
      const path = ['events', index]
      const action = actionOf(input, path, run, problems)
      return action === undefined ? [] : [{ input, action, path }]
    })
    .sort((a, b) => a.input.at - b.input.at)
}

/** What an event does; undefined, and refused, where it says nothing, or several things, or has an option that means nothing to it. */
function actionOf(input: EventInput, path: Path, run: RunPlan, problems: Problems): EventAction | undefined {
  const said = ACTIONS.filter((action) => input[action] !== undefined)
  const [action, ...others] = said
  if (action === undefined || others.length > 0) {
    const has = said.length === 0 ? 'it has none' : `it has ${list(said)}`
    problems.refuse(path, `an event takes exactly one of ${ACTIONS.join(', ')}; ${has}`)
    return undefined
  }
  const before = problems.issues.length
  for (const [option, beside] of Object.entries(OPTIONS) as [EventOption, readonly EventAction[]][])
    if (input[option] !== undefined && !beside.includes(action))
      problems.refuseKey(
        [...path, option],
        `"${option}" stands beside ${list(beside, 'or')}, not beside "${action}"`,
      )
  if (action === 'reschedule' && typeof input.to === 'object')
    problems.refuse([...path, 'to'], 'pods are rescheduled to one host; name it alone')
  if (input.at > endPs(run))
    problems.refuse(
      [...path, 'at'],
      `${printDuration(input.at)} is after the end of the run, ${printDuration(endPs(run))}`,
    )
  return problems.issues.length > before ? undefined : action
}

export const isPodAction = (action: EventAction): action is PodAction =>
  (POD_ACTIONS as readonly EventAction[]).includes(action)

export const isPolicyAction = (action: EventAction): action is PolicyAction =>
  (POLICY_ACTIONS as readonly EventAction[]).includes(action)
