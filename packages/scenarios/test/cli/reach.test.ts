import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { runIn } from './command-line.fixture.ts'
import { SMALL } from './small.fixture.ts'

const DEPLOYMENT = (name: string, replicas: number, port: number) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: main
          image: registry.example/${name}:1
          ports: [{ name: web, containerPort: ${port} }]
---
`
const WORKLOADS = DEPLOYMENT('front', 1, 8080) + DEPLOYMENT('store', 3, 5432)

const policy = (name: string, spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
---
`
const POLICIES =
  policy('default-deny', '{ podSelector: {}, policyTypes: [Ingress, Egress] }') +
  policy(
    'store',
    `{ podSelector: { matchLabels: { app: store } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: front } } }, { podSelector: { matchLabels: { app: gone } } }], ports: [{ port: web }, { port: 9000, endPort: 9010 }] }] }`,
  ) +
  policy('front', '{ podSelector: { matchLabels: { app: front } }, policyTypes: [Egress], egress: [{}] }')

const region = (index: number) => `
    fabric: { leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 40Gbps } }
    addresses: { hosts: 10.${index}.0.0/16, workloads: 10.6${index}.0.0/16 }
    internet: { rate: 10Gbps }
    nat: { pool: 198.51.100.${index}/32 }`
const TWO_REGIONS = `weft: 1
regions:
  r0:${region(0)}
  r1:${region(1)}
kubernetes: [{ region: r0, manifests: open }, { region: r1, manifests: open }]
`

const EVERY_PORT = ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ protocol, ports: [[1, 65_535]] }))
const STORE_PORTS = [
  {
    protocol: 'TCP',
    ports: [
      [5432, 5432],
      [9000, 9010],
    ],
  },
]

