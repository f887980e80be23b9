import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num'
import type {
  LabelSelector,
  Policy,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  PolicySet,
  PolicyWorkload,
  WorkloadSelector,
} from './policy-blueprint.ts'

/** Who is at an end of a connection, in words. */
export type OracleEnd =
  | { readonly kind: 'workload'; readonly name: string; readonly address?: string }
  | { readonly kind: 'node'; readonly name: string; readonly address?: string }
  | { readonly kind: 'outside'; readonly address: string }

export interface OracleAnswer {
  readonly accepts: boolean
  /** `policy rule` of all that decide alike. */
  readonly deciding: readonly string[]
  /** `policy rule` of the first of them, where rules decide. */
  readonly first: string | undefined
  readonly isolatedBy: readonly string[]
}

export interface OracleConnection {
  readonly source: OracleEnd
  readonly destination: OracleEnd
  /** `TCP`, `UDP`, `SCTP`, or any other. */
  readonly protocol: string
  readonly port: number
}

export type OracleDomains = Readonly<Record<string, readonly string[]>>

/** Verdicts straight from the text of the rules, one connection at a time, nothing compiled and nothing remembered. */
export class PolicyOracle {
  private readonly set: PolicySet
  private readonly domains: OracleDomains

  constructor(set: PolicySet, domains: OracleDomains = {}) {
    this.set = set
    this.domains = domains
  }

  accepts(connection: OracleConnection): 'accept' | 'policy-denied-egress' | 'policy-denied-ingress' {
    if (!this.egress(connection).accepts) return 'policy-denied-egress'
    return this.ingress(connection).accepts ? 'accept' : 'policy-denied-ingress'
  }

  egress(connection: OracleConnection): OracleAnswer {
    const { source, destination } = connection
    return isSelf(source, destination) ? ACCEPTED : this.decide('egress', source, destination, connection)
  }

  ingress(connection: OracleConnection): OracleAnswer {
    const { source, destination } = connection
    if (isSelf(source, destination)) return ACCEPTED
    const home = destination.kind === 'workload' ? this.workload(destination.name).node : undefined
    if (source.kind === 'node' && source.name === home) return ACCEPTED
    return this.decide('ingress', destination, source, connection)
  }

  private decide(
    direction: 'egress' | 'ingress',
    subject: OracleEnd,
    peer: OracleEnd,
    connection: OracleConnection,
  ): OracleAnswer {
    if (subject.kind !== 'workload') return ACCEPTED
    const selecting = this.set.policies.filter(
      (policy) =>
        policy[direction] !== undefined && this.selects(policy.subject, this.workload(subject.name)),
    )
    const tier = (name: Policy['tier']) =>
      selecting
        .filter((policy) => policy.tier === name)
        .sort((a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1))
    const matching = (policies: readonly Policy[]) =>
      policies.flatMap((policy) =>
        policy[direction]!.filter((rule) => this.matches(rule, peer, connection)).map((rule) => ({
          policy,
          rule,
        })),
      )
    const decided = (found: readonly Found[]): OracleAnswer | undefined => {
      const [first] = found
      if (first === undefined || first.rule.action === 'pass') return undefined
      const alike: Found[] = []
      for (const one of found) {
        if (one.rule.action !== first.rule.action || one.policy.priority !== first.policy.priority) break
        alike.push(one)
      }
      return answer(alike)
    }
    const admin = decided(matching(tier('admin')))
    if (admin !== undefined) return admin
    const network = tier('network')
    const allowing = matching(network)
    if (allowing.length > 0) return answer(allowing)
    if (network.length > 0)
      return { accepts: false, deciding: [], first: undefined, isolatedBy: network.map(({ name }) => name) }
    return decided(matching(tier('baseline'))) ?? ACCEPTED
  }

  private matches(rule: PolicyRule, peer: OracleEnd, connection: OracleConnection): boolean {
    const peerFits = rule.peers === undefined || rule.peers.some((one) => this.isPeer(one, peer))
    return peerFits && (rule.ports === undefined || rule.ports.some((port) => this.isPort(port, connection)))
  }

  private isPeer(peer: PolicyPeer, end: OracleEnd): boolean {
    switch (peer.kind) {
      case 'workloads':
        return end.kind === 'workload' && this.selects(peer.select, this.workload(end.name))
      case 'addresses': {
        const address = this.addressSeen(end)
        return (
          address !== undefined &&
          within(peer.cidr, address) &&
          !peer.except.some((cidr) => within(cidr, address))
        )
      }
      case 'nodes': {
        const node = end.kind === 'node' ? this.set.nodes.find(({ name }) => name === end.name) : undefined
        return node !== undefined && labelsFit(peer.labels, node.labels)
      }
      case 'domain': {
        const address = this.addressSeen(end)
        const names = Object.keys(this.domains).filter((name) =>
          peer.name.startsWith('*.') ? name.endsWith(peer.name.slice(1)) : name === peer.name,
        )
        return address !== undefined && names.some((name) => this.domains[name]!.includes(address))
      }
    }
  }

  private addressSeen(end: OracleEnd): string | undefined {
    return end.kind === 'workload' && this.set.addressesMatchWorkloads === false ? undefined : end.address
  }

  private isPort(port: PolicyPort, { protocol, port: number, destination }: OracleConnection): boolean {
    if (port.kind === 'range')
      return port.protocol === protocol && port.first <= number && number <= port.last
    if (destination.kind !== 'workload') return false
    return this.workload(destination.name).ports.some(
      (own) =>
        own.name === port.name &&
        own.port === number &&
        own.protocol === protocol &&
        (port.protocol === undefined || port.protocol === protocol),
    )
  }

  private selects({ namespaces, labels }: WorkloadSelector, workload: PolicyWorkload): boolean {
    if (workload.hostNetwork || !labelsFit(labels, workload.labels)) return false
    if ('name' in namespaces) return namespaces.name === workload.namespace
    const given = this.set.namespaces.find(({ name }) => name === workload.namespace)?.labels ?? {}
    return labelsFit(namespaces.labels, { ...given, 'kubernetes.io/metadata.name': workload.namespace })
  }

  private workload(name: string): PolicyWorkload {
    return this.set.workloads.find((workload) => workload.name === name)!
  }
}

interface Found {
  readonly policy: Policy
  readonly rule: PolicyRule
}

const ACCEPTED: OracleAnswer = { accepts: true, deciding: [], first: undefined, isolatedBy: [] }

const answer = (found: readonly Found[]): OracleAnswer => ({
  accepts: found[0]!.rule.action === 'accept',
  deciding: found.map(({ policy, rule }) => `${policy.name} ${rule.name}`),
  first: `${found[0]!.policy.name} ${found[0]!.rule.name}`,
  isolatedBy: [],
})

const isSelf = (a: OracleEnd, b: OracleEnd): boolean =>
  a.kind === 'workload' && b.kind === 'workload' && a.name === b.name

function labelsFit(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = labels[key]
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    const isIn = value !== undefined && values.includes(value)
    return operator === 'In' ? isIn : !isIn
  })
}

function within(cidr: string, address: string): boolean {
  if (cidr.includes(':') !== address.includes(':')) return false
  return cidr.includes(':')
    ? IPv6CidrRange.fromCidr(cidr).contains(new IPv6(address))
    : IPv4CidrRange.fromCidr(cidr).contains(new IPv4(address))
}
