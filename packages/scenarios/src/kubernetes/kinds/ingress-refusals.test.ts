import { describe, expect, it } from 'vitest'
import { refusalsOf } from '../manifests.fixture.ts'

const first = (apiVersion: string, kind: string, spec: string, name = 'front', more = '') => {
  const refusals = refusalsOf(
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}${more}}\nspec: ${spec}\n`,
  )
  expect(refusals).toHaveLength(1)
  return refusals[0]!
}

describe('an Ingress is refused', () => {
  const refusal = (spec: string, more = '') => first('networking.k8s.io/v1', 'Ingress', spec, 'front', more)
  const good = 'backend: {service: {name: front, port: {number: 80}}}'
  const path = (text: string) => `{rules: [{http: {paths: [{${text}}]}}]}`
  const backend = (text: string) => path(`path: /, pathType: Prefix, backend: ${text}`)
  const host = (text: string) =>
    `{rules: [{host: ${text}, http: {paths: [{path: /, pathType: Prefix, ${good}}]}}]}`

  it.each([
    ['{}', /an Ingress without rules and without a defaultBackend/],
    ['{rules: []}', /without rules and without a defaultBackend/],
    ['{rules: [{http: {paths: []}}]}', /the list is empty; expected 1 item or more/],
    ['{rules: [{http: {}}]}', /missing key "paths" in http/],
    [
      path(`path: /, ${good}`),
      /missing key "pathType" in paths\[0\]; expected Exact or Prefix or ImplementationSpecific/,
    ],
    [path(`path: /, pathType: prefix, ${good}`), /"prefix" is not known here; did you mean Prefix\?/],
    [path(`path: basket, pathType: Prefix, ${good}`), /"basket" is not an absolute path; begin it with "\/"/],
    [path(`path: basket, pathType: ImplementationSpecific, ${good}`), /is not an absolute path/],
    [path(`pathType: Exact, ${good}`), /a path of type Exact needs "path", such as "\/"/],
    [path(`path: /a//b, pathType: Prefix, ${good}`), /has "\/\/" in it/],
    [path(`path: /a/./b, pathType: Exact, ${good}`), /has "\/.\/" in it/],
    [path(`path: /a/../b, pathType: Exact, ${good}`), /has "\/..\/" in it/],
    [path(`path: /a%2fb, pathType: Prefix, ${good}`), /has "%2f" in it/],
    [path(`path: /a%2Fb, pathType: Prefix, ${good}`), /has "%2F" in it/],
    [path(`path: /a/.., pathType: Prefix, ${good}`), /ends with "\/.."/],
    [path(`path: /a/., pathType: Prefix, ${good}`), /ends with "\/."/],
    [path('path: /, pathType: Prefix'), /missing key "backend" in paths\[0\]/],
    [backend('{}'), /a backend without a service/],
    [backend('{service: {name: front}}'), /the service front is named without a port/],
    [backend('{service: {name: front, port: {}}}'), /named without a port/],
    [
      backend('{service: {name: front, port: {name: web, number: 80}}}'),
      /a port has a name and a number; it takes one/,
    ],
    [backend('{service: {name: front, port: {number: 70000}}}'), /70000 is not a port/],
    [backend('{service: {name: front, port: {name: Web}}}'), /"Web" is not a port's name/],
    [backend('{service: {name: Front, port: {number: 80}}}'), /"Front" is not a name of a service/],
    [backend('{service: {name: front, port: 80}}'), /expected a map, got 80/],
    [
      backend('{serviceName: front, servicePort: 80}'),
      /unknown field "serviceName" in backend|unknown field/,
    ],
    [
      backend('{service: {name: front, port: {number: 80}}, resource: {kind: Bucket, name: b}}'),
      /a backend has a service and a resource/,
    ],
    [host('192.0.2.1'), /"192.0.2.1" is an address; a host is a name of the DNS/],
    [host('"*"'), /"\*" is not a host with a wildcard/],
    [host('"a.*.example.com"'), /"\*" stands alone as the first label/],
    [host('Shop.example.com'), /"Shop.example.com" is not a host; use lower-case/],
    [host('shop.example.com:80'), /is not a host/],
    [
      `{defaultBackend: {service: {name: front, port: {number: 80}}}, tls: [{hosts: ["*"]}]}`,
      /is not a host with a wildcard/,
    ],
    [
      `{defaultBackend: {service: {name: front, port: {number: 80}}}, tls: [{secretName: A_b}]}`,
      /"A_b" is not a name/,
    ],
    [
      `{defaultBackend: {service: {name: front, port: {number: 80}}}, ingressClassName: A}`,
      /"A" is not a name/,
    ],
  ])('%s', (spec, message) => {
    if (spec.includes('serviceName'))
      expect(
        refusalsOf(
          `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: front}\nspec: ${spec}\n`,
        ).join(),
      ).toMatch(message)
    else expect(refusal(spec)).toMatch(message)
  })

  it('where annotation and class differ, and in versions that are gone', () => {
    const spec = '{ingressClassName: inner, defaultBackend: {service: {name: front, port: {number: 80}}}}'
    expect(refusal(spec, ', annotations: {kubernetes.io/ingress.class: outer}')).toMatch(
      /the annotation says class "outer", ingressClassName "inner"/,
    )
    expect(first('extensions/v1beta1', 'Ingress', spec)).toMatch(
      /has no Ingress any more; write networking.k8s.io\/v1/,
    )
  })
})