describe('weft reach and diff of manifests', () => {
  let directory: string
  const weft = (...words: string[]) => runIn(directory, words)

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'weft-reach-'))
    const files = {
      'open/workloads.yaml': WORKLOADS,
      'shop/workloads.yaml': WORKLOADS,
      'shop/policies/all.yaml': POLICIES,
      'turned/a.yaml': POLICIES,
      'turned/b.yaml': DEPLOYMENT('store', 3, 5432),
      'turned/c.yaml': DEPLOYMENT('front', 1, 8080),
      'broken/pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: 3 }\n',
      'bare/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
      'small.yaml': SMALL,
      'two.yaml': TWO_REGIONS,
      'blocks/a.yaml':
        WORKLOADS +
        policy('blocks', '{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }] }'),
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(directory, file, '..'), { recursive: true })
      writeFileSync(join(directory, file), text)
    }
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('prints every connection: of one pod with itself, of a workload with its others, with outside', async () => {
    const { code, out, err } = await weft('reach', '@shop', '--json')
    expect(code).toBe(0)
    const { exposure, ...document } = JSON.parse(out)
    expect(document).toEqual({
      schema: 1,
      workloads: ['shop/front', 'shop/store'],
      connections: [
        { from: 'shop/front', to: 'shop/front', allow: EVERY_PORT },
        { from: 'shop/front', to: 'shop/store', allow: STORE_PORTS },
        { from: 'shop/front', to: { cidr: '0.0.0.0/0' }, allow: EVERY_PORT },
        { from: 'shop/front', to: { cidr: '::/0' }, allow: EVERY_PORT },
      ],
    })
    expect(exposure).toMatchObject([
      { workloads: ['shop/front'], ingress: { anywhere: [] }, egress: { anywhere: EVERY_PORT } },
      { workloads: ['shop/store'], ingress: { anywhere: [], selectors: [{}, {}] }, egress: { anywhere: [] } },
    ])
    expect(err).toContain('no pod in namespace shop has these labels: this peer matches nothing')
  })

  it('does not depend on how manifests are spread over files', async () => {
    const [one, other] = [await weft('reach', '@shop', '--json'), await weft('reach', '@turned', '--json')]
    expect(other.out).toBe(one.out)
  })

  it('tells pods apart where asked to, and ports that are declared', async () => {
    const pods = JSON.parse((await weft('reach', '@shop', '--json', '--per', 'pod')).out)
    expect(pods.workloads).toHaveLength(4)
    expect(pods.connections.filter(({ from, to }: { from: string; to: string }) => from === to)).toHaveLength(
      4,
    )
    const listening = JSON.parse((await weft('reach', '@shop', '--json', '--listening')).out)
    expect(listening.connections[1]).toEqual({
      from: 'shop/front',
      to: 'shop/store',
      allow: [{ protocol: 'TCP', ports: [[5432, 5432]] }],
    })
  })

  it('tells of a scenario what its fabric carries too, of policies alone where asked', async () => {
    const pairsOf = async (...words: string[]) => {
      const { code, out } = await weft('reach', ...words, '--json')
      expect(code).toBe(0)
      const { connections } = JSON.parse(out) as { connections: { from: unknown; to: unknown }[] }
      const nameOf = (end: unknown) => (typeof end === 'string' ? end.slice(0, -6) : 'outside')
      return new Set(connections.map(({ from, to }) => `${nameOf(from)} to ${nameOf(to)}`))
    }
    const inside = ['r0/shop to r0/shop', 'r1/shop to r1/shop']
    const out = ['r0/shop to outside', 'r1/shop to outside']
    expect(await pairsOf('@two.yaml')).toEqual(new Set([...inside, ...out]))
    const across = ['r0/shop to r1/shop', 'r1/shop to r0/shop', 'outside to r0/shop', 'outside to r1/shop']
    expect(await pairsOf('@two.yaml', '--policy-only')).toEqual(new Set([...inside, ...out, ...across]))
    expect(await pairsOf('@open', '--fabric')).toEqual(new Set(['shop to shop', 'shop to outside']))
    expect(await pairsOf('@open')).toEqual(new Set(['shop to shop', 'shop to outside', 'outside to shop']))
    const both = await weft('reach', '@open', '--fabric', '--policy-only')
    expect([both.code, both.err]).toEqual([
      2,
      expect.stringContaining("cannot be used with option '--fabric'"),
    ])
  })

  it('takes prefixes for everyone with an address in them, or for who is outside', async () => {
    const allowedBy = async (...words: string[]) => {
      const { out } = await weft('reach', '@blocks', '--json', '--port', '8080', ...words)
      return (JSON.parse(out) as { allowed: string[][] }).allowed.map((pair) => pair.join(' to '))
    }
    const itself = 'shop/front to shop/front'
    const all = [itself, 'shop/front to shop/store', 'shop/store to shop/front', 'shop/store to shop/store']
    expect(await allowedBy()).toEqual(all)
    expect(await allowedBy('--ip-blocks', 'everyone')).toEqual(all)
    expect(await allowedBy('--ip-blocks', 'outside')).toEqual([itself])
    expect(await allowedBy('--ip-blocks', 'outside', '--fabric')).toEqual([itself])
    const asked = ['explain', '@blocks', '--from', 'shop/front', '--to', 'shop/store', '--port', '8080']
    expect((await weft(...asked)).code).toBe(0)
    expect((await weft(...asked, '--ip-blocks', 'outside')).code).toBe(1)
  })

  it.each([
    [
      ['--protocol', 'tcp', '--port', '5432'],
      [
        ['shop/front', 'shop/front'],
        ['shop/front', 'shop/store'],
      ],
    ],
    [['--port', '8080'], [['shop/front', 'shop/front']]],
    [['--protocol', 'udp', '--port', '5432'], [['shop/front', 'shop/front']]],
  ])('prints the matrix of one port: %j', async (asked, allowed) => {
    const { code, out } = await weft('reach', '@shop', '--json', ...asked)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ schema: 1, workloads: ['shop/front', 'shop/store'], allowed })
  })

  it.each([
    ['front', 'store', 'tcp', 5432, true],
    ['front', 'store', 'tcp', 5431, false],
    ['front', 'store', 'tcp', 9010, true],
    ['front', 'store', 'tcp', 9011, false],
    ['front', 'store', 'udp', 5432, false],
    ['store', 'front', 'tcp', 8080, false],
  ] as const)('says of %s to %s %s %i what becomes of a packet', async (from, to, protocol, port, isOpen) => {
    const asked = ['--protocol', protocol, '--port', String(port)]
    const { allowed } = JSON.parse((await weft('reach', '@shop', '--json', ...asked)).out)
    const isSaid = allowed.some(
      ([one, other]: [string, string]) => one === `shop/${from}` && other === `shop/${to}`,
    )
    const packet = await weft('explain', '@shop', '--from', `shop/${from}`, '--to', `shop/${to}`, ...asked)
    expect([isSaid, packet.code]).toEqual([isOpen, isOpen ? 0 : 1])
  })

  it('over classes is as short as there are classes', async () => {
    const { out } = await weft('reach', '@shop', '--json', '--per', 'class')
    const { workloads, classes, connections, exceptions } = JSON.parse(out)
    expect([workloads.length, classes.length, exceptions]).toEqual([4, 2, []])
    const stores = classes.find(({ workloads }: { workloads: string[] }) => workloads.length === 3)
    expect(connections).toContainEqual({ from: classes[0].name, to: stores.name, allow: STORE_PORTS })
  })

  it('prints a table, and draws', async () => {
    const { code, out } = await weft('reach', '@shop', '--svg', '@shop.svg')
    expect(code).toBe(0)
    expect(out).toMatch(/1 of 2 ordered pairs may connect/)
    expect(out).toMatch(/^shop\/front +shop\/store +TCP 5432, 9000-9010$/m)
    expect(out).toMatch(/^shop\/front +0\.0\.0\.0\/0, ::\/0 +all ports$/m)
    expect(out).toMatch(/^pods with app=gone of shop +shop\/store +TCP 5432, 9000-9010$/m)
    expect(readFileSync(join(directory, 'shop.svg'), 'utf8')).toContain('shop/front → shop/store')
  })

  it('tells what opens, and ends with 1; turned round with what closes; of the same with 0', async () => {
    const there = await weft('diff', '@shop', '@open')
    expect([there.code, there.out]).toEqual([
      1,
      expect.stringContaining('2 pairs of workloads can connect that could not'),
    ])
    expect(there.out).toMatch(/^\+ +shop\/store +everyone +nothing +all ports$/m)
    expect(there.out).toMatch(/^~ +shop\/front +shop\/store +TCP 5432, 9000-9010 +all ports$/m)
    const back = JSON.parse((await weft('diff', '@open', '@shop', '--json')).out)
    expect(back).toMatchObject({ schema: 1, workloads: { added: [], removed: [] } })
    expect(back.connections).toContainEqual({
      from: 'shop/store',
      to: 'shop/front',
      change: 'removed',
      before: EVERY_PORT,
      after: [],
    })
    // the store's three pods could reach each other
    expect(back.connections).toContainEqual(
      expect.objectContaining({ from: 'shop/store', to: 'shop/store', change: 'removed' }),
    )
    const same = await weft('diff', '@shop', '@turned')
    expect([same.code, same.out]).toEqual([
      0,
      '@shop → @turned  who may connect to whom\n\n✓ nothing differs\n',
    ])
  })

  it('of a scenario without workloads tells of its hosts', async () => {
    const { code, out, err } = await weft('reach', '@small.yaml', '--json')
    expect(code).toBe(0)
    expect(err).toContain('no workloads, as it has no kubernetes section; told of its hosts')
    const { workloads, connections } = JSON.parse(out)
    expect([workloads.length, connections.length]).toEqual([4, 16])
  })

  it('of manifests without workloads says so', async () => {
    const { code, out, err } = await weft('reach', '@bare', '--json')
    expect([code, JSON.parse(out)]).toEqual([0, { schema: 1, workloads: [], connections: [], exposure: [] }])
    expect(err).toContain('there is no workload in it')
    expect(err).toContain('1 ConfigMap')
    expect((await weft('reach', '@bare', '--svg', '@bare.svg')).code).toBe(0)
  })

  test.each([
    [['reach', '@broken'], /^@broken\/pod\.yaml:4:\d+ {2}Pod a: spec\.containers: expected a list/],
    [['reach', '@none'], /^weft: cannot read @none: there is no such file or directory/],
    [['reach', '@shop', '--port', '0'], /^weft: --port: got "0"; expected a whole number from 1 to 65535/],
    [['reach', '@shop', '--protocol', 'icmp'], /^weft: --protocol: got "icmp"; expected tcp, udp or sctp/],
    [['reach', '@shop', '--per', 'node'], /--per <what>.*is invalid/],
    [['reach', '@shop', '--svg', '@shop'], /^weft: /],
    [['reach', '@shop', '@turned'], /too many arguments/],
    [['diff', '@shop', '@small.yaml'], /^weft: @small\.yaml is a scenario and @shop are manifests/],
    [['diff', '@shop', '@open', '--rates', 'mean'], /^weft: --rates: for scenarios/],
  ])('%j is refused', async (words, message) => {
    const { code, out, err } = await weft(...words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
  })
})
