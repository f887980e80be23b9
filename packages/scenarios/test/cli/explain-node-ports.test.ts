import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runIn } from './command-line.fixture.ts'

const pod = (name: string, node: string, address: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { nodeName: ${node}, containers: [{ name: c, image: i, ports: [{ containerPort: 8080 }] }] }
status: { podIP: ${address} }
---`
const service = (name: string, rest: string, selector = 'cart') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ${rest}, selector: { app: ${selector} } }
---`
const node = (name: string) => `
apiVersion: v1
kind: Node
metadata: { name: ${name} }
---`
const port = (nodePort: number) =>
  `type: NodePort, ports: [{ port: 80, targetPort: 8080, nodePort: ${nodePort} }]`

const MANIFESTS = `${['near', 'far', 'other'].map(node).join('')}
${pod('web', 'near', '10.128.1.2')}${pod('cart', 'far', '10.128.2.2')}${pod('db', 'far', '10.128.2.3')}
${service('cart', port(30_080))}${service('kept', `${port(30_081)}, externalTrafficPolicy: Local`)}
${service('empty', port(30_082), 'nobody')}${service('db', port(30_083), 'db')}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec: { podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }] }
---
${service('front', "type: LoadBalancer, clusterIP: 10.96.0.9, externalIPs: ['192.0.2.9'], ports: [{ port: 80, targetPort: 8080 }]")}
`
const SCENARIO = `weft: 1
regions:
  r:
    fabric:
      leafSpine: { leaves: 3, spines: 2, hostsPerLeaf: 1, hostLink: 10Gbps, fabricLink: 10Gbps }
    addresses: { hosts: 10.0.0.0/24 }
kubernetes: [{ region: r, manifests: apps.yaml }]
`

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-node-ports-'))
  writeFileSync(join(directory, 'apps.yaml'), MANIFESTS)
  writeFileSync(join(directory, 'scenario.yaml'), SCENARIO)
})
afterAll(() => rmSync(directory, { recursive: true }))

const ask = (...args: string[]) => runIn(directory, ['explain', '@scenario.yaml', ...args])

/** What came of it: the document, and where packets and replies were, each node once. */
async function asked(to: string, port: number) {
  const { out, err } = await ask('--from', 'shop/web', '--to', to, '--port', String(port), '--json')
  if (out === '') throw new Error(err)
  const document = JSON.parse(out)
  const servers = (hops: readonly { node: string }[]) =>
    hops.flatMap((hop) => (hop.node.endsWith('/vswitch') ? [hop.node.slice(0, -'/vswitch'.length)] : []))
  return { document, there: servers(document.hops), back: servers(document.reply?.hops ?? []) }
}

/** Where the pods are, and a server with none. */
const [CART, WEB, OTHER] = ['r/leaf-0/host-0', 'r/leaf-1/host-0', 'r/leaf-2/host-0'] as const

describe('weft explain', () => {
  it('names the service at a node port, and follows the reply by way of the server that stands in', async () => {
    const { document, there, back } = await asked(OTHER, 30_080)
    expect(document).toMatchObject({
      verdict: 'delivered',
      service: { name: 'shop/cart', port: 30_080, endpoints: [{ name: 'shop/cart:8080', share: 1 }] },
      reply: { verdict: 'delivered', question: { to: { host: 'shop/web', address: '10.0.0.3' } } },
    })
    expect([there, back]).toEqual([
      [WEB, OTHER, CART],
      [CART, OTHER, WEB],
    ])
    const { out } = await ask('--from', 'shop/web', '--to', OTHER, '--port', '30080')
    expect(out).toContain('(shop/cart is 10.128.2.2:8080 here, from 10.0.0.3:any)')
    expect(out).toContain('(10.128.2.2:8080 → 10.0.0.3:any is from here on 10.0.0.3:30080 → 10.128.1.2:any)')
  })

  it('judges endpoints of the called server by who calls, and others by that server', async () => {
    for (const [to, verdict] of [
      [CART, 'accept'],
      [OTHER, 'policy-denied-ingress'],
    ] as const) {
      const { document } = await asked(to, 30_083)
      expect(document.service.endpoints).toMatchObject([{ name: 'shop/db:8080', rule: { verdict } }])
      expect(document.verdict).toBe(verdict === 'accept' ? 'delivered' : 'dropped')
    }
  })

  it('follows replies straight where clients keep their address', async () => {
    const { document, back } = await asked(CART, 30_081)
    expect(document).toMatchObject({ verdict: 'delivered', service: { name: 'shop/kept' } })
    expect(back).toEqual([CART, WEB])
  })

  it('names services that lead nowhere', async () => {
    const kept = await asked(OTHER, 30_081)
    expect(kept.document).toMatchObject({
      reason: 'service-no-local-endpoint',
      service: { name: 'shop/kept', endpoints: [] },
    })
    const empty = await asked(OTHER, 30_082)
    expect(empty.document).toMatchObject({
      reason: 'service-no-endpoint',
      drops: [{ isRefused: true }],
      service: { name: 'shop/empty', endpoints: [] },
    })
  })

  it("shows the client's own server standing in at an external address", async () => {
    const { document, there, back } = await asked('192.0.2.9', 80)
    expect(document).toMatchObject({
      verdict: 'delivered',
      service: { name: 'shop/front' },
      reply: { verdict: 'delivered', question: { to: { address: '10.0.0.2' } } },
    })
    expect([there, back]).toEqual([
      [WEB, CART],
      [CART, WEB],
    ])
  })
})