describe('an IngressClass is refused', () => {
  const refusal = (spec: string) => first('networking.k8s.io/v1', 'IngressClass', spec)

  it.each([
    ['{}', /missing key "controller" in spec/],
    ['{controller: nginx}', /"nginx" is not a controller; expected a domain and a path/],
    ['{controller: Example.com/x}', /"Example.com" is not a controller's domain/],
    [`{controller: example.com/${'x'.repeat(250)}}`, /at most 250 characters/],
    [
      '{controller: example.com/x, parameters: {kind: Config, name: c, scope: Namespace}}',
      /scope Namespace need a "namespace"/,
    ],
    [
      '{controller: example.com/x, parameters: {kind: Config, name: c, namespace: shop}}',
      /scope Cluster stand outside namespaces/,
    ],
  ])('%s', (spec, message) => expect(refusal(spec)).toMatch(message))
})

describe('a Gateway is refused', () => {
  const refusal = (spec: string) => first('gateway.networking.k8s.io/v1', 'Gateway', spec, 'edge')
  const listener = (text: string) => `{gatewayClassName: any, listeners: [{${text}}]}`

  it.each([
    ['{listeners: [{name: a, port: 80, protocol: HTTP}]}', /missing key "gatewayClassName" in spec/],
    ['{gatewayClassName: any}', /missing key "listeners" in spec/],
    ['{gatewayClassName: any, listeners: []}', /the list is empty/],
    [listener('port: 80, protocol: HTTP'), /missing key "name" in listeners\[0\]/],
    [listener('name: a, port: 0, protocol: HTTP'), /0 is too small/],
    [listener('name: a, port: 80, protocol: HTTP, hostname: 192.0.2.1'), /"192.0.2.1" is an address/],
    [
      listener('name: a, port: 80, protocol: HTTP, tls: {certificateRefs: [{name: s}]}'),
      /a listener for HTTP has no tls/,
    ],
    [
      listener('name: a, port: 443, protocol: HTTPS, tls: {mode: Passthrough}'),
      /TLS ends at a listener for HTTPS/,
    ],
    [listener('name: a, port: 443, protocol: HTTPS, tls: {}'), /TLS that ends here needs certificateRefs/],
    [
      listener('name: a, port: 53, protocol: UDP, hostname: a.example.com'),
      /a listener for UDP sees no host names/,
    ],
    [listener('name: a, port: 80, protocol: "HT TP"'), /"HT TP" is not a protocol/],
    [
      listener('name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP'),
      /two listeners are named "a"/,
    ],
    [
      listener('name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: HTTP'),
      /listener b has the port, protocol and hostname of listener a/,
    ],
    [
      listener('name: a, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: all}}'),
      /"all" is not known here; did you mean All\?/,
    ],
  ])('%s', (spec, message) => expect(refusal(spec)).toMatch(message))
})

describe('an HTTPRoute is refused', () => {
  const refusal = (spec: string) => first('gateway.networking.k8s.io/v1', 'HTTPRoute', spec)
  const rule = (text: string) => `{rules: [{${text}}]}`
  const path = (text: string) => rule(`matches: [{path: {${text}}}]`)

  it.each([
    ['{rules: []}', /the list is empty/],
    ['{hostnames: [192.0.2.1]}', /is an address/],
    ['{hostnames: ["a.*.b"]}', /is not a host with a wildcard/],
    [`{rules: [${'{}, '.repeat(17)}]}`, /17 items; expected 16 items or less/],
    [path('value: basket'), /is not an absolute path/],
    [path('value: /a//b'), /has "\/\/" in it/],
    [path('value: "/a#b"'), /has characters that a path has only as %xx/],
    [path('type: Prefix, value: /a'), /"Prefix" is not known here; .*PathPrefix/],
    [path('type: RegularExpression, value: "(a"'), /is not a regular expression/],
    [rule('matches: [{method: get}]'), /"get" is not known here; did you mean GET\?/],
    [rule('matches: [{headers: [{name: "a b", value: x}]}]'), /"a b" is not a name of a header/],
    [
      rule('matches: [{headers: [{name: a, value: one}, {name: a, value: two}]}]'),
      /"a" stands in this list already/,
    ],
    [rule('backendRefs: [{name: front}]'), /the service front is named without a port/],
    [rule('backendRefs: [{name: front, port: 80, weight: -1}]'), /-1 is too small/],
    [rule('backendRefs: [{name: front, port: 80, weight: 1000001}]'), /1000001 is too large/],
    [rule('filters: [{type: RequestRedirect}]'), /a filter of type RequestRedirect needs "requestRedirect"/],
    [
      rule('filters: [{type: RequestRedirect, requestRedirect: {statusCode: 200}}]'),
      /statusCode: 200 .*301.*302.*303.*307.*308/,
    ],
    [
      rule('filters: [{type: URLRewrite, urlRewrite: {}, requestRedirect: {}}]'),
      /requestRedirect in a filter of type URLRewrite; it belongs to type RequestRedirect/,
    ],
    [
      rule('filters: [{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}]'),
      /one filter of type URLRewrite at most/,
    ],
    [
      rule('filters: [{type: URLRewrite, urlRewrite: {}}, {type: RequestRedirect, requestRedirect: {}}]'),
      /RequestRedirect and URLRewrite exclude each other/,
    ],
    [
      rule('filters: [{type: RequestRedirect, requestRedirect: {}}], backendRefs: [{name: front, port: 80}]'),
      /a rule that redirects has no backendRefs/,
    ],
    [
      rule(
        'filters: [{type: RequestMirror, requestMirror: {backendRef: {name: front, port: 80}, percent: 1, fraction: {numerator: 1}}}]',
      ),
      /percent and fraction; it takes one/,
    ],
    [`{rules: [{name: a}, {name: a}]}`, /two rules are named "a"/],
    [
      `{rules: [${Array.from({ length: 3 }, () => `{matches: [${'{}, '.repeat(60)}]}`).join(', ')}]}`,
      /180 matches together; expected 128 or less/,
    ],
  ])('%s', (spec, message) => expect(refusal(spec)).toMatch(message))
})
