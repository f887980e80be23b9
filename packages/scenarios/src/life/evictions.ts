import { printDuration } from '@weft/core'
import { type Problems, quote } from '../compile/problems.ts'
import type { Pod } from '../kubernetes/index.ts'
import { type NodeGround, type NodeLoss, toleratedPs } from './node-ground.ts'
import type { PodLife } from './pod-lives.ts'

/** Whose pods others take the place of elsewhere, at once; other controllers wait until the node tells that they are gone. */
const ELSEWHERE = [
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Workload',
  'VirtualMachineInstanceReplicaSet',
]
const WAITING = ['StatefulSet', 'VirtualMachine']

/** A cluster some of whose nodes are lost. */
export interface LossyCluster {
  readonly ground: NodeGround
  readonly pods: readonly Pod[]
}

export interface EvictionContext {
  readonly lifeOf: (pod: Pod) => PodLife
  readonly kindOf: (pod: Pod) => string
  readonly problems: Problems
}

/**
 * What becomes of pods whose nodes are lost: first they are not ready, and after what they tolerate they are evicted. A controller that
 * may have two of them at once then starts another one elsewhere. DaemonSets' pods stay.
 */
export class Evictions {
  readonly #context: EvictionContext
  /** In order of time, the next one last. */
  readonly #due: { readonly atPs: number; readonly happen: () => void }[] = []

  constructor(clusters: readonly LossyCluster[], context: EvictionContext) {
    this.#context = context
    for (const cluster of clusters)
      for (const loss of cluster.ground.losses)
        this.#schedule(loss.notReadyPs, () => this.#lose(cluster, loss))
  }

  /** Plans all that happens before this. */
  advance(toPs: number): void {
    for (let next = this.#due.at(-1); next !== undefined && next.atPs < toPs; next = this.#due.at(-1)) {
      this.#due.pop()
      next.happen()
    }
  }

  #schedule(atPs: number, happen: () => void): void {
    let at = this.#due.length
    while (at > 0 && this.#due[at - 1]!.atPs <= atPs) at--
    this.#due.splice(at, 0, { atPs, happen })
  }

  #lose({ ground, pods }: LossyCluster, loss: NodeLoss): void {
    for (const pod of pods) {
      if (pod.template.hostNetwork) continue
      const life = this.#context.lifeOf(pod)
      if (ground.hostOf(life.name) !== loss.host || this.#context.kindOf(pod) === 'DaemonSet') continue
      const atPs = loss.notReadyPs + toleratedPs(pod.template, ground.evictionPs)
      if (atPs < loss.toPs) this.#schedule(atPs, () => this.#evict(life, ground, loss, atPs))
    }
  }

  #evict(life: PodLife, ground: NodeGround, loss: NodeLoss, atPs: number): void {
    // what is being replaced meanwhile has its own plan
    if (!life.isRunning || life.busyPs > atPs || ground.hostOf(life.name) !== loss.host) return
    const { isDown, toPs, by } = loss
    const kind = this.#context.kindOf(life.pod)
    const terms = { startupPs: by.input.startup ?? 0, drainPs: 0 }
    // behind links that are down it goes on, until its node hears what was decided
    const gonePs = isDown ? atPs : toPs
    if (gonePs < Infinity) life.stop(gonePs, terms, by.path)
    ground.leave(life.name)
    const startPs = ELSEWHERE.includes(kind) ? atPs : WAITING.includes(kind) ? toPs : Infinity
    if (startPs === Infinity) return
    if (life.succeedElsewhere(startPs)) life.start(startPs, terms, by.path)
    else {
      const message = `pod ${quote(life.pod.id)}, evicted at ${printDuration(atPs)}, fits on no node that is left; nothing takes its place`
      this.#context.problems.warn(by.path, message)
    }
  }
}
