import { describe, expect, it } from 'vitest'
import { readManifests } from '../../kubernetes/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'
import { clusterText, scenarioWith } from './ingress.fixture.ts'

/** Another class of the same controller, with a host of its own and one that the first has too, and a Gateway that it serves as well. */
const MORE = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: internal }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: inside, namespace: shop }
spec:
  ingressClassName: internal
  tls: [{ hosts: [inside.example.org], secretName: inside-tls }]
  rules:
    - host: inside.example.org
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
    - host: shop.example.com
      http: { paths: [{ path: /help, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
`
const GATEWAY = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gw, namespace: shop }
spec: { gatewayClassName: nginx-gateway, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: gw, namespace: shop }
spec:
  parentRefs: [{ name: gw }]
  hostnames: [gw.example.org]
  rules: [{ backendRefs: [{ name: cart, port: 80 }] }]
`
const CONTROLLER = 'ingress-nginx/controller'

function compiled(
  ingress: readonly object[] | undefined,
  more: string,
  to = 'https://shop.example.com/cart',
  run = {},
) {
  const bytes = new TextEncoder().encode(`${clusterText}---${more}`)
  const given = scenarioWith(ingress, { to }, { run: { for: '50ms', ...run } })
  return compileScenario(given, { cluster: () => readManifests([{ file: 'm.yaml', bytes }]) })
}

function built(...given: Parameters<typeof compiled>) {
  const found = compiled(...given)
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

const issuesOf = (...given: Parameters<typeof compiled>) => {
  const found = compiled(...given)
  return found.ok ? [] : found.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

const pointsOf = (...given: Parameters<typeof compiled>) =>
  built(...given).controllers.map(({ blueprint }) => [blueprint.name, blueprint.point.name])

describe('a controller of several classes', () => {
  it.each<[string, string]>([
    ['https://shop.example.com/cart', 'Ingress shop/front rules[0].paths[0]'],
    ['https://shop.example.com/help', 'Ingress shop/inside rules[1].paths[0]'],
    ['https://inside.example.org/', 'Ingress shop/inside rules[0].paths[0]'],
    ['http://gw.example.org/', 'HTTPRoute shop/gw rules[0]'],
  ])('serves the rules of all of them: %s', async (to, rule) => {
    const stated = [
      { class: 'nginx' },
      { class: 'internal' },
      { class: 'nginx-gateway', controller: CONTROLLER },
    ]
    for (const clock of ['packet', 'flow', 'steady'] as const) {
      const scenario = built(stated, `${MORE}---${GATEWAY}`, to, { clock, drain: '1s' })
      const { ingress } = await runScenario(scenario, { inputs: 'x' })
      expect(ingress).toHaveLength(1)
      expect(ingress[0]!.requests.counts).toMatchObject([
        { rule, backend: 'shop/cart:80', outcome: 'served' },
      ])
    }
  })

  it('is found by the controller that all of them name, with the certificates of all', () => {
    const point = 'Ingress class internal, Ingress class nginx'
    expect(pointsOf(undefined, MORE)).toEqual([[CONTROLLER, point]])
    const [controller] = built(undefined, MORE).blueprint.ingress!
    const names = controller!.certificates.map(({ name }) => name)
    expect(names).toEqual(['*.example.com', 'shop/front-tls', 'shop/inside-tls'])
  })

  it('is that of entries without a class', () => {
    const point = 'Ingress class internal, Ingress class nginx'
    expect(pointsOf([{ workers: 2 }], MORE)).toEqual([[CONTROLLER, point]])
    expect(pointsOf([{ controller: CONTROLLER }], MORE)).toEqual([[CONTROLLER, point]])
  })

  it('is set up by one of its entries', () => {
    const first = [{ class: 'nginx', workers: 7 }, { class: 'internal' }]
    const last = [{ class: 'nginx' }, { class: 'internal', workers: 7 }]
    const same = first.map((each) => ({ ...each, workers: 7 }))
    for (const stated of [first, last, same])
      expect(built(stated, MORE).controllers[0]!.blueprint.capacity.workers).toBe(7)
    expect(
      issuesOf(
        [
          { class: 'nginx', workers: 7 },
          { class: 'internal', workers: 8 },
        ],
        MORE,
      ),
    ).toEqual([
      `kubernetes.0.ingress.1: ${CONTROLLER} is set up by another entry already; say what it does there, and here its "class" and "controller" alone`,
    ])
  })

  it('is asked for where classes have none in common', () => {
    const others = MORE.replace('k8s.io/ingress-nginx', 'example.com/other')
    expect(issuesOf([{}], others)[0]).toBe(
      'kubernetes.0.ingress.0: there are several classes, "internal" and "nginx"; give "class", the one that it serves',
    )
    expect(pointsOf([{ controller: CONTROLLER }], others)).toEqual([[CONTROLLER, 'Ingress class nginx']])
    const { warnings, controllers } = built(undefined, others)
    expect(controllers.map(({ blueprint }) => blueprint.point.name)).toEqual(['Ingress class nginx'])
    expect(warnings.map(({ message }) => message).join()).toContain(
      'the controller of Ingress class internal, is left out: it serves Ingress class nginx, and nothing says that it serves this as well',
    )
  })

  it('serves all gateways of its class', () => {
    const two = `${GATEWAY}---${GATEWAY.replaceAll('gw', 'gx')}`
    const stated = [{ class: 'nginx-gateway', controller: CONTROLLER }]
    const to = 'http://gw.example.org/'
    const point = 'Gateway shop/gw, Gateway shop/gx'
    expect(pointsOf(stated, two, to)).toEqual([[CONTROLLER, point]])
  })
})
