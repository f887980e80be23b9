import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldPattern, HostPattern, HttpRequest, PathPattern, RequestRule } from './ingress-blueprint.ts'
import { matchNaively } from './request-router.oracle.ts'
import { UNROUTED, RequestRouter } from './request-router.ts'
import { shadowedRules } from './shadowed-rules.ts'

// few names, so that patterns meet requests often
const label = fc.constantFrom('a', 'b', 'shop')
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const path = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 4 }), fc.boolean())
  .map(([elements, slash]) => `/${elements.join('/')}${slash && elements.length > 0 ? '/' : ''}`)

const hostPattern: fc.Arbitrary<HostPattern> = fc.oneof(
  fc.constant({ kind: 'any' as const }),
  host.map((name) => ({ kind: 'exact' as const, host: name })),
  fc.record({
    kind: fc.constant('wildcard' as const),
    suffix: host,
    labels: fc.constantFrom('one' as const, 'some' as const),
  }),
)

const pathPattern: fc.Arbitrary<PathPattern> = fc.record({
  kind: fc.constantFrom('exact' as const, 'prefix' as const),
  path,
})

const fields = (...names: string[]): fc.Arbitrary<FieldPattern[]> =>
  fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      kind: fc.constant('exact' as const),
      value: fc.constantFrom('1', '2'),
    }),
    { maxLength: 2 },
  )

const rule: fc.Arbitrary<RequestRule> = fc.record(
  {
    name: fc.constant('rule'),
    host: hostPattern,
    path: pathPattern,
    method: fc.constantFrom('GET', 'POST'),
    headers: fields('Version', 'version', 'canary'),
    query: fields('v', 'V'),
    action: fc.constant({ kind: 'answer' as const, status: 200 }),
  },
  { requiredKeys: ['name', 'host', 'path', 'action'] },
)

const rules = fc.record({ rules: fc.array(rule, { maxLength: 12 }), fallsThroughHosts: fc.boolean() })

const request: fc.Arbitrary<HttpRequest> = fc.record({
  host: fc.tuple(host, fc.constantFrom('', ':80', ':8443')).map(([name, port]) => name + port),
  path: fc
    .tuple(path, fc.constantFrom('', '?', '?v=1', '?V=2&v=1', '?v=2&v=1'))
    .map((parts) => parts.join('')),
  method: fc.constantFrom('GET', 'POST'),
  headers: fc.constantFrom({}, { VERSION: '1' }, { version: '2', Canary: '1' }),
})

/** An exact path beside the same prefix with a final slash: the two orders differ, and the documents leave it open. */
const isOpen = (all: readonly RequestRule[]) =>
  all.some(
    ({ path }) =>
      path.kind === 'exact' &&
      all.some(
        (other) => other.path.kind === 'prefix' && other.path.path === `${(path as { path: string }).path}/`,
      ),
  )

describe('the compiled router', () => {
  it('finds what trying every rule finds, by either wording of precedence', () => {
    fc.assert(
      fc.property(rules, fc.array(request, { minLength: 1, maxLength: 8 }), (given, requests) => {
        const router = new RequestRouter(given)
        for (const each of requests) {
          const found = router.match(each)
          expect(found).toBe(matchNaively(given, each, 'exact-first'))
          if (!isOpen(given.rules)) expect(found).toBe(matchNaively(given, each, 'longest-first'))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not care for the order of rules that differ', () => {
    fc.assert(
      fc.property(
        rules,
        request,
        fc.infiniteStream(fc.nat()),
        ({ rules: all, fallsThroughHosts }, each, order) => {
          const shadowed = new Set(shadowedRules(all).map(({ rule: index }) => index))
          const distinct = all
            .filter((_, index) => !shadowed.has(index))
            .filter((one) => one.headers === undefined && one.query === undefined)
          const keys = distinct.map(() => order.next().value)
          const shuffled = distinct.map((_, index) => index).sort((a, b) => keys[a]! - keys[b]! || a - b)
          const here = new RequestRouter({ rules: distinct, fallsThroughHosts }).match(each)
          const there = new RequestRouter({
            rules: shuffled.map((index) => distinct[index]!),
            fallsThroughHosts,
          }).match(each)
          expect(there === UNROUTED ? UNROUTED : shuffled[there]).toBe(here)
        },
      ),
    )
  })

  it('never takes a request to a rule that an equal one stands before', () => {
    fc.assert(
      fc.property(rules, fc.array(request, { maxLength: 8 }), (given, requests) => {
        const shadowed = new Set(shadowedRules(given.rules).map(({ rule: index }) => index))
        const router = new RequestRouter(given)
        for (const each of requests) expect(shadowed.has(router.match(each))).toBe(false)
      }),
    )
  })

  it('asks rules of less specific hosts only where it may', () => {
    fc.assert(
      fc.property(rules, request, (given, each) => {
        const strict = new RequestRouter({ ...given, fallsThroughHosts: false }).match(each)
        const lenient = new RequestRouter({ ...given, fallsThroughHosts: true }).match(each)
        if (strict !== UNROUTED) expect(lenient).toBe(strict)
      }),
    )
  })
})
