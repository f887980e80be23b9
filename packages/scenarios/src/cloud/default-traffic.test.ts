import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compileScenario } from '../compile/compile.ts'
import { readManifests } from '../kubernetes/index.ts'
import { defaultScenario } from './default-scenario.ts'
import { defaultTraffic } from './default-traffic.ts'

const pod = (name: string, ports: string, spec = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { containers: [{ name: c, image: i, ports: [${ports}] }]${spec} }
---`
const service = (name: string, ports: string, rest = '') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [${ports}]${rest} }
---`
const policy = (name: string, from: string, port: number) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec:
  podSelector: { matchLabels: { app: ${name} } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: ${from} } } }], ports: [{ port: ${port} }] }]
---`

function trafficOf(manifests: string) {
  const cluster = readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(manifests) }])
  const found = compileScenario(parse(defaultScenario(cluster, 'm').yaml), { cluster: () => cluster })
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return defaultTraffic(found.value, 50)
}

describe('traffic of manifests alone', () => {
  it('goes to services, and to workloads that no service leads to, where policies let it', () => {
    const { entries, note } = trafficOf(
      pod('web', '{ containerPort: 8080 }') +
        pod('cart', '{ containerPort: 6379 }, { containerPort: 9100 }') +
        pod('batch', '') +
        pod('agent', '{ containerPort: 80 }', ', hostNetwork: true') +
        service('web', '{ port: 80, targetPort: 8080 }') +
        policy('cart', 'web', 9100),
    )
    expect(entries).toMatchObject([
      {
        name: 'shop.web_80',
        from: ['shop/batch', 'shop/cart'],
        to: 'shop/web',
        port: 80,
        rate: '100 requests/s',
      },
      // the first port that policies allow, and only to whom they do
      { name: 'shop.cart_9100', from: ['shop/web'], to: 'shop/cart', port: 9100, rate: '50 requests/s' },
    ])
    expect(note).toContain('50 requests/s of 500B, answered with 10kB, of each of 3 pairs')
  })

  it('takes the port of a service that leads to allowed ports of all its endpoints', () => {
    const { entries } = trafficOf(
      pod('web', '{ containerPort: 8080 }, { containerPort: 8081 }') +
        pod('front', '') +
        service('web', '{ name: a, port: 80, targetPort: 8080 }, { name: b, port: 81, targetPort: 8081 }') +
        policy('web', 'front', 8081),
    )
    expect(entries).toMatchObject([{ from: ['shop/front'], to: 'shop/web', port: 81 }])
  })

  it('is none where nobody may connect, or only by other protocols, which is said', () => {
    const udp = '{ containerPort: 53, protocol: UDP }'
    for (const manifests of [
      pod('dns', udp) + pod('front', ''),
      pod('web', '{ containerPort: 80 }') + pod('front', '') + policy('web', 'nobody', 80),
    ])
      expect(trafficOf(manifests)).toEqual({
        entries: [],
        note: expect.stringContaining('no traffic could be made up'),
      })
  })
})
