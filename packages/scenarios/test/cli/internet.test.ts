import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment } from '../../src/kubernetes/deployment.fixture.ts'
import { scenarioIn } from './command-line.fixture.ts'

const service = (name: string, type: string, more = '') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: ${type}, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]${more} }
---`
const scenarioOf = (traffic: string, { internet = '10Gbps', attach = '' } = {}) => `weft: 1
regions:
  ord1:
    fabric: { leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: 10Gbps, fabricLink: 10Gbps } }
    addresses: { loadBalancers: 203.0.113.64/26 }
    internet: ${internet}
    nat: { pool: 198.51.100.7 }
kubernetes: [{ region: ord1, manifests: apps.yaml }]
${attach}traffic:
  - { name: calls, ${traffic}, sizes: 10kB, flowRate: 100/s }
run: { for: 50ms }
`
/** A service whose endpoint is outside, by hand. */
const OUT = `
apiVersion: v1
kind: Service
metadata: { name: out, namespace: shop }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: out, namespace: shop }
subsets: [{ addresses: [{ ip: 192.0.2.99 }], ports: [{ port: 5432 }] }]
---`
const WAYS = { gateways: '10Gbps', hosts: '{ rate: 10Gbps, translation: hosts }' }

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-internet-'))
  mkdirSync(join(directory, 'nothing'))
  const text =
    deployment('web', 3) +
    deployment('lobby', 1) +
    service('web', 'LoadBalancer') +
    service('guarded', 'LoadBalancer', ', loadBalancerSourceRanges: [192.0.2.0/24]') +
    service('inner', 'ClusterIP') +
    OUT
  writeFileSync(join(directory, 'apps.yaml'), text)
})
afterAll(() => rmSync(directory, { recursive: true }))

const { run, outcome } = scenarioIn(() => directory)

describe.each(Object.entries(WAYS))('with translation at %s', (_, internet) => {
  it.each([
    ['from: shop/web, to: 192.0.2.80, port: 443', true],
    ['from: shop/web, to: shop/out, port: 5432', true],
    ['from: internet, to: shop/web', true],
    ['from: internet, to: 203.0.113.66, port: 80', true],
    ['from: 192.0.2.7, to: shop/guarded', true],
    ['from: internet, to: shop/guarded', false],
    ['from: internet, to: shop/lobby, port: 8080', false],
  ])('%s: all clocks agree on whether it gets through', async (traffic, passes) => {
    const scenario = scenarioOf(traffic, { internet })
    for (const clock of ['packet', 'flow']) {
      const [flows] = (await outcome(scenario, clock)).flows
      expect([clock, flows.completed > 0]).toEqual([clock, passes])
    }
    const { steady } = await outcome(scenario, 'steady')
    expect(steady.traffic[0].deliveredBps > 0).toBe(passes)
  })
})

describe('what is refused', () => {
  it('is a service that nobody outside reaches, called from there', async () => {
    const { code, err } = await run(scenarioOf('from: internet, to: shop/inner'), 'check')
    expect([code, err]).toEqual([2, expect.stringContaining('service "shop/inner" has no public address')])
  })

  it('is one address for several pods', async () => {
    const attach = 'directAttach: [{ workload: shop/web, address: 203.0.113.7 }]\n'
    const { code, err } = await run(scenarioOf('from: internet, to: shop/web', { attach }), 'check')
    expect(code).toBe(2)
    expect(err).toContain('an attached address is one workload')
    expect(err).toContain('balance by a service')
  })
})
