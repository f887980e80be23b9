import { describe, expect, it } from 'vitest'
import { deployment, pod } from '../../kubernetes/deployment.fixture.ts'
import { readManifests } from '../../kubernetes/index.ts'
import { compileScenario } from '../compile.ts'

const MANIFESTS = `
${pod('web')}
${deployment('cart', 2)}
apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
  annotations: { external-dns.alpha.kubernetes.io/hostname: cart.example.com }
spec:
  type: LoadBalancer
  selector: { app: cart }
  ports: [{ port: 80, targetPort: 8080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.9 }] } }
---
apiVersion: v1
kind: Service
metadata: { name: two, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: a, port: 81, targetPort: 8080 }, { name: b, port: 82, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: peers, namespace: shop }
spec: { clusterIP: None, selector: { app: cart }, ports: [{ port: 8080 }] }
`

const SCENARIO = {
  weft: 1,
  regions: {
    r: {
      fabric: {
        leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
      },
    },
  },
  kubernetes: [{ region: 'r', manifests: 'm.yaml' }],
}

const cluster = () => readManifests([{ file: 'm.yaml', bytes: new TextEncoder().encode(MANIFESTS) }])

function compiled(entry: object) {
  const flows = { sizes: '10kB', flowRate: '10/s' }
  return compileScenario(
    { ...SCENARIO, traffic: [{ name: 't', from: 'shop/web', ...flows, ...entry }] },
    { cluster },
  )
}

/** Who is called, at which port; or why not. */
function called(entry: object) {
  const found = compiled(entry)
  if (!found.ok) return found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const { pairs, port } = found.value.blueprint.traffic[0]!
  const to =
    pairs.kind === 'to-address' ? pairs.address : pairs.kind === 'from-to' ? pairs.to.join(' ') : pairs.kind
  return `${to} ${port ?? ''}`
}

const pods = cluster().pods.filter(({ workload }) => workload === 'shop/cart')

describe('receivers of traffic', () => {
  it('are services by name, before the workload of the same name', () => {
    expect(called({ to: 'shop/cart' })).toBe('10.96.0.1 80')
    expect(called({ to: ['shop/cart'] })).toBe('10.96.0.1 80')
    expect(called({ to: 'shop/two', port: 82 })).toBe('10.96.0.2 82')
  })

  it('are whoever has an address: a service, a pod, a host', () => {
    expect(called({ to: '10.96.0.1' })).toBe('10.96.0.1 80')
    expect(called({ to: '203.0.113.9' })).toBe('203.0.113.9 80')
    const [pod] = pods
    expect(called({ to: '10.64.0.1', port: 8080 })).toBe(`${pod!.id} 8080`)
    expect(called({ from: 'r/leaf-0', to: '10.0.0.4' })).toBe('r/leaf-1/host-1 ')
  })

  it('are what names stand for, by themselves and in URLs', () => {
    for (const to of [
      'cart.shop.svc.cluster.local',
      'cart.shop.svc',
      'cart.shop',
      'http://cart.shop/basket?id=1',
    ])
      expect(called({ to })).toBe('10.96.0.1 80')
    expect(called({ to: 'http://cart.example.com/' })).toBe('203.0.113.9 80')
    expect(called({ to: 'http://[10.96.0.1]:80/' })).toBe('10.96.0.1 80')
    expect(called({ to: 'http://two.shop:81' })).toBe('10.96.0.2 81')
    expect(called({ to: 'peers.shop', port: 8080 })).toBe(`${pods.map(({ id }) => id).join(' ')} 8080`)
  })

  it('are pods where a workload is meant, and so are senders', () => {
    const names = pods.map(({ id }) => id).join(' ')
    expect(called({ to: pods.map(({ id }) => id) })).toBe(`${names} `)
    const found = compiled({ from: 'shop/cart', to: 'shop/web' })
    expect(found.ok && found.value.blueprint.traffic[0]!.pairs).toEqual({
      kind: 'from-to',
      from: pods.map(({ id }) => id),
      to: ['shop/web'],
    })
  })

  it('that are nobody, or not clear, are refused', () => {
    expect(called({ to: 'shop/carte' })).toEqual([
      'traffic.0.to: unknown host, workload or service "shop/carte"; did you mean "shop/cart"?',
    ])
    expect(called({ to: 'carts.shop.svc.cluster.local' })).toEqual([
      'traffic.0.to: unknown name "carts.shop.svc.cluster.local"; did you mean "cart.shop.svc.cluster.local"?',
    ])
    expect(called({ to: '192.0.2.1' })).toEqual([
      'traffic.0.to: nobody has address 192.0.2.1: no host, workload or service',
    ])
    expect(called({ to: 'https://cart.shop/' })).toEqual([
      'traffic.0.to: service "shop/cart" has no port 443; its tcp ports are 80',
    ])
    expect(called({ to: 'https://cart.shop/', port: 80 })).toEqual([
      'traffic.0.to: "https://cart.shop/" means port 443, "port" says 80; leave one of them out',
    ])
    expect(called({ to: 'shop/two' })).toEqual([
      'traffic.0.to: service "shop/two" has several ports, so that "port" must name one; its tcp ports are 81, 82',
    ])
    expect(called({ to: ['shop/two', 'shop/web'] })).toEqual([
      'traffic.0.to.0: "shop/two" stands in a list; traffic goes to hosts, or to one service, address or URL: make it an entry of its own',
    ])
    expect(called({ to: 'shop/cart', family: 'ipv6' })).toEqual([
      'traffic.0.family: the service has no ipv6 address',
      'traffic.0.family: "shop/web" has no ipv6 address; add a prefix to addresses.workloads of r',
    ])
  })
})
