import { nearest } from '@weft/core'
import type { BorderIssue } from '../schema/issues.ts'

export type Path = readonly (string | number)[]

/** Names that one hint, and all hints of a scenario together, are looked for among: a second's work on no machine. */
const CANDIDATES_MAX = 20_000
const ALL_CANDIDATES_MAX = 200_000

/** What compilation finds: issues refuse the scenario, warnings go along with it. */
export class Problems {
  readonly issues: BorderIssue[] = []
  readonly warnings: BorderIssue[] = []
  #candidatesLeft = ALL_CANDIDATES_MAX

  refuse(path: Path, message: string): void {
    this.issues.push({ path, message })
  }

  refuseKey(path: Path, message: string): void {
    this.issues.push({ path, message, about: 'key' })
  }

  warn(path: Path, message: string): void {
    this.warnings.push({ path, message })
  }

  /**
   * `unknown host "ord1/leaf-9/host-0"; did you mean ...?` with candidates of any number. In a network of very many
   * names, the first mistakes alone get a hint; those after them hear what is expected, and so do patterns: no name is
   * what they meant.
   */
  unknownName(what: string, name: string, candidates: Iterable<string>, expected: string): string {
    const meant = name.includes('*') ? undefined : this.#nearest(name, candidates)
    const hint = meant === undefined ? expected : `did you mean ${JSON.stringify(meant)}?`
    return `unknown ${what} ${quote(name)}; ${hint}`
  }

  #nearest(name: string, candidates: Iterable<string>): string | undefined {
    const near: string[] = []
    let left = Math.min(CANDIDATES_MAX, this.#candidatesLeft)
    this.#candidatesLeft -= left
    for (const candidate of candidates) {
      if (left-- === 0) break
      if (Math.abs(candidate.length - name.length) * 3 <= Math.max(candidate.length, name.length))
        near.push(candidate)
    }
    this.#candidatesLeft += Math.max(left, 0)
    return nearest(name, near)
  }
}

const QUOTED_MAX = 80

export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text)
}

/** `500,000,000`: a number of things that may be many. */
export const counted = (number: number): string => Math.round(number).toLocaleString('en-US')

/** `"a", "b" and "c"`. */
export function list(words: readonly string[], last = 'and'): string {
  const quoted = words.map((word) => JSON.stringify(word))
  if (quoted.length < 2) return quoted.join('')
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted[quoted.length - 1]}`
}
