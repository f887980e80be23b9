import { describe, expect, it } from 'vitest'
import { readManifests } from '../../kubernetes/index.ts'
import { compileScenario } from '../compile.ts'
import { scenarioWith } from './ingress.fixture.ts'

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: app }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: app }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`

const ingressOf = (controller: string) => `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: edge }
spec: { controller: ${controller} }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: front, namespace: app }
spec:
  ingressClassName: edge
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`

const gateway = (name: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: app }
spec: { gatewayClassName: edge, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name}, namespace: app }
spec:
  parentRefs: [{ name: ${name} }]
  rules: [{ backendRefs: [{ name: web, port: 80 }] }]
`

interface Proxy {
  readonly labels?: string
  readonly serviceLabels?: string
  readonly type?: string
  readonly ports?: string
}

/** A proxy and the service in front of it. */
const proxy = (name: string, { labels = '', serviceLabels = '', type = 'LoadBalancer', ports }: Proxy) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: infra }
spec:
  selector: { matchLabels: { own: ${name} } }
  template:
    metadata: { labels: { own: ${name}, ${labels} } }
    spec: { containers: [{ name: c, image: i }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: infra, labels: { ${serviceLabels} } }
spec: { type: ${type}, selector: { own: ${name} }, ports: [${ports ?? '{ name: http, port: 80 }, { name: https, port: 443 }'}] }
`

const found = (...manifests: readonly string[]) => foundIn(WEB, ...manifests)

function foundIn(...manifests: readonly string[]) {
  const bytes = new TextEncoder().encode(manifests.join('---'))
  const scenario = scenarioWith(undefined, { to: 'app/web' })
  const compiled = compileScenario(scenario, { cluster: () => readManifests([{ file: 'm.yaml', bytes }]) })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  const { controllers, warnings } = compiled.value
  return {
    controllers: controllers.map(({ blueprint, service }) => [blueprint.point.name, blueprint.name, service]),
    warnings: warnings.map(({ message }) => message),
  }
}

const ENVOY =
  'gateway.envoyproxy.io/owning-gateway-name: gw, gateway.envoyproxy.io/owning-gateway-namespace: app'

describe('the controller of an ingress', () => {
  it.each<[string, string, Proxy]>([
    ['the name of its class', 'example.com/edge-proxy', { labels: 'app.kubernetes.io/name: edge-proxy' }],
    [
      'the same, within the cluster',
      'example.com/edge-proxy',
      { labels: 'app.kubernetes.io/name: edge-proxy', type: 'ClusterIP' },
    ],
    [
      'the domain of its class',
      'traefik.io/ingress-controller',
      { labels: 'app.kubernetes.io/name: traefik' },
    ],
    ['its class', 'example.com/controller', { labels: 'app.kubernetes.io/name: edge' }],
  ])('is found by %s', (_name, controller, choices) => {
    const { controllers, warnings } = found(ingressOf(controller), proxy('p', choices), proxy('other', {}))
    expect(controllers).toEqual([['Ingress class edge', 'infra/p', 'infra/p']])
    expect(warnings).toEqual([])
  })

  it.each<[string, Proxy]>([
    ['workloads', { labels: `app.kubernetes.io/name: envoy, ${ENVOY}` }],
    ['services', { serviceLabels: ENVOY }],
  ])('of a gateway is found by the labels that Envoy Gateway gives %s', (_name, choices) => {
    const { controllers, warnings } = found(gateway('gw'), proxy('p', choices), proxy('other', {}))
    expect(controllers).toEqual([['Gateway app/gw', 'infra/p', 'infra/p']])
    expect(warnings).toEqual([])
  })

  it.each(['labels', 'serviceLabels'])(
    'of a gateway is found by the standard label in its namespace: %s',
    (key) => {
      const own = (name: string) =>
        proxy(name, { [key]: `gateway.networking.k8s.io/gateway-name: ${name}` }).replaceAll('infra', 'app')
      const { controllers, warnings } = found(gateway('a'), gateway('b'), own('a'), own('b'))
      expect(controllers).toEqual([
        ['Gateway app/a', 'app/a', 'app/a'],
        ['Gateway app/b', 'app/b', 'app/b'],
      ])
      expect(warnings).toEqual([])
    },
  )

  it('is taken to be behind the only load balancer with its ports, and told', () => {
    const { controllers, warnings } = found(
      ingressOf('example.com/unknown'),
      proxy('p', {}),
      proxy('db', { ports: '{ port: 5432 }' }),
      proxy('inside', { type: 'ClusterIP' }),
    )
    expect(controllers).toEqual([['Ingress class edge', 'infra/p', 'infra/p']])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(
      'infra/p is taken for the controller of Ingress class edge, as it is behind infra/p',
    )
  })

  it.each<[string, readonly string[]]>([
    ['there is none', []],
    ['there are two load balancers', [proxy('p', {}), proxy('q', {})]],
  ])('is missing, and that is told, where %s', (_name, others) => {
    const { controllers, warnings } = found(ingressOf('example.com/unknown'), ...others)
    expect(controllers).toEqual([])
    expect(warnings.find((each) => each.startsWith('no controller found'))).toBe(
      'no controller found for Ingress class edge, so that nobody serves its hosts: no workload has the label app.kubernetes.io/name: unknown, and no load balancer is the only one with port 80; a scenario says who it is by kubernetes: [{ ingress: [{ class: edge, controller: namespace/workload }] }]',
    )
  })

  it('is not a backend, whatever load balancer that has', () => {
    const web = WEB.replace('spec: { selector', 'spec: { type: LoadBalancer, selector')
    expect(foundIn(web, ingressOf('example.com/unknown')).controllers).toEqual([])
  })

  it('serves all ingresses that it is found for', () => {
    const { controllers, warnings } = found(gateway('a'), gateway('b'), proxy('p', {}))
    expect(controllers).toEqual([['Gateway app/a, Gateway app/b', 'infra/p', 'infra/p']])
    expect(warnings.every((each) => each.includes('is taken for the controller'))).toBe(true)
  })
})
