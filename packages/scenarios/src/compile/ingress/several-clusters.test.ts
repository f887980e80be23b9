import { describe, expect, it } from 'vitest'
import { askExplain, type ExplainRequest } from '../../explain/ask.ts'
import { planScenario } from '../../planning/make-plan.ts'
import type { ScenarioResult } from '../../result/result.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'
import { clusterWith } from './ingress.fixture.ts'

const FABRIC = {
  leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
}
const SERVICE = 'ingress-nginx/controller'
const [BLUE, GREEN] = [`blue/${SERVICE}`, `green/${SERVICE}`]
const [EAST, WEST] = [`east/${SERVICE}`, `west/${SERVICE}`]
const SHOP = 'https://shop.example.com/cart'
const requests = (name: string, from: string | string[], to: string) => ({
  name,
  from,
  to,
  sizes: '500B',
  flowRate: '100/s',
})
/** Blue and green, listed the other way round, so that their order in the file is not that of their names. */
const colours = (rest: object) => ({
  weft: 1,
  regions: {
    r: {
      fabric: FABRIC,
      internet: '10Gbps',
      addresses: { hosts: '10.0.0.0/16', loadBalancers: '203.0.113.0/28' },
      nat: { pool: '203.0.113.100/32' },
    },
  },
  kubernetes: [
    { region: 'r', name: 'green', hosts: 'r/leaf-1', manifests: 'm.yaml', ingress: [{ workers: 2 }] },
    { region: 'r', name: 'blue', hosts: 'r/leaf-0', manifests: 'm.yaml' },
  ],
  run: { for: '1s', drain: '3s' },
  ...rest,
})
const region = (net: number, workloads: string, pool: string) => ({
  fabric: FABRIC,
  internet: '10Gbps',
  addresses: { hosts: `10.${net}.0.0/16`, workloads, loadBalancers: `${pool}.0/28` },
  nat: { pool: `${pool}.100/32` },
})
const regions = (rest: object) => ({
  weft: 1,
  regions: {
    east: region(0, '10.64.0.0/14', '203.0.113'),
    west: region(1, '10.72.0.0/14', '198.51.100'),
  },
  kubernetes: ['west', 'east'].map((each) => ({ region: each, manifests: 'm.yaml' })),
  run: { for: '500ms', drain: '3s' },
  ...rest,
})
const MOVE = {
  dns: { ttl: '200ms', records: { 'shop.example.com': BLUE } },
  events: [{ at: '400ms', move: 'shop.example.com', to: GREEN, retire: '500ms' }],
}

const compiled = (scenario: object) => compileScenario(scenario, { cluster: () => clusterWith() })

