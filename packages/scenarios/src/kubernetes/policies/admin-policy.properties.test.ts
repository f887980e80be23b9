import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Connection,
  type Direction,
  inCidr,
  namespaceLabels,
  networkObjects,
  networkPolicies,
  networkPoliciesLet,
  type NetworkPolicies,
  type Pod,
  type PolicyObject,
  type Selector,
  selector,
  selects,
  wrongVerdicts,
} from './tiny-cluster.fixture.ts'

interface Pods {
  namespaces?: Selector
  pods?: { namespaceSelector?: Selector; podSelector: Selector }
}
interface AdminPeer extends Pods {
  networks?: string[]
}
interface Protocol {
  tcp?: { destinationPort: { number?: number; range?: { start: number; end: number } } }
  udp?: { destinationPort: { number?: number; range?: { start: number; end: number } } }
  destinationNamedPort?: string
}
interface Rule {
  action: 'Accept' | 'Deny' | 'Pass'
  peers: AdminPeer[]
  protocols?: Protocol[]
}
interface AdminPolicy {
  tier: 'Admin' | 'Baseline'
  subject: Pods
  ingress: Rule[]
  egress: Rule[]
}

const pods: fc.Arbitrary<Pods> = fc.oneof(
  fc.record({ namespaces: selector }),
  fc.record({
    pods: fc.record(
      { namespaceSelector: selector, podSelector: selector },
      { requiredKeys: ['podSelector'] },
    ),
  }),
)

const destinationPort = fc.oneof(
  fc.record({ number: fc.constantFrom(53, 80, 81) }),
  fc.constantFrom({ range: { start: 53, end: 80 } }, { range: { start: 80, end: 81 } }),
)

const numbered: fc.Arbitrary<Protocol> = fc.oneof(
  fc.record({ tcp: fc.record({ destinationPort }) }),
  fc.record({ udp: fc.record({ destinationPort }) }),
)

const named: fc.Arbitrary<Protocol> = fc.record({ destinationNamedPort: fc.constantFrom('http', 'dns') })

const rule = (peer: fc.Arbitrary<AdminPeer>, protocol: fc.Arbitrary<Protocol>): fc.Arbitrary<Rule> =>
  fc.record(
    {
      action: fc.constantFrom('Accept', 'Deny', 'Pass'),
      peers: fc.array(peer, { minLength: 1, maxLength: 2 }),
      protocols: fc.array(protocol, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['action', 'peers'] },
  )

const networks = fc.record({
  networks: fc.constantFrom<string[][]>(['10.0.0.0/24'], ['0.0.0.0/0'], ['10.0.1.9/32', '10.0.0.8/29']),
})

const adminPolicy: fc.Arbitrary<AdminPolicy> = fc.record({
  tier: fc.constantFrom('Admin', 'Baseline'),
  subject: pods,
  ingress: fc.array(rule(pods, fc.oneof(numbered, named)), { maxLength: 2 }),
  // peers by address have no named ports
  egress: fc.array(
    fc.oneof(rule(pods, fc.oneof(numbered, named)), rule(fc.oneof(pods, networks), numbered)),
    { maxLength: 2 },
  ),
})

/** Each with a priority of its own, so that nothing is left open: its place, counted down in steps. */
const priorityOf = (place: number) => 1000 - 7 * place

const clusterObjects = (given: readonly AdminPolicy[]): PolicyObject[] =>
  given.map(({ tier, subject, ingress, egress }, place) => ({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: `c${place}` },
    spec: {
      tier,
      priority: priorityOf(place),
      subject,
      ingress: ingress.map(({ peers, ...rest }) => ({ ...rest, from: peers })),
      egress: egress.map(({ peers, ...rest }) => ({ ...rest, to: peers })),
    },
  }))

function isAmong({ namespaces, pods: both }: Pods, pod: Pod): boolean {
  const labels = namespaceLabels(pod.namespace)
  if (namespaces !== undefined) return selects(namespaces, labels)
  return selects(both!.namespaceSelector ?? {}, labels) && selects(both!.podSelector, pod.labels)
}

const isPeer = (peer: AdminPeer, pod: Pod): boolean =>
  peer.networks === undefined ? isAmong(peer, pod) : peer.networks.some((cidr) => inCidr(pod.ip, cidr))

function isProtocol(
  { tcp, udp, destinationNamedPort }: Protocol,
  { to, protocol, port }: Connection,
): boolean {
  if (destinationNamedPort !== undefined)
    return to.ports.some(
      ([name, of, number]) => name === destinationNamedPort && of === protocol && number === port,
    )
  if (protocol !== (tcp === undefined ? 'UDP' : 'TCP')) return false
  const { number, range } = (tcp ?? udp)!.destinationPort
  return number === undefined ? port >= range!.start && port <= range!.end : port === number
}

/** What a tier says: its policies by priority, their rules in order, the first that matches. */
function tierSays(
  given: readonly AdminPolicy[],
  tier: AdminPolicy['tier'],
  direction: Direction,
  connection: Connection,
): Rule['action'] | undefined {
  const [subject, other] =
    direction === 'Egress' ? [connection.from, connection.to] : [connection.to, connection.from]
  // the lowest priority first: the last in the list
  return [...given]
    .reverse()
    .filter((policy) => policy.tier === tier && isAmong(policy.subject, subject))
    .flatMap(({ ingress, egress }) => (direction === 'Egress' ? egress : ingress))
    .find(
      ({ peers, protocols }) =>
        peers.some((peer) => isPeer(peer, other)) &&
        (protocols === undefined || protocols.some((each) => isProtocol(each, connection))),
    )?.action
}

function isLet(
  admins: readonly AdminPolicy[],
  network: NetworkPolicies,
  direction: Direction,
  connection: Connection,
): boolean {
  const first = tierSays(admins, 'Admin', direction, connection)
  if (first === 'Accept' || first === 'Deny') return first === 'Accept'
  return (
    networkPoliciesLet(network, direction, connection) ??
    tierSays(admins, 'Baseline', direction, connection) !== 'Deny'
  )
}

describe('policies of administrators from manifest to verdict', () => {
  it('come before network policies or after them, as their words say', () => {
    fc.assert(
      fc.property(fc.array(adminPolicy, { maxLength: 3 }), networkPolicies(2), (admins, network) => {
        const wrong = wrongVerdicts(
          [...clusterObjects(admins), ...networkObjects(network)],
          (each) => isLet(admins, network, 'Egress', each) && isLet(admins, network, 'Ingress', each),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
