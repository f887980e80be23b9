import { SECOND } from '@weft/core'
import type { WorkloadEventBlueprint } from '@weft/fabric'
import type { Path } from '../compile/problems.ts'
import type { Pod } from '../kubernetes/index.ts'
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

/** A pod in the course of a run: what takes its place bears its name. */
export class PodLife {
  readonly pod: Pod
  readonly events: PlannedEvent[] = []
  readonly successors: Successor[] = []
  /** Nothing else may happen to it before: it is still stopping, or coming up. */
  busyPs = 0
  isReady: boolean
  readonly #isMachine: boolean
  #name: string
  #generation = 1
  #startedPs = 0

  /** `isMachine`: a virtual machine rather than containers. */
  constructor(pod: Pod, isMachine = false) {
    this.pod = pod
    this.#isMachine = isMachine
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
    this.busyPs = Math.max(this.busyPs, readyPs)
    return readyPs
  }

  /** Another pod in its place from now on; what happens to the one before is said already. */
  succeed(to?: string): void {
    const pod = successorOf(this.pod, ++this.#generation)
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