function built(scenario: object) {
  const found = compiled(scenario)
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

const issuesOf = (scenario: object): string[] => {
  const found = compiled(scenario)
  return found.ok ? [] : found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const resultUnder = (clock: string, scenario: { run: object }): Promise<ScenarioResult> =>
  runScenario(built({ ...scenario, run: { ...scenario.run, clock } }), { inputs: 'x' })

/** Packet and flow runs, whose requests fare the same. */
async function bothClocks(scenario: { run: object }): Promise<ScenarioResult> {
  const packet = await resultUnder('packet', scenario)
  const flow = await resultUnder('flow', scenario)
  const counted = ({ ingress }: ScenarioResult) =>
    ingress.map(({ controller, requests }) => [controller, requests])
  const ended = ({ flows }: ScenarioResult) => flows.map(({ completed, failed }) => [completed, failed])
  expect(counted(flow)).toEqual(counted(packet))
  expect(ended(flow)).toEqual(ended(packet))
  expect(flow.names!.traffic).toEqual(packet.names!.traffic)
  return packet
}

const countsAt = ({ ingress }: ScenarioResult, name: string) =>
  ingress.find(({ controller }) => controller === name)!.requests.counts

const explained = (scenario: object, question: ExplainRequest) =>
  askExplain(built(scenario), question).request

describe('ingress controllers of two regions', () => {
  const scenario = regions({
    dns: { records: { 'shop.example.com': EAST, 'plain.example.com': WEST } },
    traffic: [
      requests('shoppers', 'internet', SHOP),
      requests('across', 'east/shop/cart', 'http://plain.example.com/'),
      requests('own', 'west/shop/cart', 'http://controller.ingress-nginx/cart'),
    ],
  })

  it('are each its cluster’s, called by its public address, or from inside by its own name', async () => {
    const packet = await bothClocks(scenario)
    const [across, own, shoppers] = packet.flows
    expect(countsAt(packet, EAST)).toEqual([
      {
        outcome: 'served',
        rule: 'Ingress east/shop/front rules[0].paths[0]',
        backend: 'east/shop/cart:80',
        requests: shoppers!.started,
      },
    ])
    expect(countsAt(packet, WEST)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          outcome: 'served',
          backend: 'west/shop/cart:80',
          requests: across!.started,
        }),
        expect.objectContaining({ outcome: 'no-rule', requests: own!.started }),
      ]),
    )
  })

  it('have certificates of their own', () => {
    const { blueprint } = built(scenario)
    expect(
      blueprint.ingress!.map(({ name, certificates }) => [name, certificates.map((each) => each.name)]),
    ).toEqual([
      [EAST, ['*.example.com', 'east/shop/front-tls']],
      [WEST, ['*.example.com', 'west/shop/front-tls']],
    ])
  })

  it('load their own backends under the steady clock and in plans', async () => {
    const { steady } = await resultUnder('steady', scenario)
    const rates = Object.fromEntries(
      steady!.traffic.map(({ traffic, connectionsPerSecond }) => [traffic, connectionsPerSecond]),
    )
    expect(rates['shoppers → east/shop/cart:80']).toBeCloseTo(rates.shoppers!, 6)
    expect(rates['across → west/shop/cart:80']).toBeCloseTo(rates.across!, 6)
    const question = { compiled: built(scenario), data: {} }
    const plan = await planScenario(question)
    expect(plan.ingress.map(({ controller }) => controller).sort()).toEqual([EAST, WEST])
  })
})

