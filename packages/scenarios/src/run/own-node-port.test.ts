import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { askExplain } from '../explain/ask.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { readManifests } from '../kubernetes/index.ts'
import { ScenarioRun } from './scenario-run.ts'
import { finished } from './small-scenarios.fixture.ts'

const AGENT = `
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: shop }
spec: { hostNetwork: true, containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec:
  type: NodePort
  externalTrafficPolicy: Local
  selector: { app: cart }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
`
const OWN = 'r/leaf-0/host-0'

/** A pod on its host's network, and another on that host, beside the service's only endpoint elsewhere. */
function compiled(traffic: readonly object[], clock = 'packet') {
  const bytes = new TextEncoder().encode(deployment('web') + deployment('cart') + AGENT)
  const hosts = { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' }
  return compileScenario(
    {
      weft: 1,
      regions: { r: { fabric: { leafSpine: hosts } } },
      kubernetes: [
        {
          region: 'r',
          manifests: 'm.yaml',
          pin: { 'shop/agent': OWN, 'shop/web': OWN, 'shop/cart': 'r/leaf-0/host-1' },
        },
      ],
      traffic,
      run: { clock, for: '500ms', drain: '2s' },
    },
    { cluster: () => readManifests([{ file: 'm.yaml', bytes }]) },
  )
}

const call = (from: string) => ({ name: from.slice(5), from, to: OWN, port: 30_080, rate: '100 requests/s' })

describe('a node port of the own node', () => {
  it.each(['packet', 'flow'] as const)(
    'is called from its network and by its pods: the %s clock',
    (clock) => {
      const scenario = compiled([call('shop/agent'), call('shop/web')], clock)
      if (!scenario.ok) throw new Error(JSON.stringify(scenario.issues))
      const { flows } = finished(new ScenarioRun(scenario.value)).engine
      for (const traffic of [0, 1]) {
        const own = Array.from({ length: flows.size }, (_, flow) => flow).filter(
          (flow) => flows.traffic[flow] === traffic,
        )
        expect(own.length).toBeGreaterThan(20)
        expect(own.every((flow) => flows.completedPs[flow]! > 0)).toBe(true)
      }
    },
  )

  it('is called by listed flows', () => {
    const flows = [{ from: 'shop/agent', to: OWN, size: '10kB', at: '0s' }]
    expect(compiled([{ name: 'listed', port: 30_080, flows }]).ok).toBe(true)
    expect(compiled([{ name: 'listed', port: 8080, flows }])).toMatchObject({
      issues: [{ message: `"${OWN}" would send to itself; name another receiver` }],
    })
  })

  it('is no other port of it', () => {
    expect(compiled([{ ...call('shop/agent'), port: 30_081 }])).toMatchObject({
      issues: [{ message: `"${OWN}" would send to itself; take it out of "from"` }],
    })
  })

  it('is explained, there and back', () => {
    const scenario = compiled([])
    if (!scenario.ok) throw new Error(JSON.stringify(scenario.issues))
    const ask = (port: number) => askExplain(scenario.value, { from: 'shop/agent', to: OWN, port })
    const { verdict, service, hops, reply } = ask(30_080)
    expect([verdict, service?.name, service?.endpoints.length]).toEqual(['delivered', 'shop/cart', 1])
    expect(hops.map(({ node }) => node).slice(0, 2)).toEqual([OWN, `${OWN}/vswitch`])
    expect(reply).toMatchObject({ verdict: 'delivered', established: [expect.anything(), `${OWN}/vswitch`] })
    expect(reply!.hops.at(-1)).toMatchObject({ node: OWN })
    expect(() => ask(80)).toThrow('is the sender itself')
  })
})
