import { printDuration } from '@weft/core'
import type { EventBlueprint } from '@weft/fabric'
import { type Path, type Problems, quote } from '../compile/problems.ts'
import { endPs, type RunPlan } from '../compile/run.ts'
import { asList } from '../compile/selectors/selectors.ts'
import type { Cluster, Pod, Workload } from '../kubernetes/index.ts'
import type { EventInput } from '../schema/events.ts'
import { isPodAction, type PodAction, type ReadEvent } from './event-actions.ts'
import { Evictions, type LossyCluster } from './evictions.ts'
import type { NodeGround } from './node-ground.ts'
import { withNodes } from './node-readiness.ts'
import { planRollout } from './plan-rollout.ts'
import { PodLife, termsOf } from './pod-lives.ts'
import type { Successor } from './successors.ts'
import { warnOfIdle } from './warn-of-idle.ts'

/** What becomes of the pods of a scenario's clusters. */
export interface PlannedLife {
  readonly events: readonly EventBlueprint[]
  /** By cluster. */
  readonly successors: readonly (readonly Successor[])[]
  /** Pods that do not run at the start, by name. */
  readonly stopped: readonly string[]
}

const ROLLED = ['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet', 'Workload']
const MACHINES = ['VirtualMachine', 'VirtualMachineInstance']
/** Pods whose successor has to wait until they are gone: it bears their name. */
const NAMED = ['StatefulSet', 'Pod', ...MACHINES]

/**
 * Turns events of pods into those of the network: when each is asked to stop, is gone, starts, is ready. `grounds`: of the clusters, those
 * that lose nodes.
 */
export function planLife(
  events: readonly ReadEvent[],
  clusters: readonly Cluster[],
  run: RunPlan,
  problems: Problems,
  grounds: readonly (NodeGround | undefined)[] = [],
): PlannedLife {
  const happenings = events.filter(({ action }) => isPodAction(action))
  const planner = new LifePlanner(clusters, grounds, happenings, problems)
  for (const { action, input, path } of happenings) planner.plan(action as PodAction, input, path)
  return planner.planned(endPs(run))
}

class LifePlanner {
  readonly #clusters: readonly Cluster[]
  readonly #problems: Problems
  readonly #lives = new Map<string, PodLife>()
  readonly #pods = new Map<string, Pod>()
  readonly #workloads = new Map<string, Workload>()
  readonly #podsOf = new Map<string, Pod[]>()
  readonly #stopped: string[] = []
  readonly #grounds: readonly (NodeGround | undefined)[]
  /** By pod. */
  readonly #groundOf = new Map<string, NodeGround>()
  /** Pods whose first event is their start, where nodes are lost. */
  readonly #notYet = new Set<string>()
  readonly #evictions: Evictions

