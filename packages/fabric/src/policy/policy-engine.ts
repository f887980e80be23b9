import { refuse } from '@weft/core'
import { AddressTable } from '../model/address-table.ts'
import { AddressBlocks } from './address-blocks.ts'
import { CompiledPolicies } from './compiled-policies.ts'
import { type EndId, Ends, NOBODY } from './ends.ts'
import { Identities, type IdentityId } from './identities.ts'
import { LabelGroups } from './label-groups.ts'
import type { Labels } from './label-selector.ts'
import { PortNames } from './named-ports.ts'
import { NodeSelectors } from './node-labels.ts'
import { Members } from './members.ts'
import { OutcomeCache, UNCACHED } from './outcome-cache.ts'
import { PeerSets } from './peer-sets.ts'
import type {
  Policy,
  PolicyNamespace,
  PolicyNode,
  PolicyRule,
  PolicySet,
  PolicyWorkload,
} from './policy-blueprint.ts'
import { refusePolicyIssues } from './policy-issues.ts'
import { ACCEPTED_BY_DEFAULT, isDenied, type Outcome, slotOf } from './port-map.ts'
import { KIND_OF_PROTOCOL, PortSets } from './port-set.ts'

/** What becomes of a new connection: 0, or one beyond the place in `POLICY_DROP_REASONS`. */
export type PolicyDecision = number
export const POLICY_ACCEPT: PolicyDecision = 0
export const POLICY_DENIED_EGRESS: PolicyDecision = 1
export const POLICY_DENIED_INGRESS: PolicyDecision = 2
export const POLICY_DROP_REASONS = ['policy-denied-egress', 'policy-denied-ingress'] as const

/** Instead of a rule's slot: no rule decided, but a default. */
export const NO_RULE = -1

/** A rule as people know it. */
export interface RuleName {
  readonly policy: string
  readonly rule: string
  readonly direction: 'egress' | 'ingress'
  readonly action: PolicyRule['action']
}

export interface PolicyEngineOptions {
  /** Addresses that packets bear; one of its own if absent. */
  readonly addresses?: AddressTable
}

/**
 * May these two connect, and which rules say so? Compiled from a `PolicySet`, and changed while a network runs. Changes
 * take effect at once; what they touch is compiled when somebody next asks.
 */
export class PolicyEngine {
  readonly addresses: AddressTable
  readonly sets = new PortSets()
  readonly identities = new Identities(this.sets)
  /** Of the last verdict: the slot of the rule that decided on the source's side, or NO_RULE. */
  egressRule = NO_RULE
  /** Of the last verdict: the slot of the rule that decided on the destination's side, or NO_RULE. */
  ingressRule = NO_RULE
  private isSettled = false
  private readonly egressCache = new OutcomeCache()
  private readonly ingressCache = new OutcomeCache()
  private readonly groups = new LabelGroups()
  private readonly addressBlocks = new AddressBlocks()
  private readonly nodes = new NodeSelectors()
  private readonly names = new PortNames()
  private readonly peers = new PeerSets(this.groups, this.addressBlocks, this.nodes)
  private readonly compiled = new CompiledPolicies(this.groups, this.peers, this.names)
  private readonly endTable: Ends
  private readonly members: Members

  /** Throws a ConfigError that lists what is wrong with the policies and names that are given twice. */
  constructor(set: PolicySet, options: PolicyEngineOptions = {}) {
    this.addresses = options.addresses ?? new AddressTable()
    const { identities, groups, addressBlocks: blocks, nodes, names, addresses } = this
    const addressesMatchWorkloads = set.addressesMatchWorkloads ?? true
    this.endTable = new Ends({ identities, groups, blocks, nodes, names, addresses, addressesMatchWorkloads })
    this.members = new Members(this.endTable, groups)
    for (const [name, texts] of Object.entries(set.domains ?? {})) this.setDomainAddresses(name, texts)
    for (const namespace of set.namespaces) this.setNamespace(namespace)
    for (const node of set.nodes) this.addNode(node)
    for (const policy of set.policies) this.addPolicy(policy)
    for (const workload of set.workloads) this.addWorkload(workload)
  }

