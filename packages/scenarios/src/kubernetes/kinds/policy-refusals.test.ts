import { describe, expect, it } from 'vitest'
import { refusalsOf } from '../manifests.fixture.ts'

const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by))

/** A manifest whose spec begins on line 5. */
const manifest = (apiVersion: string, kind: string, name: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n${indent(spec, 2)}\n`

const first = (text: string) => {
  const refusals = refusalsOf(text)
  expect(refusals).toHaveLength(1)
  return refusals[0]!
}

describe('a NetworkPolicy is refused', () => {
  const refusal = (spec: string) => first(manifest('networking.k8s.io/v1', 'NetworkPolicy', 'walls', spec))

  // the mark stands before what the message points at
  it.each([
    [
      'ingress:\n- from:\n  - ^{}',
      /empty element of "from"; give it podSelector, namespaceSelector or ipBlock/,
    ],
    [
      'egress:\n- to:\n  - ^ipBlock: {cidr: 10.0.0.0/8}\n    podSelector: {}',
      /ipBlock and selectors in one element of "to"; make them two/,
    ],
    ['egress:\n- to:\n  - ^ipBlock: {cidr: 10.0.0.0/8}\n    namespaceSelector: {}', /ipBlock and selectors/],
    ['egress:\n- to:\n  - ^ipBlock: {}', /missing key "cidr" in ipBlock; expected text/],
    ['egress:\n- to:\n  - ipBlock: {cidr: ^ten}', /"ten" is not an address prefix/],
    ['egress:\n- to:\n  - ipBlock: {cidr: ^10.0.0.1}', /"10.0.0.1" is not an address prefix/],
    ['egress:\n- to:\n  - ipBlock: {cidr: ^10.0.0.0/33}', /is not an address prefix/],
    ['egress:\n- to:\n  - ipBlock: {cidr: ^010.0.0.0/8}', /leading zeros/],
    [
      'egress:\n- to:\n  - ipBlock: {cidr: 10.0.0.0/8, except: [^10.0.0.0/8]}',
      /10.0.0.0\/8 is not a smaller part of 10.0.0.0\/8/,
    ],
    ['egress:\n- to:\n  - ipBlock: {cidr: 10.0.0.0/8, except: [^11.0.0.0/9]}', /is not a smaller part/],
    ['egress:\n- to:\n  - ipBlock: {cidr: 10.0.0.0/8, except: [^10.0.0.0/7]}', /is not a smaller part/],
    ['egress:\n- to:\n  - ipBlock: {cidr: 10.0.0.0/8, except: [^"fd00::/64"]}', /is not a smaller part/],
    [
      'egress:\n- to:\n  - ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/9, ^x]}',
      /"x" is not an address prefix/,
    ],
    ['egress:\n- ports:\n  - {port: ^"80"}', /"80" is a text of digits alone.*remove the quotes/],
    ['egress:\n- ports:\n  - {port: ^Web}', /"Web" is not a port's name/],
    ['egress:\n- ports:\n  - {port: ^a--b}', /"a--b" is not a port's name/],
    ['egress:\n- ports:\n  - {port: ^-web}', /"-web" is not a port's name/],
    ['egress:\n- ports:\n  - {port: ^sixteen-letters1}', /has at most 15 characters; this one has 16/],
    ['egress:\n- ports:\n  - {port: ^0}', /0 is not a port; expected 1 to 65535/],
    ['egress:\n- ports:\n  - {port: ^65536}', /65536 is not a port/],
    ['egress:\n- ports:\n  - {port: ^8.5}', /8.5 is not a port; expected a whole number/],
    ['egress:\n- ports:\n  - {port: ^true}', /expected a number or text, got true/],
    ['egress:\n- ports:\n  - {protocol: ^ICMP}', /"ICMP" is not known here; expected one of TCP, UDP, SCTP/],
    ['egress:\n- ports:\n  - {protocol: ^tcp}', /did you mean TCP\?/],
    ['egress:\n- ports:\n  - {endPort: ^90}', /no "port" that begins it/],
    [
      'egress:\n- ports:\n  - {port: web, endPort: ^90}',
      /endPort needs a "port" that is a number, not the name "web"/,
    ],
    ['egress:\n- ports:\n  - {port: 90, endPort: ^80}', /endPort 80 is less than port 90/],
    ['egress:\n- ports:\n  - {port: 90, endPort: ^70000}', /70000 is not a port/],
    [
      'egress:\n- ports:\n  - {port: 90, ^endport: 91}',
      /unknown field "endport" in ports; did you mean "endPort"\?/,
    ],
    ['policyTypes: [^ingress]', /"ingress" is not known here; did you mean Ingress\?/],
    ['policyTypes: ^[Ingress, Egress, Ingress]', /policyTypes has at most 2 items/],
    [
      'podSelector: {^app: shop}',
      /unknown field "app" in a label selector; expected one of matchLabels, matchExpressions/,
    ],
    ['podSelector: {matchLabels: {app: ^1}}', /expected text, got 1; write it in quotes: "1"/],
    [
      'podSelector: {matchExpressions: [{key: app, operator: Exists, values: ^[x]}]}',
      /Exists asks for the key alone/,
    ],
    ['ingress:\n- from:\n  - podSelector: {}\n    ^port: 80', /unknown field "port" in from/],
    ['ingress:\n- ^to:\n  - podSelector: {}', /unknown field "to" in ingress; expected one of from, ports/],
    ['^ingress:\n  from: []', /expected a list, got a map/],
    ['^ingres: []', /unknown field "ingres" in spec; did you mean "ingress"\?/],
    ['ingress:\n- from:\n  - namespaceSelector: ^shop', /expected a map, got "shop"/],
  ])('%j', (marked, message) => {
    const line = refusal(marked.replace('^', ''))
    expect(line).toMatch(message)
    const before = manifest('networking.k8s.io/v1', 'NetworkPolicy', 'walls', marked)
      .split('^')[0]!
      .split('\n')
    expect(line.split(' ')[0]).toBe(`${before.length}:${before[before.length - 1]!.length + 1}`)
    expect(line).toMatch(/NetworkPolicy walls: spec/)
  })

  it('by its name and its version', () => {
    expect(first(manifest('networking.k8s.io/v1', 'NetworkPolicy', 'Walls', 'podSelector: {}'))).toMatch(
      /"Walls" is not a name/,
    )
    expect(first(manifest('extensions/v1beta1', 'NetworkPolicy', 'walls', 'podSelector: {}'))).toMatch(
      /has no NetworkPolicy any more; write networking.k8s.io\/v1/,
    )
  })

  it('with everything that is wrong at once', () => {
    const spec =
      'policyTypes: [in]\ningress:\n- ports:\n  - {port: 0}\n  - {protocol: tcp}\negress:\n- to:\n  - {}'
    expect(refusalsOf(manifest('networking.k8s.io/v1', 'NetworkPolicy', 'walls', spec))).toHaveLength(4)
  })
})

const CNP = 'tier: Admin\npriority: 5\nsubject: {namespaces: {}}\n'

describe('a ClusterNetworkPolicy is refused', () => {
  const refusal = (spec: string) =>
    first(manifest('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'walls', spec))
  const rule = (rest: string) => `${CNP}egress:\n- action: Accept\n${indent(rest, 2)}`

  it.each([
    ['priority: 5\nsubject: {namespaces: {}}', /missing key "tier" in spec/],
    [
      'tier: admin\npriority: 5\nsubject: {namespaces: {}}',
      /"admin" is not known here; did you mean Admin\?/,
    ],
    ['tier: Admin\npriority: 1001\nsubject: {namespaces: {}}', /1001 is too large; expected 1000 or less/],
    ['tier: Admin\npriority: -1\nsubject: {namespaces: {}}', /-1 is too small; expected 0 or more/],
    ['tier: Admin\nsubject: {namespaces: {}}', /missing key "priority" in spec/],
    ['tier: Admin\npriority: 5', /missing key "subject" in spec/],
    ['tier: Admin\npriority: 5\nsubject: {}', /subject is empty; give it one of namespaces, pods/],
    [
      'tier: Admin\npriority: 5\nsubject: {namespaces: {}, pods: {podSelector: {}}}',
      /subject has namespaces and pods; it takes exactly one/,
    ],
    [
      'tier: Admin\npriority: 5\nsubject: {pods: {namespaceSelector: {}}}',
      /missing key "podSelector" in pods/,
    ],
    [`${CNP}ingress:\n- action: Accept`, /missing key "from" in ingress\[0\]/],
    [`${CNP}ingress:\n- action: Accept\n  from: []`, /the list is empty; expected 1 item or more/],
    [
      `${CNP}ingress:\n- {action: Allow, from: [{namespaces: {}}]}`,
      /"Allow" is not known here; expected one of Accept, Deny, Pass/,
    ],
    [`${CNP}ingress:\n- {action: Accept, from: [{}]}`, /from is empty; give it one of namespaces, pods/],
    [
      `${CNP}ingress:\n- {action: Accept, from: [{networks: [10.0.0.0/8]}]}`,
      /from has no networks: peers outside the cluster stand in egress rules alone/,
    ],
    [
      `${CNP}ingress:\n- {action: Deny, from: [{serviceAccounts: {}}]}`,
      /unknown field "serviceAccounts" in from; .*not guessed at/,
    ],
    [
      rule('to: [{namespaces: {}, pods: {podSelector: {}}}]'),
      /to has namespaces and pods; it takes exactly one/,
    ],
    [rule('to: [{networks: [10.0.0.1/8]}]'), /has bits set behind its length; did you mean 10.0.0.0\/8\?/],
    [rule('to: [{networks: []}]'), /the list is empty/],
    [rule('to: [{networks: [10.0.0.0/8, 10.0.0.0/8]}]'), /"10.0.0.0\/8" stands in this list already/],
    [
      rule(`to: [{networks: [${Array.from({ length: 26 }, (_, index) => `10.${index}.0.0/16`)}]}]`),
      /26 items; expected 25 items or less/,
    ],
    [rule('to: [{domainNames: [example]}]'), /"example" is not a domain name/],
    [rule('to: [{domainNames: ["a.*.example.com"]}]'), /is not a domain name/],
    [
      `${CNP}egress:\n- {action: Deny, to: [{domainNames: [example.com]}]}`,
      /domainNames stand in rules with action Accept alone, not Deny/,
    ],
    [
      rule('to: [{networks: [10.0.0.0/8]}]\nprotocols: [{destinationNamedPort: web}]'),
      /networks have no named ports/,
    ],
    [rule('to: [{nodes: {}}]\nprotocols: [{destinationNamedPort: web}]'), /nodes have no named ports/],
    [rule('to: [{namespaces: {}}]\nprotocols: []'), /the list is empty/],
    [
      rule('to: [{namespaces: {}}]\nprotocols: [{}]'),
      /protocols is empty; give it one of tcp, udp, sctp, destinationNamedPort/,
    ],
    [rule('to: [{namespaces: {}}]\nprotocols: [{tcp: {}}]'), /missing key "destinationPort" in tcp/],
    [rule('to: [{namespaces: {}}]\nprotocols: [{tcp: {destinationPort: {}}}]'), /destinationPort is empty/],
    [rule('to: [{namespaces: {}}]\nprotocols: [{tcp: {destinationPort: {number: 0}}}]'), /0 is too small/],
    [
      rule('to: [{namespaces: {}}]\nprotocols: [{tcp: {destinationPort: {range: {start: 9, end: 9}}}}]'),
      /end 9 is not more than start 9/,
    ],
    [rule('to: [{namespaces: {}}]\nprotocols: [{icmp: {}}]'), /unknown field "icmp" in protocols/],
    [
      rule('to: [{namespaces: {}}]\nports: []'),
      /unknown field "ports" in egress; expected one of name, action, protocols, to/,
    ],
    [
      rule(`to: [{namespaces: {}}]\nname: ${'x'.repeat(101)}`),
      /101 characters; expected 100 characters or less/,
    ],
    [
      `${CNP}ingress:\n${'- {action: Deny, from: [{namespaces: {}}]}\n'.repeat(26)}`,
      /26 items; expected 25 items or less/,
    ],
  ])('%j', (spec, message) => expect(refusal(spec)).toMatch(message))

  it('inside a namespace', () => {
    const text = manifest('policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy', 'walls', CNP)
    expect(first(text.replace('{name: walls}', '{name: walls, namespace: shop}'))).toMatch(
      /stands outside namespaces; remove the namespace/,
    )
  })
})

describe('policies of the first generation are refused', () => {
  const refusal = (kind: string, name: string, spec: string) =>
    first(manifest('policy.networking.k8s.io/v1alpha1', kind, name, spec))
  const admin = (rule: string) =>
    refusal('AdminNetworkPolicy', 'walls', `priority: 5\nsubject: {namespaces: {}}\negress:\n- ${rule}`)
  const baseline = (rule: string) =>
    refusal('BaselineAdminNetworkPolicy', 'default', `subject: {namespaces: {}}\negress:\n- ${rule}`)
  const to = 'to: [{namespaces: {}}]'

  it.each([
    [`{action: Accept, ${to}}`, /"Accept" is not known here; expected one of Allow, Deny, Pass/],
    [`{action: Allow, to: [{pods: {podSelector: {}}}]}`, /missing key "namespaceSelector" in pods/],
    [
      `{action: Allow, ${to}, ports: [{portNumber: {port: 80}, namedPort: web}]}`,
      /ports has portNumber and namedPort; it takes exactly one/,
    ],
    [
      `{action: Allow, ${to}, ports: [{}]}`,
      /ports is empty; give it one of portNumber, portRange, namedPort/,
    ],
    [`{action: Allow, ${to}, ports: [{portRange: {start: 5, end: 4}}]}`, /end 4 is not more than start 5/],
    [`{action: Allow, ${to}, ports: [{portNumber: {port: 80, protocol: HTTP}}]}`, /"HTTP" is not known here/],
    [`{action: Allow, ${to}, ports: [{port: 80}]}`, /unknown field "port" in ports/],
    [
      `{action: Allow, to: [{networks: ["::/0"]}], ports: [{namedPort: web}]}`,
      /networks have no named ports/,
    ],
    [`{action: Pass, to: [{domainNames: [example.com]}]}`, /with action Allow alone, not Pass/],
    [
      `{action: Allow, to: [{namespaces: {sameLabels: [team]}}]}`,
      /unknown field "sameLabels" in a label selector/,
    ],
  ])('AdminNetworkPolicy: %s', (rule, message) => expect(admin(rule)).toMatch(message))

  it.each([
    [`{action: Pass, ${to}}`, /"Pass" is not known here; expected one of Allow, Deny/],
    [
      '{action: Allow, to: [{domainNames: [example.com]}]}',
      /to has no domainNames|unknown field "domainNames" in to/,
    ],
  ])('BaselineAdminNetworkPolicy: %s', (rule, message) => expect(baseline(rule)).toMatch(message))

  it('by what only one of them has', () => {
    expect(refusal('BaselineAdminNetworkPolicy', 'walls', 'subject: {namespaces: {}}')).toMatch(
      /a cluster has one BaselineAdminNetworkPolicy, named "default", not "walls"/,
    )
    expect(
      refusal('BaselineAdminNetworkPolicy', 'default', 'priority: 1\nsubject: {namespaces: {}}'),
    ).toMatch(/unknown field "priority" in spec/)
    expect(refusal('AdminNetworkPolicy', 'walls', 'subject: {namespaces: {}}')).toMatch(
      /missing key "priority" in spec/,
    )
  })
})
