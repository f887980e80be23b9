import { describe, expect, it } from 'vitest'
import type { HostPattern, PathPattern, RequestRule } from './ingress-blueprint.ts'
import { RequestRouter } from './request-router.ts'

const ANY: HostPattern = { kind: 'any' }
const exact = (path: string): PathPattern => ({ kind: 'exact', path })
const prefix = (path: string): PathPattern => ({ kind: 'prefix', path })
const expression = (source: string): PathPattern => ({ kind: 'expression', source })

const to = (backend: string): Pick<RequestRule, 'name' | 'action'> => ({
  name: backend,
  action: { kind: 'forward', backends: [{ backend, weight: 1 }] },
})

const at = (path: PathPattern, backend: string, more: Partial<RequestRule> = {}): RequestRule => ({
  host: ANY,
  path,
  ...to(backend),
  ...more,
})

/** The name of the rule that takes a request; `-` where none does. */
function winner(
  rules: readonly RequestRule[],
  path: string,
  more: { host?: string; method?: string; headers?: Record<string, string>; fallsThrough?: boolean } = {},
): string {
  const { host = 'shop.example.com', fallsThrough = false, ...rest } = more
  const index = new RequestRouter({ rules, fallsThroughHosts: fallsThrough }).match({ host, path, ...rest })
  return rules[index]?.name ?? '-'
}

describe('one path', () => {
  // the table of Kubernetes' Ingress page and of the ingress conformance suite, with paths of our own
  it.each([
    [prefix('/'), '/', true],
    [prefix('/'), '/basket', true],
    [prefix('/'), '/basket/12/items', true],
    [prefix('/'), '', true],
    [exact('/basket'), '/basket', true],
    [exact('/basket'), '/basket/', false],
    [exact('/basket'), '/account', false],
    [exact('/basket/'), '/basket', false],
    [exact('/basket/'), '/basket/', true],
    [exact('/basket'), '/Basket', false],
    [exact('/basket'), '/basket/items', false],
    [prefix('/basket'), '/basket', true],
    [prefix('/basket'), '/basket/', true],
    [prefix('/basket/'), '/basket', true],
    [prefix('/basket/'), '/basket/', true],
    [prefix('/basket/'), '/basket/items', true],
    [prefix('/shop/bas'), '/shop/basket', false],
    [prefix('/shop/basket'), '/shop/basket', true],
    [prefix('/shop/basket/'), '/shop/basket', true],
    [prefix('/shop/basket'), '/shop/basket/', true],
    [prefix('/shop/basket'), '/shop/basket/items', true],
    [prefix('/shop/basket'), '/shop/basketball', false],
    [prefix('/basket'), '/Basket', false],
    [prefix('/basket'), '//basket', false],
    [prefix('/basket'), '/basket?add=12', true],
    [exact('/basket'), '/basket?add=12', true],
    [expression('/v[0-9]+/.*'), '/v12/items', true],
    [expression('/v[0-9]+/.*'), '/api/v12/items', false],
  ])('%j takes %s: %s', (pattern, path, takes) => {
    expect(winner([at(pattern, 'found')], path)).toBe(takes ? 'found' : '-')
  })
})

describe('several paths', () => {
  it.each([
    ['/', 'root'],
    ['/shop', 'shop'],
    ['/shop/basket', 'basket'],
    ['/shop/basketball', 'shop'],
    ['/account', 'root'],
  ])('the longest prefix of %s is that of %s', (path, name) => {
    const rules = [at(prefix('/'), 'root'), at(prefix('/shop'), 'shop'), at(prefix('/shop/basket'), 'basket')]
    expect(winner(rules, path)).toBe(name)
    expect(winner([...rules].reverse(), path)).toBe(name)
  })

  it('an exact path comes before the same prefix', () => {
    const rules = [at(prefix('/basket'), 'prefix'), at(exact('/basket'), 'exact')]
    expect(winner(rules, '/basket')).toBe('exact')
    expect(winner(rules, '/basket/')).toBe('prefix')
  })

  it('of a prefix with a final slash and without, the one with it takes both', () => {
    const rules = [at(prefix('/basket'), 'plain'), at(prefix('/basket/'), 'slash')]
    for (const path of ['/basket', '/basket/', '/basket/items']) expect(winner(rules, path)).toBe('slash')
  })

  it('an exact path comes before a prefix that only a final slash makes longer', () => {
    expect(winner([at(prefix('/basket/'), 'prefix'), at(exact('/basket'), 'exact')], '/basket')).toBe('exact')
  })

  it('of equal rules the first wins', () => {
    expect(winner([at(prefix('/basket'), 'first'), at(prefix('/basket'), 'second')], '/basket')).toBe('first')
  })

  it('expressions come after exact paths and before prefixes, the longer source first', () => {
    const rules = [
      at(prefix('/v1/items/12'), 'prefix'),
      at(expression('/v1/.*'), 'short'),
      at(expression('/v[0-9]+/items/.*'), 'long'),
      at(exact('/v1/items/99'), 'exact'),
    ]
    expect(winner(rules, '/v1/items/12')).toBe('long')
    expect(winner(rules, '/v1/other')).toBe('short')
    expect(winner(rules, '/v1/items/99')).toBe('exact')
  })
})

const one = (suffix: string): HostPattern => ({ kind: 'wildcard', suffix, labels: 'one' })
const some = (suffix: string): HostPattern => ({ kind: 'wildcard', suffix, labels: 'some' })
const host = (name: string): HostPattern => ({ kind: 'exact', host: name })

