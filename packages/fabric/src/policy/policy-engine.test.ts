import { describe, expect, it } from 'vitest'
import type { Policy } from './policy-blueprint.ts'
import {
  anyNamespace,
  Asker,
  cidr,
  namespaceWith,
  networkPolicy,
  nineWorkloads,
  sctp,
  tcp,
  tierPolicy,
  udp,
  workloads,
} from './test-policies.fixture.ts'

const EVERYONE = 'x/a x/b x/c y/a y/b y/c z/a z/b z/c'
const asking = (...policies: Policy[]) => new Asker(nineWorkloads(policies))

// the cases of kubernetes/kubernetes test/e2e/network/netpol, by what they promise
describe('network policies, as the end-to-end tests of Kubernetes have them', () => {
  it('without policies everyone reaches everyone, and the world', () => {
    const asker = asking()
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe(EVERYONE)
    expect(asker.ask('x/a', '8.8.8.8', 'UDP/53')).toBe('accept')
    expect(asker.ask('8.8.8.8', 'x/a', 'ICMP')).toBe('accept')
  })

  it('default deny of ingress leaves a workload itself alone', () => {
    const asker = asking(networkPolicy('x/deny-ingress', {}, { ingress: [] }))
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a')
    expect(asker.whoReaches('y/a', 'TCP/80')).toBe(EVERYONE)
    expect(asker.ask('8.8.8.8', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
  })

  it('default deny of all isolates both ways', () => {
    const asker = asking(networkPolicy('x/deny-all', {}, { ingress: [], egress: [] }))
    expect(asker.ask('x/a', 'y/a', 'TCP/80')).toBe('policy-denied-egress')
    expect(asker.ask('y/a', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('x/a', '8.8.8.8', 'UDP/53')).toBe('policy-denied-egress')
  })

  it('an empty rule lets everyone in, from outside too, on all protocols', () => {
    const asker = asking(networkPolicy('x/allow-all', {}, { ingress: [{}] }))
    expect(asker.whoReaches('x/a', 'SCTP/4000')).toBe(EVERYONE)
    expect(asker.ask('2001:db8::1', 'x/a', 'ICMP')).toBe('accept')
  })

  it('from workloads of the own namespace by label', () => {
    const asker = asking(
      networkPolicy('x/from-b', { pod: 'a' }, { ingress: [{ peers: [workloads('x', { pod: 'b' })] }] }),
    )
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a x/b')
    expect(asker.whoReaches('x/c', 'TCP/80')).toBe(EVERYONE)
  })

  it('from namespaces by label, by the label of their name, and by both selectors at once', () => {
    const byLabel = networkPolicy(
      'x/p',
      { pod: 'a' },
      { ingress: [{ peers: [workloads(namespaceWith({ ns: 'y' }))] }] },
    )
    expect(asking(byLabel).whoReaches('x/a', 'TCP/80')).toBe('x/a y/a y/b y/c')
    const named = workloads(namespaceWith({ 'kubernetes.io/metadata.name': 'z' }))
    const byName = networkPolicy('x/p', { pod: 'a' }, { ingress: [{ peers: [named] }] })
    expect(asking(byName).whoReaches('x/a', 'TCP/80')).toBe('x/a z/a z/b z/c')
    const both = workloads(namespaceWith({ ns: 'y' }), { pod: 'b' })
    const and = networkPolicy('x/p', { pod: 'a' }, { ingress: [{ peers: [both] }] })
    expect(asking(and).whoReaches('x/a', 'TCP/80')).toBe('x/a y/b')
    const or = networkPolicy(
      'x/p',
      { pod: 'a' },
      {
        ingress: [{ peers: [workloads(namespaceWith({ ns: 'y' })), workloads('x', { pod: 'b' })] }],
      },
    )
    expect(asking(or).whoReaches('x/a', 'TCP/80')).toBe('x/a x/b y/a y/b y/c')
  })

  it('NotIn holds where the key is absent', () => {
    const notY = { labels: [{ key: 'ns', operator: 'NotIn' as const, values: ['y'] }] }
    const set = nineWorkloads([
      networkPolicy('x/p', { pod: 'a' }, { ingress: [{ peers: [workloads(notY)] }] }),
    ])
    const unlabelled = set.namespaces.map((one) => (one.name === 'z' ? { ...one, labels: {} } : one))
    const asker = new Asker({ ...set, namespaces: unlabelled })
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a x/b x/c z/a z/b z/c')
  })

  it('everything that any policy allows is allowed', () => {
    const asker = asking(
      networkPolicy(
        'x/one',
        { pod: 'a' },
        { ingress: [{ peers: [workloads('x', { pod: 'b' })], ports: [tcp(80)] }] },
      ),
      networkPolicy(
        'x/other',
        {},
        { ingress: [{ peers: [workloads('x', { pod: 'c' })], ports: [tcp(81)] }] },
      ),
    )
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a x/b')
    expect(asker.whoReaches('x/a', 'TCP/81')).toBe('x/a x/c')
  })

  it('both ends must agree', () => {
    const asker = asking(
      networkPolicy('x/out', { pod: 'a' }, { egress: [{ peers: [workloads('y', { pod: 'a' })] }] }),
      networkPolicy('y/in', { pod: 'b' }, { ingress: [{ peers: [workloads('x')] }] }),
      networkPolicy('y/none', { pod: 'a' }, { ingress: [] }),
    )
    expect(asker.ask('x/a', 'y/b', 'TCP/80')).toBe('policy-denied-egress')
    expect(asker.ask('x/a', 'y/a', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('x/b', 'y/b', 'TCP/80')).toBe('accept')
  })

  it('named ports are those of the destination, with their protocol, both ways', () => {
    const named = { kind: 'named', name: 'serve-81-tcp', protocol: 'TCP' } as const
    const asker = asking(
      networkPolicy('x/in', { pod: 'a' }, { ingress: [{ ports: [named] }] }),
      networkPolicy('y/out', { pod: 'a' }, { egress: [{ ports: [named] }] }),
    )
    expect(asker.ask('z/a', 'x/a', 'TCP/81')).toBe('accept')
    expect(asker.ask('z/a', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('z/a', 'x/a', 'UDP/81')).toBe('policy-denied-ingress')
    expect(asker.ask('y/a', 'z/b', 'TCP/81')).toBe('accept')
    expect(asker.ask('y/a', 'z/b', 'TCP/80')).toBe('policy-denied-egress')
    // who is outside has no ports by name
    expect(asker.ask('y/a', '8.8.8.8', 'TCP/81')).toBe('policy-denied-egress')
  })

  it('one name may be another number at another workload', () => {
    const set = nineWorkloads([
      networkPolicy('x/out', { pod: 'a' }, { egress: [{ ports: [{ kind: 'named', name: 'web' }] }] }),
    ])
    const asker = new Asker({
      ...set,
      workloads: set.workloads.map((one) => ({
        ...one,
        ports:
          one.namespace === 'z'
            ? []
            : [{ name: 'web', protocol: 'TCP', port: one.namespace === 'x' ? 80 : 8080 }],
      })),
    })
    expect(['TCP/80', 'TCP/8080'].map((port) => asker.ask('x/a', 'x/b', port))).toEqual([
      'accept',
      'policy-denied-egress',
    ])
    expect(['TCP/80', 'TCP/8080'].map((port) => asker.ask('x/a', 'y/b', port))).toEqual([
      'policy-denied-egress',
      'accept',
    ])
    expect(asker.ask('x/a', 'z/b', 'TCP/80')).toBe('policy-denied-egress')
  })

  it('a port name that comes into use, and goes out of it, while a network runs', () => {
    const asker = asking(networkPolicy('x/p', { pod: 'a' }, { ingress: [] }))
    expect(asker.ask('y/a', 'x/a', 'UDP/81')).toBe('policy-denied-ingress')
    const named = { kind: 'named', name: 'serve-81-udp' } as const
    asker.engine.addPolicy(networkPolicy('x/q', { pod: 'a' }, { ingress: [{ ports: [named] }] }))
    expect(asker.ask('y/a', 'x/a', 'UDP/81')).toBe('accept')
    asker.engine.removePolicy('NetworkPolicy x/q')
    expect(asker.ask('y/a', 'x/a', 'UDP/81')).toBe('policy-denied-ingress')
  })

  it('endPort makes a range, both ends included', () => {
    const asker = asking(networkPolicy('x/p', {}, { ingress: [{ ports: [tcp(81, 90)] }] }))
    const answers = [80, 81, 90, 91].map((port) => asker.ask('y/a', 'x/a', `TCP/${port}`))
    expect(answers).toEqual(['policy-denied-ingress', 'accept', 'accept', 'policy-denied-ingress'])
  })

  it('SCTP is not TCP, and a policy for SCTP alone isolates TCP', () => {
    const asker = asking(networkPolicy('x/p', {}, { ingress: [{ ports: [sctp(80)] }] }))
    expect(asker.ask('y/a', 'x/a', 'SCTP/80')).toBe('accept')
    expect(asker.ask('y/a', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('y/a', 'x/a', 'UDP/80')).toBe('policy-denied-ingress')
  })

  it('protocols without ports are matched by rules without ports alone', () => {
    const asker = asking(
      networkPolicy(
        'x/p',
        { pod: 'a' },
        { ingress: [{ ports: [tcp(1, 65_535), udp(1, 65_535), sctp(1, 65_535)] }] },
      ),
      networkPolicy('x/q', { pod: 'b' }, { ingress: [{ peers: [workloads('y')] }] }),
    )
    expect(asker.ask('y/a', 'x/a', 'ICMP')).toBe('policy-denied-ingress')
    expect(asker.ask('y/a', 'x/b', 'ICMP')).toBe('accept')
    expect(asker.ask('z/a', 'x/b', 'ICMP')).toBe('policy-denied-ingress')
  })

  it('a selector of all namespaces matches no address outside', () => {
    const asker = asking(networkPolicy('x/p', {}, { ingress: [{ peers: [workloads(anyNamespace)] }] }))
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe(EVERYONE)
    expect(asker.ask('8.8.8.8', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('node n2', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
  })

  it('prefixes match workloads by their addresses, unless that is switched off', () => {
    const policy = networkPolicy('x/p', { pod: 'a' }, { egress: [{ peers: [cidr('10.0.1.2/32')] }] })
    expect(asking(policy).ask('x/a', 'y/b', 'TCP/80')).toBe('accept')
    expect(asking(policy).ask('x/a', 'y/a', 'TCP/80')).toBe('policy-denied-egress')
    const off = new Asker(nineWorkloads([policy], { addressesMatchWorkloads: false }))
    expect(off.ask('x/a', 'y/b', 'TCP/80')).toBe('policy-denied-egress')
  })

  it('except cuts out of its own prefix alone', () => {
    const carved = networkPolicy(
      'x/p',
      { pod: 'a' },
      { egress: [{ peers: [cidr('10.0.1.0/24', '10.0.1.2/32')] }] },
    )
    expect(asking(carved).ask('x/a', 'y/a', 'TCP/80')).toBe('accept')
    expect(asking(carved).ask('x/a', 'y/b', 'TCP/80')).toBe('policy-denied-egress')
    const again = networkPolicy('x/q', { pod: 'a' }, { egress: [{ peers: [cidr('10.0.1.2/32')] }] })
    expect(asking(carved, again).ask('x/a', 'y/b', 'TCP/80')).toBe('accept')
  })

  it('a workload reaches itself, its own node reaches it, another node does not', () => {
    const asker = asking(networkPolicy('x/deny', {}, { ingress: [], egress: [] }))
    expect(asker.ask('x/a', 'x/a', 'TCP/80')).toBe('accept')
    expect(asker.ask('node n1', 'x/a', 'TCP/80')).toBe('accept')
    expect(asker.ask('node n2', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('x/a', 'node n1', 'TCP/80')).toBe('policy-denied-egress')
  })

  it('who is on the host network is the node: never selected, known by its address', () => {
    const set = nineWorkloads([
      networkPolicy('x/in', { pod: 'c' }, { ingress: [{ peers: [workloads(anyNamespace)] }] }),
      networkPolicy('x/deny', { pod: 'host' }, { ingress: [], egress: [] }),
      networkPolicy('y/in', {}, { ingress: [{ peers: [cidr('172.16.0.1/32')] }] }),
    ])
    const host = {
      ...set.workloads[0]!,
      name: 'x/host',
      labels: { pod: 'host' },
      addresses: [],
      hostNetwork: true,
    }
    const asker = new Asker({ ...set, workloads: [...set.workloads, host] })
    expect(asker.ask('z/a', 'x/host', 'TCP/80')).toBe('accept')
    expect(asker.ask('x/host', 'z/a', 'TCP/80')).toBe('accept')
    expect(asker.ask('x/host', 'x/c', 'TCP/80')).toBe('policy-denied-ingress')
    expect(asker.ask('x/host', 'y/c', 'TCP/80')).toBe('accept')
  })

  it('labels of workloads and namespaces count as they are now', () => {
    const asker = asking(
      networkPolicy(
        'x/p',
        { pod: 'a' },
        { ingress: [{ peers: [workloads(namespaceWith({ ns: 'y' }), { pod: 'b' })] }] },
      ),
    )
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a y/b')
    asker.engine.setWorkloadLabels('y/c', { pod: 'b' })
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a y/b y/c')
    asker.engine.setNamespace({ name: 'z', labels: { ns: 'y' } })
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a y/b y/c z/b')
    asker.engine.setNamespace({ name: 'y', labels: {} })
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a z/b')
    asker.engine.setWorkloadLabels('x/a', {})
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe(EVERYONE)
  })
})

describe('tiers', () => {
  const denyX = networkPolicy('x/deny', {}, { ingress: [] })
  const from = (name: string) => ({ peers: [workloads(name)] })

  it('admin before network before baseline', () => {
    const admin = tierPolicy('admin', 'A', 10, { ingress: [{ ...from('y'), action: 'accept' }] })
    const baseline = tierPolicy('baseline', 'B', 10, { ingress: [{ ...from('z'), action: 'deny' }] })
    const asker = asking(admin, denyX, baseline)
    expect(asker.whoReaches('x/a', 'TCP/80')).toBe('x/a y/a y/b y/c')
    expect(asker.whoReaches('y/a', 'TCP/80')).toBe('x/a x/b x/c y/a y/b y/c')
  })

  it('the lower priority number first, in a policy the first rule that matches', () => {
    const asker = asking(
      tierPolicy('admin', 'late', 20, { ingress: [{ action: 'accept' }] }),
      tierPolicy('admin', 'early', 10, {
        ingress: [
          { ...from('y'), action: 'accept', ports: [tcp(80)] },
          { ...from('y'), action: 'deny' },
        ],
      }),
    )
    expect(asker.ask('y/a', 'x/a', 'TCP/80')).toBe('accept')
    expect(asker.ask('y/a', 'x/a', 'TCP/81')).toBe('policy-denied-ingress')
    expect(asker.ask('z/a', 'x/a', 'TCP/81')).toBe('accept')
  })

  it('pass leaves the tier: for the network policies, and for what is behind', () => {
    const pass = tierPolicy('admin', 'pass', 1, { ingress: [{ ...from('y'), action: 'pass' }] })
    const deny = tierPolicy('admin', 'deny', 2, { ingress: [{ action: 'deny' }] })
    const asker = asking(pass, deny, networkPolicy('x/p', { pod: 'a' }, { ingress: [from('y')] }))
    expect(asker.ask('y/a', 'x/a', 'TCP/80')).toBe('accept')
    expect(asker.ask('y/a', 'x/b', 'TCP/80')).toBe('accept')
    expect(asker.ask('z/a', 'x/b', 'TCP/80')).toBe('policy-denied-ingress')
  })

  it('accepted egress still faces ingress', () => {
    const asker = asking(tierPolicy('admin', 'out', 1, { egress: [{ action: 'accept' }] }), denyX)
    expect(asker.ask('y/a', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
  })

  it('the own node gets past a deny of every tier', () => {
    const asker = asking(tierPolicy('admin', 'deny', 1, { ingress: [{ action: 'deny' }] }))
    expect(asker.ask('node n1', 'x/a', 'TCP/80')).toBe('accept')
    expect(asker.ask('node n2', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
  })

  it('nodes are peers by their labels', () => {
    const edge = {
      kind: 'nodes' as const,
      labels: [{ key: 'role', operator: 'In' as const, values: ['edge'] }],
    }
    const asker = asking(tierPolicy('admin', 'nodes', 1, { egress: [{ action: 'deny', peers: [edge] }] }))
    expect(asker.ask('x/a', 'node n2', 'TCP/22')).toBe('policy-denied-egress')
    expect(asker.ask('x/a', 'node n1', 'TCP/22')).toBe('accept')
    expect(asker.ask('x/a', 'x/c', 'TCP/22')).toBe('accept')
    const [host] = nineWorkloads([]).workloads
    asker.engine.addWorkload({ ...host!, name: 'x/host', addresses: ['172.16.0.9'], hostNetwork: true })
    expect(asker.ask('x/a', 'x/host', 'TCP/22')).toBe('accept')
    asker.engine.setNodeLabels('n1', { role: 'edge' })
    expect(asker.ask('x/a', 'node n1', 'TCP/22')).toBe('policy-denied-egress')
    expect(asker.ask('x/a', 'x/host', 'TCP/22')).toBe('policy-denied-egress')
    asker.engine.removeNode('n1')
    expect(asker.ask('x/a', 'x/host', 'TCP/22')).toBe('accept')
    asker.engine.addNode({ name: 'n1', labels: { role: 'edge' }, addresses: ['172.16.0.1'] })
    expect(asker.ask('x/a', '172.16.0.1', 'TCP/22')).toBe('policy-denied-egress')
  })
})

describe('domain names', () => {
  const accept = { action: 'accept' as const, peers: [{ kind: 'domain' as const, name: '*.example.com' }] }
  const policies = [tierPolicy('admin', 'web', 1, { egress: [accept, { action: 'deny' }] })]

  it('stand for nobody until somebody says what they are', () => {
    const asker = new Asker(nineWorkloads(policies))
    expect(asker.ask('x/a', '192.0.2.1', 'TCP/443')).toBe('policy-denied-egress')
    asker.engine.setDomainAddresses('API.example.com.', ['192.0.2.1', '2001:db8::1'])
    asker.engine.setDomainAddresses('example.com', ['192.0.2.2'])
    asker.engine.setDomainAddresses('a.b.example.com', ['192.0.2.3'])
    const answers = ['192.0.2.1', '2001:db8::1', '192.0.2.2', '192.0.2.3'].map((to) =>
      asker.ask('x/a', to, 'TCP/443'),
    )
    expect(answers).toEqual(['accept', 'accept', 'policy-denied-egress', 'accept'])
    asker.engine.setDomainAddresses('api.example.com', ['192.0.2.9'])
    expect(asker.ask('x/a', '192.0.2.1', 'TCP/443')).toBe('policy-denied-egress')
  })

  it('are given at the start too', () => {
    const asker = new Asker(nineWorkloads(policies, { domains: { 'www.example.com': ['192.0.2.1'] } }))
    expect(asker.ask('x/a', '192.0.2.1', 'TCP/443')).toBe('accept')
  })
})

describe('who bears an address', () => {
  it('counts as of now, when one workload has it after another', () => {
    const asker = asking(networkPolicy('x/p', { pod: 'a' }, { ingress: [{ peers: [workloads('y')] }] }))
    expect(asker.ask('10.0.2.1', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
    const [y] = nineWorkloads([]).workloads.filter(({ name }) => name === 'y/a')
    asker.engine.addWorkload({ ...y!, name: 'y/new', addresses: ['10.0.2.1'] })
    expect(asker.ask('10.0.2.1', 'x/a', 'TCP/80')).toBe('accept')
    asker.engine.removeWorkload('z/a')
    expect(asker.ask('10.0.2.1', 'x/a', 'TCP/80')).toBe('accept')
    asker.engine.removeWorkload('y/new')
    expect(asker.ask('10.0.2.1', 'x/a', 'TCP/80')).toBe('policy-denied-ingress')
  })

  it('may matter by IP version: rules are about the address seen', () => {
    const policy = networkPolicy('x/p', { pod: 'a' }, { ingress: [{ peers: [cidr('fd00::/8')] }] })
    const set = nineWorkloads([policy])
    const dual = set.workloads.map((one, i) => ({ ...one, addresses: [...one.addresses, `fd00::${i + 1}`] }))
    const asker = new Asker({ ...set, workloads: dual })
    expect(asker.ask('fd00::2', 'fd00::1', 'TCP/80')).toBe('accept')
    expect(asker.ask('10.0.0.2', '10.0.0.1', 'TCP/80')).toBe('policy-denied-ingress')
  })
})

describe('refusals', () => {
  const engineOf = (policy: Policy) => () => asking(policy)

  it('name the place, what was found and what was expected', () => {
    const bad = networkPolicy(
      'x/p',
      {},
      {
        ingress: [
          {
            action: 'deny',
            peers: [cidr('10.0.0.0/40'), cidr('10.0.0.0/8', '10.0.0.0/8', '192.168.0.0/16')],
            ports: [tcp(0), tcp(90, 80)],
          },
        ],
      },
    )
    expect(engineOf(bad)).toThrow(/ingress\.0\.action: .*accepts, got "deny"/)
    expect(engineOf(bad)).toThrow(/peers\.0\.cidr: "10\.0\.0\.0\/40" is not an address prefix/)
    expect(engineOf(bad)).toThrow(/except\.0: "10\.0\.0\.0\/8" is no smaller part/)
    expect(engineOf(bad)).toThrow(/except\.1: "192\.168\.0\.0\/16"/)
    expect(engineOf(bad)).toThrow(/ports\.0: got ports 0 to 0/)
    expect(engineOf(bad)).toThrow(/ports\.1: got ports 90 to 80/)
    const selector = {
      namespaces: { name: 'x' },
      labels: [{ key: 'app', operator: 'In' as const, values: [] }],
    }
    expect(engineOf({ ...networkPolicy('x/p', {}, {}), subject: selector })).toThrow(
      /In of "app" has 0 values/,
    )
    expect(engineOf(tierPolicy('admin', 'A', 1001, {}))).toThrow(/A\.priority: got 1001/)
  })

  it('names given twice, and names unheard of', () => {
    const policy = networkPolicy('x/p', {}, {})
    expect(() => asking(policy, policy)).toThrow(/two policies of that name/)
    const { engine } = asking()
    expect(() => engine.addWorkload(nineWorkloads([]).workloads[0]!)).toThrow(/x\/a: there are two workloads/)
    expect(() => engine.removePolicy('nothing')).toThrow(/no policy of that name/)
    expect(() => engine.setWorkloadLabels('x/q', {})).toThrow(/no workload of that name/)
    expect(() => engine.removeNode('n9')).toThrow(/no node of that name/)
  })
})
