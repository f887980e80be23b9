import { expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { readManifests } from '../kubernetes/index.ts'
import { runScenario } from './run-scenario.ts'
import { ScenarioRun } from './scenario-run.ts'
import { finished } from './small-scenarios.fixture.ts'

const SERVICE = `
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec:
  type: NodePort
  internalTrafficPolicy: Local
  selector: { app: cart }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
`

/** Calls of a pod to a service that the region's gateways balance: by its address, and by a node port of another server. */
function central(clock: 'packet' | 'flow' | 'steady', rest = '') {
  const bytes = new TextEncoder().encode(deployment('web') + deployment('cart') + SERVICE + rest)
  const compiled = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 3, hostLink: '10Gbps', fabricLink: '10Gbps' },
          },
          internet: { rate: '10Gbps' },
          nat: { pool: '198.51.100.7' },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm.yaml', services: 'gateways' }],
      traffic: [
        { name: 'by-service', from: 'shop/web', to: 'shop/cart', rate: '100 requests/s' },
        { name: 'by-node-port', from: 'shop/web', to: '10.0.0.3', port: 30080, rate: '100 requests/s' },
      ],
      run: { clock, for: '500ms', drain: '2s' },
    },
    { cluster: () => readManifests([{ file: 'm.yaml', bytes }]) },
  )
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return { scenario: compiled.value, run: finished(new ScenarioRun(compiled.value)) }
}

it.each(['packet', 'flow'] as const)('node ports stay at the servers: the %s clock', (clock) => {
  const { run } = central(clock)
  const { flows } = run.engine
  const completed = [0, 1].map((traffic) => {
    const own = [...flows.traffic.slice(0, flows.size)].flatMap((of, flow) => (of === traffic ? [flow] : []))
    expect(own.length).toBeGreaterThan(20)
    return own.every((flow) => flows.completedPs[flow]! > 0)
  })
  expect(completed).toEqual([true, true])
})

it.each(['packet', 'flow', 'steady'] as const)(
  'clients of node ports are remembered at the servers: the %s clock',
  async (clock) => {
    const { scenario } = central(clock, '  sessionAffinity: ClientIP\n')
    const { pools } = await runScenario(scenario, { inputs: 'x' })
    const tables = pools.filter(({ kind }) => kind === 'session-affinity')
    // gateways in the middle remember the client, the third server the same one
    expect(tables.map(({ owner, asked }) => [owner, Math.round(asked!)])).toEqual([
      ['r gateways', 1],
      ['r/leaf-0/host-0', 0],
      ['r/leaf-0/host-1', 0],
      ['r/leaf-0/host-2', 1],
    ])
  },
)

it('says that gateways know no node that is the client’s own', () => {
  const { warnings } = central('flow').scenario
  expect(warnings.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
    'kubernetes.0.services: service shop/cart has internalTrafficPolicy Local, which gateways cannot follow: they lead its clients to endpoints of all nodes',
  ])
})
