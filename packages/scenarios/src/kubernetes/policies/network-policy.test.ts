import type { Policy } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { clusterOf, warningsOf } from '../manifests.fixture.ts'

const policyIn = (spec: string): Policy =>
  clusterOf(
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: walls, namespace: shop}\nspec: ${spec}`,
  ).policies[0]!

const app = (value: string) => ({ key: 'app', operator: 'In', values: [value] })

describe('policyTypes', () => {
  // kubernetes/kubernetes pkg/apis/networking/v1/defaults.go; directions that are isolated, with the number of their rules
  it.each([
    ['{}', { ingress: 0 }],
    ['{podSelector: {}}', { ingress: 0 }],
    ['{ingress: []}', { ingress: 0 }],
    ['{ingress: null}', { ingress: 0 }],
    ['{ingress: [{}]}', { ingress: 1 }],
    ['{egress: []}', { ingress: 0 }],
    ['{egress: [{}]}', { ingress: 0, egress: 1 }],
    ['{ingress: [{}], egress: [{}, {}]}', { ingress: 1, egress: 2 }],
    ['{policyTypes: [], egress: [{}]}', { ingress: 0, egress: 1 }],
    ['{policyTypes: [Ingress], egress: [{}]}', { ingress: 0 }],
    ['{policyTypes: [Egress], ingress: [{}]}', { egress: 0 }],
    ['{policyTypes: [Egress], egress: []}', { egress: 0 }],
    ['{policyTypes: [Egress]}', { egress: 0 }],
    ['{policyTypes: [Ingress, Egress]}', { ingress: 0, egress: 0 }],
    ['{policyTypes: [Egress, Ingress], ingress: [{}]}', { ingress: 1, egress: 0 }],
    ['{policyTypes: [Ingress, Ingress]}', { ingress: 0 }],
  ])('of %s', (spec, isolated) => {
    const { ingress, egress } = policyIn(spec)
    expect({
      ...(ingress === undefined ? {} : { ingress: ingress.length }),
      ...(egress === undefined ? {} : { egress: egress.length }),
    }).toEqual(isolated)
  })

  it('are looked at where they make something else of rules than they seem', () => {
    const warned = (spec: string) =>
      warningsOf(
        `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: walls}\nspec: ${spec}`,
      )
    expect(warned('{egress: [{}]}')).toEqual([
      '9:16 NetworkPolicy walls: spec.egress: without policyTypes, a policy with egress rules alone lets nothing in to its pods either; if that is not meant, write policyTypes: [Egress]',
    ])
    expect(warned('{egress: [{}], ingress: []}')).toEqual([])
    expect(warned('{policyTypes: [Ingress], egress: [{}]}')).toEqual([
      expect.stringMatching(/these rules do nothing, as policyTypes has no Egress/),
    ])
    expect(warned('{policyTypes: [Egress], ingress: [{}]}')).toEqual([
      expect.stringMatching(/these rules do nothing, as policyTypes has no Ingress/),
    ])
  })
})

describe('peers', () => {
  const peers = (from: string) => policyIn(`{ingress: [{from: ${from}}]}`).ingress![0]!.peers
  const own = { namespaces: { name: 'shop' } }
  const teamA = { key: 'team', operator: 'In', values: ['a'] }

  it.each([
    ['missing', '{ingress: [{}]}'],
    ['empty', '{ingress: [{from: []}]}'],
    ['null', '{ingress: [{from: null}]}'],
    ['a rule that is null', '{ingress: [null]}'],
  ])('%s are anyone', (_, spec) =>
    expect(policyIn(spec).ingress).toEqual([{ name: 'ingress[0]', action: 'accept' }]),
  )

  // the seven combinations of missing, empty and given selectors
  it.each([
    ['{podSelector: {}}', { ...own, labels: [] }],
    ['{podSelector: {matchLabels: {app: x}}}', { ...own, labels: [app('x')] }],
    ['{namespaceSelector: {}}', { namespaces: { labels: [] }, labels: [] }],
    ['{namespaceSelector: {matchLabels: {team: a}}}', { namespaces: { labels: [teamA] }, labels: [] }],
    ['{namespaceSelector: {}, podSelector: {}}', { namespaces: { labels: [] }, labels: [] }],
    [
      '{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}',
      { namespaces: { labels: [] }, labels: [app('x')] },
    ],
    [
      '{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: x}}}',
      { namespaces: { labels: [teamA] }, labels: [app('x')] },
    ],
    ['{namespaceSelector: null, podSelector: {}}', { ...own, labels: [] }],
  ])('%s', (peer, select) => expect(peers(`[${peer}]`)).toEqual([{ kind: 'workloads', select }]))

  it('are one of two where one list has two elements, both where one element has two selectors', () => {
    expect(peers('[{namespaceSelector: {}}, {podSelector: {}}]')).toHaveLength(2)
    expect(peers('[{namespaceSelector: {}, podSelector: {}}]')).toHaveLength(1)
  })

  it('by addresses have their prefixes in canonical form', () => {
    expect(
      peers('[{ipBlock: {cidr: 10.1.2.3/8, except: [10.128.7.0/9]}}, {ipBlock: {cidr: "2001:DB8::/32"}}]'),
    ).toEqual([
      { kind: 'addresses', cidr: '10.0.0.0/8', except: ['10.128.0.0/9'] },
      { kind: 'addresses', cidr: '2001:db8::/32', except: [] },
    ])
  })

  it('with bits behind a prefix are taken and warned of, as newer API servers refuse them', () => {
    const text = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: walls}\nspec: {egress: [{to: [{ipBlock: {cidr: 10.1.2.3/8}}]}], ingress: []}`
    expect(warningsOf(text)).toContain(
      '4:40 NetworkPolicy walls: spec.egress[0].to[0].ipBlock.cidr: 10.1.2.3/8 has bits set behind its length and is read as 10.0.0.0/8; write that',
    )
  })
})

