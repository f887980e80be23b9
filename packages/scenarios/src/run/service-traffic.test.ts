import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { evaluate } from '../expect/evaluate.ts'
import { deployment, pod } from '../kubernetes/deployment.fixture.ts'
import { readManifests } from '../kubernetes/index.ts'
import { ScenarioRun } from './scenario-run.ts'
import { finished } from './small-scenarios.fixture.ts'

const MANIFESTS = `
${pod('web')}
${pod('stranger')}
${deployment('cart', 3)}
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: cart, namespace: shop }
spec:
  podSelector: { matchLabels: { app: cart } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }]
`

const cluster = () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }])

function ran(clock: 'packet' | 'flow' | 'steady', traffic: object[], expectations: object[] = []) {
  const compiled = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
          },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm.yaml', balancer: 'round-robin' }],
      traffic,
      expect: expectations,
      run: { clock, for: '2s', drain: '10s' },
    },
    { cluster },
  )
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return finished(new ScenarioRun(compiled.value))
}

const judged = (run: ScenarioRun) =>
  run.scenario.expectations.map((each) => {
    const { pass, measured, object } = evaluate(each, run)
    return { pass, measured, object }
  })

const SHOPPERS = { name: 'shoppers', from: 'shop/web', to: 'shop/cart', rate: '100 requests/s' }

describe('traffic to a service of a cluster', () => {
  for (const clock of ['packet', 'flow'] as const) {
    it(`is judged by its name, with the endpoint that took it: the ${clock} clock`, () => {
      const expectations = [
        { metric: 'flow.slowdown', of: 'shoppers', percentile: 99, below: 1 },
        { metric: 'flow.failed', of: 'shoppers', equals: 0 },
        { metric: 'flow.unfinished', of: 'shoppers', equals: 0 },
        { metric: 'flow.fct', of: 'shoppers', statistic: 'mean', below: '1ms' },
      ]
      const run = ran(clock, [{ ...SHOPPERS, response: '20kB' }], expectations)
      const [slowdown, ...others] = judged(run)
      expect(slowdown!.object).toMatch(/^shop\/web → shop\/cart \(shop\/cart-.*\), 20.5kB$/)
      expect(others.map(({ pass }) => pass)).toEqual([true, true, true])
      const { flows } = run.engine
      const takers = [...flows.endpoint.slice(0, flows.size)].map((address) =>
        run.engine.network.nameOf(address),
      )
      // round robin: one after the other
      expect(new Set(takers).size).toBe(3)
      expect(takers.slice(3)).toEqual(takers.slice(0, -3))
    })

    it(`that is not let in has failed, for a reason: the ${clock} clock`, () => {
      const transport = { newreno: { initialRto: '100ms', synRetries: 2 } }
      const denied = { ...SHOPPERS, from: ['shop/web', 'shop/stranger'], transport }
      const expectations = [{ metric: 'flow.failed', of: 'shoppers', atMost: '10%' }]
      const [failed] = judged(ran(clock, [denied], expectations))
      expect(failed!.object).toBe('shop/stranger → shop/cart, 10.5kB: syn-timeout')
      const share = Number.parseFloat(failed!.measured)
      expect(share).toBeGreaterThan(35)
      expect(share).toBeLessThan(65)
    })
  }

  it('puts as much on links under every clock', () => {
    // on a server of its own a connection's round trips are so short that probes send segments again
    const transport = { newreno: { tailLossProbe: false } }
    const [packet, flow, steady] = (['packet', 'flow', 'steady'] as const).map((clock) => {
      const run = ran(clock, [{ ...SHOPPERS, rate: '1000 requests/s', transport }])
      const bits = (name: string) => {
        const direction = run.links.directions.findIndex((each) => each.name === name)
        const sum = run.links.utilization(direction).reduce((total, each) => total + each, 0)
        // 1000 a second for 2 s are expected; how many come is drawn
        return sum / (run.engine.flows.size || 2000)
      }
      return ['shop/web → r/leaf-0/host-0/vswitch', 'r/leaf-0/host-0/vswitch → shop/web'].map(bits)
    })
    packet!.forEach((bits, way) => {
      expect(bits).toBeGreaterThan(0)
      expect(steady![way]! / bits).toBeCloseTo(1, 2)
      // under the flow clock closing a connection takes no packets
      expect(flow![way]! / bits).toBeLessThan(1.02)
      expect(flow![way]! / bits).toBeGreaterThan(way === 0 ? 0.85 : 0.98)
    })
  })
})
