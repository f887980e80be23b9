import { nearest } from '@weft/core'
import type { BorderIssue } from '../schema/issues.ts'

export type Path = readonly (string | number)[]

/** What compilation finds: issues refuse the scenario, warnings go along with it. */
export class Problems {
  readonly issues: BorderIssue[] = []
  readonly warnings: BorderIssue[] = []

  refuse(path: Path, message: string): void {
    this.issues.push({ path, message })
  }

  refuseKey(path: Path, message: string): void {
    this.issues.push({ path, message, about: 'key' })
  }

  warn(path: Path, message: string): void {
    this.warnings.push({ path, message })
  }
}

/** Names looked at for a hint: enough for every fabric that is typed by hand. */
const CANDIDATES_MAX = 20_000

/** `unknown host "ord1/leaf-9/host-0"; did you mean ...?` with candidates of any number. */
export function unknownName(
  what: string,
  name: string,
  candidates: Iterable<string>,
  expected: string,
): string {
  const near: string[] = []
  let seen = 0
  for (const candidate of candidates) {
    if (++seen > CANDIDATES_MAX) break
    if (Math.abs(candidate.length - name.length) * 3 <= Math.max(candidate.length, name.length))
      near.push(candidate)
  }
  const meant = nearest(name, near)
  const hint = meant === undefined ? expected : `did you mean ${JSON.stringify(meant)}?`
  return `unknown ${what} ${quote(name)}; ${hint}`
}

const QUOTED_MAX = 80

export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text)
}

/** `"a", "b" and "c"`. */
export function list(words: readonly string[], last = 'and'): string {
  const quoted = words.map((word) => JSON.stringify(word))
  if (quoted.length < 2) return quoted.join('')
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted[quoted.length - 1]}`
}
