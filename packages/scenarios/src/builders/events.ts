import type { ScenarioData } from '../schema/scenario.ts'

type EventData = NonNullable<ScenarioData['events']>[number]

/** A switch, host or link goes down at this instant. */
export const fail = (target: string, at: string): EventData => ({ at, fail: target })

/** A switch, host or link comes back at this instant. */
export const repair = (target: string, at: string): EventData => ({ at, repair: target })
