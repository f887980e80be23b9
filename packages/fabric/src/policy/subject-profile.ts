import { compareInTier, type CompiledPolicy, type CompiledRule, type Direction } from './compiled-policy.ts'
import type { IdentityId } from './identities.ts'
import { type NamedPorts, NO_NAMED_PORTS } from './named-ports.ts'
import { ACCEPTED_BY_DEFAULT, DENIED_BY_DEFAULT, type Outcome, outcomeOf, PortMap } from './port-map.ts'
import { PROTOCOL_KINDS, type PortSets } from './port-set.ts'

const UNKNOWN = -1

/** In the order in which they are asked. */
const TIERS = ['admin', 'network', 'baseline'] as const

/** Rules whose matches make one step in the tree of what is known; as many bits as leave room for nodes beside them. */
const RULES_PER_STEP = 24
const STEP_VALUES = 2 ** RULES_PER_STEP

export interface ProfileContext {
  readonly sets: PortSets
  /** Names of ports at the destination: the peer's for egress, the subject's own for ingress. */
  namedPortsOf(identity: IdentityId): NamedPorts
}

/**
 * The policies that select a subject in one direction, and what they say of each peer. Subjects with the same policies
 * share one. A peer's ports are compiled when somebody first asks, and are shared by all peers that the same rules match.
 */
export class SubjectProfile {
  readonly direction: Direction
  /** Policies that select the subject, in the order in which they are asked. */
  readonly policies: readonly CompiledPolicy[]
  /** In the order in which they are asked; those of the tier `network` are asked all at once. */
  readonly rules: readonly CompiledRule[]
  /** Network policies that cut the subject off in this direction, but for what they let through. */
  readonly isolatedBy: readonly CompiledPolicy[]
  /** Identities that have it. */
  uses = 0
  private readonly context: ProfileContext
  /** Of the subject, for ingress; undefined where the destination is the peer. */
  private readonly ownPorts: NamedPorts | undefined
  private readonly hasNames: boolean
  /** The one outcome of all connections where there are no rules, else -1. */
  private readonly fixed: Outcome
  /** By peer: the place in `maps`, or UNKNOWN. */
  private row = new Int32Array(0)
  private readonly maps: PortMap[] = []
  private readonly steps = new Map<number, number>()
  private readonly mapOfStep = new Map<number, number>()

  constructor(
    direction: Direction,
    policies: readonly CompiledPolicy[],
    ownPorts: NamedPorts | undefined,
    context: ProfileContext,
  ) {
    this.direction = direction
    this.context = context
    this.ownPorts = ownPorts
    const tiers = TIERS.map((tier) =>
      policies.filter(({ policy }) => policy.tier === tier).sort(compareInTier),
    )
    this.policies = tiers.flat()
    this.rules = this.policies.flatMap((policy) => policy[direction] ?? [])
    this.isolatedBy = tiers[1]!
    this.hasNames = this.rules.some(({ ports }) => ports.nameKeys.length > 0)
    const byDefault = this.isolatedBy.length > 0 ? DENIED_BY_DEFAULT : ACCEPTED_BY_DEFAULT
    this.fixed = this.rules.length === 0 ? byDefault : UNKNOWN
  }

  /** What its rules say of a new connection with a peer; `kind` as `KIND_OF_PROTOCOL` has it. */
  outcome(peer: IdentityId, kind: number, port: number): Outcome {
    if (this.fixed >= 0) return this.fixed
    let place = peer < this.row.length ? this.row[peer]! : UNKNOWN
    if (place === UNKNOWN) place = this.compile(peer)
    return this.maps[place]!.at(kind, port)
  }

  /** The outcome on every port. */
  portMap(peer: IdentityId): PortMap {
    const known = peer < this.row.length ? this.row[peer]! : UNKNOWN
    return this.maps[known === UNKNOWN ? this.compile(peer) : known]!
  }

  /** The outcome on every port for a peer who is not there, given which rules would have it among their peers. */
  portMapIf(isPeerOf: (rule: CompiledRule) => boolean): PortMap {
    return this.mapOf(this.rules.filter(isPeerOf), this.ownPorts ?? NO_NAMED_PORTS)
  }

  /** The peer's identity stands for somebody else from now on. */
  forget(peer: IdentityId): void {
    if (peer < this.row.length) this.row[peer] = UNKNOWN
  }

