import type { CompiledSelector } from './label-groups.ts'
import type { PeerSet } from './peer-set.ts'
import type { Policy, PolicyRule } from './policy-blueprint.ts'
import { RulePorts } from './rule-ports.ts'

export type Direction = 'egress' | 'ingress'
export const DIRECTIONS: readonly Direction[] = ['egress', 'ingress']

/** A rule of a policy, ready to be asked. */
export interface CompiledRule {
  /** What verdicts call it; free again when its policy is removed. */
  readonly slot: number
  readonly policy: CompiledPolicy
  readonly direction: Direction
  readonly rule: PolicyRule
  readonly peers: PeerSet
  readonly ports: RulePorts
}

export interface CompiledPolicy {
  /** Never given twice. */
  readonly id: number
  readonly policy: Policy
  readonly subject: CompiledSelector
  /** Absent where the policy says nothing of a direction. */
  readonly egress: readonly CompiledRule[] | undefined
  readonly ingress: readonly CompiledRule[] | undefined
}

/** Of priorities that are equal, the policy whose name comes first goes first. */
export function compareInTier(a: CompiledPolicy, b: CompiledPolicy): number {
  if (a.policy.priority !== b.policy.priority) return a.policy.priority - b.policy.priority
  return a.policy.name < b.policy.name ? -1 : a.policy.name > b.policy.name ? 1 : 0
}

/** Gives rules their slots. */
export class RuleSlots {
  private readonly rules: (CompiledRule | undefined)[] = []
  private readonly free: number[] = []

  compile(
    rule: PolicyRule,
    { policy, direction, peers }: Pick<CompiledRule, 'policy' | 'direction' | 'peers'>,
  ): CompiledRule {
    const slot = this.free.pop() ?? this.rules.length
    const compiled = {
      slot,
      policy,
      direction,
      rule,
      peers,
      ports: new RulePorts(rule.ports, policy.policy.cluster),
    }
    this.rules[slot] = compiled
    return compiled
  }

  release(slot: number): void {
    this.rules[slot] = undefined
    this.free.push(slot)
  }

  get(slot: number): CompiledRule | undefined {
    return this.rules[slot]
  }
}
