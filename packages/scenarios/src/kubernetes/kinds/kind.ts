import type { z } from 'zod'
import type { ClusterDraft } from '../model/draft.ts'
import type { LinkedCluster } from '../model/linked-cluster.ts'
import type { Place } from '../read/manifest-error.ts'
import type { Labels, ObjectMeta } from '../schema/object-meta.ts'

export type Path = readonly (string | number)[]

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
}

/** One object as its manifest has it, checked by its kind's schema. */
export interface Manifest<Data = unknown> {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** Empty for kinds that stand outside namespaces. */
  readonly namespace: string
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  /** What manages it, where something does. */
  readonly controller: OwnerReference | undefined
  /** It is being deleted. */
  readonly isTerminating: boolean
  /** The whole manifest, as its kind's schema gives it. */
  readonly data: Data
  /** Where it begins. */
  readonly place: Place
}

/** Takes what is wrong with a manifest; paths lead from its root: `['spec', 'ports', 0]`. */
export interface Report {
  refuse(path: Path, message: string): void
  warn(path: Path, message: string): void
}

/** A kind of manifest that is read. One file for each family of kinds, and one line for each kind in the registry. */
export interface ManifestKind<Data = unknown> {
  readonly kind: string
  /** Those that are read, the one to write first: `['apps/v1']`. */
  readonly apiVersions: readonly string[]
  /** Those that the API server had once: refused with the first of `apiVersions` named. */
  readonly formerApiVersions?: readonly string[]
  /** Of what says its `type` at the top, those that are read; others are counted alone. */
  readonly types?: readonly string[]
  readonly scope: 'namespaced' | 'cluster'
  /** What is wrong with a name. An RFC 1123 subdomain is asked for where this is absent. */
  readonly nameRefusal?: (name: string) => string | undefined
  /** Of the whole manifest: `manifestSchema`. Nulls are missing fields (`optional`). */
  readonly schema: z.ZodType<Data>
  /** What one field says about another within this manifest. Called where the schema holds. */
  check?(manifest: Manifest<Data>, report: Report): void
  /** Adds what the manifest says to the cluster. Manifests come by kind, namespace and name, whatever the files' order. */
  add(manifest: Manifest<Data>, draft: ClusterDraft): void
  /** Warns of what the manifest names and the whole cluster has not; whatever it refuses is warned of too. */
  link?(manifest: Manifest<Data>, cluster: LinkedCluster, report: Pick<Report, 'warn'>): void
}

type WithMetadata = z.ZodType<{ metadata: ObjectMeta }>

/** Types `check`, `add` and `link` by the schema. */
export const defineKind = <Schema extends WithMetadata>(
  kind: Omit<ManifestKind<z.output<Schema>>, 'schema'> & { readonly schema: Schema },
): ManifestKind => kind as unknown as ManifestKind