  /**
   * Decides on a new connection; `protocol` is IANA's number, `port` the destination's. Protocols other than TCP, UDP and
   * SCTP are matched by rules without ports alone. Nothing is allocated once the two have been asked about.
   */
  verdict(source: EndId, destination: EndId, protocol: number, port: number): PolicyDecision {
    this.ingressRule = NO_RULE
    const decision = this.egressVerdict(source, destination, protocol, port)
    return decision === POLICY_ACCEPT ? this.ingressVerdict(source, destination, protocol, port) : decision
  }

  /** What the source's side of `verdict` says, at the source's interface: accept, or denied on egress. */
  egressVerdict(source: EndId, destination: EndId, protocol: number, port: number): PolicyDecision {
    if (!this.isSettled) this.settle()
    const outcome = this.egressOutcome(source, destination, protocol, port)
    this.egressRule = slotOf(outcome)
    return isDenied(outcome) ? POLICY_DENIED_EGRESS : POLICY_ACCEPT
  }

  /** What the destination's side of `verdict` says, at the destination's interface: accept, or denied on ingress. */
  ingressVerdict(source: EndId, destination: EndId, protocol: number, port: number): PolicyDecision {
    if (!this.isSettled) this.settle()
    const outcome = this.ingressOutcome(source, destination, protocol, port)
    this.ingressRule = slotOf(outcome)
    return isDenied(outcome) ? POLICY_DENIED_INGRESS : POLICY_ACCEPT
  }

  /** `verdict` by ids of the address table. */
  verdictOf(
    sourceAddress: number,
    destinationAddress: number,
    protocol: number,
    port: number,
  ): PolicyDecision {
    this.ingressRule = NO_RULE
    const decision = this.egressVerdictOf(sourceAddress, destinationAddress, protocol, port)
    return decision === POLICY_ACCEPT
      ? this.ingressVerdictOf(sourceAddress, destinationAddress, protocol, port)
      : decision
  }

  /** `egressVerdict` by ids of the address table: for who asks for packet after packet of few pairs. */
  egressVerdictOf(source: number, destination: number, protocol: number, port: number): PolicyDecision {
    if (!this.isSettled) this.settle()
    let outcome = this.egressCache.get(source, destination, protocol, port)
    if (outcome === UNCACHED) {
      outcome = this.egressOutcome(this.endOf(source), this.endOf(destination), protocol, port)
      this.egressCache.set(source, destination, protocol, port, outcome)
    }
    this.egressRule = slotOf(outcome)
    return isDenied(outcome) ? POLICY_DENIED_EGRESS : POLICY_ACCEPT
  }

  /** `ingressVerdict` by ids of the address table. */
  ingressVerdictOf(source: number, destination: number, protocol: number, port: number): PolicyDecision {
    if (!this.isSettled) this.settle()
    let outcome = this.ingressCache.get(source, destination, protocol, port)
    if (outcome === UNCACHED) {
      outcome = this.ingressOutcome(this.endOf(source), this.endOf(destination), protocol, port)
      this.ingressCache.set(source, destination, protocol, port, outcome)
    }
    this.ingressRule = slotOf(outcome)
    return isDenied(outcome) ? POLICY_DENIED_INGRESS : POLICY_ACCEPT
  }

  private egressOutcome(source: EndId, destination: EndId, protocol: number, port: number): Outcome {
    const { workload, identity } = this.endTable
    // a workload reaches its own addresses, whatever policies say
    if (workload[source]! !== NOBODY && workload[source]! === workload[destination]!)
      return ACCEPTED_BY_DEFAULT
    const policies = this.identities.egress[identity[source]!]!
    return policies.outcome(identity[destination]!, KIND_OF_PROTOCOL[protocol]!, port)
  }

