import type { CompiledRule, Direction } from './compiled-policy.ts'
import { type EndId, NOBODY } from './ends.ts'
import type { Policy } from './policy-blueprint.ts'
import { type PolicyEngine, POLICY_ACCEPT, POLICY_DROP_REASONS, type RuleName } from './policy-engine.ts'
import { KIND_OF_PROTOCOL } from './port-set.ts'
import type { SubjectProfile } from './subject-profile.ts'

/** Why a new connection is accepted or denied, on both sides. */
export interface PolicyExplanation {
  readonly verdict: 'accept' | (typeof POLICY_DROP_REASONS)[number]
  /** Of the source's policies. */
  readonly egress: DirectionExplanation
  /** Of the destination's policies; told even where egress is denied. */
  readonly ingress: DirectionExplanation
}

export interface DirectionExplanation {
  readonly accepts: boolean
  /**
   * - `rules`: those in `deciding` say so.
   * - `isolated`: the network policies in `isolatedBy` cut the subject off, and none of their rules matches.
   * - `default`: policies select the subject, but none decides.
   * - `no-policy`: none selects it.
   * - `own-traffic`: a workload reaches itself. `own-node`: and its own node reaches it.
   */
  readonly because: 'rules' | 'isolated' | 'default' | 'no-policy' | 'own-traffic' | 'own-node'
  /** The tier that decided; absent unless rules or isolation did. */
  readonly tier?: Policy['tier']
  /** Policies that select the subject in this direction, in the order in which they are asked. */
  readonly selectedBy: readonly string[]
  /**
   * All rules that decide alike: without this very set, the answer is another, or somebody else gives it. In the tier `network`
   * every rule that lets the connection through; in the others the first match and those that follow it with the same
   * action at the same priority.
   */
  readonly deciding: readonly RuleName[]
  /** Policies that deny by being there. */
  readonly isolatedBy: readonly string[]
  /** Rules that left a tier for the next one on the way. */
  readonly passedBy: readonly RuleName[]
}

/** Asks the same compiled rules as `PolicyEngine.verdict`, and keeps what it reads. */
export function explainPolicy(
  engine: PolicyEngine,
  source: EndId,
  destination: EndId,
  protocol: number,
  port: number,
): PolicyExplanation {
  const decision = engine.verdict(source, destination, protocol, port)
  const { ends, identities } = engine.settled()
  const [from, to] = [ends.identity[source]!, ends.identity[destination]!]
  const kind = KIND_OF_PROTOCOL[protocol]!
  const isOwn = ends.workload[source] !== NOBODY && ends.workload[source] === ends.workload[destination]
  const isOwnNode = ends.host[source] !== NOBODY && ends.host[source] === ends.home[destination]
  const explain = (profile: SubjectProfile, peer: number): DirectionExplanation =>
    isOwn ? unasked(profile, 'own-traffic') : explainDirection(profile, profile.matching(peer, kind, port))
  const ingress = identities.ingress[to]!
  return {
    verdict: decision === POLICY_ACCEPT ? 'accept' : POLICY_DROP_REASONS[decision - 1]!,
    egress: explain(identities.egress[from]!, to),
    ingress: isOwnNode ? unasked(ingress, 'own-node') : explain(ingress, from),
  }
}

function unasked(profile: SubjectProfile, because: DirectionExplanation['because']): DirectionExplanation {
  const selectedBy = profile.policies.map(({ policy }) => policy.name)
  return { accepts: true, because, selectedBy, deciding: [], isolatedBy: [], passedBy: [] }
}

function explainDirection(profile: SubjectProfile, matching: readonly CompiledRule[]): DirectionExplanation {
  const inTier = (tier: Policy['tier']) => matching.filter(({ policy }) => policy.policy.tier === tier)
  const told = (rules: readonly CompiledRule[]) => rules.map((rule) => ruleName(rule, profile.direction))
  const decided = (
    rules: readonly CompiledRule[],
    passed: readonly CompiledRule[],
  ): DirectionExplanation => ({
    ...unasked(profile, 'rules'),
    accepts: rules[0]!.rule.action === 'accept',
    tier: rules[0]!.policy.policy.tier,
    deciding: told(rules),
    passedBy: told(passed),
  })
  const admin = firstAlike(inTier('admin'))
  const passed = admin.filter(({ rule }) => rule.action === 'pass')
  if (admin.length > passed.length) return decided(admin, [])
  const network = inTier('network')
  if (network.length > 0) return decided(network, passed)
  const isolatedBy = profile.isolatedBy.map(({ policy }) => policy.name)
  if (isolatedBy.length > 0) {
    const isolated = unasked(profile, 'isolated')
    return { ...isolated, accepts: false, tier: 'network', isolatedBy, passedBy: told(passed) }
  }
  const baseline = firstAlike(inTier('baseline'))
  if (baseline.length > 0 && baseline[0]!.rule.action !== 'pass') return decided(baseline, passed)
  const because = profile.policies.length > 0 ? 'default' : 'no-policy'
  return { ...unasked(profile, because), passedBy: told([...passed, ...baseline]) }
}

/** The first of some rules in order, and those that follow it with the same action at the same priority. */
function firstAlike(rules: readonly CompiledRule[]): CompiledRule[] {
  const isAlike = (rule: CompiledRule) =>
    rule.rule.action === rules[0]!.rule.action &&
    rule.policy.policy.priority === rules[0]!.policy.policy.priority
  const other = rules.findIndex((rule) => !isAlike(rule))
  return rules.slice(0, other < 0 ? rules.length : other)
}

const ruleName = ({ policy, rule }: CompiledRule, direction: Direction): RuleName => ({
  policy: policy.policy.name,
  rule: rule.name,
  direction,
  action: rule.action,
})
