import type { LocatedIssue } from '../../parse/located.ts'

type Position = { readonly line: number; readonly column: number }

export interface DocumentHead {
  readonly apiVersion: string | undefined
  readonly kind: string | undefined
  /** Of kinds that have one there. */
  readonly type: string | undefined
}

/** One document of a file, YAML or JSON, as plain data that knows its places. */
export interface SourceDocument {
  /** Known before the rest is read: kinds that do not matter are not looked into. */
  readonly head: DocumentHead
  readonly start: Position
  /** What keeps the text from being a document. */
  readonly textIssues: readonly LocatedIssue[]
  /** Plain data, and what in it has no place in plain data. */
  read(): { readonly data: unknown; readonly issues: readonly LocatedIssue[] }
  /** Of a value, or of its key; of the last part that exists where a path leads nowhere. */
  place(path: readonly (string | number)[], about: 'key' | 'value'): Position
  /** A scalar as it was written, where that may differ from its value. */
  written?(path: readonly (string | number)[]): string | undefined
}
