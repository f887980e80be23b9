import { inCluster, type Labels, matchesLabels, selectorKey } from './label-selector.ts'
import type { PeerSet } from './peer-set.ts'
import type { LabelSelector } from './policy-blueprint.ts'

/** A selector of nodes that rules name. */
export class NodeSelector {
  readonly key: string
  readonly labels: LabelSelector
  readonly cluster: string | undefined
  /** Of peers that it is among. */
  readonly peerSets = new Set<PeerSet>()

  constructor(key: string, labels: LabelSelector, cluster: string | undefined) {
    this.key = key
    this.labels = labels
    this.cluster = cluster
  }
}

/** Which peers a node is among by its labels. */
export class NodeSelectors {
  isChanged = false
  private readonly selectors = new Map<string, NodeSelector>()

  use(labels: LabelSelector, cluster?: string): NodeSelector {
    const key = inCluster(cluster, selectorKey(labels))
    let selector = this.selectors.get(key)
    if (selector === undefined) {
      selector = new NodeSelector(key, labels, cluster)
      this.selectors.set(key, selector)
    }
    this.isChanged = true
    return selector
  }

  /** To be called when a selector is in one peer set less; forgets it after the last. */
  dropIfUnused(selector: NodeSelector): void {
    this.isChanged = true
    if (selector.peerSets.size === 0) this.selectors.delete(selector.key)
  }

  /** Of a node of a cluster. */
  *peerSetsOf(labels: Labels, cluster?: string): Generator<PeerSet> {
    for (const selector of this.selectors.values()) {
      const isOwn = selector.cluster === cluster
      if (isOwn && matchesLabels(selector.labels, labels)) yield* selector.peerSets
    }
  }
}
