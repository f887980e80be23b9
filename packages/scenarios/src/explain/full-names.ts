import { qualifiedName } from '../cloud/qualified-cluster.ts'
import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'

/**
 * Workloads and services by names that may be without their cluster's: all that have the name, each with its whole one. Of the
 * only cluster of a scenario, whose names stand alone, the cluster's may be before them.
 */
export class FullNames {
  readonly #known = new Map<string, Set<string>>()

  constructor(clusters: readonly CompiledCluster[]) {
    for (const { name, cluster } of clusters) {
      const prefix = qualifiedName(name, '')
      for (const { id } of [...cluster.pods, ...cluster.workloads, ...cluster.services]) {
        this.#add(id, id)
        if (clusters.length === 1) this.#add(qualifiedName(name, id), id)
        else this.#add(id.slice(prefix.length), id)
      }
    }
  }

  /** In the order of clusters; none where nothing is called so. */
  of(text: string): readonly string[] {
    return [...(this.#known.get(text) ?? [])]
  }

  #add(text: string, id: string): void {
    const known = this.#known.get(text)
    if (known === undefined) this.#known.set(text, new Set([id]))
    else known.add(id)
  }
}
