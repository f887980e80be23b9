import type { Policy, PolicyPeer, PolicyPort, PolicyRule, PolicySet, PolicyWorkload } from '@weft/fabric'
import fc from 'fast-check'

/** Few names and values, so that rules match often and overlap. */
const NAMESPACES = ['x', 'y'] as const
/** Ports that rules name, and those beside them. */
export const PORTS = [1, 52, 53, 54, 79, 80, 81, 443, 8080, 65_535]
/** In prefixes that rules name and beside them. */
export const OUTSIDE = ['10.9.0.1', '192.0.2.1', '192.0.2.200', '8.8.8.8', '2001:db8::1', 'fd00::99', '::1']

const value = fc.constantFrom('a', 'b')
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), value, { maxKeys: 2, noNullPrototype: true })
const selector = fc.array(
  fc.record({
    key: fc.constantFrom('app', 'tier'),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: value.map((one) => [one]),
  }),
  { maxLength: 1 },
)
const select = fc.record({
  namespaces: fc.oneof(fc.record({ name: fc.constantFrom(...NAMESPACES) }), fc.record({ labels: selector })),
  labels: selector,
})
const peer: fc.Arbitrary<PolicyPeer> = fc.oneof(
  fc.record({ kind: fc.constant('workloads' as const), select }),
  fc.constantFrom<PolicyPeer>(
    { kind: 'addresses', cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
    { kind: 'addresses', cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] },
    { kind: 'addresses', cidr: '10.0.0.0/30', except: [] },
    { kind: 'addresses', cidr: '::/0', except: ['fd00::/8'] },
  ),
)
const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const)
const port: fc.Arbitrary<PolicyPort> = fc.oneof(
  fc.tuple(protocol, fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)).map(([name, a, b]) => ({
    kind: 'range' as const,
    protocol: name,
    first: Math.min(a, b),
    last: Math.max(a, b),
  })),
  fc.constant<PolicyPort>({ kind: 'named', name: 'web', protocol: 'TCP' }),
)
const lists = <Item>(item: fc.Arbitrary<Item>, key: string) =>
  fc
    .option(fc.array(item, { minLength: 1, maxLength: 2 }), { nil: undefined })
    .map((list) => (list === undefined ? {} : { [key]: list }))
const rules = (direction: 'ingress' | 'egress', actions: readonly PolicyRule['action'][]) =>
  fc
    .option(
      fc.array(fc.tuple(fc.constantFrom(...actions), lists(peer, 'peers'), lists(port, 'ports')), {
        maxLength: 2,
      }),
      { nil: undefined },
    )
    .map((list) => {
      if (list === undefined) return {}
      const named = list.map(([action, peers, ports], i) => ({
        name: `${direction}[${i}]`,
        action,
        ...peers,
        ...ports,
      }))
      return { [direction]: named }
    })

const policy = (index: number): fc.Arbitrary<Policy> =>
  fc.constantFrom('network' as const, 'network' as const, 'admin' as const).chain((tier) => {
    const actions = tier === 'network' ? (['accept'] as const) : (['accept', 'deny', 'pass'] as const)
    return fc
      .record({
        subject: select,
        ingress: rules('ingress', actions),
        egress: rules('egress', actions),
      })
      .map(({ subject, ingress, egress }) => ({
        name: `p${index}`,
        tier,
        priority: tier === 'network' ? 0 : index,
        subject,
        ...ingress,
        ...egress,
      }))
  })

const workload = (index: number): fc.Arbitrary<PolicyWorkload> =>
  fc
    .record({
      namespace: fc.constantFrom(...NAMESPACES),
      labels,
      ports: fc.subarray([
        { name: 'web', protocol: 'TCP' as const, port: 80 + (index % 2) },
        { protocol: 'UDP' as const, port: 53 },
      ]),
      addresses: fc.subarray([`10.0.0.${index}`, `fd00::${index}`]),
      node: fc.constantFrom('n1', 'n2'),
      hostNetwork: fc.nat(7).map((n) => n === 0),
    })
    .map((body) => ({ name: `${body.namespace}/w${index}`, ...body }))

/** Sets of five workloads and up to four policies. */
export const policySet: fc.Arbitrary<PolicySet> = fc.record({
  namespaces: fc
    .tuple(labels, labels)
    .map((both) => both.map((own, i) => ({ name: NAMESPACES[i]!, labels: own }))),
  workloads: fc.tuple(...[1, 2, 3, 4, 5].map(workload)),
  nodes: fc.constant([
    { name: 'n1', labels: {}, addresses: ['10.9.0.9', 'fd00::9:9'] },
    { name: 'n2', labels: { app: 'a' }, addresses: ['10.9.0.8'] },
  ]),
  policies: fc.tuple(...[1, 2, 3, 4].map(policy)).chain((all) => fc.subarray(all, { minLength: 1 })),
})
