import { type HttpRequest, IngressPoint } from '@weft/fabric'
import { describe, expect, it } from 'vitest'
import { clusterOf, warningsOf } from '../manifests.fixture.ts'

const SERVICES = `
apiVersion: v1
kind: List
items:
${['front', 'basket', 'api', 'old']
  .map(
    (name) =>
      `- {apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}, spec: {containers: [{name: c, image: i, ports: [{name: web, containerPort: 8080}]}]}}
- {apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: shop}, spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: web}]}}`,
  )
  .join('\n')}
---
`

const ingress = (name: string, spec: string, more = '') =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ${name}, namespace: shop${more}}\nspec: ${spec}\n---\n`

const to = (service: string) => `backend: {service: {name: ${service}, port: {name: http}}}`
const rule = (host: string, ...paths: string[]) => `{host: ${host}, http: {paths: [${paths.join(', ')}]}}`
const prefix = (path: string, service: string) => `{path: ${path}, pathType: Prefix, ${to(service)}}`
const exact = (path: string, service: string) => `{path: ${path}, pathType: Exact, ${to(service)}}`

const messages = (text: string) => warningsOf(SERVICES + text).map((line) => line.replace(/^\S+ /, ''))

/** The backend, or the status of the answer. */
function answer(text: string, request: Partial<HttpRequest>, port = 80): string {
  const { ingresses } = clusterOf(SERVICES + text)
  expect(ingresses).toHaveLength(1)
  const found = new IngressPoint(ingresses[0]!.blueprint).route(port, {
    host: 'shop.example.com',
    path: '/',
    ...request,
  })
  if (found === undefined) return 'closed'
  return found.action.kind === 'answer'
    ? String(found.action.status)
    : found.action.backends.map(({ backend }) => backend).join()
}

describe('annotations of ingress-nginx', () => {
  const annotated = (annotation: string) => `, annotations: {nginx.ingress.kubernetes.io/${annotation}}`
  const rules = (service: string) => `{rules: [${rule('shop.example.com', prefix('/', service))}]}`

  it('leave a canary out, which would take all requests from its elder', () => {
    const text = (flag: string) =>
      ingress('a-canary', rules('basket'), annotated(`canary: "${flag}"`)) + ingress('front', rules('front'))
    expect(answer(text('true'), {})).toBe('shop/front:80')
    expect(messages(text('true'))).toEqual([
      expect.stringMatching(
        /^Ingress shop\/a-canary: metadata.annotations.*a canary of ingress-nginx is left out/,
      ),
    ])
    expect(answer(text('false'), {})).toBe('shop/basket:80')
  })

  it('that say who may come are warned of', () => {
    expect(
      messages(ingress('front', rules('front'), annotated('whitelist-source-range: 10.0.0.0/8'))),
    ).toEqual([expect.stringContaining('nginx.ingress.kubernetes.io/whitelist-source-range is not read')])
    expect(messages(ingress('front', rules('front'), annotated('proxy-body-size: 8m')))).toEqual([])
  })
})

describe('one Ingress', () => {
  const text = ingress(
    'front',
    `{rules: [${rule('shop.example.com', prefix('/', 'front'), prefix('/basket', 'basket'), exact('/basket', 'api'))}, ${rule('"*.shop.example.com"', prefix('/', 'old'))}]}`,
  )

  it.each([
    ['shop.example.com', '/', 'shop/front:80'],
    ['shop.example.com', '/basket', 'shop/api:80'],
    ['shop.example.com', '/basket/', 'shop/basket:80'],
    ['shop.example.com', '/basket/12', 'shop/basket:80'],
    ['shop.example.com', '/baskets', 'shop/front:80'],
    ['eu.shop.example.com', '/basket', 'shop/old:80'],
    ['a.eu.shop.example.com', '/', '404'],
    ['example.com', '/', '404'],
  ])('sends %s%s to %s', (host, path, backend) => expect(answer(text, { host, path })).toBe(backend))

  it('has its default backend for everything else', () => {
    const withDefault = ingress(
      'front',
      `{defaultBackend: {service: {name: old, port: {number: 80}}}, rules: [${rule('shop.example.com', prefix('/basket', 'basket'))}]}`,
    )
    expect(answer(withDefault, { path: '/account' })).toBe('shop/old:80')
    expect(answer(withDefault, { host: 'example.com' })).toBe('shop/old:80')
    expect(answer(withDefault, { path: '/basket' })).toBe('shop/basket:80')
    expect(answer(ingress('front', '{defaultBackend: {service: {name: old, port: {number: 80}}}}'), {})).toBe(
      'shop/old:80',
    )
  })

  it('gives hosts without paths to the default backend', () => {
    const bare = ingress(
      'front',
      `{defaultBackend: {service: {name: old, port: {number: 80}}}, rules: [{host: shop.example.com}, {http: {paths: [${prefix('/', 'front')}]}}]}`,
    )
    expect(answer(bare, {})).toBe('shop/old:80')
    expect(answer(bare, { host: 'example.com' })).toBe('shop/front:80')
  })

  it('reads ImplementationSpecific as Prefix', () => {
    const free = ingress(
      'front',
      `{rules: [${rule('shop.example.com', `{path: /a, pathType: ImplementationSpecific, ${to('front')}}`, `{pathType: ImplementationSpecific, ${to('old')}}`)}]}`,
    )
    expect(answer(free, { path: '/a/b' })).toBe('shop/front:80')
    expect(answer(free, { path: '/b' })).toBe('shop/old:80')
    expect(messages(free)).toEqual([])
    expect(messages(free.replace('path: /a', 'path: "/a(/|$)(.*)"'))).toEqual([
      expect.stringMatching(/looks like a regular expression; ImplementationSpecific is read as Prefix here/),
    ])
  })

  it('answers 503 for what does not exist, with a warning', () => {
    const broken = ingress(
      'front',
      `{rules: [${rule('shop.example.com', prefix('/a', 'gone'), `{path: /b, pathType: Prefix, backend: {service: {name: front, port: {number: 81}}}}`, '{path: /c, pathType: Prefix, backend: {resource: {kind: Bucket, name: pictures}}}')}]}`,
    )
    for (const path of ['/a', '/b', '/c']) expect(answer(broken, { path })).toBe('503')
    expect(messages(broken)).toEqual([
      'Ingress shop/front: spec.rules[0].http.paths[0].backend.service: no service is called shop/gone',
      'Ingress shop/front: spec.rules[0].http.paths[1].backend.service: the service shop/front has no port 81',
      'Ingress shop/front: spec.rules[0].http.paths[2].backend.resource: a backend that is a Bucket is not read; requests for it are answered 503',
    ])
  })
})

describe('certificates', () => {
  const certificate = (text: string, name: string) =>
    new IngressPoint(clusterOf(SERVICES + text).ingresses[0]!.blueprint).certificateFor(443, name)
  const rules = `rules: [${rule('shop.example.com', prefix('/', 'front'))}, ${rule('"*.example.com"', prefix('/', 'old'))}]`

  it('are those of the secret whose hosts are the nearest', () => {
    const text = ingress(
      'front',
      `{tls: [{hosts: ["*.example.com"], secretName: wild}, {hosts: [shop.example.com], secretName: own}], ${rules}}`,
    )
    expect(certificate(text, 'shop.example.com')).toBe('shop/own')
    expect(certificate(text, 'eu.example.com')).toBe('shop/wild')
    expect(certificate(text, 'a.eu.example.com')).toBeUndefined()
    expect(answer(text, {}, 443)).toBe('shop/front:80')
  })

  it("are for every host where none is named, and the controller's where no secret is", () => {
    expect(certificate(ingress('front', `{tls: [{secretName: all}], ${rules}}`), 'anything')).toBe('shop/all')
    expect(
      certificate(ingress('front', `{tls: [{hosts: [shop.example.com]}], ${rules}}`), 'shop.example.com'),
    ).toBe("the controller's own")
  })

  it('open port 443 where there are any', () => {
    expect(answer(ingress('front', `{${rules}}`), {}, 443)).toBe('closed')
  })

  it('for a host that no rule is for are warned of', () => {
    const warned = (hosts: string, hostRules = `[${rule('shop.example.com', prefix('/', 'front'))}]`) =>
      messages(ingress('front', `{tls: [{hosts: [${hosts}], secretName: s}], rules: ${hostRules}}`))
    expect(warned('shop.example.com, pay.example.com')).toEqual([
      'Ingress shop/front: spec.tls[0].hosts[1]: no rule is for pay.example.com, which this certificate is for',
    ])
    expect(warned('"*.example.com"')).toEqual([])
    expect(warned('pay.example.com', `[${rule('"*.example.com"', prefix('/', 'front'))}]`)).toEqual([])
    expect(warned('pay.example.com', `[{http: {paths: [${prefix('/', 'front')}]}}]`)).toEqual([])
  })
})

describe('several Ingresses', () => {
  const one = (service: string) => `{rules: [${rule('shop.example.com', prefix('/', service))}]}`

  it('that say the same are settled by their names, and warned of', () => {
    const text = ingress('b', one('basket')) + ingress('a', one('api'))
    expect(answer(text, {})).toBe('shop/api:80')
    expect(messages(text)).toEqual([
      'Ingress shop/b: spec.rules[0].http.paths[0]: no request reaches it: Ingress shop/a rules[0].paths[0] asks for the same host and path, and comes first',
    ])
  })

  it('or by their age, where they have one', () => {
    const text =
      ingress('b', one('basket'), ', creationTimestamp: "2024-01-01T00:00:00Z"') +
      ingress('a', one('api'), ', creationTimestamp: "2024-02-01T00:00:00Z"') +
      ingress('a0', one('old'))
    expect(answer(text, {})).toBe('shop/basket:80')
  })

  it('are put together by class; one without has the default class', () => {
    const classes = (annotation: string) =>
      ['outer', 'inner']
        .map(
          (name) =>
            `apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: ${name}${name === 'inner' ? '' : annotation}}\nspec: {controller: example.com/${name}}\n---\n`,
        )
        .join('')
    const text =
      ingress('a', `{ingressClassName: inner, ${one('api').slice(1)}`) +
      ingress('b', one('basket')) +
      ingress('c', one('old'), ', annotations: {kubernetes.io/ingress.class: legacy}')
    const names = (annotation: string) =>
      clusterOf(SERVICES + classes(annotation) + text).ingresses.map(
        ({ className, controller, backends }) => [
          className,
          controller,
          backends.map(({ name }) => name).join(),
        ],
      )
    expect(names(', annotations: {ingressclass.kubernetes.io/is-default-class: "true"}')).toEqual([
      ['inner', 'example.com/inner', 'shop/api:80'],
      ['legacy', undefined, 'shop/old:80'],
      ['outer', 'example.com/outer', 'shop/basket:80'],
    ])
    expect(names('')).toEqual([
      ['', undefined, 'shop/basket:80'],
      ['inner', 'example.com/inner', 'shop/api:80'],
      ['legacy', undefined, 'shop/old:80'],
    ])
    expect(messages(classes('') + ingress('d', `{ingressClassName: outre, ${one('api').slice(1)}`))).toEqual([
      'Ingress shop/d: spec.ingressClassName: no IngressClass is called "outre"',
    ])
  })

  it('without a class have none where two classes are the default', () => {
    const isDefault = ', annotations: {ingressclass.kubernetes.io/is-default-class: "true"}'
    const classes = ['east', 'west']
      .map(
        (name) =>
          `apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: ${name}${isDefault}}\nspec: {controller: example.com/c}\n---\n`,
      )
      .join('')
    const cluster = clusterOf(SERVICES + classes + ingress('a', one('api')))
    expect(cluster.ingresses.map(({ className }) => className)).toEqual([''])
    expect(cluster.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^IngressClass east: .*2 classes are the default one/),
      expect.stringMatching(/^IngressClass west: /),
    ])
  })
})
