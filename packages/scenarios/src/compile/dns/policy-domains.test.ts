import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { askExplain } from '../../explain/ask.ts'
import { readManifests } from '../../kubernetes/index.ts'
import { runScenario } from '../../run/run-scenario.ts'
import { compileScenario } from '../compile.ts'

const policyFor = (names: readonly string[]) => `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: known }
spec:
  tier: Admin
  priority: 1
  subject: { namespaces: {} }
  egress:
  - { action: Accept, to: [{ domainNames: ${JSON.stringify(names)} }], protocols: [{ tcp: { destinationPort: { number: 443 } } }] }
  - { action: Deny, to: [{ networks: ['0.0.0.0/0'] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: p, namespace: shop }
spec: { containers: [{ name: c, image: i }] }
`

const RECORDS = { 'api.example.com': { to: '192.0.2.1', ttl: '10s' }, 'www.example.org': 'api.example.com' }

function compiled(names: readonly string[], rest: object = {}) {
  const file = { file: 'shop.yaml', bytes: new TextEncoder().encode(policyFor(names)) }
  const found = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 1, hostsPerLeaf: 2, hostLink: '10Gbps', fabricLink: '40Gbps' },
          },
          internet: { rate: '10Gbps', delay: '1ms' },
          nat: { pool: '198.51.100.0/30' },
        },
      },
      internet: { endpoints: ['192.0.2.1', '192.0.2.2'] },
      kubernetes: [{ region: 'r', manifests: 'shop' }],
      dns: { records: RECORDS },
      ...rest,
    },
    { cluster: () => readManifests([file]) },
  )
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

const MOVE = { events: [{ at: '20s', record: 'api.example.com', to: '192.0.2.2' }], run: { for: '60s' } }

/** Verdicts on the way from the pod. */
const asked = (scenario: ReturnType<typeof compiled>) => (to: string, at: string, port: number) =>
  askExplain(scenario, { from: 'shop/p', to, port, at }).verdict

describe('domain names in policies', () => {
  it('stand for what the scenario has records of, by way of aliases, wildcards for names below', () => {
    const verdictsFor = (...names: string[]) => {
      const ask = asked(compiled(names))
      return ['192.0.2.1', 'api.example.com', '192.0.2.2'].map((to) => ask(to, '0s', 443))
    }
    const known = ['delivered', 'delivered', 'dropped']
    expect(verdictsFor('api.example.com')).toEqual(known)
    expect(verdictsFor('API.Example.com.')).toEqual(known)
    expect(verdictsFor('*.example.com')).toEqual(known)
    expect(verdictsFor('www.example.org')).toEqual(known)
    expect(verdictsFor('example.com', '*.api.example.com')).toEqual(['dropped', 'dropped', 'dropped'])
    expect(asked(compiled(['api.example.com']))('192.0.2.1', '0s', 80)).toBe('dropped')
  })

  it('are known whether or not anybody looks names up: those of public services too', () => {
    const { blueprint } = compiled(['*.example.com'], {
      dns: { records: { 'a.b.example.com': '192.0.2.2' } },
    })
    expect(blueprint.network.interfaces!.policies.domains).toEqual({
      'a.b.example.com': ['192.0.2.2'],
      '*.example.com': [],
    })
  })

  it('follow their records, and let go of old ones when these have expired everywhere', () => {
    const moved = compiled(['www.example.org'], MOVE)
    const ask = asked(moved)
    const course = ['19s', '21s', '29s', '31s'].map((at) => [
      ask('192.0.2.1', at, 443),
      ask('192.0.2.2', at, 443),
    ])
    expect(course).toEqual([
      ['delivered', 'dropped'],
      ['delivered', 'delivered'],
      ['delivered', 'delivered'],
      ['dropped', 'delivered'],
    ])
  })

  it.each(['packet', 'flow', 'steady'] as const)('decide under the %s clock', async (clock) => {
    const traffic = ['192.0.2.1', '192.0.2.2'].flatMap((to) =>
      [10, 25, 40].map((at) => ({
        ...{ name: `to-${to}-at-${at}`, from: 'shop/p', to, port: 443 },
        ...{ flowRate: '5/s', sizes: '1kB', start: `${at}s`, stop: `${at + 1}s` },
      })),
    )
    const scenario = compiled(['api.example.com'], { ...MOVE, run: { ...MOVE.run, clock }, traffic })
    const result = await runScenario(scenario, { inputs: 'x' })
    const changed = result.changes.filter(({ action }) => action === 'set-domain')
    expect(changed.map(({ atPs, target }) => [atPs / SECOND, target])).toEqual(
      [20, 30].map((at) => [at, 'api.example.com']),
    )
    const arrived = traffic.map(({ name }, i) => {
      const { started, completed } = result.flows[i] ?? { started: 1, completed: 0 }
      const share = result.steady?.traffic.find((each) => each.traffic === name)
      return share === undefined ? completed / started : share.deliveredBps / share.demandBps
    })
    // SYNs come again until they are let through
    expect(arrived).toEqual([1, 1, 0, clock === 'steady' ? 0 : 1, 1, 1])
  })

  it('that nobody ever has a record of are warned of', () => {
    const warningsOf = (names: readonly string[], rest: object = {}) =>
      compiled(names, rest).warnings.map(({ message }) => message)
    expect(warningsOf(['api.example.com', '*.example.com', 'www.example.org'])).toEqual([])
    expect(warningsOf(['new.example.com'])).toEqual([
      'ClusterNetworkPolicy known, egress[0]: the scenario has no public record of domain name "new.example.com", so that the rule lets nobody through to it; give it one, as in dns: { records: { api.example.com: 192.0.2.1 } }',
    ])
    const later = { events: [{ at: '1s', record: 'new.example.com', to: '192.0.2.2' }], run: { for: '2s' } }
    expect(warningsOf(['new.example.com'], later)).toEqual([])
    expect(warningsOf(['api.example.com'], { dns: undefined })).toHaveLength(1)
  })
})
