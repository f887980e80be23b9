import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { clusterWith, scenarioWith } from '../compile/ingress/ingress.fixture.ts'
import { askExplain, type ExplainRequest } from './ask.ts'
import { renderExplanation } from './render-explanation.ts'

const FABRIC = {
  leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '10Gbps' },
}
const PUBLIC = {
  regions: { r: { fabric: FABRIC, internet: '10Gbps', addresses: { loadBalancers: '203.0.113.0/28' } } },
}

function explained(to: string, request: Partial<ExplainRequest> = {}, rest: object = PUBLIC, more = '') {
  const found = compileScenario(scenarioWith(undefined, { to: 'shop/cart' }, rest), {
    cluster: () => clusterWith(more),
  })
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  const explanation = askExplain(found.value, { from: 'internet/client-0', to, ...request })
  return { ...explanation, text: renderExplanation(explanation, false) }
}

const goneOn = (name: string, host: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: "${host}"
      http: { paths: [{ path: /gone, pathType: Prefix, backend: { service: { name: gone, port: { number: 80 } } } }] }
`
const CANARY = goneOn('broken', 'shop.example.com')

describe('weft explain of a URL', () => {
  it('follows the connection to a replica, and tells what the rules do with the request', () => {
    const { verdict, question, resolution, service, request, text } = explained(
      'https://shop.example.com/cart/7',
    )
    expect(verdict).toBe('delivered')
    expect(question).toMatchObject({ to: { host: 'ingress-nginx/controller' }, port: 443 })
    expect(resolution).toMatchObject({ asked: 'shop.example.com', values: [question.to.address] })
    expect(service!.endpoints).toHaveLength(2)
    expect(request).toMatchObject({
      controller: 'ingress-nginx/controller',
      certificate: 'shop/front-tls',
      rule: 'Ingress shop/front rules[0].paths[0]',
      status: null,
      backends: [{ name: 'shop/cart:80', share: 1 }],
    })
    expect(text).toContain('its way there: --from ingress-nginx/controller --to shop/cart --port 80\n')
  })

  it.each([
    ['http://plain.example.com/', 'passed on to shop/cart:80'],
    ['https://plain.example.com/', 'certificate *.example.com'],
    ['https://shop.example.com/elsewhere', 'answered 404'],
    ['https://shop.example.com/gone', 'answered 503'],
    ['http://shop.example.com:8080/', 'nothing listens for this host at this port'],
  ])('%s: %s', (url, line) => {
    expect(explained(url, {}, PUBLIC, CANARY).text).toContain(`  ${line}`)
  })

  it('tells of a certificate that has expired by then', () => {
    const certificates = { lifetime: '10ms', renewBefore: '2ms', issuance: '1ms', failures: '100%' }
    const kubernetes = [{ region: 'r', manifests: 'm.yaml', ingress: [{ certificates }] }]
    const shown = (at: string) =>
      explained('https://shop.example.com/cart/7', { at }, { ...PUBLIC, kubernetes })
    expect(shown('9ms').request!.certificateState).toBe('valid')
    const { request, text } = shown('11ms')
    expect(request!.certificateState).toBe('expired')
    expect(text).toContain(
      '  certificate shop/front-tls, which has expired, or is not valid yet: clients give up',
    )
  })

  it('tells the rules even where the name has no address', () => {
    const gone = {
      ...PUBLIC,
      dns: {},
      events: [{ at: '1us', record: 'shop.example.com', to: 'away.invalid' }],
    }
    const { verdict, request } = explained('https://shop.example.com/cart', { at: '1us' }, gone)
    expect(verdict).toBe('unresolved')
    expect(request!.backends).toMatchObject([{ name: 'shop/cart:80' }])
  })

  it('goes by where the name leads: names of wildcards, of records, and names that lead elsewhere', () => {
    const wild = goneOn('wild', '*.wild.example.com')
    expect(explained('http://a.wild.example.com/gone/1', {}, PUBLIC, wild)).toMatchObject({
      verdict: 'delivered',
      request: { rule: 'Ingress shop/wild rules[0].paths[0]', status: 503 },
    })
    const records = { 'api.example.com': 'ingress-nginx/controller', 'shop.example.com': 'r/leaf-0/host-0' }
    const stated = { ...PUBLIC, dns: { records } }
    expect(explained('http://api.example.com/', {}, stated).request).toMatchObject({
      rule: null,
      status: 404,
    })
    const away = explained('http://shop.example.com/cart', { from: 'shop/cart' }, stated)
    expect([away.question.to.host, away.request]).toEqual(['r/leaf-0/host-0', null])
  })

  it('has no request where no controller serves the host', () => {
    const { verdict, request } = explained('http://cart.shop.svc.cluster.local/', { from: 'shop/cart' })
    expect([verdict, request]).toEqual(['delivered', null])
  })

  it('refuses what a URL does not go with', () => {
    const url = 'https://shop.example.com/'
    expect(() => explained(url, { port: 80 })).toThrow('means port 443; leave one of them out')
    expect(() => explained(url, { protocol: 'udp' })).toThrow('is asked for over tcp')
  })
})