describe('ingress controllers of blue and green in one region', () => {
  const traffic = [
    requests('shoppers', 'internet', SHOP),
    requests('pods', ['blue/shop/cart', 'green/shop/cart'], 'http://shop.example.com/cart'),
  ]

  it('take over from each other by a move, as caches have it', async () => {
    const packet = await bothClocks(colours({ ...MOVE, traffic }))
    const lookups = packet.names!.traffic.reduce((sum, each) => sum + each.lookups, 0)
    const [old, fresh] = [BLUE, GREEN].map((name) => countsAt(packet, name)) as [
      ReturnType<typeof countsAt>,
      ReturnType<typeof countsAt>,
    ]
    const sum = (counts: typeof old) => counts.reduce((total, each) => total + each.requests, 0)
    expect(sum(old) + sum(fresh)).toBe(lookups)
    expect(sum(fresh)).toBeGreaterThan(0.4 * lookups)
    expect(new Set([...old, ...fresh].map(({ outcome }) => outcome))).toEqual(new Set(['served']))
    expect(new Set(fresh.map(({ backend }) => backend))).toEqual(new Set(['green/shop/cart:80']))
    expect(packet.flows.map(({ failed }) => failed)).toEqual([0, 0])
  })

  it('share what is asked for under the steady clock by the closed form of stale shares', async () => {
    const { steady } = await resultUnder('steady', colours({ ...MOVE, traffic: traffic.slice(0, 1) }))
    const sent = new Map(
      steady!.traffic.map(({ traffic: name, connectionsPerSecond }) => [name, connectionsPerSecond]),
    )
    const old = sent.get(`shoppers → ${BLUE} → blue/shop/cart:80`)!
    const fresh = sent.get(`shoppers → ${GREEN} → green/shop/cart:80`)!
    expect(old + fresh).toBeCloseTo(sent.get('shoppers')!, 6)
    // each of 8 clients asks 100 times a second: 20 requests in a time to live, half of which is the mean age
    expect(fresh / (old + fresh)).toBeCloseTo(0.6 - (0.1 * 20) / 21, 6)
  })

  it('are set as each cluster says, whatever their order', () => {
    const { controllers } = built(colours({ ...MOVE, traffic }))
    expect(controllers.map(({ blueprint, cluster }) => [cluster, blueprint.capacity.workers])).toEqual([
      ['blue', 4],
      ['green', 2],
    ])
    expect(
      issuesOf(
        colours({
          kubernetes: [
            {
              region: 'r',
              name: 'green',
              hosts: 'r/leaf-1',
              manifests: 'm.yaml',
              ingress: [{ controller: BLUE }],
            },
            { region: 'r', name: 'blue', hosts: 'r/leaf-0', manifests: 'm.yaml' },
          ],
        }),
      ),
    ).toEqual([`kubernetes.0.ingress.0.controller: unknown workload "${BLUE}"; did you mean "${SERVICE}"?`])
  })

  it('are explained by the records of the time, and by the client’s cluster', () => {
    const scenario = colours({ ...MOVE, traffic })
    const shopper = { from: 'internet/client-0', to: SHOP }
    expect(explained(scenario, shopper)).toMatchObject({
      controller: BLUE,
      certificate: 'blue/shop/front-tls',
      rule: 'Ingress blue/shop/front rules[0].paths[0]',
      backends: [{ name: 'blue/shop/cart:80' }],
    })
    expect(explained(scenario, { ...shopper, at: '500ms' })!.controller).toBe(GREEN)
    for (const cluster of ['blue', 'green'])
      expect(
        explained(scenario, { from: `${cluster}/shop/cart`, to: 'http://controller.ingress-nginx/' })!
          .controller,
      ).toBe(`${cluster}/${SERVICE}`)
  })

  it.each([[{}], [{ dns: {} }], [{ dns: { records: { 'other.example.com': BLUE } } }]])(
    'are refused for a host that both have, where no record says whose it is: %j',
    (dns) => {
      expect(issuesOf(colours({ ...dns, traffic: traffic.slice(0, 1) }))).toEqual([
        `traffic.0.to: "shop.example.com" is a public name of "blue" and "green"; say by dns.records whose it is, as in dns: { records: { shop.example.com: ${BLUE} } }`,
      ])
      const quiet = colours({ ...dns, traffic: [requests('pods', 'blue/shop/cart', 'blue/shop/cart')] })
      expect(() => explained(quiet, { from: 'internet/client-0', to: SHOP })).toThrow('is a public name of')
    },
  )

  it('are refused by an address that means another to each of those who ask', () => {
    const from = ['blue/shop/cart', 'green/shop/cart']
    const refused = (to: string) => issuesOf(colours({ ...MOVE, traffic: [requests('pods', from, to)] }))
    const controllers = `which is "${BLUE}" or "${GREEN}" by the cluster of who asks; make it an entry for each`
    expect(refused('http://10.96.0.1/cart')).toEqual([
      `traffic.0.to: "10.96.0.1" leads to 10.96.0.1, ${controllers}`,
    ])
    expect(refused('http://controller.ingress-nginx/cart')).toEqual([
      `traffic.0.to: "controller.ingress-nginx" leads to 10.96.0.1, ${controllers}`,
    ])
  })

  it('move with all names of their service: the address inside goes out of service in its own cluster alone', async () => {
    const scenario = colours({
      dns: MOVE.dns,
      events: [{ at: '100ms', move: BLUE, to: GREEN }],
      traffic: ['blue', 'green'].map((name) => requests(name, `${name}/shop/cart`, 'http://10.96.0.1/cart')),
      run: { for: '300ms', drain: '1s' },
    })
    const gone = built(scenario).blueprint.events.filter(({ action }) => action === 'withdraw')
    expect(gone).toMatchObject([{ target: '203.0.113.1' }, { target: '10.96.0.1', service: BLUE }])
    const { flows } = await resultUnder('packet', scenario)
    const reasons = flows.map(({ failures }) => failures.map(({ reason }) => reason))
    expect(reasons).toEqual([['connection-refused', 'no-rule'], ['no-rule']])
  })
})
