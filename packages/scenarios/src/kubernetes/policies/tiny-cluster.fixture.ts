import { PolicyEngine, POLICY_ACCEPT, PROTOCOL_NUMBERS } from '@weft/fabric'
import fc from 'fast-check'
import { clusterOf } from '../manifests.fixture.ts'
import { toPolicySet } from '../to-policy-set.ts'

/**
 * A cluster of four pods, and what the words of manifests mean there: selectors, peers and ports applied as they are
 * written, without conversion or compilation (kubernetes/api networking/v1/types.go).
 */

export interface Selector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}
export interface Peer {
  podSelector?: Selector | null
  namespaceSelector?: Selector | null
  ipBlock?: { cidr: string; except?: string[] }
}
export interface Port {
  protocol?: string
  port?: number | string
  endPort?: number
}
export interface NetworkSpec {
  podSelector?: Selector | null
  policyTypes?: string[] | null
  ingress?: { from?: Peer[] | null; ports?: Port[] | null }[] | null
  egress?: { to?: Peer[] | null; ports?: Port[] | null }[] | null
}

const NAMESPACES = [
  { name: 'blue', labels: { team: 'a' } },
  { name: 'green', labels: { team: 'b', 'kubernetes.io/metadata.name': 'green' } },
]

const PODS = [
  { namespace: 'blue', name: 'web', labels: { app: 'web' }, ip: '10.0.0.1', ports: [['http', 'TCP', 80]] },
  {
    namespace: 'blue',
    name: 'db',
    labels: { app: 'db', tier: '' },
    ip: '10.0.0.9',
    ports: [
      ['http', 'TCP', 81],
      ['dns', 'UDP', 53],
    ],
  },
  {
    namespace: 'green',
    name: 'web',
    labels: { app: 'web', tier: 'x' },
    ip: '10.0.1.1',
    ports: [['http', 'UDP', 80]],
  },
  { namespace: 'green', name: 'bare', labels: {}, ip: '10.0.1.9', ports: [] },
] as const

export type Pod = (typeof PODS)[number]

/** A policy's manifest. */
export interface PolicyObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly namespace?: string; readonly name: string }
  readonly spec: unknown
}

export const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constant({}),
  fc.record({
    matchLabels: fc.constantFrom<Record<string, string>[]>(
      { app: 'web' },
      { app: 'db' },
      { tier: '' },
      { team: 'a' },
      { app: 'web', tier: 'x' },
    ),
  }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom('app', 'tier', 'team'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.constantFrom<string[][]>(['web'], ['db', 'x'], [''], ['a']),
        }),
        fc.record({
          key: fc.constantFrom('app', 'tier', 'kubernetes.io/metadata.name'),
          operator: fc.constantFrom('Exists', 'DoesNotExist'),
        }),
      ),
      { maxLength: 2 },
    ),
  }),
)

const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: fc.constant(null) }),
  fc.record({
    ipBlock: fc.constantFrom<NonNullable<Peer['ipBlock']>[]>(
      { cidr: '10.0.0.0/16' },
      { cidr: '10.0.0.0/24', except: ['10.0.0.8/29'] },
      { cidr: '10.0.1.9/32' },
      { cidr: '0.0.0.0/0', except: ['10.0.1.0/24', '10.0.0.1/32'] },
    ),
  }),
)

const port: fc.Arbitrary<Port> = fc.oneof(
  fc.constantFrom({}, { protocol: 'UDP' }, { protocol: 'SCTP' }),
  fc.record({ port: fc.constantFrom(80, 81, 53, 'http', 'dns') }, { requiredKeys: ['port'] }),
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP'), port: fc.constantFrom(80, 53, 'http', 'dns') }),
  fc.constantFrom(
    { port: 53, endPort: 80 },
    { port: 81, endPort: 81 },
    { protocol: 'UDP', port: 1, endPort: 65535 },
  ),
)

const listOf = <T>(item: fc.Arbitrary<T>) => fc.oneof(fc.constant(null), fc.array(item, { maxLength: 2 }))

const networkSpec: fc.Arbitrary<NetworkSpec> = fc.record(
  {
    podSelector: fc.oneof(selector, fc.constant(null)),
    policyTypes: fc.constantFrom(null, [], ['Ingress'], ['Egress'], ['Egress', 'Ingress']),
    ingress: listOf(fc.record({ from: listOf(peer), ports: listOf(port) }, { requiredKeys: [] })),
    egress: listOf(fc.record({ to: listOf(peer), ports: listOf(port) }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
)

/** Network policies with their namespaces. */
export const networkPolicies = (maxLength: number) =>
  fc.array(fc.record({ namespace: fc.constantFrom('blue', 'green'), spec: networkSpec }), { maxLength })

export type NetworkPolicies = readonly { readonly namespace: string; readonly spec: NetworkSpec }[]

export const networkObjects = (given: NetworkPolicies): PolicyObject[] =>
  given.map(({ namespace, spec }, index) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name: `p${index}` },
    spec,
  }))

