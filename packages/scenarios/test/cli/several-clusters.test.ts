import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment } from '../../src/kubernetes/deployment.fixture.ts'
import { runIn } from './command-line.fixture.ts'

const deployed = (name: string, port: number, replicas = 1) =>
  deployment(name, replicas, `{ name: main, containerPort: ${port} }`)
const SERVICE = `
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ port: 80, targetPort: 5001 }] }
---`
/** Lets in whoever selects itself a web, and addresses of one prefix. */
const policy = (cidr: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
    - { from: [{ ipBlock: { cidr: ${cidr} } }], ports: [{ port: 9000 }] }
---`
const fabric =
  'fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }'
const region = (name: string, addresses = '') => `  ${name}:\n    ${fabric}\n${addresses}`
const EAST = '    addresses: { workloads: 10.72.0.0/14 }\n'
const scenarioOf = (regions: string, clusters: string, rest = '') =>
  `weft: 1\nregions:\n${regions}kubernetes:\n${clusters}${rest}`
const COLOURS = `  - { region: ord1, name: green, hosts: ord1/leaf-1, manifests: green }
  - { region: ord1, name: blue, hosts: [ord1/leaf-0], manifests: blue }
`
const REGIONS = `  - { region: ord1, manifests: blue }
  - { region: dfw1, manifests: green }
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-several-'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  for (const cluster of ['blue', 'green', 'cidrs']) mkdirSync(join(directory, cluster))
  write('blue/apps.yaml', deployed('web', 8080) + deployed('cart', 5001, 2) + SERVICE + policy('10.0.0.0/8'))
  write(
    'green/apps.yaml',
    deployed('web', 8080) + deployed('cart', 5001) + deployed('bank', 7) + SERVICE + policy('192.0.2.0/24'),
  )
  write('more.yaml', SERVICE.replace('name: cart', 'name: aside'))
  const node = (name: string, cidr: string) =>
    `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\nspec: { podCIDR: ${cidr} }\n---\n`
  write('cidrs/nodes.yaml', node('a', '10.72.3.0/24') + node('b', '10.244.1.0/24'))
  write('cidrs/pods.yaml', deployed('web', 80))
  write('colours.yaml', scenarioOf(region('ord1'), COLOURS))
  write(
    'turned.yaml',
    scenarioOf(region('ord1'), `${COLOURS.split('\n').slice(0, 2).reverse().join('\n')}\n`),
  )
  write('regions.yaml', scenarioOf(region('ord1') + region('dfw1', EAST), REGIONS))
  write('overlap.yaml', scenarioOf(region('ord1') + region('dfw1'), REGIONS))
  write(
    'traffic.yaml',
    scenarioOf(
      region('ord1'),
      COLOURS,
      `traffic:
  - { name: own, from: blue/shop/web-*, to: blue/shop/cart-*, sizes: 10kB, flowRate: 1000/s }
  - { name: across, from: blue/shop/web-*, to: green/shop/cart-*, sizes: 10kB, flowRate: 1000/s }
  - { name: unique, from: shop/bank-*, to: green/shop/web-*, sizes: 10kB, flowRate: 1000/s }
run: { for: 10ms }
`,
    ),
  )
})
afterAll(() => rmSync(directory, { recursive: true }))

const weft = (line: string) => runIn(directory, line.split(' '))
const refusal = async (regions: string, clusters: string, rest = '') => {
  writeFileSync(join(directory, 'refused.yaml'), scenarioOf(regions, clusters, rest))
  const { code, err } = await weft('check @refused.yaml')
  expect(code).toBe(2)
  return err
}

