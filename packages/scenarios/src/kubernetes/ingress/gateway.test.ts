import { type HttpRequest, IngressPoint } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { clusterOf, warningsOf } from '../manifests.fixture.ts'

const SERVICES = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {edge: "yes"}}}
- {apiVersion: v1, kind: Namespace, metadata: {name: back}}
${['v1', 'v2', 'v3']
  .flatMap((name) =>
    ['shop', 'back'].map(
      (namespace) =>
        `- {apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}, spec: {containers: [{name: c, image: i}]}}
- {apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: ${namespace}}, spec: {selector: {app: ${name}}, ports: [{port: 8080}]}}`,
    ),
  )
  .join('\n')}
---
`

const gateway = (listeners: string, more = '') =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: shop}\nspec: {gatewayClassName: any, listeners: ${listeners}${more}}\n---\n`

const route = (name: string, spec: string, namespace = 'shop', more = '') =>
  `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: ${name}, namespace: ${namespace}${more}}\nspec: {parentRefs: [{name: edge, namespace: shop}], ${spec}}\n---\n`

const HTTP = '[{name: http, port: 80, protocol: HTTP}]'
const to = (service: string) => `backendRefs: [{name: ${service}, port: 8080}]`

const pointOf = (text: string) => {
  const { ingresses } = clusterOf(SERVICES + text)
  expect(ingresses).toHaveLength(1)
  return new IngressPoint(ingresses[0]!.blueprint)
}

const messages = (text: string) => warningsOf(SERVICES + text).map((line) => line.replace(/^\S+ /, ''))

function answer(text: string, request: Partial<HttpRequest>, port = 80): string {
  const found = pointOf(text).route(port, { host: 'example.com', path: '/', ...request })
  if (found === undefined) return 'closed'
  if (found.action.kind === 'answer') return String(found.action.status)
  const names = found.action.backends.map(
    ({ backend, weight }) => `${backend}${weight === 1 ? '' : ` ${weight}`}`,
  )
  return names.join(', ').replaceAll('shop/', '').replaceAll(':8080', '')
}

// the conformance suite's tables, with paths and services of our own
describe('matching', () => {
  const text =
    gateway(HTTP) +
    route(
      'paths',
      `rules: [{matches: [{path: {type: Exact, value: /one}}], ${to('v1')}}, {matches: [{path: {value: /two}}], ${to('v2')}}, {matches: [{path: {value: /two/three}}, {path: {type: Exact, value: /two/three}, headers: [{name: version, value: "3"}]}], ${to('v3')}}]`,
    )

  it.each([
    ['/one', 'v1'],
    ['/one/', '404'],
    ['/one/more', '404'],
    ['/two', 'v2'],
    ['/two/', 'v2'],
    ['/two/other', 'v2'],
    ['/twothree', '404'],
    ['/two/three', 'v3'],
    ['/two/three/four', 'v3'],
    ['/Two', '404'],
    ['/', '404'],
  ])('%s goes to %s', (path, service) => expect(answer(text, { path })).toBe(service))

  it('by headers, query and method: more conditions first', () => {
    const conditions =
      gateway(HTTP) +
      route(
        'conditions',
        `rules: [{${to('v1')}}, {matches: [{headers: [{name: Color, value: blue}]}, {method: POST}], ${to('v2')}}, {matches: [{headers: [{name: color, value: blue}], queryParams: [{name: page, value: "2"}]}], ${to('v3')}}]`,
      )
    expect(answer(conditions, {})).toBe('v1')
    expect(answer(conditions, { headers: { COLOR: 'blue' } })).toBe('v2')
    expect(answer(conditions, { method: 'POST', headers: { color: 'blue' }, path: '/?page=2' })).toBe('v2')
    expect(answer(conditions, { headers: { color: 'blue' }, path: '/?page=2' })).toBe('v3')
    expect(answer(conditions, { headers: { color: 'Blue' } })).toBe('v1')
  })

  it('across routes: the older one, then the name', () => {
    const two = (first: string, second: string) =>
      gateway(HTTP) +
      route('b', `rules: [{${to('v1')}}]`, 'shop', first) +
      route('a', `rules: [{${to('v2')}}]`, 'shop', second)
    expect(answer(two('', ''), {})).toBe('v2')
    expect(
      answer(
        two(', creationTimestamp: "2024-01-01T00:00:00Z"', ', creationTimestamp: "2025-01-01T00:00:00Z"'),
        {},
      ),
    ).toBe('v1')
    expect(messages(two('', ''))).toEqual([
      'HTTPRoute shop/b: spec.rules[0]: no request reaches it: HTTPRoute shop/a rules[0] asks for the same host and path, and comes first',
    ])
  })

  it('by regular expressions, as Weft reads them', () => {
    const text =
      gateway(HTTP) +
      route('r', `rules: [{matches: [{path: {type: RegularExpression, value: "/v[0-9]+/.*"}}], ${to('v1')}}]`)
    expect(answer(text, { path: '/v12/x' })).toBe('v1')
    expect(messages(text)).toEqual([
      expect.stringMatching(/regular expressions differ from gateway to gateway/),
    ])
  })
})

