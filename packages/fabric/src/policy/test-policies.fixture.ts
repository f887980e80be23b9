import type { Labels } from './label-selector.ts'
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
import {
  POLICY_ACCEPT,
  POLICY_DROP_REASONS,
  PolicyEngine,
  type PolicyEngineOptions,
} from './policy-engine.ts'
import { PROTOCOL_NUMBERS } from './port-set.ts'

/** `{ app: 'web' }`: `matchLabels` of manifests. */
export const having = (labels: Labels): LabelSelector =>
  Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }))

export const anyNamespace: WorkloadSelector['namespaces'] = { labels: [] }
export const namespaceWith = (labels: Labels): WorkloadSelector['namespaces'] => ({ labels: having(labels) })

/** Workloads with these labels, of one namespace by name or of others by labels. */
export const workloads = (
  namespaces: string | WorkloadSelector['namespaces'],
  labels: Labels = {},
): PolicyPeer => ({
  kind: 'workloads',
  select: {
    namespaces: typeof namespaces === 'string' ? { name: namespaces } : namespaces,
    labels: having(labels),
  },
})
export const cidr = (text: string, ...except: string[]): PolicyPeer => ({
  kind: 'addresses',
  cidr: text,
  except,
})

export const tcp = (first: number, last = first): PolicyPort => ({
  kind: 'range',
  protocol: 'TCP',
  first,
  last,
})
export const udp = (first: number, last = first): PolicyPort => ({
  kind: 'range',
  protocol: 'UDP',
  first,
  last,
})
export const sctp = (first: number, last = first): PolicyPort => ({
  kind: 'range',
  protocol: 'SCTP',
  first,
  last,
})

type Rule = Partial<Pick<PolicyRule, 'action' | 'peers' | 'ports' | 'name'>>

const rules = (direction: string, given: readonly Rule[]): PolicyRule[] =>
  given.map((rule, i) => ({ name: `${direction}[${i}]`, action: 'accept', ...rule }))

/** A NetworkPolicy `x/name` about workloads of `x` with these labels. */
export function networkPolicy(
  name: string,
  podSelector: Labels,
  { ingress, egress }: { readonly ingress?: readonly Rule[]; readonly egress?: readonly Rule[] },
): Policy {
  const [namespace] = name.split('/') as [string]
  return {
    name: `NetworkPolicy ${name}`,
    tier: 'network',
    priority: 0,
    subject: { namespaces: { name: namespace }, labels: having(podSelector) },
    ...(ingress && { ingress: rules('ingress', ingress) }),
    ...(egress && { egress: rules('egress', egress) }),
  }
}

export function tierPolicy(
  tier: 'admin' | 'baseline',
  name: string,
  priority: number,
  given: { readonly ingress?: readonly Rule[]; readonly egress?: readonly Rule[] },
  namespaces: WorkloadSelector['namespaces'] = anyNamespace,
): Policy {
  return { ...networkPolicy(name, {}, given), name, tier, priority, subject: { namespaces, labels: [] } }
}

/** The namespaces x, y and z with workloads a, b and c each, as Kubernetes' own tests have them, on two nodes. */
export function nineWorkloads(policies: readonly Policy[], more: Partial<PolicySet> = {}): PolicySet {
  const namespaces = ['x', 'y', 'z']
  return {
    namespaces: namespaces.map((name) => ({ name, labels: { ns: name } })),
    workloads: namespaces.flatMap((namespace, i) =>
      ['a', 'b', 'c'].map(
        (pod, j): PolicyWorkload => ({
          name: `${namespace}/${pod}`,
          namespace,
          labels: { pod },
          ports: [80, 81].flatMap((port) =>
            (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
              name: `serve-${port}-${protocol.toLowerCase()}`,
              protocol,
              port,
            })),
          ),
          addresses: [`10.0.${i}.${j + 1}`],
          node: pod === 'c' ? 'n2' : 'n1',
          hostNetwork: false,
        }),
      ),
    ),
    nodes: [
      { name: 'n1', labels: { role: 'worker' }, addresses: ['172.16.0.1'] },
      { name: 'n2', labels: { role: 'edge' }, addresses: ['172.16.0.2'] },
    ],
    policies,
    ...more,
  }
}

/** Asks an engine about connections by words: `x/a`, `node n1` or an address, to another, `TCP/80`. */
export class Asker {
  readonly engine: PolicyEngine

  constructor(set: PolicySet, options?: PolicyEngineOptions) {
    this.engine = new PolicyEngine(set, options)
  }

  ask(source: string, destination: string, port: string): string {
    const [protocol, number] = port.split('/') as [string, string | undefined]
    const iana = protocol === 'ICMP' ? 1 : PROTOCOL_NUMBERS[protocol as keyof typeof PROTOCOL_NUMBERS]
    const decision = this.engine.verdict(this.end(source), this.end(destination), iana, Number(number ?? 0))
    return decision === POLICY_ACCEPT ? 'accept' : POLICY_DROP_REASONS[decision - 1]!
  }

  /** Which of the nine reach a workload. */
  whoReaches(destination: string, port: string): string {
    const all = ['x', 'y', 'z'].flatMap((namespace) => ['a', 'b', 'c'].map((pod) => `${namespace}/${pod}`))
    return all.filter((source) => this.ask(source, destination, port) === 'accept').join(' ')
  }

  end(who: string): number {
    if (who.startsWith('node ')) return this.engine.endsOfNode(who.slice(5))[0]!
    if (who.includes('/')) return this.engine.endsOfWorkload(who)[0]!
    return this.engine.endOf(this.engine.addresses.intern(who))
  }
}
