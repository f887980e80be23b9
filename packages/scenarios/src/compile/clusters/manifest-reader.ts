import { type ManifestTexts, manifestFilesOf } from '../../kubernetes/manifest-texts.ts'
import type { Cluster, ManifestFile, ManifestOptions } from '../../kubernetes/index.ts'
import type { Path, Problems } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'

/** Where a scenario's manifests come from. */
export interface ScenarioSources {
  /** The cluster of the manifests that these paths and patterns name. Throws a ManifestError for what is wrong in them. */
  readonly cluster?: (
    patterns: readonly string[],
    namespace: string | undefined,
    hosts: readonly string[],
  ) => Cluster
  /** Reads manifests whose text the scenario has. Throws the same. */
  readonly read?: (files: readonly ManifestFile[], options: ManifestOptions) => Cluster
}

/** Manifests as a scenario names them: by paths and patterns, or with their text, by the names of files. */
export type NamedManifests = string | readonly string[] | ManifestTexts

export const isTexts = (named: NamedManifests): named is ManifestTexts =>
  typeof named === 'object' && !Array.isArray(named)

/** Reads what a scenario names. */
export class ManifestReader {
  readonly #sources: ScenarioSources
  readonly #problems: Problems

  constructor(sources: ScenarioSources, problems: Problems) {
    this.#sources = sources
    this.#problems = problems
  }

  /** Whether there is anything to read them with; refused where not. */
  canRead(named: NamedManifests, path: Path): boolean {
    if ((isTexts(named) ? this.#sources.read : this.#sources.cluster) !== undefined) return true
    this.#problems.refuse(
      path,
      'there are no files to read from here; give the text of each by its name, as in {"shop.yaml": "apiVersion: ..."}, or run the weft command',
    )
    return false
  }

  /** Of what can be read. */
  read(named: NamedManifests, namespace: string | undefined, hosts: readonly string[]): Cluster {
    if (!isTexts(named)) return this.#sources.cluster!(asList(named), namespace, hosts)
    return this.#sources.read!(manifestFilesOf(named), {
      hosts,
      ...(namespace !== undefined && { namespace }),
    })
  }
}
