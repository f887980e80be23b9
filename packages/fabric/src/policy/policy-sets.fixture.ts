import fc from 'fast-check'
import type {
  LabelRequirement,
  Policy,
  PolicyNode,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
  PolicySet,
  PolicyWorkload,
} from './policy-blueprint.ts'
import type { OracleConnection, OracleDomains, OracleEnd } from './policy.oracle.ts'

/** Few names and values, so that rules match often and overlap. */
const NAMESPACES = ['x', 'y', 'z'] as const
const DOMAINS: OracleDomains = {
  'api.example.com': ['192.0.2.1', '10.0.0.2'],
  'www.example.com': ['2001:db8::1'],
  'example.com': ['192.0.2.2'],
}
const OUTSIDE = [
  '10.0.0.9',
  '10.0.1.9',
  '192.0.2.1',
  '192.0.2.2',
  '8.8.8.8',
  '2001:db8::1',
  'fd00::99',
  '::1',
]
const CIDRS: readonly (readonly [string, readonly string[]])[] = [
  ['0.0.0.0/0', ['10.0.0.0/8', '10.0.0.2/32', '192.0.2.0/30']],
  ['10.0.0.0/8', ['10.0.0.0/24', '10.0.1.0/24', '10.0.0.1/32']],
  ['10.0.0.0/24', ['10.0.0.0/30', '10.0.0.2/32', '10.0.0.9/32']],
  ['10.0.0.0/30', ['10.0.0.0/31', '10.0.0.3/32']],
  ['10.0.0.1/32', []],
  ['192.0.2.0/24', ['192.0.2.2/31']],
  ['::/0', ['fd00::/8', '2001:db8::/32']],
  ['fd00::/64', ['fd00::2/128', 'fd00::/126']],
]
export const PORTS = [1, 53, 79, 80, 81, 443, 8080, 65_535]

const key = fc.constantFrom('app', 'tier')
const value = fc.constantFrom('a', 'b', '')
const labels = fc.dictionary(key, value, { maxKeys: 2, noNullPrototype: true })
const requirement = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist'), values: fc.constant([]) }),
) as fc.Arbitrary<LabelRequirement>
const selector = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(requirement, { maxLength: 2 }) },
)
const byName = fc.record({
  key: fc.constant('kubernetes.io/metadata.name'),
  operator: fc.constant('In' as const),
  values: fc.constantFrom(...NAMESPACES).map((name) => [name]),
})
const workloadSelector = fc.record({
  namespaces: fc.oneof(
    fc.record({ name: fc.constantFrom(...NAMESPACES) }),
    fc.record({ labels: fc.oneof(selector, fc.array(byName, { minLength: 1, maxLength: 1 })) }),
  ),
  labels: selector,
})

const cidrPeer = fc.constantFrom(...CIDRS).chain(([cidr, excepts]) =>
  fc.record({
    kind: fc.constant('addresses' as const),
    cidr: fc.constant(cidr),
    except: fc.subarray([...excepts]),
  }),
)
const peer: fc.Arbitrary<PolicyPeer> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('workloads' as const), select: workloadSelector }) },
  { weight: 3, arbitrary: cidrPeer },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('nodes' as const), labels: selector }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('domain' as const),
      name: fc.constantFrom('api.example.com', '*.example.com', 'example.com', 'unheard.example.org'),
    }),
  },
)

const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const)
const portName = fc.constantFrom('web', 'dns')
const port: fc.Arbitrary<PolicyPort> = fc.oneof(
  fc.tuple(protocol, fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)).map(([name, a, b]) => ({
    kind: 'range' as const,
    protocol: name,
    first: Math.min(a, b),
    last: Math.max(a, b),
  })),
  fc.record({ kind: fc.constant('named' as const), name: portName }),
  fc.record({ kind: fc.constant('named' as const), name: portName, protocol }),
)

/** A list that may be missing; a missing one says more than an empty one, which is refused in manifests. */
const maybe = <Item>(item: fc.Arbitrary<Item>, name: string) =>
  fc
    .option(fc.array(item, { minLength: 1, maxLength: 2 }), { nil: undefined })
    .map((list) => (list === undefined ? {} : { [name]: list }))
const rule = (actions: readonly PolicyRule['action'][]) =>
  fc
    .tuple(fc.constantFrom(...actions), maybe(peer, 'peers'), maybe(port, 'ports'))
    .map(([action, peers, ports]) => ({ action, ...peers, ...ports }))
