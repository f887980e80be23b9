import { SECOND } from '@weft/core'
import type { WorkloadEventBlueprint } from '@weft/fabric'
import type { Path } from '../compile/problems.ts'
import type { Pod } from '../kubernetes/index.ts'
import type { NodeGround } from './node-ground.ts'
import { readyAfterPs, turnsAfterPs } from './readiness.ts'
import { type Successor, successorOf } from './successors.ts'

/** How a pod comes and goes: as its event says, else as its manifest does. */
export interface PodTerms {
  readonly startupPs: number
  readonly drainPs: number
}

/** An event of the network, and the event of the scenario that it comes from. */
export interface PlannedEvent {
  readonly event: WorkloadEventBlueprint
  readonly path: Path
}

/** What a pod is at the start. */
export interface PodOrigin {
  /** A virtual machine rather than containers. */
  readonly isMachine?: boolean
  readonly isRunning?: boolean
  /** Absent: no node is lost, and successors are placed when all are known. */
  readonly ground?: NodeGround | undefined
}

/** A pod in the course of a run: what takes its place bears its name. */
export class PodLife {
  readonly pod: Pod
  readonly events: PlannedEvent[] = []
  readonly successors: Successor[] = []
  /** Nothing else may happen to it before: it is still stopping, or coming up. */
  busyPs = 0
  isReady: boolean
  /** Whether it runs, or is about to, as its events have it so far. */
  isRunning: boolean
  readonly #isMachine: boolean
  readonly #ground: NodeGround | undefined
  #name: string
  #generation = 1
  #startedPs = 0

  constructor(pod: Pod, { isMachine = false, isRunning = true, ground }: PodOrigin = {}) {
    this.pod = pod
    this.isRunning = isRunning
    this.#isMachine = isMachine
    this.#ground = ground
    this.isReady = pod.isReady
    this.#name = pod.id
  }

  turn(atPs: number, action: 'ready' | 'not-ready', path: Path): void {
    this.#add(atPs, action, path)
    this.isReady = action === 'ready'
  }

  /** Its application answers its probes from now on, or does not. */
  answers(atPs: number, isHealthy: boolean, path: Path): void {
    const { readinessProbes } = this.pod.template
    const turnsPs = this.#startedPs + turnsAfterPs(readinessProbes, atPs - this.#startedPs, isHealthy)
    this.turn(turnsPs, isHealthy ? 'ready' : 'not-ready', path)
  }

  /** Asked to stop; when it is gone. */
  stop(atPs: number, { drainPs }: PodTerms, path: Path): number {
    const gonePs = atPs + drainPs
    if (drainPs > 0) this.#add(atPs, 'terminate', path)
    this.#add(gonePs, 'stop', path)
    this.isRunning = false
    this.busyPs = gonePs
    return gonePs
  }

  /** When it is ready. */
  start(atPs: number, { startupPs }: PodTerms, path: Path): number {
    const readyPs = atPs + readyAfterPs(this.pod.template.readinessProbes, startupPs)
    // a container's kernel is there before its application, a machine's comes up with it
    if (startupPs > 0 && !this.#isMachine) this.#add(atPs, 'boot', path)
    this.#add(atPs + startupPs, 'start', path)
    this.#add(readyPs, 'ready', path)
    this.#startedPs = atPs
    this.isReady = true
    this.isRunning = true
    this.busyPs = Math.max(this.busyPs, readyPs)
    return readyPs
  }

  /** The name of the pod that is there now. */
  get name(): string {
    return this.#name
  }

  /** Another pod in its place from now on; what happens to the one before is said already. */
  succeed(nowPs: number, to?: string): void {
    const pod = successorOf(this.pod, this.#generation + 1)
    this.#follow(pod, this.#ground?.place(pod, to, nowPs) ?? to)
  }

  /** The same on a node that has room now, if there is one; whether there is. */
  succeedElsewhere(nowPs: number): boolean {
    const pod = successorOf(this.pod, this.#generation + 1)
    const place = this.#ground?.place(pod, undefined, nowPs)
    if (place !== undefined) this.#follow(pod, place)
    return place !== undefined
  }

  #follow(pod: Pod, to: string | undefined): void {
    this.#generation++
    this.successors.push({ pod, ...(to !== undefined && { to }) })
    this.#name = pod.id
  }

  #add(atPs: number, action: WorkloadEventBlueprint['action'], path: Path): void {
    this.events.push({ event: { atPs, action, target: this.#name }, path })
  }
}

/** As the event says, else as the pod's manifest does; nobody drains for longer than the grace period. */
export function termsOf(
  { template }: Pod,
  given: {
    readonly startup?: number | undefined
    readonly drain?: number | undefined
    readonly grace?: number | undefined
  },
): PodTerms {
  const drainPs = given.drain ?? (template.preStopSeconds ?? 0) * SECOND
  const gracePs = given.grace ?? template.terminationGracePeriodSeconds * SECOND
  return { startupPs: given.startup ?? 0, drainPs: Math.min(drainPs, gracePs) }
}
