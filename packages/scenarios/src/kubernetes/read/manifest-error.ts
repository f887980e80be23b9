import { ConfigError, type Issue } from '@weft/core'
import { formatIssues } from '../../parse/located.ts'

/** Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** An issue with its place in one of several files. */
export interface ManifestIssue extends Issue, Place {}

/** Manifests that were refused; the message has a line `file:line:column  what` for every problem. */
export class ManifestError extends ConfigError {
  declare readonly issues: readonly ManifestIssue[]

  constructor(issues: readonly ManifestIssue[]) {
    const sorted = inOrder(issues)
    super(sorted)
    this.message = formatManifestIssues(sorted)
  }
}

/** By file, line and column. */
export const inOrder = (issues: readonly ManifestIssue[]): ManifestIssue[] =>
  [...issues].sort(
    (a, b) =>
      compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message),
  )

/** A line for each, the first fifty of each file in full. */
export function formatManifestIssues(issues: readonly ManifestIssue[]): string {
  const byFile = new Map<string, ManifestIssue[]>()
  for (const issue of inOrder(issues)) {
    const known = byFile.get(issue.file)
    if (known === undefined) byFile.set(issue.file, [issue])
    else known.push(issue)
  }
  return [...byFile].map(([file, list]) => formatIssues(file, list)).join('\n')
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
