import { ConfigError, type Issue } from '@weft/core'

/** An issue with its place in a file; lines and columns count from 1. */
export interface LocatedIssue extends Issue {
  readonly line: number
  readonly column: number
}

/** More than anybody reads; the rest is counted. */
const ISSUES_SHOWN_MAX = 50

/** A scenario file that was refused; the message has a line `file:line:column  what` for every problem. */
export class ScenarioFileError extends ConfigError {
  readonly file: string
  declare readonly issues: readonly LocatedIssue[]

  constructor(file: string, issues: readonly LocatedIssue[]) {
    super(issues)
    this.file = file
    this.message = formatIssues(file, issues)
  }
}

/** Sorted by place, the first fifty in full. */
export function formatIssues(file: string, issues: readonly LocatedIssue[]): string {
  const sorted = [...issues].sort((a, b) => a.line - b.line || a.column - b.column)
  const lines = sorted.map(({ line, column, message }) => `${file}:${line}:${column}  ${oneLine(message)}`)
  const distinct = [...new Set(lines)]
  const more = distinct.length - ISSUES_SHOWN_MAX
  return [...distinct.slice(0, ISSUES_SHOWN_MAX), ...(more > 0 ? [`${file}: and ${more} more`] : [])].join(
    '\n',
  )
}

/** Control characters in a user's text must neither break the line nor reach a terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