describe('several clusters', () => {
  it('in one region or in several are reached by names that begin with theirs, each by its own policies', async () => {
    for (const [file, blue, green] of [
      ['colours', 'blue', 'green'],
      ['regions', 'ord1', 'dfw1'],
    ] as const) {
      const { out, code } = await weft(`reach @${file}.yaml --json --policy-only`)
      expect(code).toBe(0)
      const { workloads, connections } = JSON.parse(out)
      expect(workloads).toEqual(
        [
          `${blue}/shop/cart`,
          `${blue}/shop/web`,
          `${green}/shop/bank`,
          `${green}/shop/cart`,
          `${green}/shop/web`,
        ].sort(),
      )
      const allowed = (from: string, to: string) =>
        connections.find((each: { from: string; to: string }) => each.from === from && each.to === to)
          ?.allow[0].ports
      const all = [[1, 65_535]]
      expect(allowed(`${blue}/shop/web`, `${blue}/shop/cart`)).toEqual(all)
      expect(allowed(`${green}/shop/web`, `${green}/shop/cart`)).toEqual(all)
      // to each other they are addresses: blue's policy takes those of 10.0.0.0/8
      expect(allowed(`${green}/shop/web`, `${blue}/shop/cart`)).toEqual([[9000, 9000]])
      expect(allowed(`${green}/shop/bank`, `${blue}/shop/cart`)).toEqual([[9000, 9000]])
      expect(allowed(`${blue}/shop/web`, `${green}/shop/cart`)).toBeUndefined()
      expect(allowed(`${blue}/shop/web`, `${green}/shop/bank`)).toEqual(all)
      const narrow = await weft(`reach @${file}.yaml --json --listening --policy-only`)
      expect(
        JSON.parse(narrow.out).connections.find(
          ({ from, to }: { from: string; to: string }) =>
            from === `${blue}/shop/web` && to === `${green}/shop/bank`,
        ).allow,
      ).toEqual([{ protocol: 'TCP', ports: [[7, 7]] }])
    }
  })

  it('of two regions are not carried to each other, in one region they are', async () => {
    const between = async (file: string) => {
      const { connections } = JSON.parse((await weft(`reach @${file}.yaml --json`)).out)
      const clusterOf = (name: unknown) => String(name).split('/')[0]
      return connections.filter(
        ({ from, to }: { from: unknown; to: unknown }) =>
          typeof from === 'string' && typeof to === 'string' && clusterOf(from) !== clusterOf(to),
      )
    }
    expect(await between('regions')).toEqual([])
    expect((await between('colours')).length).toBeGreaterThan(0)
  })

  it('are drawn, and told by namespaces of each', async () => {
    const { code, out } = await weft('reach @regions.yaml --svg @reach.svg')
    expect(code).toBe(0)
    expect(out).toContain('dfw1/shop/{bank, cart}')
  })

  it('are the same in whatever order they are listed', async () => {
    const [one, other] = [await weft('reach @colours.yaml --json'), await weft('reach @turned.yaml --json')]
    expect(one.out).toBe(other.out)
  })

  it('run under every clock: policies of the own cluster alone decide', async () => {
    type Flows = { traffic: string; started: number; completed: number }
    for (const clock of ['packet', 'flow', 'steady']) {
      const { out, code } = await weft(`run @traffic.yaml --clock ${clock} --json -`)
      expect(code).toBe(0)
      const { drops, flows } = JSON.parse(out) as { drops: { reason: string }[] | null; flows: Flows[] }
      if (clock !== 'flow')
        expect([...new Set(drops!.map(({ reason }) => reason))]).toEqual(['policy-denied-ingress'])
      if (clock === 'steady') continue
      const arriving = flows.map(({ traffic, completed }) => [traffic, completed > 0])
      expect(arriving).toEqual([
        ['across', false],
        ['own', true],
        ['unique', true],
      ])
    }
    expect((await weft('plan @traffic.yaml --json')).code).toBeLessThan(2)
    expect((await weft('whatif @traffic.yaml --any 1 --json')).code).toBeLessThan(2)
  })

  it('are explained: names without the cluster where they are unique, refused where they are not', async () => {
    const unique = await weft('explain @colours.yaml --from shop/bank --to green/shop/web --port 8080')
    expect(unique.code).toBe(0)
    expect(unique.out).toMatch(/^green\/shop\/bank-\S+ \(10\.64\.0\.\d+\) → green\/shop\/web-/)
    expect(await weft('explain @colours.yaml --from shop/bank --to shop/web')).toMatchObject({
      code: 2,
      err: 'weft: --to: "shop/web" is in several clusters; name one: "blue/shop/web" or "green/shop/web"\n',
    })
    const across = await weft(
      'explain @colours.yaml --from blue/shop/web --to green/shop/cart --port 9000 --json',
    )
    expect(across.code).toBe(1)
    const { rule, reason } = JSON.parse(across.out)
    expect(reason).toBe('policy-denied-ingress')
    expect(rule.ingress).toMatchObject({ isolatedBy: ['NetworkPolicy green/shop/cart'] })
    expect(rule.egress).toMatchObject({ because: 'no-policy' })
  })

  it('have services of their own, though their addresses are the same', async () => {
    for (const cluster of ['blue', 'green']) {
      const { out } = await weft(`explain @colours.yaml --from ${cluster}/shop/web --to 10.96.0.1 --json`)
      const { service, verdict } = JSON.parse(out)
      expect(verdict).toBe('delivered')
      expect(service.name).toBe(`${cluster}/shop/cart`)
      for (const { name } of service.endpoints) expect(name).toMatch(new RegExp(`^${cluster}/shop/cart-`))
      expect(service.endpoints).toHaveLength(cluster === 'blue' ? 2 : 1)
    }
  })

  it('cannot call a service of another by the address that it has there', async () => {
    const line = 'explain @colours.yaml --from blue/shop/web --to green/shop/cart --port 80'
    expect(await weft(line)).toMatchObject({
      code: 2,
      err: 'weft: --to: service green/shop/cart has no address outside of cluster green; name a pod behind it, or give it a load balancer\n',
    })
  })

  it('send to services as explain calls them: their own, another one’s by a public address alone', async () => {
    const traffic = (from: string, to: string) =>
      `traffic:\n  - { from: ${from}, to: "${to}", sizes: 1kB, flowRate: 1/s }\n`
    const alone = 'has no address outside of cluster green; call it by a public one'
    expect(await refusal(region('ord1'), COLOURS, traffic('blue/shop/web', 'green/shop/cart'))).toContain(
      `service "green/shop/cart" ${alone}`,
    )
    expect(await refusal(region('ord1'), COLOURS, traffic('blue/shop/web', 'shop/cart'))).toContain(
      '"shop/cart" is in several clusters; name one: "blue/shop/cart" or "green/shop/cart"',
    )
    expect(await refusal(region('ord1'), COLOURS, traffic('shop/web', 'shop/bank'))).toContain(
      '"shop/web" is in several clusters; name one: "blue/shop/web" or "green/shop/web"',
    )
  })

  it('look names up in the DNS of their own: each its endpoints, under every clock', async () => {
    const calls = ['blue', 'green'].map(
      (name) =>
        `  - { name: ${name}, from: ${name}/shop/web, to: "http://cart.shop.svc.cluster.local/", sizes: 10kB, flowRate: 2000/s }\n`,
    )
    const rest = `traffic:\n${calls.join('')}run: { for: 5ms }\n`
    for (const [clusters, targets] of [
      [COLOURS, ['blue', 'green']],
      // the same name with another address in each
      [COLOURS.replace('manifests: green', 'manifests: [green, more.yaml]'), ['blue', 'green']],
    ] as const) {
      writeFileSync(join(directory, 'names.yaml'), scenarioOf(region('ord1'), clusters, rest))
      for (const clock of ['packet', 'flow', 'steady']) {
        const { out, err } = await weft(`run @names.yaml --clock ${clock} --json -`)
        if (out === '') throw new Error(err)
        const { flows, steady } = JSON.parse(out)
        const arriving = targets.filter((_, i) =>
          clock === 'steady' ? steady.traffic[i].deliveredBps > 0 : flows[i].completed > 0,
        )
        expect([clock, arriving]).toEqual([clock, targets])
      }
    }
    const both = `traffic:\n  - { from: [blue/shop/web, green/shop/web], to: cart.shop, sizes: 1kB, flowRate: 1/s }\n`
    const different = COLOURS.replace('manifests: green', 'manifests: [more.yaml, green]')
    writeFileSync(join(directory, 'both.yaml'), scenarioOf(region('ord1'), COLOURS, both))
    expect((await weft('check @both.yaml')).code).toBe(0)
    expect(await refusal(region('ord1'), different, both)).toMatch(
      /"cart\.shop" stands for "10\.96\.0\.\d+" and "10\.96\.0\.\d+", by the clusters of those who ask; make it an entry for each/,
    )
  })

  it('take listed flows by names without the cluster where they are unique, and to services', async () => {
    const flow = (from: string, to: string) => `    - { at: 0s, from: ${from}, to: ${to}, size: 20kB }\n`
    const listed = (...flows: string[]) =>
      `traffic:\n  - name: list\n    flows:\n${flows.join('')}run: { for: 1ms, drain: 1s }\n`
    const scenario = scenarioOf(
      region('ord1'),
      COLOURS,
      `${listed(flow('blue/shop/web', 'blue/shop/cart'), flow('blue/shop/web', 'blue/shop/cart'))}`.replace(
        'run:',
        `  - name: hosts\n    flows:\n${flow('shop/bank', 'green/shop/web')}${flow('green/shop/web', 'shop/bank')}run:`,
      ),
    )
    writeFileSync(join(directory, 'listed.yaml'), scenario)
    for (const clock of ['packet', 'flow', 'steady']) {
      const { out, err } = await weft(`run @listed.yaml --clock ${clock} --json -`)
      if (out === '') throw new Error(err)
      const { flows, steady } = JSON.parse(out)
      if (clock === 'steady')
        expect(steady.traffic.map((each: { deliveredBps: number }) => each.deliveredBps > 0)).toEqual([
          true,
          true,
        ])
      else expect(flows.map(({ completed }: { completed: number }) => completed)).toEqual([2, 2])
    }
    const refused = (...flows: string[]) => refusal(region('ord1'), COLOURS, listed(...flows))
    expect(await refused(flow('shop/bank', 'blue/shop/cart'))).toContain(
      'has no address outside of cluster blue',
    )
    expect(
      await refused(flow('blue/shop/web', 'blue/shop/cart'), flow('blue/shop/web', 'shop/bank')),
    ).toContain(
      '"shop/bank" is called otherwise than "blue/shop/cart"; flows of one entry go to hosts, or all to one service',
    )
    expect(await refused(flow('blue/shop/cart', 'shop/bank'))).toMatch(
      /"blue\/shop\/cart" stands for "blue\/shop\/cart-\S+" and "blue\/shop\/cart-\S+"; a flow has one host at each end/,
    )
    expect(await refused(flow('shop/banc', 'green/shop/web'))).toContain('unknown host "shop/banc"')
  })

  it('of two regions have no way to each other, which is told as a drop', async () => {
    const { out, code } = await weft(
      'explain @regions.yaml --from ord1/shop/web --to dfw1/shop/bank --port 7 --json',
    )
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'dropped',
      reason: 'no-route',
      rule: { verdict: 'accept' },
    })
  })

  it('are refused where names, hosts or addresses are not told apart', async () => {
    const two = (extra: readonly [string, string]) =>
      extra
        .map((each, i) => `  - { region: ord1, manifests: ${i === 0 ? 'blue' : 'green'}${each} }\n`)
        .join('')
    expect(await refusal(region('ord1'), two(['', '']))).toContain(
      'ord1 has several clusters; give each a "name"',
    )
    expect(
      await refusal(region('ord1'), two([', name: a, hosts: ord1/leaf-0', ', name: a, hosts: ord1/leaf-1'])),
    ).toContain('there is a cluster named "a" already')
    expect(await refusal(region('ord1'), two([', name: a', ', name: b, hosts: ord1/leaf-1']))).toContain(
      '"ord1/leaf-1/host-0" is a node of a already; a host is of one cluster: tell them apart by "hosts"',
    )
    const both = region('ord1') + region('dfw1', EAST)
    expect(await refusal(both, '  - { region: ord1, hosts: dfw1/leaf-0, manifests: blue }\n')).toContain(
      '"dfw1/leaf-0/host-0" is not in ord1',
    )
    expect(await refusal(both, '  - { region: ord1, name: dfw1, manifests: blue }\n')).toContain(
      '"dfw1" is another region; call the cluster something else',
    )
    expect((await weft('check @overlap.yaml')).err).toBe(
      '@overlap.yaml:3:3  pods of ord1 and dfw1 would share addresses, as 10.64.0.0/14 and 10.64.0.0/14 overlap; ord1 has the default 10.64.0.0/14; give it "workloads" of its own\n',
    )
    expect(
      await refusal(both, '  - { region: ord1, manifests: cidrs }\n  - { region: dfw1, manifests: green }\n'),
    ).toContain(
      'pod CIDR 10.72.3.0/24 of ord1 overlaps with 10.72.0.0/14, which pods of dfw1 get addresses from',
    )
    expect(
      await refusal(
        region('ord1'),
        '  - { region: ord1, name: a, hosts: ord1/leaf-0, manifests: cidrs }\n  - { region: ord1, name: b, hosts: ord1/leaf-1, manifests: cidrs }\n',
      ),
    ).toContain('pod CIDR 10.72.3.0/24 of b overlaps with 10.72.3.0/24 of a')
    expect(
      await refusal(
        region('ord1'),
        COLOURS,
        'traffic:\n  - { from: shop/web-*, to: shop/cart-*, sizes: 1kB, flowRate: 1/s }\n',
      ),
    ).toContain('"shop/web-*" is in several clusters; name one: "blue/shop/web-*" or "green/shop/web-*"')
  })
})

