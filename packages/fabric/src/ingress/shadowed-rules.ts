import { hostKey } from './host-index.ts'
import type { FieldPattern, PathPattern, RequestRule } from './ingress-blueprint.ts'

/** A rule that no request ever reaches, and the earlier one that asks for the very same. */
export interface ShadowedRule {
  /** Indices into the rules. */
  readonly rule: number
  readonly by: number
}

/** Rules with the same host, path and conditions as an earlier one: the earlier one wins. */
export function shadowedRules(rules: readonly RequestRule[]): ShadowedRule[] {
  const firsts = new Map<string, number>()
  const shadowed: ShadowedRule[] = []
  for (const [index, rule] of rules.entries()) {
    const key = ruleKey(rule)
    const by = firsts.get(key)
    if (by === undefined) firsts.set(key, index)
    else shadowed.push({ rule: index, by })
  }
  return shadowed
}

const ruleKey = ({ host, path, method = '', headers = [], query = [] }: RequestRule): string =>
  JSON.stringify([
    hostKey(host),
    pathKey(path),
    method,
    fieldKeys(headers, (name) => name.toLowerCase()),
    fieldKeys(query, (name) => name),
  ])

/** `/a` and `/a/` are different rules: the longer one wins. */
const pathKey = (path: PathPattern): string =>
  path.kind === 'expression' ? `~${path.source}` : `${path.kind} ${path.path}`

function fieldKeys(patterns: readonly FieldPattern[], nameOf: (name: string) => string): string[] {
  const byName = new Map<string, string>()
  for (const { name, kind, value } of patterns) {
    const key = nameOf(name)
    if (!byName.has(key)) byName.set(key, JSON.stringify([key, kind, value]))
  }
  return [...byName.values()].sort()
}
