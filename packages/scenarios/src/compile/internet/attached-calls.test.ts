import { describe, expect, it } from 'vitest'
import { askExplain } from '../../explain/ask.ts'
import { deployment } from '../../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../../kubernetes/manifests.fixture.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'

const [OWN, FAR, POOL] = ['203.0.113.64', '203.0.113.66', '198.51.100.7']

const service = (name: string, app: string, address: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec:
  type: LoadBalancer
  loadBalancerIP: ${address}
  externalTrafficPolicy: Local
  selector: { app: ${app} }
  ports: [{ port: 80, targetPort: 8080 }]
---`

const manifests: Readonly<Record<string, string>> = {
  one: deployment('a') + service('own', 'a', OWN),
  two: deployment('b') + service('far', 'b', FAR),
}

/** Two clusters of a region: the edge alone knows the services of the other one. */
function compiled(translation: 'gateways' | 'hosts', clock: string, nat: object = { nat: { pool: POOL } }) {
  const call = { from: 'one/shop/a', port: 80, burst: '10kB', transport: { newreno: { synRetries: 0 } } }
  const result = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 1, hostLink: '10Gbps', fabricLink: '10Gbps' },
          },
          internet: { rate: '10Gbps', delay: '1ms', translation },
          ...nat,
        },
      },
      kubernetes: [
        { name: 'one', region: 'r', hosts: 'r/leaf-0/*', manifests: 'one' },
        { name: 'two', region: 'r', hosts: 'r/leaf-1/*', manifests: 'two' },
      ],
      directAttach: [{ workload: 'one/shop/a', address: '203.0.113.7' }],
      traffic: [
        { name: 'own', to: OWN, ...call },
        { name: 'far', to: FAR, ...call },
      ],
      run: { for: '100ms', drain: '3s', clock },
    },
    { cluster: ([file], _, hosts) => clusterOf(manifests[file!]!, hosts) },
  )
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return result.value
}

describe.each(['gateways', 'hosts'] as const)(
  'a pod with an attached address that calls public services of its region, translated at %s',
  (translation) => {
    it('reaches them and hears from them under every clock, its own endpoint among them', async () => {
      for (const clock of ['packet', 'flow']) {
        const { flows } = await runScenario(compiled(translation, clock), { inputs: '' })
        expect([clock, flows.map(({ completed }) => completed)]).toEqual([clock, [1, 1]])
      }
      const { steady } = await runScenario(compiled(translation, 'steady'), { inputs: '' })
      expect(steady!.traffic.map(({ packetsLost }) => packetsLost)).toEqual([0, 0])
    })

    it('is answered in `explain` by who translated its call', () => {
      for (const to of [OWN, FAR]) {
        const { verdict, reply } = askExplain(compiled(translation, 'packet'), { from: 'one/shop/a', to })
        expect([verdict, reply?.verdict]).toEqual(['delivered', 'delivered'])
        expect(reply!.hops.at(-1)!.node).toMatch(/^one\/shop\/a-/)
      }
    })

    it('is told that nothing stands for it where there is no pool', async () => {
      const asked = (clock: string) => compiled(translation, clock, {})
      for (const clock of ['packet', 'flow']) {
        const { flows } = await runScenario(asked(clock), { inputs: '' })
        expect(flows.map(({ traffic, completed }) => [traffic, completed])).toEqual([
          ['far', 0],
          ['own', 1],
        ])
      }
      const far = askExplain(asked('packet'), { from: 'one/shop/a', to: FAR })
      expect(far).toMatchObject({ verdict: 'dropped', reason: 'source-not-public' })
    })
  },
)
