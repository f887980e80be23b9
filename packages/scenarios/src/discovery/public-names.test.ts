import { Zone } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import {
  publicIngresses,
  publicNames,
  type PublicNamesOptions,
  publicServices,
  type PublicSource,
} from './public-names.ts'

const KEY = 'external-dns.alpha.kubernetes.io'
const source = (
  object: string,
  annotations: Record<string, string>,
  rest: Partial<PublicSource> = {},
): PublicSource => ({
  object,
  annotations: Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`${KEY}/${key}`, value]),
  ),
  hosts: [],
  targets: ['203.0.113.1'],
  ...rest,
})

/** `name ttl type values` of everything published. */
function published(sources: readonly PublicSource[], options: PublicNamesOptions = {}) {
  const { zones, unpublished } = publicNames(sources, options)
  const lines = zones.flatMap((zone) =>
    new Zone(zone)
      .records()
      .map(({ name, type, ttlPs, values }) => `${name} ${ttlPs / 1e12} ${type} ${values}`),
  )
  return {
    lines,
    unpublished: unpublished.map(({ object, hostname, message }) => `${object} ${hostname}: ${message}`),
  }
}

const service = (name: string, spec: string, status = '') => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, annotations: { ${KEY}/hostname: ${name}.example.com } }
spec: { ports: [{ port: 80 }], ${spec} }
${status}
---`

describe('public names', () => {
  it('come from the annotation, several with commas between, and from hosts of rules', () => {
    const { lines, unpublished } = published([
      source(
        'Ingress a/b',
        { hostname: 'Shop.example.com., www.example.com' },
        { hosts: ['api.example.com'] },
      ),
    ])
    expect(lines).toEqual([
      'api.example.com 300 A 203.0.113.1',
      'shop.example.com 300 A 203.0.113.1',
      'www.example.com 300 A 203.0.113.1',
    ])
    expect(unpublished).toEqual([])
  })

  it.each([
    ['60', 60],
    ['1h30m', 5400],
    ['1.5s', 1],
    ['0', 300],
    ['500ms', 300],
    ['2147483648', 300],
    ['soon', 300],
    ['-5', 300],
    ['', 300],
  ])('live as long as the annotation says: %j', (ttl, seconds) => {
    const { lines } = published([source('Service a/b', { hostname: 'x.example', ttl })])
    expect(lines).toEqual([`x.example ${seconds} A 203.0.113.1`])
  })

  it('stand for both families, for other names, or for what the annotation target says', () => {
    const of = (targets: string[], annotations = {}) =>
      published([source('Service a/b', { hostname: 'x.example', ...annotations }, { targets })]).lines
    expect(of(['203.0.113.1', '2001:db8::1'])).toEqual([
      'x.example 300 A 203.0.113.1',
      'x.example 300 AAAA 2001:db8::1',
    ])
    expect(of(['lb.cloud.example'])).toEqual(['x.example 300 CNAME lb.cloud.example'])
    expect(of([], { target: '203.0.113.9' })).toEqual(['x.example 300 A 203.0.113.9'])
  })

  it('that several ask for are settled as external-dns does, and what goes is told', () => {
    const ask = (object: string, targets: string[], ttl = '300') =>
      source(object, { hostname: 'x.example', ttl }, { targets })
    const all = [
      ask('Service a/one', ['203.0.113.1'], '60'),
      ask('Service a/two', ['203.0.113.2']),
      ask('Service a/three', ['lb.example']),
    ]
    expect(published(all)).toEqual({
      lines: ['x.example 60 A 203.0.113.1,203.0.113.2'],
      unpublished: [
        'Service a/three x.example: it has addresses, so that it cannot stand for lb.example too',
      ],
    })
    expect(published([ask('Service a/y', ['y.example']), ask('Service a/z', ['z.example'])])).toEqual({
      lines: ['x.example 300 CNAME y.example'],
      unpublished: [
        'Service a/z x.example: it stands for y.example already, so that it cannot stand for z.example too',
      ],
    })
  })

  it('that cannot be published are told, with the reason', () => {
    const only = (annotations: Record<string, string>, targets?: string[]) =>
      published([source('Service a/b', annotations, targets && { targets })], {
        origins: ['example.com', 'dev.example.com'],
      })
    expect(only({ hostname: 'a.dev.example.com' }).lines).toHaveLength(1)
    const message = (hostname: string, targets?: string[]) => only({ hostname }, targets).unpublished[0]
    expect(message('a.*.example.com')).toContain('only as the first label')
    expect(message('a.example.org')).toContain('in none of the zones')
    expect(message('a.example.com', [])).toContain('no public address')
    expect(message('a..example.com')).toContain('empty label')
    expect(message('example.com', ['lb.cloud.example'])).toContain('the top of a zone')
    expect(message('a.example.com', ['300.1.1.1'])).toBeDefined()
    expect(message('a.example.com', ['a..b'])).toContain('empty label')
    expect(only({ hostname: 'a.example.com', controller: 'somebody-else' })).toEqual({
      lines: [],
      unpublished: [],
    })
  })

  it('of services: addresses of load balancers, or external ones in their place', () => {
    const cluster = clusterOf(
      service(
        'a',
        'type: LoadBalancer',
        'status: { loadBalancer: { ingress: [{ ip: 203.0.113.5 }, { hostname: lb.example }] } }',
      ) +
        service('b', 'type: LoadBalancer, externalIPs: [203.0.113.7]') +
        service('c', 'type: ClusterIP') +
        service('d', 'type: LoadBalancer') +
        service('e', 'type: ExternalName, externalName: x.example'),
    )
    expect(publicServices(cluster).map(({ object, targets }) => [object, ...targets])).toEqual([
      ['Service default/a', '203.0.113.5', 'lb.example'],
      ['Service default/b', '203.0.113.7'],
      ['Service default/c'],
      ['Service default/d'],
      ['Service default/e', 'x.example'],
    ])
    expect(publicServices(cluster, { loadBalancerIpsOf: () => ['203.0.113.8'] })[3]!.targets).toEqual([
      '203.0.113.8',
    ])
    expect(published(publicServices(cluster)).lines).toEqual([
      'a.example.com 300 A 203.0.113.5',
      'b.example.com 300 A 203.0.113.7',
      'e.example.com 300 CNAME x.example',
    ])
  })

  it('of headless services: addresses of ready pods, and of each that has a host name', () => {
    const pod = (name: string, address: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: a } }
spec: { ${more} containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: ${address}, podIPs: [{ ip: ${address} }], conditions: [{ type: Ready, status: "${name === 'c' ? 'False' : 'True'}" }] }
---`
    const cluster = clusterOf(
      service('a', 'clusterIP: None, selector: { app: a }') +
        pod('a', '10.0.0.1', 'hostname: first, subdomain: a,') +
        pod('b', '10.0.0.2') +
        pod('c', '10.0.0.3'),
    )
    expect(published(publicServices(cluster))).toEqual({
      lines: ['a.example.com 300 A 10.0.0.1,10.0.0.2', 'first.a.example.com 300 A 10.0.0.1'],
      unpublished: [],
    })
  })

  it('of ingress controllers and gateways: hosts of rules and certificates', () => {
    const cluster = clusterOf(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: front }
spec:
  tls: [{ hosts: [pay.example.com], secretName: pay }]
  rules:
    - { host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }
    - { host: "*.example.com", http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }
    - { http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }
---
${service('web', 'type: ClusterIP')}`)
    const sources = publicIngresses(cluster, () => ['203.0.113.1'])
    expect(published(sources)).toEqual({
      lines: ['*.example.com', 'pay.example.com', 'shop.example.com'].map(
        (name) => `${name} 300 A 203.0.113.1`,
      ),
      unpublished: [],
    })
  })

  it('of Ingresses and HTTPRoutes, each by its own annotations', () => {
    const backend = 'service: { name: web, port: { number: 80 } }'
    const annotated = (annotations: string) =>
      `annotations: { ${annotations.replaceAll('dns/', 'external-dns.alpha.kubernetes.io/')} }`
    const cluster = clusterOf(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: a, ${annotated('dns/ttl: 1m, dns/hostname: "extra.example.com"')} }
spec: { rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { ${backend} } }] } }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: b, ${annotated('dns/target: cdn.example.net')} }
spec: { rules: [{ host: b.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { ${backend} } }] } }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: c, ${annotated('dns/controller: somebody-else')} }
spec: { rules: [{ host: c.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { ${backend} } }] } }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, ${annotated('dns/target: 203.0.113.9')} }
spec:
  gatewayClassName: any
  listeners: [{ name: a, port: 80, protocol: HTTP, hostname: "*.gw.example.com" }, { name: b, port: 8080, protocol: HTTP, hostname: gw.example.com }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: named, ${annotated('dns/ttl: "5", dns/target: 203.0.113.8')} }
spec: { parentRefs: [{ name: gw, sectionName: a }], hostnames: [x.gw.example.com], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: any }
spec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
---
${service('web', 'type: ClusterIP')}`)
    const { lines, unpublished } = published(publicIngresses(cluster, () => ['203.0.113.1']))
    expect(unpublished).toEqual([])
    expect(lines).toEqual([
      '*.gw.example.com 300 A 203.0.113.9',
      'a.example.com 60 A 203.0.113.1',
      'b.example.com 300 CNAME cdn.example.net',
      'extra.example.com 60 A 203.0.113.1',
      'gw.example.com 300 A 203.0.113.9',
      'x.gw.example.com 5 A 203.0.113.9',
    ])
  })
})