describe('hosts', () => {
  it.each([
    [host('shop.example.com'), 'shop.example.com', true],
    [host('shop.example.com'), 'SHOP.Example.com:8443', true],
    [host('shop.example.com'), 'shop.example.com.', true],
    [host('shop.example.com'), 'www.shop.example.com', false],
    [one('example.com'), 'shop.example.com', true],
    [one('example.com'), 'eu.shop.example.com', false],
    [one('example.com'), 'example.com', false],
    [one('example.com'), 'shopexample.com', false],
    [some('example.com'), 'shop.example.com', true],
    [some('example.com'), 'eu.shop.example.com', true],
    [some('example.com'), 'example.com', false],
    [ANY, 'anything', true],
    [ANY, '', true],
    [host('2001:db8::1'), '[2001:db8::1]:80', true],
  ])('%j takes %s: %s', (pattern, name, takes) => {
    expect(winner([at(prefix('/'), 'found', { host: pattern })], '/', { host: name })).toBe(
      takes ? 'found' : '-',
    )
  })

  const rules = [
    at(prefix('/'), 'any'),
    at(prefix('/'), 'wide', { host: some('example.com') }),
    at(prefix('/'), 'narrow', { host: some('shop.example.com') }),
    at(prefix('/'), 'one', { host: one('shop.example.com') }),
    at(prefix('/basket'), 'own', { host: host('eu.shop.example.com') }),
  ]

  it.each([
    ['eu.shop.example.com', '/basket', 'own'],
    ['us.shop.example.com', '/basket', 'one'],
    ['a.us.shop.example.com', '/basket', 'narrow'],
    ['shop.example.com', '/basket', 'wide'],
    ['example.com', '/basket', 'any'],
  ])('the most specific one takes %s', (name, path, found) => {
    expect(winner(rules, path, { host: name })).toBe(found)
  })

  it('a host with rules of its own leaves what these do not match to others only where that is said', () => {
    const request = { host: 'eu.shop.example.com' }
    expect(winner(rules, '/account', request)).toBe('-')
    expect(winner(rules, '/account', { ...request, fallsThrough: true })).toBe('one')
  })
})

describe('conditions', () => {
  it('more of them come first among rules of one path', () => {
    const rules = [
      at(prefix('/'), 'plain'),
      at(prefix('/'), 'header', { headers: [{ name: 'Version', kind: 'exact', value: '2' }] }),
      at(prefix('/'), 'method', { method: 'POST' }),
      at(prefix('/'), 'query', { query: [{ name: 'beta', kind: 'exact', value: 'yes' }] }),
    ]
    const headers = { version: '2' }
    expect(winner(rules, '/?beta=yes', { method: 'POST', headers })).toBe('method')
    expect(winner(rules, '/?beta=yes', { headers })).toBe('header')
    expect(winner(rules, '/?beta=yes')).toBe('query')
    expect(winner(rules, '/')).toBe('plain')
  })

  it('a longer path comes before them', () => {
    const rules = [
      at(prefix('/'), 'header', { headers: [{ name: 'Version', kind: 'exact', value: '2' }] }),
      at(prefix('/v2'), 'longer'),
    ]
    expect(winner(rules, '/v2', { headers: { version: '2' } })).toBe('longer')
  })

  it('a path whose conditions fail leaves the request to shorter ones', () => {
    const rules = [at(prefix('/'), 'root'), at(exact('/v2'), 'posted', { method: 'POST' })]
    expect(winner(rules, '/v2')).toBe('root')
  })

  it('of two patterns for one header the first counts, whatever their case', () => {
    const twice = at(prefix('/'), 'twice', {
      headers: [
        { name: 'version', kind: 'exact', value: '1' },
        { name: 'Version', kind: 'exact', value: '2' },
      ],
    })
    expect(winner([twice], '/', { headers: { Version: '1' } })).toBe('twice')
    expect(winner([twice], '/', { headers: { Version: '2' } })).toBe('-')
  })

  it('expressions are for whole values', () => {
    const rules = [
      at(prefix('/'), 'even', { headers: [{ name: 'version', kind: 'expression', value: '[0-9]*[02468]' }] }),
    ]
    expect(winner(rules, '/', { headers: { version: '12' } })).toBe('even')
    expect(winner(rules, '/', { headers: { version: '12a' } })).toBe('-')
  })

  it('query parameters are decoded, and what is no encoding stands for itself', () => {
    const rules = [at(prefix('/'), 'found', { query: [{ name: 'q', kind: 'exact', value: 'a b&c' }] })]
    expect(winner(rules, '/?q=a+b%26c')).toBe('found')
    expect(winner(rules, '/?%zz=1&q=a%20b%26c')).toBe('found')
    expect(winner(rules, '/?q')).toBe('-')
  })
})

describe('what no rule matches', () => {
  it('is answered 404, or as the rules say', () => {
    const rules = [at(exact('/'), 'root')]
    const request = { host: 'x', path: '/other' }
    const router = new RequestRouter({ rules, fallsThroughHosts: false })
    expect(router.action(router.match(request))).toEqual({ kind: 'answer', status: 404 })
    const otherwise = { kind: 'forward', backends: [{ backend: 'fallback', weight: 1 }] } as const
    const withDefault = new RequestRouter({ rules, fallsThroughHosts: false, otherwise })
    expect(withDefault.action(withDefault.match(request))).toBe(otherwise)
  })
})