  /** Rules that match a peer's connection, in the order in which they are asked. */
  matching(peer: IdentityId, kind: number, port: number): CompiledRule[] {
    const destination = this.ownPorts ?? this.context.namedPortsOf(peer)
    return this.rules.filter(({ peers, ports }) => peers.has(peer) && ports.matches(kind, port, destination))
  }

  private compile(peer: IdentityId): number {
    const ports = this.ownPorts ?? this.context.namedPortsOf(peer)
    const step = this.walkTo(peer) * STEP_VALUES + (this.hasNames ? ports.id : 0)
    let place = this.mapOfStep.get(step)
    if (place === undefined) {
      const matched = this.rules.filter(({ peers }) => peers.has(peer))
      place = this.maps.push(this.mapOf(matched, ports)) - 1
      this.mapOfStep.set(step, place)
    }
    this.remember(peer, place)
    return place
  }

  /** The node of a tree that stands for the rules whose peers this one is among. */
  private walkTo(peer: IdentityId): number {
    const rules = this.rules
    let node = 0
    for (let begin = 0; begin < rules.length; begin += RULES_PER_STEP) {
      const end = Math.min(begin + RULES_PER_STEP, rules.length)
      let matched = 0
      for (let i = begin; i < end; i++) if (rules[i]!.peers.has(peer)) matched |= 1 << (i - begin)
      const step = node * STEP_VALUES + matched
      let next = this.steps.get(step)
      if (next === undefined) {
        next = this.steps.size + 1
        this.steps.set(step, next)
      }
      node = next
    }
    return node
  }

  private remember(peer: IdentityId, place: number): void {
    if (peer >= this.row.length) {
      const grown = new Int32Array(Math.max(peer + 1, this.row.length * 2, 64)).fill(UNKNOWN)
      grown.set(this.row)
      this.row = grown
    }
    this.row[peer] = place
  }

  /** `matched` are the rules that have the peer among theirs, in order. */
  private mapOf(matched: readonly CompiledRule[], ports: NamedPorts): PortMap {
    const [admin, network, baseline] = TIERS.map((tier) =>
      matched.filter(({ policy }) => policy.policy.tier === tier).map((rule) => resolved(rule, ports)),
    ) as [ResolvedRule[], ResolvedRule[], ResolvedRule[]]
    const all = [...admin, ...network, ...baseline]
    const cuts = Array.from({ length: PROTOCOL_KINDS }, (_, kind) =>
      all.flatMap(({ ranges }) => ranges[kind]!.flatMap(([first, last]) => [first, last + 1])),
    ).map((ends) => ends.filter((port) => port <= 0xffff))
    const outcomeAt = (kind: number, port: number): Outcome => {
      const decided = firstOutcome(admin, kind, port)
      if (decided !== undefined) return decided
      const allowed = network.find(({ ranges }) => covers(ranges[kind]!, port))
      if (allowed !== undefined) return outcomeOf(allowed.rule.slot, false)
      if (this.isolatedBy.length > 0) return DENIED_BY_DEFAULT
      return firstOutcome(baseline, kind, port) ?? ACCEPTED_BY_DEFAULT
    }
    return new PortMap(cuts, outcomeAt, this.context.sets)
  }
}

interface ResolvedRule {
  readonly rule: CompiledRule
  /** By kind of protocol. */
  readonly ranges: readonly (readonly (readonly [number, number])[])[]
}

const resolved = (rule: CompiledRule, ports: NamedPorts): ResolvedRule => ({
  rule,
  ranges: Array.from({ length: PROTOCOL_KINDS }, (_, kind) => rule.ports.at(kind, ports)),
})

const covers = (ranges: readonly (readonly [number, number])[], port: number): boolean =>
  ranges.some(([first, last]) => first <= port && port <= last)

/** Of a tier where the first match decides; undefined where none does, or `pass` leaves it. */
function firstOutcome(rules: readonly ResolvedRule[], kind: number, port: number): Outcome | undefined {
  const first = rules.find(({ ranges }) => covers(ranges[kind]!, port))
  if (first === undefined || first.rule.rule.action === 'pass') return undefined
  return outcomeOf(first.rule.slot, first.rule.rule.action === 'deny')
}