function manifests(policies: readonly PolicyObject[]): string {
  const items = [
    ...NAMESPACES.map(({ name, labels }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...PODS.map(({ namespace, name, labels, ip, ports }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'i',
            ports: ports.map(([port, protocol, containerPort]) => ({ name: port, protocol, containerPort })),
          },
        ],
      },
      status: { phase: 'Running', podIP: ip },
    })),
    ...policies,
  ]
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}

export function selects(wanted: Selector, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = wanted
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      if (operator === 'In') return value !== undefined && values.includes(value)
      return value === undefined || !values.includes(value)
    })
  )
}

export const namespaceLabels = (name: string) => ({
  ...NAMESPACES.find((each) => each.name === name)!.labels,
  'kubernetes.io/metadata.name': name,
})

export function inCidr(ip: string, cidr: string): boolean {
  const number = (text: string) => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  const [address, length] = cidr.split('/') as [string, string]
  const size = 2 ** (32 - Number(length))
  return Math.floor(number(ip) / size) === Math.floor(number(address) / size)
}

function isPeer(
  { podSelector, namespaceSelector, ipBlock }: Peer,
  policyNamespace: string,
  pod: Pod,
): boolean {
  if (ipBlock !== undefined)
    return inCidr(pod.ip, ipBlock.cidr) && !(ipBlock.except ?? []).some((hole) => inCidr(pod.ip, hole))
  const inNamespace = namespaceSelector
    ? selects(namespaceSelector, namespaceLabels(pod.namespace))
    : pod.namespace === policyNamespace
  return inNamespace && selects(podSelector ?? {}, pod.labels)
}

function isPort(
  { protocol = 'TCP', port: wanted, endPort }: Port,
  to: Pod,
  asked: string,
  number: number,
): boolean {
  if (protocol !== asked) return false
  if (wanted === undefined) return true
  if (typeof wanted === 'number') return number >= wanted && number <= (endPort ?? wanted)
  return to.ports.some(
    ([name, of, containerPort]) => name === wanted && of === protocol && containerPort === number,
  )
}

export interface Connection {
  from: Pod
  to: Pod
  protocol: 'TCP' | 'UDP' | 'SCTP'
  port: number
}

export type Direction = 'Ingress' | 'Egress'

/** Whether network policies let a connection pass on one side; undefined where none isolates the subject. */
export function networkPoliciesLet(
  given: NetworkPolicies,
  direction: Direction,
  { from, to, protocol, port: number }: Connection,
): boolean | undefined {
  const [subject, other] = direction === 'Egress' ? [from, to] : [to, from]
  const isolating = given.filter(
    ({ namespace, spec }) =>
      namespace === subject.namespace &&
      selects(spec.podSelector ?? {}, subject.labels) &&
      directionsOf(spec).includes(direction),
  )
  if (isolating.length === 0) return undefined
  return isolating.some(({ namespace, spec }) => {
    const rules =
      direction === 'Ingress'
        ? (spec.ingress ?? []).map(({ from: peers, ports }) => ({ peers: peers ?? [], ports: ports ?? [] }))
        : (spec.egress ?? []).map(({ to: peers, ports }) => ({ peers: peers ?? [], ports: ports ?? [] }))
    return rules.some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some((each) => isPeer(each, namespace, other))) &&
        (ports.length === 0 || ports.some((each) => isPort(each, to, protocol, number))),
    )
  })
}

function directionsOf({ policyTypes, egress }: NetworkSpec): string[] {
  if (policyTypes && policyTypes.length > 0) return policyTypes
  return egress && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}

const connections = PODS.flatMap((from) =>
  PODS.flatMap((to) =>
    (['TCP', 'UDP', 'SCTP'] as const).flatMap((protocol) =>
      [53, 80, 81].map((number) => ({ from, to, protocol, port: number })),
    ),
  ),
)

/** Connections on which Weft, given the policies as manifests, says other than `isAllowed`; pods reach themselves always. */
export function wrongVerdicts(
  policies: readonly PolicyObject[],
  isAllowed: (connection: Connection) => boolean,
): Connection[] {
  const engine = new PolicyEngine(toPolicySet(clusterOf(manifests(policies)), { per: 'pod' }))
  const end = ({ namespace, name }: Pod) => engine.endsOfWorkload(`${namespace}/${name}`)[0]!
  return connections.filter((each) => {
    const { from, to, protocol, port: number } = each
    const verdict = engine.verdict(end(from), end(to), PROTOCOL_NUMBERS[protocol], number)
    return (verdict === POLICY_ACCEPT) !== (from === to || isAllowed(each))
  })
}
