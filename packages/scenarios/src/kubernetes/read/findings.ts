import type { Manifest, ManifestKind, Path } from '../kinds/kind.ts'
import type { IgnoredKind } from '../model/cluster.ts'
import type { ManifestIssue } from './manifest-error.ts'

/** A manifest that holds by itself. */
export interface ReadManifest {
  readonly kind: ManifestKind
  readonly manifest: Manifest
  /** An issue about it, with its place. */
  locate(path: Path, message: string): ManifestIssue
}

const REFUSALS_MAX = 1_000

/** What the files hold, and what is wrong with them. */
export class Findings {
  readonly manifests: ReadManifest[] = []
  readonly refusals: ManifestIssue[] = []
  readonly warnings: ManifestIssue[] = []
  /** By `apiVersion kind`. */
  readonly ignored = new Map<string, IgnoredKind>()
  readonly namespaceDefault: string

  constructor(namespaceDefault: string) {
    this.namespaceDefault = namespaceDefault
  }

  /** Whether more was refused than anybody reads: what is wrong from end to end is not read to its end. */
  get isFull(): boolean {
    return this.refusals.length >= REFUSALS_MAX
  }

  ignore(apiVersion: string, kind: string, isWarnedOf: boolean): void {
    const key = `${apiVersion} ${kind}`
    const count = (this.ignored.get(key)?.count ?? 0) + 1
    this.ignored.set(key, { apiVersion, kind, count, ...(isWarnedOf ? { isWarnedOf: true } : {}) })
  }
}
