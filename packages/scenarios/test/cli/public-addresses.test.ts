import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment } from '../../src/kubernetes/deployment.fixture.ts'
import { scenarioIn } from './command-line.fixture.ts'

const balanced = (name: string, more = '') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]${more} }
---`
const scenarioOf = ({ traffic = '', attach = '', pool = '198.51.100.7', internet = '10Gbps' }) => `weft: 1
regions:
  ord1:
    fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }
    addresses: { loadBalancers: 203.0.113.0/28 }
    internet: ${internet}
    nat: { pool: [${pool}] }
kubernetes: [{ region: ord1, manifests: apps.yaml }]
directAttach: [${attach}]
traffic: [${traffic}]
run: { for: 50ms, drain: 10s }
`
const LOAD = 'sizes: 10kB, flowRate: 100/s'
const WAYS = { gateways: '10Gbps', hosts: '{ rate: 10Gbps, translation: hosts }' }

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-public-'))
  mkdirSync(join(directory, 'nothing'))
  const stated = balanced('stated', ', loadBalancerIP: 203.0.113.9')
  const text = deployment('web', 2) + deployment('lobby', 1) + balanced('free') + stated
  writeFileSync(join(directory, 'apps.yaml'), text)
})
afterAll(() => rmSync(directory, { recursive: true }))

const { run, outcome } = scenarioIn(() => directory)

describe('an address that two claim', () => {
  it.each([
    [
      '{ workload: shop/lobby, address: 203.0.113.9 }',
      '198.51.100.7',
      `9:49  "203.0.113.9" is service shop/stated's already`,
    ],
    [
      '{ workload: shop/lobby, address: 198.51.100.7 }',
      '198.51.100.7',
      '9:49  "198.51.100.7" is in the NAT pool of region ord1 already',
    ],
    ['', '198.51.100.7, 203.0.113.9', `7:33  "203.0.113.9" is service shop/stated's already`],
  ])('is refused: %s, pool %s', async (attach, pool, message) => {
    const { code, err } = await run(scenarioOf({ attach, pool }), 'check')
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
  })

  it('is not one that a service without a stated one is given', async () => {
    const scenario = scenarioOf({
      attach: '{ workload: shop/lobby, address: 203.0.113.1 }',
      pool: '203.0.113.2/31',
      traffic: `{ name: a, from: internet, to: 203.0.113.1, port: 8080, ${LOAD} }, { name: b, from: internet, to: shop/free, ${LOAD} }, { name: c, from: shop/web, to: 192.0.2.80, port: 443, ${LOAD} }`,
    })
    for (const clock of ['packet', 'flow']) {
      const { flows } = await outcome(scenario, clock)
      for (const { name, started, completed } of flows)
        expect([clock, name, completed]).toEqual([clock, name, started])
    }
    const { out } = await run(
      scenario,
      'explain',
      '--from',
      '192.0.2.80',
      '--to',
      'shop/free',
      '--port',
      '80',
    )
    expect(out).toContain('shop/free (203.0.113.4)')
  })
})

describe('a sender', () => {
  it.each([
    ['198.51.100.7', "stands for who has a mapping of region ord1's NAT"],
    ['203.0.113.9', "is service shop/stated's"],
    ['203.0.113.13', "is of region ord1's own prefixes, and nothing has it"],
  ])('is not %s, which nobody sends from', async (from, why) => {
    const { code, err } = await run(
      scenarioOf({}),
      'explain',
      '--from',
      from,
      '--to',
      'shop/lobby',
      '--port',
      '80',
    )
    expect([code, err]).toEqual([2, expect.stringContaining(`${from} ${why}`)])
  })
})

describe.each(Object.entries(WAYS))(
  'an address of the region that nothing has, with translation at %s',
  (_, internet) => {
    it('is reached by nobody, from inside as from outside, and the reason says so', async () => {
      const scenario = scenarioOf({
        internet,
        traffic: `{ name: in, from: internet, to: 203.0.113.13, port: 80, ${LOAD} }, { name: out, from: shop/lobby, to: 203.0.113.13, port: 80, ${LOAD} }`,
      })
      const checked = await run(scenario, 'check')
      expect(checked.out).toContain("203.0.113.13 is of region ord1's own prefixes, and nothing has it")
      const { flows, drops } = await outcome(scenario, 'packet')
      expect(flows.map(({ completed }: { completed: number }) => completed)).toEqual([0, 0])
      expect(drops.map(({ reason }: { reason: string }) => reason)).toEqual(['address-unassigned'])
      const fluid = await outcome(scenario, 'flow')
      expect(fluid.flows.map(({ completed }: { completed: number }) => completed)).toEqual([0, 0])
      const { steady } = await outcome(scenario, 'steady')
      expect(steady.traffic.map(({ deliveredBps }: { deliveredBps: number }) => deliveredBps)).toEqual([0, 0])
      for (const from of ['192.0.2.80', 'shop/lobby']) {
        const { out } = await run(scenario, 'explain', '--from', from, '--to', '203.0.113.12', '--port', '80')
        expect([from, out]).toEqual([
          from,
          expect.stringContaining('dropped: address-unassigned at ord1/gateway-0'),
        ])
        expect(out).toContain("203.0.113.12 is of region ord1's own prefixes, and nothing has it")
        expect(out).not.toContain('internet/203')
        const pooled = await run(scenario, 'explain', '--from', from, '--to', '198.51.100.7', '--port', '80')
        expect(pooled.out).toContain('→ ord1 NAT pool (198.51.100.7) tcp port 80')
      }
    })
  },
)
