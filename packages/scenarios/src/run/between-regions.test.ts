import { expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { readManifests } from '../kubernetes/index.ts'
import { buildResult } from '../result/build-result.ts'
import { ScenarioRun } from './scenario-run.ts'
import { finished } from './small-scenarios.fixture.ts'

const SERVICE = `
---
apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
  annotations: { external-dns.alpha.kubernetes.io/hostname: cart.example.com }
spec: { type: LoadBalancer, selector: { app: cart }, ports: [{ port: 80, targetPort: 8080 }] }
`
const MANIFESTS: Readonly<Record<string, string>> = { a: deployment('web'), b: deployment('cart') + SERVICE }

const region = (octet: number) => ({
  fabric: {
    leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
  },
  addresses: {
    hosts: `10.${octet}.0.0/16`,
    workloads: `10.${64 + octet}.0.0/16`,
    services: `10.${96 + octet}.0.0/16`,
    loadBalancers: `203.0.113.${16 * octet}/28`,
  },
  internet: { rate: '10Gbps', delay: '5ms' },
  nat: { pool: `198.51.100.${7 + octet}` },
})

const CONTEXT = { inputs: '', partial: false, wallSeconds: 1, warnings: [] }

it.each(['packet', 'flow'] as const)('calls of another region have a slowdown: the %s clock', (clock) => {
  const compiled = compileScenario(
    {
      weft: 1,
      regions: { a: region(0), b: region(1) },
      kubernetes: [
        { region: 'a', manifests: 'a' },
        { region: 'b', manifests: 'b' },
      ],
      dns: {},
      traffic: [{ name: 'calls', from: 'a/shop/web', to: 'http://cart.example.com', rate: '50 requests/s' }],
      run: { clock, for: '500ms', drain: '2s' },
    },
    {
      cluster: (manifests) =>
        readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS[manifests[0]!]!) }]),
    },
  )
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  const { flows } = buildResult(finished(new ScenarioRun(compiled.value)), CONTEXT)
  const [{ completed, all }] = flows as [(typeof flows)[number]]
  expect(completed).toBeGreaterThan(10)
  // the handshake is a round trip more than an answer takes on idle links
  expect(all.slowdown.p50.value).toBeGreaterThan(1.5)
  expect(all.slowdown.p50.value).toBeLessThan(3)
})
