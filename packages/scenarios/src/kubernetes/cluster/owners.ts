import type { Manifest, OwnerReference } from '../kinds/kind.ts'
import type { ClusterDraft, DraftPod, DraftWorkload } from '../model/draft.ts'

const keyOf = (kind: string, namespace: string, name: string) => `${kind} ${namespace}/${name}`

/** Which controller a pod or another controller belongs to, up to the topmost that has a manifest. */
export class Owners {
  readonly #workloads = new Map<string, DraftWorkload>()

  constructor({ workloads }: ClusterDraft) {
    for (const each of workloads) {
      const { kind, namespace, name } = each.manifest
      this.#workloads.set(keyOf(kind, namespace, name), each)
    }
  }

  /** Undefined where the pod stands alone. */
  ofPod({ manifest, owner }: DraftPod): DraftWorkload | undefined {
    const direct = this.#find(manifest, owner)
    return direct === undefined ? undefined : this.rootOf(direct)
  }

  /** The workload itself where nothing that has a manifest manages it. */
  rootOf(workload: DraftWorkload): DraftWorkload {
    const seen = new Set<DraftWorkload>()
    let root = workload
    while (!seen.has(root)) {
      seen.add(root)
      const above = this.#find(root.manifest, root.manifest.controller)
      if (above === undefined) return root
      root = above
    }
    // owners in a circle, which no cluster has: each stands for itself
    return workload
  }

  #find({ namespace, labels }: Manifest, owner: OwnerReference | undefined): DraftWorkload | undefined {
    if (owner === undefined) return undefined
    const { kind, name } = owner
    return this.#workloads.get(keyOf(kind, namespace, name)) ?? this.#skipped(kind, namespace, name, labels)
  }

  /** The owner's owner where the one between was not printed: its name says whose it is. */
  #skipped(
    kind: string,
    namespace: string,
    name: string,
    labels: Manifest['labels'],
  ): DraftWorkload | undefined {
    const hash = labels['pod-template-hash']
    if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`))
      return this.#workloads.get(keyOf('Deployment', namespace, name.slice(0, -hash.length - 1)))
    const turn = kind === 'Job' ? /^(.*)-\d+$/.exec(name) : null
    if (turn !== null) return this.#workloads.get(keyOf('CronJob', namespace, turn[1]!))
    if (kind === 'VirtualMachineInstance')
      return this.#workloads.get(keyOf('VirtualMachine', namespace, name))
    return undefined
  }
}