  constructor(
    clusters: readonly Cluster[],
    grounds: readonly (NodeGround | undefined)[],
    happenings: readonly ReadEvent[],
    problems: Problems,
  ) {
    this.#clusters = clusters
    this.#grounds = grounds
    this.#problems = problems
    for (const [index, { pods, workloads }] of clusters.entries()) {
      for (const workload of workloads) this.#workloads.set(workload.id, workload)
      for (const pod of pods) {
        this.#pods.set(pod.id, pod)
        if (grounds[index] !== undefined) this.#groundOf.set(pod.id, grounds[index])
        const known = this.#podsOf.get(pod.workload)
        if (known === undefined) this.#podsOf.set(pod.workload, [pod])
        else known.push(pod)
      }
    }
    this.#evictions = new Evictions(this.#lossy(), {
      lifeOf: (pod) => this.#lives.get(pod.id) ?? this.#newLife(pod),
      kindOf: (pod) => this.#workloads.get(pod.workload)!.kind,
      problems,
    })
    if (this.#groundOf.size > 0) this.#findStopped(happenings)
  }

  plan(action: PodAction, input: EventInput, path: Path): void {
    this.#evictions.advance(input.at)
    if (action === 'rollout') {
      this.#rollout(input, [...path, action])
      return
    }
    const named = input[action]!
    asList(named).forEach((name, index) => {
      const at = typeof named === 'string' ? [...path, action] : [...path, action, index]
      const pods = this.#podsNamed(name, at)
      if (pods?.length === 0) this.#problems.warn(at, `${quote(name)} has no pods; this changes nothing`)
      for (const pod of pods ?? []) {
        const life = this.#lifeOf(pod, at)
        if (life !== undefined && this.#isFree(life, input.at, at)) this.#happen(action, life, input, at)
      }
    })
  }

  planned(untilPs: number): PlannedLife {
    this.#evictions.advance(untilPs)
    const lives = [...this.#lives.values()]
    const events = lives
      .flatMap((life) => life.events)
      .filter(({ event }) => event.atPs <= untilPs)
      .sort((a, b) => a.event.atPs - b.event.atPs)
    const successors = this.#clusters.map(({ pods }) =>
      pods.flatMap((pod) => this.#lives.get(pod.id)?.successors ?? []),
    )
    const stopped = [...this.#stopped, ...successors.flat().map(({ pod }) => pod.id)]
    warnOfIdle(events, this.#pods, stopped, this.#problems)
    const planned = events.map(({ event }) => event)
    const told =
      this.#groundOf.size === 0 ? planned : withNodes(planned, lives, this.#groundOf, this.#lossy(), stopped)
    return { events: told.filter(({ atPs }) => atPs <= untilPs), successors, stopped }
  }

  #happen(action: PodAction, life: PodLife, input: EventInput, path: Path): void {
    const { at } = input
    const terms = termsOf(life.pod, input)
    const isFirst = life.events.length === 0
    if (action === 'ready') life.turn(at, 'ready', path)
    else if (action === 'notReady') life.turn(at, 'not-ready', path)
    else if (action === 'healthy' || action === 'unhealthy') life.answers(at, action === 'healthy', path)
    else if (action === 'stop') life.stop(at, terms, path)
    else if (action === 'start') {
      if (isFirst) this.#stopped.push(life.pod.id)
      life.start(at, terms, path)
    } else if (action === 'restart') life.start(life.stop(at, terms, path), terms, path)
    else {
      const gonePs = life.stop(at, terms, path)
      life.succeed(at, typeof input.to === 'string' ? input.to : undefined)
      const { kind } = this.#workloads.get(life.pod.workload)!
      life.start(NAMED.includes(kind) ? gonePs : at, terms, path)
    }
  }

  #rollout(input: EventInput, path: Path): void {
    const id = this.#idOf(input.rollout!, this.#workloads)
    const workload = id === undefined ? undefined : this.#workloads.get(id)
    if (workload === undefined) {
      this.#refuseUnknown('workload', input.rollout!, [...this.#workloads.keys()], path)
      return
    }
    if (!ROLLED.includes(workload.kind)) {
      const message = `${quote(workload.id)} is a ${workload.kind}, whose pods no controller replaces one by one; "restart" or "reschedule" it`
      this.#problems.refuse(path, message)
      return
    }
    const lives = (this.#podsOf.get(workload.id) ?? []).map((pod) => this.#lifeOf(pod, path))
    const own = lives.filter((life) => life !== undefined)
    if (own.length < lives.length || !own.every((life) => this.#isFree(life, input.at, path))) return
    planRollout(workload, own, input, path)
  }

  #find(name: string): readonly Pod[] | undefined {
    const pod = this.#idOf(name, this.#pods)
    if (pod !== undefined) return [this.#pods.get(pod)!]
    const workload = this.#idOf(name, this.#workloads)
    return workload === undefined ? undefined : (this.#podsOf.get(workload) ?? [])
  }

  #podsNamed(name: string, path: Path): readonly Pod[] | undefined {
    const found = this.#find(name)
    if (found !== undefined) return found
    this.#refuseUnknown('pod or workload', name, [...this.#workloads.keys(), ...this.#pods.keys()], path)
    return undefined
  }

  /** As it is, or among several clusters without the cluster's name where that is clear. */
  #idOf(name: string, among: ReadonlyMap<string, unknown>): string | undefined {
    if (among.has(name) || this.#clusters.length < 2) return among.has(name) ? name : undefined
    const [only, ...others] = [...among.keys()].filter((id) => id.endsWith(`/${name}`))
    return others.length === 0 ? only : undefined
  }

  #lifeOf(pod: Pod, path: Path): PodLife | undefined {
    if (pod.template.hostNetwork) {
      const message = `pod ${quote(pod.id)} is on its host's network, and comes and goes with the host: "fail" that`
      this.#problems.refuse(path, message)
      return undefined
    }
    return this.#lives.get(pod.id) ?? this.#newLife(pod)
  }

  #newLife(pod: Pod): PodLife {
    const life = new PodLife(pod, {
      isMachine: MACHINES.includes(this.#workloads.get(pod.workload)!.kind),
      isRunning: !this.#notYet.has(pod.id),
      ground: this.#groundOf.get(pod.id),
    })
    this.#lives.set(pod.id, life)
    return life
  }

  #lossy(): LossyCluster[] {
    return this.#grounds.flatMap((ground, index) =>
      ground === undefined ? [] : [{ ground, pods: this.#clusters[index]!.pods }],
    )
  }

  #findStopped(happenings: readonly ReadEvent[]): void {
    const seen = new Set<string>()
    for (const { action, input } of happenings) {
      for (const name of asList(input[action as PodAction]!)) {
        for (const { id } of this.#find(name) ?? []) {
          if (!seen.has(id) && action === 'start') this.#notYet.add(id)
          seen.add(id)
        }
      }
    }
  }

  #isFree({ busyPs, pod, events }: PodLife, atPs: number, path: Path): boolean {
    if (atPs >= busyPs || events.length === 0) return true
    const [at, busy] = [atPs, busyPs].map((ps) => printDuration(ps))
    this.#problems.refuse(path, `at ${at} pod ${quote(pod.id)} is still stopping or coming up, until ${busy}`)
    return false
  }

  #refuseUnknown(what: string, name: string, names: readonly string[], path: Path): void {
    const expected =
      names.length === 0 ? 'the scenario has no "kubernetes" with any' : `names look like ${quote(names[0]!)}`
    this.#problems.refuse(path, this.#problems.unknownName(what, name, names, expected))
  }
}