describe('ports', () => {
  const ports = (list: string) => policyIn(`{ingress: [{ports: ${list}}]}`).ingress![0]!.ports
  const range = (protocol: string, first: number, last: number) => ({ kind: 'range', protocol, first, last })

  it.each([
    ['[]', undefined],
    ['null', undefined],
    ['[{}]', [range('TCP', 1, 65535)]],
    ['[{protocol: UDP}]', [range('UDP', 1, 65535)]],
    ['[{port: 80}]', [range('TCP', 80, 80)]],
    ['[{port: 80, protocol: SCTP}]', [range('SCTP', 80, 80)]],
    ['[{port: 80, endPort: 80}]', [range('TCP', 80, 80)]],
    ['[{port: 32000, endPort: 32768}]', [range('TCP', 32000, 32768)]],
    ['[{port: web}]', [{ kind: 'named', name: 'web', protocol: 'TCP' }]],
    ['[{port: dns, protocol: UDP}]', [{ kind: 'named', name: 'dns', protocol: 'UDP' }]],
    ['[{port: 80}, {port: web}]', [range('TCP', 80, 80), { kind: 'named', name: 'web', protocol: 'TCP' }]],
  ])('%s', (list, expected) => expect(ports(list)).toEqual(expected))
})

/** What the documentation of network policies shows, with a shop's names. */
describe('the examples of the documentation', () => {
  it('a policy with everything in it', () => {
    const { policies } = clusterOf(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ledger, namespace: books}
spec:
  podSelector:
    matchLabels: {app: ledger}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock:
        cidr: 172.20.0.0/16
        except: [172.20.7.0/24]
    - namespaceSelector:
        matchLabels: {team: tills}
    - podSelector:
        matchLabels: {app: front}
    ports:
    - {protocol: TCP, port: 6380}
  egress:
  - to:
    - ipBlock: {cidr: 10.9.0.0/24}
    ports:
    - {protocol: TCP, port: 5979}
`)
    expect(policies).toEqual([
      {
        name: 'NetworkPolicy books/ledger',
        tier: 'network',
        priority: 0,
        subject: { namespaces: { name: 'books' }, labels: [app('ledger')] },
        ingress: [
          {
            name: 'ingress[0]',
            action: 'accept',
            peers: [
              { kind: 'addresses', cidr: '172.20.0.0/16', except: ['172.20.7.0/24'] },
              {
                kind: 'workloads',
                select: {
                  namespaces: { labels: [{ key: 'team', operator: 'In', values: ['tills'] }] },
                  labels: [],
                },
              },
              { kind: 'workloads', select: { namespaces: { name: 'books' }, labels: [app('front')] } },
            ],
            ports: [{ kind: 'range', protocol: 'TCP', first: 6380, last: 6380 }],
          },
        ],
        egress: [
          {
            name: 'egress[0]',
            action: 'accept',
            peers: [{ kind: 'addresses', cidr: '10.9.0.0/24', except: [] }],
            ports: [{ kind: 'range', protocol: 'TCP', first: 5979, last: 5979 }],
          },
        ],
      },
    ])
  })

  it.each([
    ['nothing in', '{podSelector: {}, policyTypes: [Ingress]}', { ingress: [] }],
    [
      'everything in',
      '{podSelector: {}, ingress: [{}], policyTypes: [Ingress]}',
      { ingress: [{ name: 'ingress[0]', action: 'accept' }] },
    ],
    ['nothing out', '{podSelector: {}, policyTypes: [Egress]}', { egress: [] }],
    [
      'everything out',
      '{podSelector: {}, egress: [{}], policyTypes: [Egress]}',
      { egress: [{ name: 'egress[0]', action: 'accept' }] },
    ],
    ['nothing either way', '{podSelector: {}, policyTypes: [Ingress, Egress]}', { ingress: [], egress: [] }],
  ])('a namespace that lets %s', (_, spec, directions) => {
    expect(policyIn(spec)).toEqual({
      name: 'NetworkPolicy shop/walls',
      tier: 'network',
      priority: 0,
      subject: { namespaces: { name: 'shop' }, labels: [] },
      ...directions,
    })
  })

  it('namespaces by their names', () => {
    const select = policyIn(
      '{egress: [{to: [{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [tills, stock]}]}}]}], policyTypes: [Egress]}',
    ).egress![0]!.peers![0]
    const names = { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['tills', 'stock'] }
    expect(select).toEqual({ kind: 'workloads', select: { namespaces: { labels: [names] }, labels: [] } })
  })

  it('a policy of the namespace default, where none is named', () => {
    const { policies } = clusterOf(
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: walls}\nspec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {access: granted}}}]}]}',
    )
    expect(policies[0]).toMatchObject({
      name: 'NetworkPolicy default/walls',
      subject: { namespaces: { name: 'default' } },
    })
  })
})