describe('weft diff of scenarios with clusters', () => {
  const connectionsIn = (text: string) => JSON.parse(text).connections
  const write = (name: string, manifests: string) =>
    writeFileSync(
      join(directory, `${name}.yaml`),
      scenarioOf(region('ord1'), `  - { region: ord1, manifests: ${manifests} }\n`),
    )

  it('tells which connections appear, disappear and change, as the diff of their manifests does', async () => {
    write('before', 'blue')
    write('after', 'green')
    const { out, code } = await weft('diff @before.yaml @after.yaml --json')
    expect(code).toBe(1)
    const { differs, connections } = JSON.parse(out)
    expect(differs).toBe(true)
    expect(connections.workloads).toEqual({ added: ['shop/bank'], removed: [] })
    expect(connections.namespaces).toEqual([
      { name: 'shop', workloads: ['shop/bank', 'shop/cart', 'shop/web'] },
    ])
    type Change = { from: string[]; to: string[]; change: string; before: unknown; after: unknown }
    const pairs = connections.between.flatMap(({ from, to, change, before, after }: Change) =>
      from.flatMap((one) => to.map((other) => ({ from: one, to: other, change, before, after }))),
    )
    const ofManifests = JSON.parse((await weft('diff @blue @green --json')).out)
    const inside = ofManifests.connections.filter(
      ({ from, to }: Change) => `${from}${to}`.indexOf('object') < 0,
    )
    const inOrder = (list: Change[]) => list.map((each) => JSON.stringify(each)).sort()
    const apart = pairs.filter(({ from, to }: Change) => from !== to || connections.several.includes(from))
    expect(inOrder(apart)).toEqual(inOrder(inside))
    expect(apart).toHaveLength(3)
    const text = await weft('diff @before.yaml @after.yaml')
    expect(text.out).toContain('+ 1 workload: shop/bank')
    expect(text.out).toMatch(/- +outside 10\.0\.0\.0\/8 +shop\/cart +TCP 9000 +nothing/)
    expect(text.out).toContain('Load by tier')
  })

  it('ends with 0 where nothing differs, and writes what differs into a report', async () => {
    const same = await weft('diff @before.yaml @before.yaml --json')
    expect(same.code).toBe(0)
    expect(connectionsIn(same.out)).toMatchObject({ differs: false, between: [], outside: [] })
    const clusters = await weft('diff @colours.yaml @before.yaml --report @diff.html')
    expect(clusters.code).toBe(1)
    expect(clusters.out).toContain('- 5 workloads')
    expect(readFileSync(join(directory, 'diff.html'), 'utf8')).toContain('Workloads before only: 5')
  })

  it('compares a scenario with clusters with one without', async () => {
    writeFileSync(join(directory, 'bare.yaml'), `weft: 1\nregions:\n${region('ord1')}`)
    const { out, code } = await weft('diff @bare.yaml @before.yaml --json')
    expect(code).toBe(1)
    expect(connectionsIn(out).workloads).toEqual({ added: ['shop/cart', 'shop/web'], removed: [] })
  })
})

describe('a cluster among regions without one', () => {
  it('keeps its names', async () => {
    writeFileSync(
      join(directory, 'one.yaml'),
      scenarioOf(region('ord1') + region('dfw1'), '  - { region: dfw1, manifests: blue }\n'),
    )
    const { out, code } = await weft('explain @one.yaml --from shop/web --to dfw1/shop/cart --port 5001')
    expect(code).toBe(0)
    expect(out).toMatch(/^shop\/web-/)
    expect(out).toContain('dfw1/leaf-')
  })
})
