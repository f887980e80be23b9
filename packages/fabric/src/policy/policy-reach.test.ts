import { describe, expect, it } from 'vitest'
import { exposureOf } from './exposure.ts'
import { PolicyEngine } from './policy-engine.ts'
import { PolicyReach } from './policy-reach.ts'
import { policyWarnings } from './policy-warnings.ts'
import { isEmptyPortSet } from './port-set.ts'
import {
  anyNamespace,
  cidr,
  having,
  namespaceWith,
  networkPolicy,
  nineWorkloads,
  sctp,
  tcp,
  tierPolicy,
  workloads,
} from './test-policies.fixture.ts'

const WORLD = ['0.0.0.0/0', '::/0']

describe('reach', () => {
  it('workloads that no rule tells apart are one class', () => {
    const set = nineWorkloads([
      networkPolicy(
        'x/p',
        { pod: 'a' },
        { ingress: [{ peers: [workloads('y')], ports: [tcp(80), tcp(81), tcp(90, 99)] }] },
      ),
    ])
    const reach = new PolicyReach(new PolicyEngine(set))
    const classOf = (name: string) => reach.classOf(name)!
    expect(reach.classOf('x/q')).toBeUndefined()
    expect(reach.classes.map(({ workloads: names }) => names.join(' ')).sort()).toEqual([
      'x/a',
      'x/b x/c z/a z/b z/c',
      'y/a y/b y/c',
    ])
    const ports = reach.between(classOf('y/b'), classOf('x/a'))
    expect([ports.TCP, ports.UDP, ports.SCTP, ports.other]).toEqual([
      [
        [80, 81],
        [90, 99],
      ],
      [],
      [],
      false,
    ])
    expect(isEmptyPortSet(reach.between(classOf('z/b'), classOf('x/a')))).toBe(true)
    expect(reach.between(classOf('x/a'), classOf('z/b')).TCP).toEqual([[1, 65_535]])
    expect(reach.betweenWorkloads('x/a', 'x/a')).toBe(reach.between(classOf('x/a'), classOf('z/b')))
    expect(reach.blocks.map(({ ipv4, ipv6 }) => [...ipv4, ...ipv6])).toEqual([WORLD])
  })

  it('addresses outside come as the fewest prefixes', () => {
    const peers = [cidr('10.0.0.0/8', '10.128.0.0/9'), cidr('fd00::/8')]
    const set = nineWorkloads([networkPolicy('x/p', {}, { egress: [{ peers, ports: [sctp(7)] }] })])
    const reach = new PolicyReach(new PolicyEngine(set))
    const source = reach.classes.find(({ workloads: names }) => names.includes('x/a'))!
    const open = reach.blocks.filter((block) => !isEmptyPortSet(reach.between(source, block)))
    // the workload has an IPv4 address alone, but the block is one
    expect(open.map(({ ipv4, ipv6 }) => [ipv4, ipv6])).toEqual([[['10.0.0.0/9'], ['fd00::/8']]])
    expect(reach.between(source, open[0]!).SCTP).toEqual([[7, 7]])
    const rest = reach.blocks.find((block) => block !== open[0])!
    expect(rest.ipv4).toEqual([
      '0.0.0.0/5',
      '8.0.0.0/7',
      '10.128.0.0/9',
      '11.0.0.0/8',
      '12.0.0.0/6',
      '16.0.0.0/4',
      '32.0.0.0/3',
      '64.0.0.0/2',
      '128.0.0.0/1',
    ])
  })

  it('two workloads connect over an IP version that both have', () => {
    const set = nineWorkloads([])
    const [a, b] = [set.workloads[0]!, set.workloads[1]!]
    const reach = new PolicyReach(
      new PolicyEngine({
        ...set,
        workloads: [a, { ...b, addresses: ['fd00::1'] }, { ...set.workloads[2]!, addresses: [] }],
      }),
    )
    expect(isEmptyPortSet(reach.betweenWorkloads('x/a', 'x/b'))).toBe(true)
    expect(isEmptyPortSet(reach.betweenWorkloads('x/a', 'x/c'))).toBe(false)
    expect(isEmptyPortSet(reach.betweenWorkloads('x/b', 'x/c'))).toBe(false)
  })

  it('who is on the host network reaches the workloads of its node', () => {
    const set = nineWorkloads([networkPolicy('x/deny', {}, { ingress: [] })])
    const host = { ...set.workloads[0]!, name: 'z/host', addresses: [], hostNetwork: true }
    const reach = new PolicyReach(new PolicyEngine({ ...set, workloads: [...set.workloads, host] }))
    expect(reach.classes.find(({ isHostNetwork }) => isHostNetwork)!.workloads).toEqual(['z/host'])
    expect(isEmptyPortSet(reach.betweenWorkloads('z/host', 'x/a'))).toBe(false)
    expect(isEmptyPortSet(reach.betweenWorkloads('z/host', 'x/c'))).toBe(true)
  })
})

