import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment } from '../../src/kubernetes/deployment.fixture.ts'
import { runIn } from './command-line.fixture.ts'

const service = (name: string, type: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: ${type}, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---`
/** Two regions with a way to the internet each, and the same apps in both. */
const scenarioOf = (traffic: string, internet = '10Gbps') => `weft: 1
regions:
  ord1:
    fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }
    addresses: { hosts: 10.0.0.0/16, loadBalancers: 203.0.113.64/26 }
    internet: ${internet}
    nat: { pool: 198.51.100.7 }
  dfw1:
    fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }
    addresses: { hosts: 10.128.0.0/16, workloads: 10.192.0.0/14, loadBalancers: 203.0.113.128/26 }
    internet: ${internet}
    nat: { pool: 198.51.100.8 }
kubernetes: [{ region: ord1, manifests: apps.yaml }, { region: dfw1, manifests: apps.yaml }]
directAttach: [{ workload: ord1/shop/lobby, address: 203.0.113.7 }]
traffic: [{ name: calls, ${traffic}, sizes: 10kB, flowRate: 100/s }]
run: { for: 50ms }
`
const WAYS = { gateways: '10Gbps', hosts: '{ rate: 10Gbps, translation: hosts }' }

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-between-'))
  const apps =
    deployment('web', 2) +
    deployment('client') +
    deployment('lobby') +
    service('web', 'LoadBalancer') +
    service('inner', 'ClusterIP')
  writeFileSync(join(directory, 'apps.yaml'), apps)
  writeFileSync(join(directory, 'client.yaml'), deployment('client') + deployment('lobby'))
})
afterAll(() => rmSync(directory, { recursive: true }))

async function weft(scenario: string, line: string) {
  writeFileSync(join(directory, 'scenario.yaml'), scenario)
  const [command, ...options] = line.split(' ')
  return runIn(directory, [command!, '@scenario.yaml', ...options])
}

async function outcome(scenario: string, clock: string) {
  const { out, err } = await weft(scenario, `run --clock ${clock} --json -`)
  if (out === '') throw new Error(err)
  return JSON.parse(out)
}

/** Whether anything arrives; and else why not, where the clock tells of packets. */
async function verdictOf(scenario: string, clock: string) {
  const { flows, steady, drops, streamDrops } = await outcome(scenario, clock)
  const passes = clock === 'steady' ? steady.traffic[0].deliveredBps > 0 : flows[0].completed > 0
  const reasons = new Set((drops ?? streamDrops ?? []).map(({ reason }: { reason: string }) => reason))
  return { passes, reasons: [...reasons] }
}

const CALLS = [
  ['a pod calls the public service of the other region', 'from: dfw1/shop/client, to: ord1/shop/web'],
  ['by its address', 'from: dfw1/shop/client, to: 203.0.113.65, port: 80'],
  ['a pod with an address of its own calls it', 'from: ord1/shop/lobby, to: dfw1/shop/web'],
  ['a pod calls that with an address of its own', 'from: dfw1/shop/client, to: 203.0.113.7, port: 8080'],
] as const

describe.each(Object.entries(WAYS))('two regions with translation at %s', (_, internet) => {
  it.each(CALLS)('%s, over the internet, under every clock', async (_what, traffic) => {
    const scenario = scenarioOf(traffic, internet)
    for (const clock of ['packet', 'flow', 'steady'])
      expect([clock, (await verdictOf(scenario, clock)).passes]).toEqual([clock, true])
  })
})

describe('what is private', () => {
  const DROPPED = ['dfw1/shop/client', '10.64.0.1'] as const

  it('is dropped by name under every clock, and as explain tells', async () => {
    const scenario = scenarioOf(`from: ${DROPPED[0]}, to: ${DROPPED[1]}, port: 8080`)
    for (const clock of ['packet', 'flow', 'steady']) {
      const { passes, reasons } = await verdictOf(scenario, clock)
      // the flow clock has no packets whose drops it could count
      const told = clock === 'flow' ? [] : ['destination-not-public']
      expect([clock, passes, reasons]).toEqual([clock, false, told])
    }
    const { code, out } = await weft(
      scenario,
      `explain --from ${DROPPED[0]} --to ${DROPPED[1]} --port 8080 --json`,
    )
    expect([code, JSON.parse(out).reason]).toEqual([1, 'destination-not-public'])
  })

  it('is refused where a pod of the other region is meant by name', async () => {
    const { code, err } = await weft(scenarioOf('from: dfw1/shop/client, to: ord1/shop/web-*'), 'check')
    expect(code).toBe(2)
    expect(err).toContain(
      'no path from dfw1 to ord1 but over the internet, where private addresses are not known; call an attached address, or a service with a public one',
    )
  })

  it('is refused where a service of the other cluster has nothing else, by name and by address', async () => {
    const apart = 'has no address outside of cluster ord1; call it by a public one'
    const { code, err } = await weft(scenarioOf('from: dfw1/shop/client, to: ord1/shop/inner'), 'check')
    expect([code, err]).toEqual([2, expect.stringContaining(`service "ord1/shop/inner" ${apart}`)])
    const alone = scenarioOf('from: dfw1/shop/client, to: 10.96.0.1').replace(
      ', { region: dfw1, manifests: apps.yaml }',
      ', { region: dfw1, manifests: client.yaml }',
    )
    expect((await weft(alone, 'check')).err).toContain(apart)
  })
})

describe('weft explain between regions', () => {
  it.each([
    ['dfw1/shop/client', 'ord1/shop/web', 80, '198.51.100.8', '203.0.113.65'],
    ['ord1/shop/lobby', 'dfw1/shop/web', 80, '203.0.113.7', '203.0.113.129'],
    ['dfw1/shop/client', '203.0.113.7', 8080, '198.51.100.8', '203.0.113.7'],
  ])(
    'follows %s to %s and back, seen as what it is on the internet',
    async (from, to, port, source, destination) => {
      const { code, out } = await weft(
        scenarioOf('from: internet, to: ord1/shop/web'),
        `explain --from ${from} --to ${to} --port ${port} --json`,
      )
      const { verdict, question, hops, reply } = JSON.parse(out)
      expect([code, verdict, reply.verdict]).toEqual([0, 'delivered', 'delivered'])
      expect(question.to.address).toBe(destination)
      const names = hops.map(({ node }: { node: string }) => node)
      expect(names).toEqual(expect.arrayContaining(['ord1/gateway-0', 'internet', 'dfw1/gateway-0']))
      const translated = hops.flatMap(
        (hop: { translated: { source: string } | null }) => hop.translated?.source ?? [],
      )
      expect([question.from.address, ...translated]).toContain(source)
    },
  )
})
