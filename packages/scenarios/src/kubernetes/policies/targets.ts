import { matchesLabels, type WorkloadSelector } from '@weft/fabric'
import type { Cluster, ContainerPort } from '../model/cluster.ts'
import type { Labels } from '../schema/object-meta.ts'

/** What policies see in pods that they cannot tell apart, or in a workload that has no pods yet. */
export interface Target {
  readonly labels: Labels
  readonly ports: readonly ContainerPort[]
}

/** What targets are found in. */
export type Seen = Pick<Cluster, 'namespaces' | 'nodes' | 'pods' | 'workloads'>

/** Targets by namespace and by what selects them; each question is answered once, however many policies ask it. */
export class Targets {
  private readonly byNamespace: ReadonlyMap<string, readonly Target[]>
  private readonly namespaces: Seen['namespaces']
  private readonly found = new Map<string, readonly Target[]>()

  constructor(cluster: Seen) {
    this.namespaces = cluster.namespaces
    this.byNamespace = targetsOf(cluster)
  }

  all(): Target[] {
    return [...this.byNamespace.values()].flat()
  }

  in(namespace: string): readonly Target[] {
    return this.byNamespace.get(namespace) ?? []
  }

  selected(select: WorkloadSelector): readonly Target[] {
    const key = JSON.stringify([select.namespaces, select.labels])
    let targets = this.found.get(key)
    if (targets === undefined) {
      targets = this.namesOf(select.namespaces).flatMap((name) =>
        this.in(name).filter(({ labels }) => matchesLabels(select.labels, labels)),
      )
      this.found.set(key, targets)
    }
    return targets
  }

  /** Names of the namespaces that are selected. */
  namesOf(namespaces: WorkloadSelector['namespaces']): string[] {
    if ('name' in namespaces) return [namespaces.name]
    const matching = this.namespaces.filter(({ labels }) => matchesLabels(namespaces.labels, labels))
    return matching.map(({ name }) => name)
  }
}

/** Pods with addresses of their own: no policy selects those on their node's network. */
function targetsOf({ pods, workloads }: Seen): Map<string, Target[]> {
  const byNamespace = new Map<string, Target[]>()
  const known = new Set<string>()
  const add = (namespace: string, labels: Labels, ports: readonly ContainerPort[]) => {
    const key = JSON.stringify([namespace, labels, ports])
    if (known.has(key)) return
    known.add(key)
    const list = byNamespace.get(namespace)
    if (list === undefined) byNamespace.set(namespace, [{ labels, ports }])
    else list.push({ labels, ports })
  }
  for (const { namespace, labels, template } of pods)
    if (!template.hostNetwork) add(namespace, labels, template.ports)
  for (const { namespace, template, podNames } of workloads)
    if (podNames.length === 0 && !template.hostNetwork) add(namespace, template.labels, template.ports)
  return byNamespace
}
