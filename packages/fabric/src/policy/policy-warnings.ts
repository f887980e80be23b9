import {
  compareInTier,
  type CompiledPolicy,
  type CompiledRule,
  type Direction,
  DIRECTIONS,
} from './compiled-policy.ts'
import { rulesOf } from './compiled-policies.ts'
import type { IdentityId } from './identities.ts'
import { withoutCluster } from './label-selector.ts'
import type { PolicyEngine } from './policy-engine.ts'
import { PROTOCOL_KINDS } from './port-set.ts'

/** Something that is allowed, and seldom meant. */
export interface PolicyWarning {
  readonly kind:
    | 'equal-priority'
    | 'nobody-selected'
    | 'no-peer'
    | 'no-such-port'
    | 'shared-address'
    | 'unknown-domain'
  /** A full sentence without a final stop. */
  readonly message: string
  /** Policies, or workloads, that it is about. */
  readonly about: readonly string[]
}

/** Looks at everyone who is there now, and at every rule: costs as much as compiling does. */
export function policyWarnings(engine: PolicyEngine): PolicyWarning[] {
  const { policies, ends, members } = engine.settled()
  const all = [...policies.all()]
  const subjects = subjectsOf(engine)
  const shared = [...ends.shared()].map(({ address, workloads }) => {
    const names = workloads.map((index) => members.nameOfWorkload(index))
    const message = `${names.join(' and ')} both bear ${address}; packets are taken for those of ${names.at(-1)}`
    return { kind: 'shared-address' as const, message, about: names }
  })
  return [
    ...equalPriorities(all, engine, subjects),
    ...all.flatMap((policy) => ofPolicy(policy, engine, subjects.get(policy) ?? new Set())),
    ...shared,
  ]
}

type Subjects = ReadonlyMap<CompiledPolicy, ReadonlySet<IdentityId>>

function subjectsOf(engine: PolicyEngine): Subjects {
  const subjects = new Map<CompiledPolicy, Set<IdentityId>>()
  for (const id of engine.identities.all()) {
    for (const direction of DIRECTIONS) {
      for (const policy of engine.identities.traits(id).policies[direction]) {
        const known = subjects.get(policy)
        if (known === undefined) subjects.set(policy, new Set([id]))
        else known.add(id)
      }
    }
  }
  return subjects
}

function ofPolicy(
  policy: CompiledPolicy,
  engine: PolicyEngine,
  subjects: ReadonlySet<IdentityId>,
): PolicyWarning[] {
  const { name } = policy.policy
  if (policy.subject.groups.size === 0)
    return [{ kind: 'nobody-selected', message: `${name} selects no workload`, about: [name] }]
  return rulesOf(policy).flatMap((rule): PolicyWarning[] => {
    const where = `${name}, ${rule.rule.name}`
    const unknown = unknownDomains(rule, engine, where)
    if (rule.peers.isEmpty() && unknown.length === 0)
      return [{ kind: 'no-peer', message: `${where}: none of its peers is there`, about: [name] }]
    const destinations =
      rule.direction === 'ingress'
        ? [...subjects]
        : [...engine.identities.all()].filter((id) => rule.peers.has(id))
    const nameless = unknownPortNames(rule, destinations, engine).map((port) => ({
      kind: 'no-such-port' as const,
      message: `${where}: no workload that it is about has a port named "${port}"`,
      about: [name],
    }))
    return [...unknown, ...nameless]
  })
}

function unknownDomains(
  { rule, policy }: CompiledRule,
  engine: PolicyEngine,
  where: string,
): PolicyWarning[] {
  const { domains } = engine.settled()
  return (rule.peers ?? []).flatMap((peer) => {
    if (peer.kind !== 'domain' || domains.isKnown(peer.name)) return []
    const message = `${where}: nothing is known of the domain name "${peer.name}", so that the rule lets nobody through to it`
    return [{ kind: 'unknown-domain' as const, message, about: [policy.policy.name] }]
  })
}

function unknownPortNames(
  rule: CompiledRule,
  destinations: readonly IdentityId[],
  engine: PolicyEngine,
): string[] {
  const { nameKeys } = rule.ports
  if (nameKeys.length === 0) return []
  const known = new Set(
    destinations.flatMap((id) => [...engine.identities.traits(id).namedPorts.numbers.keys()]),
  )
  const nameOf = (key: string) => withoutCluster(key.slice(0, key.lastIndexOf('/')))
  const found = new Set(nameKeys.filter((key) => known.has(key)).map(nameOf))
  return [...new Set(nameKeys.map(nameOf))].filter((port) => !found.has(port))
}

/** Policies of one priority whose rules say different things about a connection that both are about. */
function equalPriorities(
  all: readonly CompiledPolicy[],
  engine: PolicyEngine,
  subjects: Subjects,
): PolicyWarning[] {
  const ranked = all
    .filter(({ policy }) => policy.tier !== 'network')
    .sort((a, b) =>
      a.policy.tier < b.policy.tier ? -1 : a.policy.tier > b.policy.tier ? 1 : compareInTier(a, b),
    )
  return ranked.flatMap((one, i) => {
    const rest = ranked.slice(i + 1)
    const end = rest.findIndex(
      ({ policy }) => policy.tier !== one.policy.tier || policy.priority !== one.policy.priority,
    )
    return rest
      .slice(0, end < 0 ? rest.length : end)
      .filter((other) => contradict(one, other, engine, subjects))
      .map((other) => equalPriority(one, other))
  })
}

function equalPriority({ policy }: CompiledPolicy, { policy: other }: CompiledPolicy): PolicyWarning {
  const message =
    `${policy.name} and ${other.name} have priority ${policy.priority} and say different things about some connections; ` +
    `the API leaves open which one counts, here it is ${policy.name}, whose name comes first`
  return { kind: 'equal-priority', message, about: [policy.name, other.name] }
}

function contradict(
  one: CompiledPolicy,
  other: CompiledPolicy,
  engine: PolicyEngine,
  subjects: Subjects,
): boolean {
  const theirs = subjects.get(other)
  const both = [...(subjects.get(one) ?? [])].filter((id) => theirs?.has(id))
  if (both.length === 0) return false
  const differ = (direction: Direction) =>
    (one[direction] ?? []).some((a) =>
      (other[direction] ?? []).some((b) => a.rule.action !== b.rule.action && meet(a, b, both, engine)),
    )
  return DIRECTIONS.some(differ)
}

/** Whether two rules of one direction have a peer and a port in common, for one of these subjects. */
function meet(
  a: CompiledRule,
  b: CompiledRule,
  subjects: readonly IdentityId[],
  { identities }: PolicyEngine,
): boolean {
  const peers = [...identities.all()].filter((id) => a.peers.has(id) && b.peers.has(id))
  const destinations = a.direction === 'ingress' ? (peers.length > 0 ? subjects : []) : peers
  return destinations.some((id) => {
    const { namedPorts } = identities.traits(id)
    return Array.from({ length: PROTOCOL_KINDS }, (_, kind) => kind).some((kind) =>
      a.ports
        .at(kind, namedPorts)
        .some(([first, last]) =>
          b.ports.at(kind, namedPorts).some((range) => range[0] <= last && first <= range[1]),
        ),
    )
  })
}
