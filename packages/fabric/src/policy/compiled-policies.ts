import {
  type CompiledPolicy,
  type CompiledRule,
  type Direction,
  DIRECTIONS,
  RuleSlots,
} from './compiled-policy.ts'
import type { LabelGroups } from './label-groups.ts'
import type { PortNames } from './named-ports.ts'
import type { PeerSets } from './peer-sets.ts'
import type { Policy } from './policy-blueprint.ts'

/** The policies in force, tied to the selectors, prefixes and port names that they speak of. */
export class CompiledPolicies {
  readonly rules = new RuleSlots()
  private readonly byName = new Map<string, CompiledPolicy>()
  private nextId = 0
  private readonly groups: LabelGroups
  private readonly peers: PeerSets
  private readonly names: PortNames

  constructor(groups: LabelGroups, peers: PeerSets, names: PortNames) {
    this.groups = groups
    this.peers = peers
    this.names = names
  }

  has(name: string): boolean {
    return this.byName.has(name)
  }

  all(): IterableIterator<CompiledPolicy> {
    return this.byName.values()
  }

  add(policy: Policy): void {
    const subject = this.groups.use(policy.subject, policy.cluster)
    const compiled = { id: this.nextId++, policy, subject } as {
      -readonly [Key in keyof CompiledPolicy]: CompiledPolicy[Key]
    }
    for (const direction of DIRECTIONS) compiled[direction] = this.compile(compiled, direction)
    subject.policies.add(compiled)
    this.groups.touch(subject)
    this.byName.set(policy.name, compiled)
  }

  /** False if there is none of that name. */
  remove(name: string): boolean {
    const policy = this.byName.get(name)
    if (policy === undefined) return false
    this.byName.delete(name)
    for (const rule of rulesOf(policy)) {
      this.rules.release(rule.slot)
      this.peers.release(rule.peers)
      if (this.names.release(rule.ports.nameKeys)) this.touchAll()
    }
    policy.subject.policies.delete(policy)
    this.groups.touch(policy.subject)
    this.groups.dropIfUnused(policy.subject)
    return true
  }

  private compile(policy: CompiledPolicy, direction: Direction): CompiledRule[] | undefined {
    return policy.policy[direction]?.map((rule) => {
      const peers = this.peers.use(rule.peers, policy.policy.cluster)
      const compiled = this.rules.compile(rule, { policy, direction, peers })
      if (this.names.use(compiled.ports.nameKeys)) this.touchAll()
      return compiled
    })
  }

  /** A port name that came into use or went out of it may tell workloads apart anywhere. */
  private touchAll(): void {
    for (const group of this.groups.all()) this.groups.changed.add(group)
  }
}

export const rulesOf = ({ egress, ingress }: CompiledPolicy): CompiledRule[] => [
  ...(egress ?? []),
  ...(ingress ?? []),
]
