import type { CompiledPolicy } from './compiled-policy.ts'
import {
  inCluster,
  type Labels,
  labelsKey,
  matchesLabels,
  matchesNamespace,
  namespaceLabels,
  workloadSelectorKey,
} from './label-selector.ts'
import type { PeerSet } from './peer-set.ts'
import type { PolicyNamespace, PolicyWorkload, WorkloadSelector } from './policy-blueprint.ts'

/** A selector of workloads and whom it selects; selectors that say the same are one. */
export class CompiledSelector {
  readonly key: string
  readonly select: WorkloadSelector
  readonly cluster: string | undefined
  /** Of peers that it is among. */
  readonly peerSets = new Set<PeerSet>()
  /** Whose subject it is. */
  readonly policies = new Set<CompiledPolicy>()
  readonly groups = new Set<LabelGroup>()

  constructor(key: string, select: WorkloadSelector, cluster: string | undefined) {
    this.key = key
    this.select = select
    this.cluster = cluster
  }
}

/** Workloads of one namespace with equal labels and ports: no selector tells them apart. */
export class LabelGroup {
  readonly namespace: Namespace
  readonly key: string
  readonly labels: Labels
  readonly ports: PolicyWorkload['ports']
  readonly selectors = new Set<CompiledSelector>()
  workloads = 0

  constructor(namespace: Namespace, key: string, { labels, ports }: PolicyWorkload) {
    this.namespace = namespace
    this.key = key
    this.labels = labels
    this.ports = ports
  }
}

interface Namespace {
  readonly cluster: string | undefined
  readonly name: string
  labels: Labels
  readonly selectors: Set<CompiledSelector>
  readonly groups: Map<string, LabelGroup>
}

/** Which selectors hold for which workloads, kept up to date as labels, workloads and selectors change. */
export class LabelGroups {
  /** Groups for which something changed since `settled`. */
  readonly changed = new Set<LabelGroup>()
  /** By cluster and name. */
  private readonly namespaces = new Map<string, Namespace>()
  private readonly selectors = new Map<string, CompiledSelector>()

  /** A selector that workloads of a cluster are matched with from now on. */
  use(select: WorkloadSelector, cluster?: string): CompiledSelector {
    const key = inCluster(cluster, workloadSelectorKey(select))
    let selector = this.selectors.get(key)
    if (selector === undefined) {
      selector = new CompiledSelector(key, select, cluster)
      this.selectors.set(key, selector)
      for (const namespace of this.candidates(selector)) this.linkNamespace(namespace, selector)
    }
    return selector
  }

  /** To be called when a selector is in one peer set or policy less; forgets it after the last. */
  dropIfUnused(selector: CompiledSelector): void {
    if (selector.peerSets.size + selector.policies.size > 0) return
    this.selectors.delete(selector.key)
    for (const group of selector.groups) group.selectors.delete(selector)
    for (const namespace of this.candidates(selector)) namespace.selectors.delete(selector)
  }

  /** What a selector says of its workloads has changed. */
  touch(selector: CompiledSelector): void {
    for (const group of selector.groups) this.changed.add(group)
  }

  /** Adds a namespace, or gives it other labels. */
  setNamespace({ cluster, name, labels }: PolicyNamespace): void {
    const namespace = this.namespace(cluster, name)
    namespace.labels = namespaceLabels(name, labels)
    for (const selector of this.selectors.values()) {
      if (selector.cluster !== cluster) continue
      const { namespaces } = selector.select
      const now = matchesNamespace(namespaces, name, namespace.labels)
      if (now === namespace.selectors.has(selector)) continue
      if (now) this.linkNamespace(namespace, selector)
      else this.unlinkNamespace(namespace, selector)
    }
  }

  /** The group of a workload, which counts it from now on. */
  join(workload: PolicyWorkload): LabelGroup {
    const namespace = this.namespace(workload.cluster, workload.namespace)
    const key = groupKey(workload)
    let group = namespace.groups.get(key)
    if (group === undefined) {
      group = new LabelGroup(namespace, key, workload)
      namespace.groups.set(key, group)
      for (const selector of namespace.selectors) this.link(group, selector)
      this.changed.add(group)
    }
    group.workloads++
    return group
  }

  leave(group: LabelGroup): void {
    if (--group.workloads > 0) return
    group.namespace.groups.delete(group.key)
    this.changed.delete(group)
    for (const selector of group.selectors) selector.groups.delete(group)
  }

  *all(): Generator<LabelGroup> {
    for (const { groups } of this.namespaces.values()) yield* groups.values()
  }

  /** Of one cluster. */
  *allNamespaces(cluster?: string): Generator<{ readonly name: string; readonly labels: Labels }> {
    for (const namespace of this.namespaces.values()) if (namespace.cluster === cluster) yield namespace
  }

  private namespace(cluster: string | undefined, name: string): Namespace {
    const key = inCluster(cluster, name)
    let namespace = this.namespaces.get(key)
    if (namespace === undefined) {
      namespace = {
        cluster,
        name,
        labels: namespaceLabels(name, {}),
        selectors: new Set(),
        groups: new Map(),
      }
      this.namespaces.set(key, namespace)
      for (const selector of this.selectors.values()) {
        const isOwn = selector.cluster === cluster
        if (isOwn && matchesNamespace(selector.select.namespaces, name, namespace.labels))
          namespace.selectors.add(selector)
      }
    }
    return namespace
  }

  private candidates({ select: { namespaces }, cluster }: CompiledSelector): Namespace[] {
    const among =
      'name' in namespaces
        ? [this.namespaces.get(inCluster(cluster, namespaces.name))].filter((found) => found !== undefined)
        : [...this.namespaces.values()].filter((each) => each.cluster === cluster)
    return among.filter(({ name, labels }) => matchesNamespace(namespaces, name, labels))
  }

  private linkNamespace(namespace: Namespace, selector: CompiledSelector): void {
    namespace.selectors.add(selector)
    for (const group of namespace.groups.values()) this.link(group, selector)
  }

  private unlinkNamespace(namespace: Namespace, selector: CompiledSelector): void {
    namespace.selectors.delete(selector)
    for (const group of namespace.groups.values()) {
      if (!group.selectors.delete(selector)) continue
      selector.groups.delete(group)
      this.changed.add(group)
    }
  }

  private link(group: LabelGroup, selector: CompiledSelector): void {
    if (!matchesLabels(selector.select.labels, group.labels)) return
    group.selectors.add(selector)
    selector.groups.add(group)
    this.changed.add(group)
  }
}

function groupKey({ labels, ports }: PolicyWorkload): string {
  const named = ports.flatMap(({ name, protocol, port }) =>
    name === undefined ? [] : [`${name}/${protocol}=${port}`],
  )
  return `${labelsKey(labels)} ${named.sort().join()}`
}
