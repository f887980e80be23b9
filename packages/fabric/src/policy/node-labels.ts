import { type Labels, matchesLabels, selectorKey } from './label-selector.ts'
import type { PeerSet } from './peer-set.ts'
import type { LabelSelector } from './policy-blueprint.ts'

/** A selector of nodes that rules name. */
export class NodeSelector {
  readonly key: string
  readonly labels: LabelSelector
  /** Of peers that it is among. */
  readonly peerSets = new Set<PeerSet>()

  constructor(key: string, labels: LabelSelector) {
    this.key = key
    this.labels = labels
  }
}

/** Which peers a node is among by its labels. */
export class NodeSelectors {
  isChanged = false
  private readonly selectors = new Map<string, NodeSelector>()

  use(labels: LabelSelector): NodeSelector {
    const key = selectorKey(labels)
    let selector = this.selectors.get(key)
    if (selector === undefined) {
      selector = new NodeSelector(key, labels)
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

  *peerSetsOf(labels: Labels): Generator<PeerSet> {
    for (const selector of this.selectors.values()) {
      if (matchesLabels(selector.labels, labels)) yield* selector.peerSets
    }
  }
}
