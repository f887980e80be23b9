import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { IngressListener, RequestRules } from './ingress-blueprint.ts'
import { IngressPoint } from './ingress-point.ts'
import { backendAt, pickBackend } from './pick-backend.ts'
import { shadowedRules } from './shadowed-rules.ts'

const requests = (backend: string): RequestRules => ({
  rules: [
    {
      name: `all to ${backend}`,
      host: { kind: 'any' },
      path: { kind: 'prefix', path: '/' },
      action: { kind: 'forward', backends: [{ backend, weight: 1 }] },
    },
  ],
  fallsThroughHosts: true,
})

const none: RequestRules = { rules: [], fallsThroughHosts: true }

const listener = (name: string, more: Partial<IngressListener>): IngressListener => ({
  name,
  port: 80,
  host: { kind: 'any' },
  requests: requests(name),
  ...more,
})

const rule = (point: IngressPoint, port: number, host: string) => {
  const answer = point.route(port, { host, path: '/' })
  return answer === undefined ? 'closed' : (answer.rule ?? answer.action)
}

describe('an ingress point', () => {
  const point = new IngressPoint({
    name: 'edge',
    listeners: [
      listener('any', {}),
      listener('wild', { host: { kind: 'wildcard', suffix: 'example.com', labels: 'some' } }),
      listener('own', { host: { kind: 'exact', host: 'shop.example.com' }, requests: none }),
      listener('again', { host: { kind: 'exact', host: 'shop.example.com' } }),
      listener('secure', {
        port: 443,
        certificates: [
          { host: { kind: 'wildcard', suffix: 'example.com', labels: 'one' }, certificate: 'wild' },
          { host: { kind: 'exact', host: 'shop.example.com' }, certificate: 'shop' },
          { host: { kind: 'exact', host: 'shop.example.com' }, certificate: 'late' },
        ],
      }),
    ],
  })

  it('takes a request at the listener with the most specific host alone', () => {
    expect(rule(point, 80, 'example.org')).toBe('all to any')
    expect(rule(point, 80, 'eu.shop.example.com')).toBe('all to wild')
    expect(rule(point, 80, 'shop.example.com')).toEqual({ kind: 'answer', status: 404 })
  })

  it('listens on the ports of its listeners', () => {
    expect(point.listening).toEqual([80, 443])
    expect(rule(point, 8080, 'shop.example.com')).toBe('closed')
  })

  it.each([
    ['shop.example.com', 'shop'],
    ['SHOP.example.com', 'shop'],
    ['pay.example.com', 'wild'],
    ['eu.pay.example.com', undefined],
    ['example.com', undefined],
    ['', undefined],
  ])('shows a client that asks for %j the certificate %s', (name, certificate) => {
    expect(point.certificateFor(443, name)).toBe(certificate)
  })

  it.each([
    ['shop.example.com', true],
    ['a.api.example.com', true],
    ['b.a.api.example.com', false],
    ['api.example.com', false],
    ['203.0.113.9', true],
    ['other.example.com', false],
  ])('finds that a certificate with names is for %s: %s', (host, isFor) => {
    const names = ['shop.example.com', '*.api.example.com', '203.0.113.9']
    const shown = { host: { kind: 'any' as const }, certificate: 'own', names }
    const requests = { rules: [], fallsThroughHosts: false }
    const listener = {
      name: 'https',
      port: 443,
      host: { kind: 'any' as const },
      certificates: [shown],
      requests,
    }
    const named = new IngressPoint({ name: 'named', listeners: [listener] })
    expect(named.certificateFor(443, host)).toBe(isFor ? 'own' : undefined)
  })

  it('has no certificates where TLS does not end', () => {
    expect(point.certificateFor(80, 'shop.example.com')).toBeUndefined()
    expect(point.certificateFor(22, 'shop.example.com')).toBeUndefined()
  })
})

describe('weights', () => {
  const backends = [
    { backend: 'stable', weight: 9 },
    { backend: 'none', weight: 0 },
    { backend: 'canary', weight: 1 },
  ]

  it('lay backends end to end', () => {
    expect(Array.from({ length: 11 }, (_, place) => backendAt(backends, place))).toEqual([
      ...Array.from({ length: 9 }, () => 'stable'),
      'canary',
      undefined,
    ])
  })

  it('share requests in proportion', () => {
    const stream = randomStream('weights', 'backends')
    const draws = 20_000
    let canary = 0
    for (let draw = 0; draw < draws; draw++) if (pickBackend(backends, stream) === 'canary') canary++
    // binomial with p = 1/10: 4 standard deviations either way
    expect(Math.abs(canary - draws / 10)).toBeLessThan(4 * Math.sqrt(draws * 0.1 * 0.9))
  })

  it('of nothing give no backend and draw nothing', () => {
    const stream = randomStream('weights', 'none')
    const before = stream.save()
    expect(pickBackend([{ backend: 'off', weight: 0 }], stream)).toBeUndefined()
    expect(pickBackend([], stream)).toBeUndefined()
    expect(stream.save()).toEqual(before)
  })
})

describe('shadowed rules', () => {
  const [first] = requests('first').rules
  const [second] = requests('second').rules

  it('ask for the very same as an earlier one', () => {
    expect(shadowedRules([first!, second!])).toEqual([{ rule: 1, by: 0 }])
  })

  it.each([
    { path: { kind: 'exact', path: '/' } as const },
    { path: { kind: 'prefix', path: '/a' } as const },
    { host: { kind: 'exact', host: 'shop.example.com' } as const },
    { method: 'GET' },
    { headers: [{ name: 'v', kind: 'exact', value: '1' } as const] },
  ])('differ in nothing: not with %j', (more) => {
    expect(shadowedRules([first!, { ...second!, ...more }])).toEqual([])
  })
})