describe('exposure', () => {
  const engine = new PolicyEngine(
    nineWorkloads([
      networkPolicy(
        'x/p',
        { pod: 'a' },
        {
          ingress: [
            { peers: [workloads(anyNamespace)], ports: [tcp(80)] },
            { peers: [workloads(namespaceWith({ ns: 'y' }))], ports: [tcp(81)] },
            { peers: [workloads(namespaceWith({ ns: 'y' }), { pod: 'q' })], ports: [tcp(82)] },
            { peers: [workloads('x', { pod: 'q' })], ports: [tcp(83)] },
            { peers: [cidr('0.0.0.0/0')], ports: [tcp(84)] },
          ],
        },
      ),
    ]),
  )

  it('is what somebody unheard of could reach: anywhere, in a namespace, with labels that rules name', () => {
    const { anywhere, namespaces, selectors } = exposureOf(engine, 'x/a', 'ingress')
    expect(anywhere.TCP).toEqual([[80, 80]])
    expect(namespaces.map(({ namespace, ports }) => [namespace, ports.TCP])).toEqual([['y', [[80, 81]]]])
    expect(selectors.map(({ select, ports }) => [select.labels, ports.TCP])).toEqual([
      [[], [[80, 81]]],
      [having({ pod: 'q' }), [[80, 82]]],
      [
        having({ pod: 'q' }),
        [
          [80, 80],
          [83, 83],
        ],
      ],
    ])
  })

  it('is everything where no policy selects', () => {
    const { anywhere, namespaces, selectors } = exposureOf(engine, 'x/a', 'egress')
    expect([anywhere.TCP, anywhere.other, namespaces, selectors]).toEqual([[[1, 65_535]], true, [], []])
  })
})

describe('warnings', () => {
  const warningsOf = (...policies: ReturnType<typeof networkPolicy>[]) =>
    policyWarnings(new PolicyEngine(nineWorkloads(policies))).map(({ kind, about }) => [kind, ...about])

  it('tell of equal priorities that contradict each other on some connection, and of no others', () => {
    const accept = (name: string, port: number, priority = 1) =>
      tierPolicy('admin', name, priority, { ingress: [{ action: 'accept', ports: [tcp(port)] }] })
    const deny = tierPolicy('admin', 'deny', 1, { ingress: [{ action: 'deny', ports: [tcp(80, 90)] }] })
    expect(warningsOf(accept('a', 80), deny)).toEqual([['equal-priority', 'a', 'deny']])
    expect(warningsOf(accept('a', 91), deny)).toEqual([])
    expect(warningsOf(accept('a', 80, 2), deny)).toEqual([])
    expect(warningsOf(accept('a', 80), accept('b', 80))).toEqual([])
    const elsewhere = { namespaces: { name: 'y' }, labels: [] }
    const inX = { ...deny, subject: { namespaces: { name: 'x' }, labels: [] } }
    expect(warningsOf({ ...accept('a', 80), subject: elsewhere }, inX)).toEqual([])
  })

  it('tell of what matches nobody', () => {
    expect(warningsOf(networkPolicy('x/p', { pod: 'q' }, { ingress: [] }))).toEqual([
      ['nobody-selected', 'NetworkPolicy x/p'],
    ])
    const gone = new PolicyEngine(nineWorkloads([networkPolicy('x/p', { pod: 'a' }, { ingress: [] })]))
    expect(policyWarnings(gone)).toEqual([])
    gone.removeWorkload('x/a')
    expect(policyWarnings(gone).map(({ message }) => message)).toEqual([
      'NetworkPolicy x/p selects no workload',
    ])
    const lonely = networkPolicy('x/p', {}, { ingress: [{ peers: [workloads('elsewhere')] }] })
    expect(warningsOf(lonely)).toEqual([['no-peer', 'NetworkPolicy x/p']])
    const named = (name: string) =>
      networkPolicy('x/p', {}, { egress: [{ ports: [{ kind: 'named', name }] }] })
    expect(warningsOf(named('serve-80-tcp'))).toEqual([])
    expect(warningsOf(named('http'))).toEqual([['no-such-port', 'NetworkPolicy x/p']])
  })

  it('tell of domain names of which nothing is known', () => {
    const peers = ['*.example.com', 'API.example.org'].map((name) => ({ kind: 'domain' as const, name }))
    const policies = [tierPolicy('admin', 'web', 1, { egress: [{ action: 'accept', peers }] })]
    const warningsWith = (domains: Readonly<Record<string, readonly string[]>>) =>
      policyWarnings(new PolicyEngine(nineWorkloads(policies, { domains }))).map(({ message }) => message)
    const unknown = (name: string) =>
      `web, egress[0]: nothing is known of the domain name "${name}", so that the rule lets nobody through to it`
    expect(warningsWith({})).toEqual(['*.example.com', 'API.example.org'].map(unknown))
    expect(warningsWith({ 'a.b.example.com': ['192.0.2.1'] })).toEqual([unknown('API.example.org')])
    expect(warningsWith({ 'example.com': ['192.0.2.1'], 'api.example.org': ['192.0.2.1'] })).toEqual([
      unknown('*.example.com'),
    ])
  })

  it('tell of workloads that bear one address', () => {
    const set = nineWorkloads([])
    const [a, b] = [set.workloads[0]!, set.workloads[1]!]
    const engine = new PolicyEngine({ ...set, workloads: [a, { ...b, addresses: a.addresses }] })
    expect(policyWarnings(engine).map(({ message }) => message)).toEqual([
      'x/a and x/b both bear 10.0.0.1; packets are taken for those of x/b',
    ])
  })
})
