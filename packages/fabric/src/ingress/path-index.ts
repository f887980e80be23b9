import { wholeText } from './conditions.ts'
import type { PathPattern } from './ingress-blueprint.ts'

interface Entry {
  readonly rule: number
  /** Characters as written, for ties between `/a` and `/a/`. */
  readonly written: number
}

/** Rules by path pattern, found from the most specific. */
export class PathIndex {
  private readonly exact = new Map<string, Entry[]>()
  private readonly prefixes = new Map<string, Entry[]>()
  private readonly expressions: (Entry & { readonly expression: RegExp })[] = []

  add(pattern: PathPattern, rule: number): void {
    if (pattern.kind === 'expression') {
      const expression = wholeText(pattern.source)
      this.expressions.push({ rule, written: pattern.source.length, expression })
      return
    }
    const [entries, key] =
      pattern.kind === 'exact' ? [this.exact, pattern.path] : [this.prefixes, withoutFinalSlash(pattern.path)]
    const entry = { rule, written: pattern.path.length }
    const known = entries.get(key)
    if (known === undefined) entries.set(key, [entry])
    else known.push(entry)
  }

  /** Puts rules of equal paths into the order in which they are asked. */
  seal(compare: (a: number, b: number) => number): void {
    const order = (a: Entry, b: Entry) => b.written - a.written || compare(a.rule, b.rule)
    for (const entries of [...this.exact.values(), ...this.prefixes.values(), this.expressions])
      entries.sort(order)
  }

  /**
   * The first rule for a path that is also `wanted`, or -1. Exact paths come first: one that matches is the whole path,
   * and nothing that matches is longer. Then expressions, the longest source first; then prefixes, the longest first.
   */
  find(path: string, wanted: (rule: number) => boolean): number {
    const exact = first(this.exact.get(path), wanted)
    if (exact >= 0) return exact
    for (const { rule, expression } of this.expressions)
      if (expression.test(path) && wanted(rule)) return rule
    let prefix = withoutFinalSlash(path)
    for (;;) {
      const found = first(this.prefixes.get(prefix), wanted)
      if (found >= 0 || prefix === '') return found
      prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')))
    }
  }
}

const withoutFinalSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)

function first(entries: readonly Entry[] | undefined, wanted: (rule: number) => boolean): number {
  if (entries !== undefined) for (const { rule } of entries) if (wanted(rule)) return rule
  return -1
}
