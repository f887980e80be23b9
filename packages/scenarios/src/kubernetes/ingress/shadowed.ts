import { type RequestRule, shadowedRules } from '@weft/fabric'

/** A rule that knows which object and place it is from. */
export interface PlacedRequestRule {
  readonly object: string
  readonly path: readonly (string | number)[]
  readonly rule: RequestRule
}

/** Calls `tell` for each rule that an earlier one takes all requests from, once for each place. */
export function tellOfShadowed(
  rules: readonly PlacedRequestRule[],
  tell: (rule: PlacedRequestRule, message: string) => void,
): void {
  const told = new Set<string>()
  for (const { rule, by } of shadowedRules(rules.map((each) => each.rule))) {
    const [late, early] = [rules[rule]!, rules[by]!]
    if (told.has(late.rule.name)) continue
    told.add(late.rule.name)
    tell(late, `no request reaches it: ${early.rule.name} asks for the same host and path, and comes first`)
  }
}
