import type { Manifest, ManifestKind, Path } from '../kinds/kind.ts'
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
  readonly ignored = new Map<string, { apiVersion: string; kind: string; count: number }>()
  readonly namespaceDefault: string

  constructor(namespaceDefault: string) {
    this.namespaceDefault = namespaceDefault
  }

  /** Whether more was refused than anybody reads: what is wrong from end to end is not read to its end. */
  get isFull(): boolean {
    return this.refusals.length >= REFUSALS_MAX
  }

  ignore(apiVersion: string, kind: string): void {
    const key = `${apiVersion} ${kind}`
    const known = this.ignored.get(key)
    if (known === undefined) this.ignored.set(key, { apiVersion, kind, count: 1 })
    else known.count++
  }
}