describe('backends', () => {
  const rules = (rule: string) => gateway(HTTP) + route('r', `rules: [${rule}]`)

  it('have weights', () => {
    expect(
      answer(
        rules(
          '{backendRefs: [{name: v1, port: 8080, weight: 90}, {name: v2, port: 8080, weight: 10}, {name: v3, port: 8080, weight: 0}]}',
        ),
        {},
      ),
    ).toBe('v1 90, v2 10, v3 0')
  })

  it('that do not exist are answered 500 for their part, and warned of', () => {
    const text = rules(
      '{backendRefs: [{name: gone, port: 8080}, {name: v1, port: 99}, {name: bucket, kind: Bucket, group: example.com}, {name: v1, port: 8080}]}',
    )
    expect(answer(text, {})).toBe('undefined, undefined, undefined, v1')
    expect(messages(text)).toEqual([
      'HTTPRoute shop/r: spec.rules[0].backendRefs[0]: no service is called shop/gone',
      'HTTPRoute shop/r: spec.rules[0].backendRefs[1]: the service shop/v1 has no port 99',
      'HTTPRoute shop/r: spec.rules[0].backendRefs[2]: a backend that is a Bucket is not read; its requests are answered 500',
    ])
  })

  it('of another namespace need its grant', () => {
    const grant = (to: string) =>
      `apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: back}\nspec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: "", kind: Service${to}}]}\n---\n`
    const text = rules('{backendRefs: [{name: v1, namespace: back, port: 8080}]}')
    expect(answer(text, {})).toBe('undefined')
    expect(messages(text)).toEqual([
      'HTTPRoute shop/r: spec.rules[0].backendRefs[0]: no ReferenceGrant in namespace back lets HTTPRoutes of shop name the Service v1',
    ])
    expect(answer(grant('') + text, {})).toBe('back/v1')
    expect(answer(grant(', name: v1') + text, {})).toBe('back/v1')
    expect(answer(grant(', name: v2') + text, {})).toBe('undefined')
    expect(messages(grant('') + text)).toEqual([])
  })

  it('are not asked where the gateway redirects', () => {
    expect(answer(rules('{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}'), {})).toBe(
      '302',
    )
    expect(
      answer(rules('{filters: [{type: RequestRedirect, requestRedirect: {statusCode: 301}}]}'), {}),
    ).toBe('301')
  })

  it('may get copies', () => {
    const mirrored = (share: string) =>
      pointOf(
        rules(
          `{${to('v1')}, filters: [{type: RequestMirror, requestMirror: {backendRef: {name: v2, port: 8080}${share}}}]}`,
        ),
      ).route(80, { host: 'x', path: '/' })
    const mirrors = (share: number) => ({ action: { mirrors: [{ backend: 'shop/v2:8080', share }] } })
    expect(mirrored('')).toMatchObject(mirrors(1))
    expect(mirrored(', percent: 20')).toMatchObject(mirrors(0.2))
    expect(mirrored(', fraction: {numerator: 1, denominator: 8}')).toMatchObject(mirrors(0.125))
  })
})

describe('hosts', () => {
  const listeners =
    '[{name: own, hostname: very.own.example.com, port: 80, protocol: HTTP}, {name: wild, hostname: "*.example.com", port: 80, protocol: HTTP}, {name: any, port: 8080, protocol: HTTP}]'
  const text =
    gateway(listeners) +
    route('exact', `hostnames: [very.own.example.com, example.org], rules: [{${to('v1')}}]`) +
    route('star', `hostnames: ["*.own.example.com"], rules: [{${to('v2')}}]`) +
    route('all', `rules: [{${to('v3')}}]`)

  it.each([
    [80, 'very.own.example.com', 'v1'],
    [80, 'other.own.example.com', 'v2'],
    [80, 'a.b.own.example.com', 'v2'],
    [80, 'own.example.com', 'v3'],
    [80, 'example.com', 'closed'],
    [80, 'example.org', 'closed'],
    [8080, 'example.org', 'v1'],
    [8080, 'example.com', 'v3'],
    [8080, 'x.own.example.com', 'v2'],
  ])('port %i, %s: %s', (port, host, service) => expect(answer(text, { host }, port)).toBe(service))

  it('a rule of a less specific host takes what those of a more specific one leave', () => {
    const text =
      gateway(HTTP) +
      route('own', `hostnames: [example.com], rules: [{matches: [{path: {value: /a}}], ${to('v1')}}]`) +
      route('all', `rules: [{${to('v2')}}]`)
    expect(answer(text, { path: '/a' })).toBe('v1')
    expect(answer(text, { path: '/b' })).toBe('v2')
  })

  it('have the certificates of their listeners', () => {
    const tls = (secret: string) => `tls: {certificateRefs: [{name: ${secret}}]}`
    const point = pointOf(
      gateway(
        `[{name: a, hostname: a.example.com, port: 443, protocol: HTTPS, ${tls('a')}}, {name: b, port: 443, protocol: HTTPS, ${tls('b')}}]`,
      ),
    )
    expect(point.certificateFor(443, 'a.example.com')).toBe('shop/a')
    expect(point.certificateFor(443, 'b.example.com')).toBe('shop/b')
    const elsewhere = gateway(
      '[{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: a, namespace: back}]}}]',
    )
    expect(pointOf(elsewhere).certificateFor(443, 'a.example.com')).toBeUndefined()
    expect(messages(elsewhere)).toEqual([
      'Gateway shop/edge: spec.listeners[0].tls.certificateRefs[0]: no ReferenceGrant in namespace back lets Gateways of shop name the Secret a',
    ])
  })
})

