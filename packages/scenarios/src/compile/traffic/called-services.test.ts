import { describe, expect, it } from 'vitest'
import { askExplain } from '../../explain/ask.ts'
import { deployment } from '../../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../../kubernetes/manifests.fixture.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'

const service = (name: string, type: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: ${type}, selector: { app: cart }, ports: [{ port: 80, targetPort: 8080 }] }
---`

const fabric = {
  leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 1, hostLink: '10Gbps', fabricLink: '10Gbps' },
}

/** A host of a region without a cluster calls a service of another one's. */
const compiled = (to: string, clock = 'packet') =>
  compileScenario(
    {
      weft: 1,
      regions: {
        a: {
          fabric,
          addresses: { hosts: '10.1.0.0/16', loadBalancers: '203.0.113.0/28' },
          internet: { rate: '10Gbps', delay: '1ms' },
        },
        b: {
          fabric,
          addresses: { hosts: '10.2.0.0/16' },
          internet: { rate: '10Gbps', delay: '1ms' },
          nat: { pool: '198.51.100.7' },
        },
      },
      kubernetes: [{ region: 'a', manifests: 'm' }],
      traffic: [{ from: 'b/leaf-0/host-0', to, rate: '100 requests/s' }],
      run: { for: '200ms', drain: '1s', clock },
    },
    {
      cluster: () =>
        clusterOf(deployment('cart') + service('public', 'LoadBalancer') + service('own', 'ClusterIP')),
    },
  )

describe('a service called from a region without a cluster', () => {
  it.each(['packet', 'flow', 'steady'])('is reached by its public address: the %s clock', async (clock) => {
    const found = compiled('shop/public', clock)
    if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
    const { flows, steady } = await runScenario(found.value, { inputs: 'x' })
    if (steady === null) expect(flows[0]).toMatchObject({ unfinished: 0, failed: 0 })
    else expect(steady.traffic[0]).toMatchObject({ packetsLost: 0, refusedPerSecond: 0 })
    const { question, verdict } = askExplain(found.value, { from: 'b/leaf-0/host-0', to: 'shop/public' })
    expect([question.to.address, verdict]).toEqual(['203.0.113.1', 'delivered'])
  })

  it('is refused where it has none', () => {
    const found = compiled('shop/own')
    const messages = found.ok ? [] : found.issues.map(({ message }) => message)
    expect(messages.join()).toContain(
      'service "shop/own" has no address outside of cluster a; call it by a public one',
    )
  })
})
