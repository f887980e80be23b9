import type { ScenarioData } from '../schema/scenario.ts'

type EventData = NonNullable<ScenarioData['events']>[number]
type Selector = NonNullable<EventData['stop']>
type Policies = NonNullable<EventData['apply']>

type Starting = Pick<EventData, 'startup'>
type Stopping = Pick<EventData, 'drain' | 'grace'>
type Applied = Pick<EventData, 'connections' | 'cluster'>

/** A switch, host or link goes down at this instant. */
export const fail = (target: string, at: string): EventData => ({ at, fail: target })

/** A switch, host or link comes back at this instant. */
export const repair = (target: string, at: string): EventData => ({ at, repair: target })

/** Pods are ready from now on, whatever their probes say. */
const ready = (pods: Selector, at: string): EventData => ({ at, ready: pods })

/** Pods are not ready from now on: new connections to services go to others. */
const notReady = (pods: Selector, at: string): EventData => ({ at, notReady: pods })

/** The application of pods answers its readiness probes again. */
const healthy = (pods: Selector, at: string): EventData => ({ at, healthy: pods })

/** The application of pods fails its readiness probes from now on. */
const unhealthy = (pods: Selector, at: string): EventData => ({ at, unhealthy: pods })

/** Pods start; those whose first event this is do not run before. */
const start = (pods: Selector, at: string, options: Starting = {}): EventData => ({
  at,
  start: pods,
  ...options,
})

/** Pods are asked to stop, drain, and are gone. */
const stop = (pods: Selector, at: string, options: Stopping = {}): EventData => ({
  at,
  stop: pods,
  ...options,
})

/** Pods stop, and start again in their place with their addresses. */
const restart = (pods: Selector, at: string, options: Starting & Stopping = {}): EventData => ({
  at,
  restart: pods,
  ...options,
})

/** Others start on other hosts in the stead of these pods: on the host or node `to`, or by the rules of placement. */
const reschedule = (
  pods: Selector,
  at: string,
  options: Starting & Stopping & { readonly to?: string } = {},
): EventData => ({ at, reschedule: pods, ...options })

/** A Deployment, StatefulSet or DaemonSet replaces its pods, by the rules of its controller. */
const rollout = (
  workload: string,
  at: string,
  options: Starting & Stopping & Pick<EventData, 'maxSurge' | 'maxUnavailable' | 'minReady'> = {},
): EventData => ({ at, rollout: workload, ...options })

/** Network policies are added, or replace those of their names: `{ 'deny.yaml': text }`. */
const apply = (policies: Policies, at: string, options: Applied = {}): EventData => ({
  at,
  apply: policies,
  ...options,
})

/** Network policies are deleted, by namespace/name or text. */
const remove = (policies: Policies, at: string, options: Applied = {}): EventData => ({
  at,
  delete: policies,
  ...options,
})

/** A name stands for this from now on: addresses, a host, pod or service for its own, or one other name. */
const record = (
  name: string,
  to: NonNullable<EventData['to']>,
  at: string,
  options: Pick<EventData, 'ttl'> = {},
): EventData => ({ at, record: name, to, ...options })

/** A name has no records from now on. */
const removeRecord = (name: string, at: string): EventData => ({ at, removeRecord: name })

/** A service or a name moves: its names stand for `to` from now on, its old addresses go out of service after `retire`. */
const move = (
  what: string,
  to: NonNullable<EventData['to']>,
  at: string,
  options: Pick<EventData, 'ttl' | 'retire'> = {},
): EventData => ({ at, move: what, to, ...options })

/** What happens while a network runs, as entries of a scenario's `events`: what it is about, and when. */
export const events = {
  fail,
  repair,
  ready,
  notReady,
  healthy,
  unhealthy,
  start,
  stop,
  restart,
  reschedule,
  rollout,
  apply,
  delete: remove,
  record,
  removeRecord,
  move,
}