const rules = (direction: string, actions: readonly PolicyRule['action'][]) =>
  fc
    .option(fc.array(rule(actions), { maxLength: 3 }), { nil: undefined })
    .map((list) =>
      list === undefined
        ? {}
        : { [direction]: list.map((one, i) => ({ name: `${direction}[${i}]`, ...one })) },
    )

const TIERS = ['network', 'network', 'network', 'admin', 'baseline'] as const
const policyBody = fc.constantFrom(...TIERS).chain((tier) => {
  const actions = tier === 'network' ? (['accept'] as const) : (['accept', 'deny', 'pass'] as const)
  return fc.record({
    tier: fc.constant(tier),
    priority: tier === 'network' ? fc.constant(0) : fc.constantFrom(1, 2),
    subject: workloadSelector,
    rules: fc.tuple(rules('ingress', actions), rules('egress', actions)),
  })
})

/** Policies of names that sort in another order than they are listed. */
export const policyNamed = (name: string): fc.Arbitrary<Policy> =>
  policyBody.map(({ rules: [ingress, egress], ...body }) => ({ name, ...body, ...ingress, ...egress }))

const workloadPort = fc.record(
  { name: portName, protocol, port: fc.constantFrom(...PORTS) },
  { requiredKeys: ['protocol', 'port'] },
)
export const workloadNamed = (index: number): fc.Arbitrary<PolicyWorkload> =>
  fc
    .record({
      namespace: fc.constantFrom(...NAMESPACES),
      labels,
      ports: fc.array(workloadPort, { maxLength: 2 }),
      addresses: fc.subarray([`10.0.0.${index}`, `fd00::${index}`]),
      node: fc.constantFrom('n1', 'n2'),
      hostNetwork: fc.nat(9).map((n) => n === 0),
    })
    .map((body) => ({ name: `${body.namespace}/w${index}`, ...body }))

const nodes: fc.Arbitrary<PolicyNode[]> = fc.tuple(labels, labels).map(([one, other]) => [
  { name: 'n1', labels: one, addresses: ['10.0.1.1', 'fd00::11'] },
  { name: 'n2', labels: other, addresses: ['10.0.1.2'] },
])

export const policySet: fc.Arbitrary<PolicySet> = fc.record({
  namespaces: fc
    .tuple(labels, labels)
    .map((both) => both.map((own, i) => ({ name: NAMESPACES[i]!, labels: own }))),
  workloads: fc.tuple(...[1, 2, 3, 4, 5].map(workloadNamed)),
  nodes,
  policies: fc
    .tuple(...['p3', 'p1', 'p4', 'p2', 'p5'].map(policyNamed))
    .chain((all) => fc.subarray(all, { minLength: 2 })),
  addressesMatchWorkloads: fc.nat(4).map((n) => n > 0),
})

export const domains: fc.Arbitrary<OracleDomains> = fc.constantFrom(DOMAINS, {})

/** Everyone of a set, and some outside. Workloads on the host's network come as their nodes, which they are on the wire. */
export function endsOf(set: PolicySet): OracleEnd[] {
  const bearing = <Kind extends 'workload' | 'node'>(
    kind: Kind,
    name: string,
    addresses: readonly string[],
  ) => (addresses.length === 0 ? [{ kind, name }] : addresses.map((address) => ({ kind, name, address })))
  return [
    ...set.workloads
      .filter(({ hostNetwork }) => !hostNetwork)
      .flatMap(({ name, addresses }) => bearing('workload', name, addresses)),
    ...set.nodes.flatMap(({ name, addresses }) => bearing('node', name, addresses)),
    ...OUTSIDE.map((address) => ({ kind: 'outside' as const, address })),
  ]
}

export const connectionIn = (set: PolicySet): fc.Arbitrary<OracleConnection> => {
  const ends = endsOf(set)
  const inside = ends.filter(({ kind }) => kind === 'workload')
  const end = fc.constantFrom(...ends, ...inside, ...inside)
  return fc.record({
    source: end,
    destination: end,
    protocol: fc.constantFrom('TCP', 'TCP', 'UDP', 'UDP', 'SCTP', 'ICMP'),
    port: fc.constantFrom(...PORTS),
  })
}

/** A set, domain names and connections to ask it about. */
export const withConnections = policySet.chain((set) =>
  fc.record({
    set: fc.constant(set),
    names: domains,
    connections: fc.array(connectionIn(set), { minLength: 20, maxLength: 20 }),
  }),
)