it('a route that several listeners take is warned of once', () => {
  const both = gateway('[{name: a, port: 80, protocol: HTTP}, {name: b, port: 8080, protocol: HTTP}]')
  expect(messages(both + route('r', `rules: [{${to('nowhere')}}]`))).toEqual([
    'HTTPRoute shop/r: spec.rules[0].backendRefs[0]: no service is called shop/nowhere',
  ])
})

describe('routes attach', () => {
  const attached = (listeners: string, spec: string, namespace = 'shop') => {
    const text = `${gateway(listeners)}apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: ${namespace}}\nspec: {${spec}, rules: [{${to('v1')}}]}\n`
    const cluster = clusterOf(SERVICES + text)
    const names = cluster.ingresses[0]!.blueprint.listeners.filter(
      ({ requests }) => requests.rules.length > 0,
    )
    const [warning] = cluster.warnings.filter(({ message }) => message.startsWith('HTTPRoute'))
    return {
      listeners: names.map(({ name }) => name).join(),
      warning: warning?.message.replace(/^HTTPRoute \S+: /, ''),
    }
  }
  const two = (more = '') =>
    `[{name: a, port: 80, protocol: HTTP${more}}, {name: b, port: 81, protocol: HTTP}]`
  const parent = (more = '') => `parentRefs: [{name: edge, namespace: shop${more}}]`

  it.each([
    [two(), parent(), 'shop', 'a,b', undefined],
    [two(), parent(', sectionName: b'), 'shop', 'b', undefined],
    [two(), parent(', port: 80'), 'shop', 'a', undefined],
    [
      two(),
      parent(', port: 80, sectionName: b'),
      'shop',
      '',
      'spec.parentRefs[0]: the Gateway shop/edge does not serve it: it has no such listener',
    ],
    [
      two(),
      parent(),
      'back',
      '',
      'spec.parentRefs[0]: the Gateway shop/edge does not serve it: its listeners take no routes of this namespace (allowedRoutes.namespaces)',
    ],
    [two(', allowedRoutes: {namespaces: {from: All}}'), parent(), 'back', 'a', undefined],
    [
      two(', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {edge: "yes"}}}}'),
      parent(),
      'shop',
      'a,b',
      undefined,
    ],
    [
      two(', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {edge: "yes"}}}}'),
      parent(),
      'back',
      '',
      expect.stringMatching(/no routes of this namespace/),
    ],
    [
      two(', allowedRoutes: {kinds: [{kind: GRPCRoute}]}'),
      parent(', sectionName: a'),
      'shop',
      '',
      expect.stringMatching(/take no HTTPRoutes/),
    ],
    [
      two(', hostname: a.example.com'),
      `${parent(', sectionName: a')}, hostnames: [b.example.com]`,
      'shop',
      '',
      expect.stringMatching(/for other hostnames/),
    ],
    [two(), 'parentRefs: [{name: egde}]', 'shop', '', 'spec.parentRefs[0]: no Gateway is called shop/egde'],
    [two(), 'hostnames: [x.example.com]', 'shop', '', 'spec: without parentRefs no gateway serves it'],
    [two(), 'parentRefs: [{name: mesh, kind: Service, group: ""}]', 'shop', '', undefined],
  ])('%s, %s of %s: %s', (listeners, spec, namespace, names, warning) => {
    expect(attached(listeners, spec, namespace)).toEqual({ listeners: names, warning })
  })

  it('and addresses are those of the status and the spec', () => {
    const text = gateway(HTTP, ', addresses: [{value: 192.0.2.1}, {type: Hostname, value: edge.example.com}]')
    expect(clusterOf(SERVICES + text).ingresses[0]).toMatchObject({
      kind: 'Gateway',
      className: 'any',
      addresses: ['192.0.2.1'],
    })
  })

  it('listeners for other protocols are not read, and warned of', () => {
    expect(messages(gateway('[{name: dns, port: 53, protocol: UDP}]'))).toEqual([
      'Gateway shop/edge: spec.listeners[0].protocol: listeners for UDP are not read; nothing comes in there',
    ])
  })
})
