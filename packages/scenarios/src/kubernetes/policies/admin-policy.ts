import type { PolicyPeer, PolicyPort, PolicyProtocol, WorkloadSelector } from '@weft/fabric'
import type {
  AdminNetworkPolicyPort,
  AdminNetworkPolicySpec,
  BaselineAdminNetworkPolicySpec,
} from '../kinds/admin-network-policy.ts'
import type {
  ClusterNetworkPolicyProtocol,
  ClusterNetworkPolicySpec,
} from '../kinds/cluster-network-policy.ts'
import type { Path } from '../kinds/kind.ts'
import { type LabelSelectorInput, labelSelector } from '../label-selector.ts'
import { canonical } from './network-policy.ts'
import { type PlacedPolicy, type PlacedRule, placedIn } from './placed-policy.ts'

interface Workloads {
  readonly namespaces?: LabelSelectorInput | undefined
  readonly pods?:
    | {
        readonly namespaceSelector?: LabelSelectorInput | undefined
        readonly podSelector: LabelSelectorInput
      }
    | undefined
}

interface Peer extends Workloads {
  readonly nodes?: LabelSelectorInput | undefined
  readonly networks?: readonly string[] | undefined
  readonly domainNames?: readonly string[] | undefined
}

const ACTIONS = { Accept: 'accept', Allow: 'accept', Deny: 'deny', Pass: 'pass' } as const

/** A rule as both generations of the API have it; `ports` in the words of each. */
interface Rule<Port> {
  readonly name?: string | undefined
  readonly action: keyof typeof ACTIONS
  readonly peers: readonly Peer[]
  readonly ports: readonly Port[] | undefined
}

export function clusterNetworkPolicy(name: string, spec: ClusterNetworkPolicySpec): PlacedPolicy {
  const { tier, priority, subject, ingress, egress } = spec
  const words = { ports: 'protocols', portOf: protocolPort }
  return {
    name: `ClusterNetworkPolicy ${name}`,
    tier: tier === 'Admin' ? 'admin' : 'baseline',
    priority,
    ...subjectOf(subject),
    ...rulesOf(
      'ingress',
      ingress?.map(({ from, protocols, ...rest }) => ({ ...rest, peers: from, ports: protocols })),
      words,
    ),
    ...rulesOf(
      'egress',
      egress?.map(({ to, protocols, ...rest }) => ({ ...rest, peers: to, ports: protocols })),
      words,
    ),
  }
}

export const adminNetworkPolicy = (name: string, spec: AdminNetworkPolicySpec): PlacedPolicy => ({
  name: `AdminNetworkPolicy ${name}`,
  tier: 'admin',
  priority: spec.priority,
  ...firstGeneration(spec),
})

/** The only one of a cluster, and without a priority: whatever it has, it comes first in its tier. */
export const baselineAdminNetworkPolicy = (
  name: string,
  spec: BaselineAdminNetworkPolicySpec,
): PlacedPolicy => ({
  name: `BaselineAdminNetworkPolicy ${name}`,
  tier: 'baseline',
  priority: 0,
  ...firstGeneration(spec),
})

function firstGeneration({
  subject,
  ingress,
  egress,
}: AdminNetworkPolicySpec | BaselineAdminNetworkPolicySpec) {
  const words = { ports: 'ports', portOf: adminPort }
  return {
    ...subjectOf(subject),
    ...rulesOf(
      'ingress',
      ingress?.map(({ from, ...rest }) => ({ ...rest, peers: from, ports: rest.ports })),
      words,
    ),
    ...rulesOf(
      'egress',
      egress?.map(({ to, ...rest }) => ({ ...rest, peers: to, ports: rest.ports })),
      words,
    ),
  }
}

const subjectOf = (subject: Workloads) => ({
  subject: workloadsOf(subject),
  subjectPath: ['spec', 'subject', subject.pods === undefined ? 'namespaces' : 'pods'] as Path,
})

/** A direction without rules says nothing, whether its list is empty or missing. */
function rulesOf<Port>(
  direction: 'ingress' | 'egress',
  rules: readonly Rule<Port>[] = [],
  words: { readonly ports: string; portOf(port: Port): PolicyPort },
): { readonly ingress?: PlacedRule[]; readonly egress?: PlacedRule[] } {
  if (rules.length === 0) return {}
  const placed = rules.map(({ name, action, peers, ports }, index): PlacedRule => {
    const path = ['spec', direction, index]
    const field = direction === 'ingress' ? 'from' : 'to'
    return {
      name: name === undefined || name === '' ? `${direction}[${index}]` : name,
      action: ACTIONS[action],
      path,
      peers: placedIn([...path, field], peers, peersOf),
      ...(ports === undefined
        ? {}
        : { ports: placedIn([...path, words.ports], ports, (port) => [words.portOf(port)]) }),
    }
  })
  return { [direction]: placed }
}

function workloadsOf({ namespaces, pods }: Workloads): WorkloadSelector {
  if (pods === undefined) return { namespaces: { labels: labelSelector(namespaces ?? {}) }, labels: [] }
  return {
    namespaces: { labels: labelSelector(pods.namespaceSelector ?? {}) },
    labels: labelSelector(pods.podSelector),
  }
}

function peersOf(peer: Peer): PolicyPeer[] {
  if (peer.networks !== undefined)
    return peer.networks.map((cidr) => ({ kind: 'addresses', cidr: canonical(cidr), except: [] }))
  if (peer.domainNames !== undefined)
    return peer.domainNames.map((name) => ({ kind: 'domain', name: name.toLowerCase().replace(/\.$/, '') }))
  if (peer.nodes !== undefined) return [{ kind: 'nodes', labels: labelSelector(peer.nodes) }]
  return [{ kind: 'workloads', select: workloadsOf(peer) }]
}

function protocolPort({ tcp, udp, sctp, destinationNamedPort }: ClusterNetworkPolicyProtocol): PolicyPort {
  if (destinationNamedPort !== undefined) return { kind: 'named', name: destinationNamedPort }
  const protocol: PolicyProtocol = tcp !== undefined ? 'TCP' : udp !== undefined ? 'UDP' : 'SCTP'
  const { number, range } = (tcp ?? udp ?? sctp)!.destinationPort
  return { kind: 'range', protocol, first: number ?? range!.start, last: number ?? range!.end }
}

function adminPort({ portNumber, portRange, namedPort }: AdminNetworkPolicyPort): PolicyPort {
  if (namedPort !== undefined) return { kind: 'named', name: namedPort }
  const { protocol = 'TCP' } = (portNumber ?? portRange)!
  const [first, last] =
    portNumber === undefined ? [portRange!.start, portRange!.end] : [portNumber.port, portNumber.port]
  return { kind: 'range', protocol, first, last }
}
