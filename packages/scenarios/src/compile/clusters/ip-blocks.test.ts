import { describe, expect, it } from 'vitest'
import { askExplain } from '../../explain/ask.ts'
import { readManifests } from '../../kubernetes/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'

const MANIFESTS = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: inside }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec: { containers: [{ name: c, image: i }] }
`

function compiled(ipBlocks: object, run: object = {}) {
  const found = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 1, hostLink: '10Gbps', fabricLink: '40Gbps' },
          },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm', ...ipBlocks }],
      traffic: [{ name: 'calls', from: 'default/client', to: 'default/web', burst: '10kB' }],
      run: { for: '100ms', drain: '100ms', ...run },
    },
    { cluster: () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }]) },
  )
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

describe('prefixes in policies', () => {
  it('match alike in all clusters', () => {
    const fabric = {
      leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 1, hostLink: '10Gbps', fabricLink: '40Gbps' },
    }
    const cluster = (name: string, leaf: number) => ({
      region: 'r',
      name,
      hosts: `r/leaf-${leaf}`,
      manifests: 'm',
    })
    const found = compileScenario(
      {
        ...{ weft: 1, regions: { r: { fabric } } },
        kubernetes: [cluster('a', 0), { ...cluster('b', 1), ipBlocks: 'outside' }],
      },
      { cluster: () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }]) },
    )
    expect(found).toMatchObject({
      ok: false,
      issues: [
        {
          path: ['kubernetes', 1, 'ipBlocks'],
          message: 'clusters judge by one set of policies here, and say different things; give all the same',
        },
      ],
    })
  })

  it.each([
    [{}, 'delivered'],
    [{ ipBlocks: 'everyone' }, 'delivered'],
    [{ ipBlocks: 'outside' }, 'dropped'],
  ])('match pods unless the cluster says otherwise: %j', async (ipBlocks, verdict) => {
    const asked = { from: 'default/client', to: 'default/web' }
    expect(askExplain(compiled(ipBlocks), asked).verdict).toBe(verdict)
    // a host is no pod
    expect(askExplain(compiled(ipBlocks), { ...asked, from: 'r/leaf-0/host-0' }).verdict).toBe('delivered')
    for (const clock of ['packet', 'flow']) {
      const { flows } = await runScenario(compiled(ipBlocks, { clock }), { inputs: 'x' })
      expect(flows[0]!.completed).toBe(verdict === 'delivered' ? 1 : 0)
    }
  })
})