  private ingressOutcome(source: EndId, destination: EndId, protocol: number, port: number): Outcome {
    const { workload, identity, host, home } = this.endTable
    if (workload[source]! !== NOBODY && workload[source]! === workload[destination]!)
      return ACCEPTED_BY_DEFAULT
    // and its own node reaches it
    if (host[source]! !== NOBODY && host[source]! === home[destination]!) return ACCEPTED_BY_DEFAULT
    const policies = this.identities.ingress[identity[destination]!]!
    return policies.outcome(identity[source]!, KIND_OF_PROTOCOL[protocol]!, port)
  }

  /**
   * The end that bears an address of the table. Ends of workloads and nodes stay while these have the address; those
   * outside only until the next change of policies, so ask again for each connection: it is one look-up.
   */
  endOf(addressId: number): EndId {
    if (!this.isSettled) this.settle()
    return this.endTable.ofAddressIn(addressId)
  }

  /** The rule of a slot of the last verdict; undefined for NO_RULE. */
  ruleOf(slot: number): RuleName | undefined {
    const compiled = slot === NO_RULE ? undefined : this.compiled.rules.get(slot)
    if (compiled === undefined) return undefined
    const { policy, direction, rule } = compiled
    return { policy: policy.policy.name, rule: rule.name, direction, action: rule.action }
  }

  /** The ends of a workload, one for each of its addresses, or one without; those of its node if it uses the host's network. */
  endsOfWorkload(name: string): readonly EndId[] {
    return this.members.endsOfWorkload(name)
  }

  endsOfNode(name: string): readonly EndId[] {
    return this.members.endsOfNode(name)
  }

  /** Who knows of all ends, identities and blocks: `PolicyReach`, explanations and warnings. Everything is up to date. */
  settled() {
    if (!this.isSettled) this.settle()
    const { endTable: ends, members, identities, sets, addressBlocks, groups, compiled, names } = this
    const { domains } = this.peers
    return {
      ends,
      members,
      identities,
      sets,
      blocks: addressBlocks.blocks,
      groups,
      policies: compiled,
      names,
      domains,
    }
  }

  identityOf(end: EndId): IdentityId {
    if (!this.isSettled) this.settle()
    return this.endTable.identity[end]!
  }

  /** Adds a namespace, or gives it other labels. Namespaces that nobody adds have their name's label alone. */
  setNamespace(namespace: PolicyNamespace): void {
    this.isSettled = false
    this.groups.setNamespace(namespace)
  }

  addWorkload(workload: PolicyWorkload): void {
    this.isSettled = false
    this.members.addWorkload(workload)
  }

  /** An address that some workload bears is another one's from now on. */
  moveAddress(address: string, workload: string): void {
    this.isSettled = false
    this.members.moveAddress(address, workload)
  }

  removeWorkload(name: string): void {
    this.isSettled = false
    this.members.removeWorkload(name)
  }

  setWorkloadLabels(name: string, labels: Labels): void {
    this.isSettled = false
    this.members.setWorkloadLabels(name, labels)
  }

  addNode(node: PolicyNode): void {
    this.isSettled = false
    this.members.addNode(node)
  }

  removeNode(name: string): void {
    this.isSettled = false
    this.members.removeNode(name)
  }

  setNodeLabels(name: string, labels: Labels): void {
    this.isSettled = false
    this.members.setNodeLabels(name, labels)
  }

  /** Throws a ConfigError if there is one of that name, or something is wrong with it. */
  addPolicy(policy: Policy): void {
    refusePolicyIssues(policy)
    if (this.compiled.has(policy.name)) refuse(policy.name, 'there are two policies of that name')
    this.isSettled = false
    this.compiled.add(policy)
  }

  removePolicy(name: string): void {
    this.isSettled = false
    if (!this.compiled.remove(name)) refuse(name, 'there is no policy of that name')
  }

  /** What a resolver says of a name: it has these addresses and no others. Rules about names never heard of let nobody through. */
  setDomainAddresses(name: string, addresses: readonly string[]): void {
    if (this.peers.domains.setAddresses(name, addresses)) this.isSettled = false
  }

  private settle(): void {
    this.endTable.settle()
    this.egressCache.clear()
    this.ingressCache.clear()
    this.isSettled = true
  }
}
