import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { askExplain } from '../../explain/ask.ts'
import { OLD, SHOP, tlsSecret, WILD } from '../../kubernetes/certificates/certificates.fixture.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'
import { clusterWith, scenarioWith } from './ingress.fixture.ts'

type ClockName = 'packet' | 'flow' | 'steady'

/** The Secret of shop.example.com; the Ingress has no other. */
const secret = (pem: string, annotations = '') => tlsSecret('front-tls', pem, annotations)

function built(more: string, run: object, entry: object = {}, ingress?: readonly object[]) {
  const given = scenarioWith(ingress, entry, { run })
  const found = compileScenario(given, { cluster: () => clusterWith(more) })
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

const warningsOf = (...given: Parameters<typeof built>) =>
  built(...given).warnings.flatMap(({ message }) => (message.includes('Secret') ? message : []))

const stateOf = (scenario: ReturnType<typeof built>, at: string) =>
  askExplain(scenario, { from: 'r/leaf-1/host-0', to: 'https://shop.example.com/cart', at }).request
    ?.certificateState

async function resultOf(clock: ClockName, more: string, date: string, entry: object = {}) {
  const run = { for: '2s', drain: '1s', clock, date }
  const result = await runScenario(built(more, run, entry), { inputs: 'x' })
  const { requests, certificates } = result.ingress[0]!
  const by = (outcome: string) =>
    requests.counts.reduce((sum, each) => sum + (each.outcome === outcome ? each.requests : 0), 0)
  return { all: requests.ended, by, certificates }
}

describe('the certificate of a Secret', () => {
  it.each<ClockName>(['packet', 'flow', 'steady'])(
    'expires when it says, under the %s clock',
    async (clock) => {
      const { all, by, certificates } = await resultOf(clock, secret(SHOP), '2026-04-01T11:59:59Z')
      expect(by('served') + by('certificate-expired')).toBeCloseTo(all, 6)
      // the second of two seconds
      expect(Math.abs(by('certificate-expired') / all - 0.5)).toBeLessThan(0.06)
      // that of the wildcard is issued as before
      expect(certificates).toMatchObject({ issued: 1, expired: 1, withoutPs: SECOND })
      expect(certificates.events.find(({ kind }) => kind === 'expired')).toMatchObject({
        certificate: 'shop/front-tls',
        atPs: SECOND,
      })
    },
  )

  it.each<ClockName>(['packet', 'flow', 'steady'])(
    'begins when it says, under the %s clock',
    async (clock) => {
      const { all, by } = await resultOf(clock, secret(SHOP), '2025-12-31T23:59:59Z')
      expect(by('served') + by('certificate-expired')).toBeCloseTo(all, 6)
      expect(Math.abs(by('served') / all - 0.5)).toBeLessThan(0.06)
    },
  )

  it('has expired, or is not valid yet, when the run begins, and that is warned of', async () => {
    const late = { for: '50ms', date: '2026-04-02' }
    expect(warningsOf(secret(SHOP), late)).toEqual([
      'the certificate of Secret shop/front-tls expired at 2026-04-01T12:00:00Z, before the run begins',
    ])
    expect(stateOf(built(secret(SHOP), late), '0s')).toBe('expired')
    expect(warningsOf(secret(SHOP), { date: '2025-01-01' })).toEqual([
      'the certificate of Secret shop/front-tls is not valid before 2026-01-01T00:00:00Z, after the run begins',
    ])
    expect(warningsOf(secret(SHOP), { date: '2026-02-01' })).toEqual([])
  })

  it('counts as valid where nobody says when the run begins, with its dates', () => {
    const scenario = built(secret(SHOP), { for: '50ms' })
    expect(warningsOf(secret(SHOP), {})).toEqual([
      'the certificate of Secret shop/front-tls is valid from 2026-01-01T00:00:00Z to 2026-04-01T12:00:00Z; it counts as valid all the time, as no run.date says when the run begins',
    ])
    expect(stateOf(scenario, '50ms')).toBe('valid')
  })

  it('that cert-manager keeps up is renewed when a third of its time is left, or as the scenario says', () => {
    const kept = secret(SHOP, 'cert-manager.io/certificate-name: front-tls')
    const foundAt = (date: string, certificates: object = {}) =>
      built(kept, { clock: 'flow', for: '1h', date }, {}, [
        { certificates },
      ]).blueprint.ingress![0]!.certificates.find(({ name }) => name === 'shop/front-tls')!.found
    const HOUR = 3600 * SECOND
    const lifetime = (90 * 24 + 12) * HOUR
    expect(foundAt('2026-01-01')).toEqual({ startsPs: 0, expiresPs: lifetime, renewsPs: (lifetime / 3) * 2 })
    expect(foundAt('2026-01-01', { renewBefore: '1h' })?.renewsPs).toBe(lifetime - HOUR)
    // it was there when it should have been renewed
    const late = built(kept, { clock: 'flow', for: '1h', date: '2026-05-01' })
    expect([stateOf(late, '29s'), stateOf(late, '31s')]).toEqual(['expired', 'valid'])
    expect(warningsOf(kept, {})).toEqual([])
  })

  it.each<[string, string, string]>([
    ['a wildcard of its host', WILD, 'served'],
    ['no name at all', OLD, 'certificate-missing'],
  ])('with %s is what clients make of it', async (_name, pem, outcome) => {
    for (const clock of ['packet', 'flow', 'steady'] as const) {
      const { all, by } = await resultOf(clock, secret(pem), '2025-07-01')
      expect(by(outcome)).toBeCloseTo(all, 6)
    }
  })

  it('that is for other hosts is warned of, and explained as none', () => {
    const api = scenarioWith(undefined, { to: 'https://api.example.com/' }, { run: { date: '2026-02-01' } })
    const ingress = `${secret(SHOP)}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: api, namespace: shop }
spec:
  ingressClassName: nginx
  tls: [{ hosts: [api.example.com, b.api.example.com], secretName: front-tls }]
  rules:
    - host: api.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: cart, port: { number: 80 } } } }] }
`
    const found = compileScenario(api, { cluster: () => clusterWith(ingress) })
    if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
    expect(
      found.value.warnings.flatMap(({ message }) => (message.includes('Secret') ? message : [])),
    ).toEqual([
      'the certificate of Secret shop/front-tls is for "shop.example.com", "*.api.example.com", "203.0.113.9" and "2001:db8::9" and not for api.example.com, whose TLS clients give up (certificate-missing)',
    ])
    const { request } = askExplain(found.value, { from: 'r/leaf-1/host-0', to: 'https://api.example.com/' })
    expect(request).toMatchObject({ certificate: null, certificateState: null })
  })
})

describe('a Secret', () => {
  const CRT = /tls\.crt: .*/
  const issuesOf = (text: string): string[] => {
    try {
      return clusterWith(text).warnings.map(({ line, column, message }) => `${line > 0}${column} ${message}`)
    } catch (error) {
      return [(error as Error).message]
    }
  }

  it.each([
    ['no base64', 'tls.crt: "?"', 'data["tls.crt"]: it is no base64'],
    ['a number', 'tls.crt: 1', 'data["tls.crt"]: expected text'],
    ['none', 'other: ""', 'a Secret of type kubernetes.io/tls needs "tls.crt" in data'],
  ])('of TLS with %s is refused, and shows nothing of its key', (_name, line, message) => {
    const [found] = issuesOf(secret(SHOP).replace(CRT, line))
    expect(found).toContain(message)
    expect(found).toMatch(/m\.yaml:\d+:\d+/)
    expect(found).not.toContain(btoa('the key, which nobody shows').slice(0, 12))
  })

  it.each([
    ['empty', 'tls.crt: ""', 'it is empty'],
    ['no PEM', `tls.crt: ${btoa('nothing')}`, 'no certificate in PEM'],
    ['broken', `tls.crt: ${btoa(SHOP.replace('MII', 'MAI'))}`, 'the certificate is broken'],
    ['encrypted', 'tls.crt: ENC[AES256_GCM,data:x]', 'it is encrypted'],
  ])('of TLS that is %s is warned of, and as if it were not there', (_name, line, message) => {
    const text = secret(SHOP).replace(CRT, line)
    expect(issuesOf(text).join()).toContain(message)
    expect(clusterWith(text).certificates).toEqual([])
  })

  it('has its certificate as text too, which counts', () => {
    const plain = secret(WILD).replace(/\n*$/, `\nstringData: { tls.crt: ${JSON.stringify(SHOP)} }\n`)
    expect(clusterWith(plain).certificates).toMatchObject([
      { secret: 'shop/front-tls', notAfterMs: Date.UTC(2026, 3, 1, 12) },
    ])
  })

  it('of another type is counted and not looked into', () => {
    const opaque = secret(SHOP)
      .replace('kubernetes.io/tls', 'Opaque')
      .replace(CRT, 'tls.crt: {{ .Values.crt }}')
    const { certificates, ignored } = clusterWith(opaque)
    expect(certificates).toEqual([])
    expect(ignored).toEqual([{ apiVersion: 'v1', kind: 'Secret', count: 1 }])
  })
})
