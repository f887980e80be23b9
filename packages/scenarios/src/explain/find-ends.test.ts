import { describe, expect, it } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { askExplain } from './ask.ts'

/** Pods of both families, behind a service of IPv6 alone that has the name of their workload. */
const MANIFESTS = `${deployment('web')}${deployment('cart')}
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { ipFamilies: [IPv6], selector: { app: cart }, type: NodePort, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
`

function compiled(workloads: readonly string[]): CompiledScenario {
  const found = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 1, spines: 1, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' },
          },
          addresses: {
            hosts: ['10.0.0.0/16', 'fd00::/64'],
            workloads,
            services: ['10.96.0.0/16', 'fd00:96::/112'],
          },
        },
      },
      kubernetes: [{ region: 'r', manifests: 'm' }],
    },
    { cluster: () => clusterOf(MANIFESTS) },
  )
  if (!found.ok) throw new Error(found.issues.map(({ message }) => message).join('\n'))
  return found.value
}

describe('a service with the name of a workload, explained', () => {
  const both = compiled(['10.64.0.0/14', 'fd00:64::/64'])

  it('is meant at its ports, by the family that it has', () => {
    const { question, verdict } = askExplain(both, { from: 'shop/web', to: 'shop/cart', port: 80 })
    expect([question.to, verdict]).toEqual([{ host: 'shop/cart', address: 'fd00:96::1' }, 'delivered'])
    const pod = askExplain(both, { from: 'shop/web', to: 'shop/cart', port: 8080 }).question.to
    expect(pod.address).toMatch(/^10\.64\./)
  })

  it('is not reached by who has none of its family', () => {
    const ipv4 = compiled(['10.64.0.0/14'])
    expect(() => askExplain(ipv4, { from: 'shop/web', to: 'shop/cart', port: 80 })).toThrow(
      /have no addresses of one family/,
    )
  })

  it('is followed by the family that is asked for', () => {
    const ask = (family: 'ipv4' | 'ipv6', to = 'shop/cart', port = 8080) =>
      askExplain(both, { from: 'shop/web', to, port, family }).question
    for (const [family, prefix] of [
      ['ipv4', '10.64.'],
      ['ipv6', 'fd00:64::'],
    ] as const) {
      const { from, to } = ask(family)
      expect([from, to].every(({ address }) => address.startsWith(prefix))).toBe(true)
    }
    expect(() => ask('ipv4', 'shop/cart', 80)).toThrow('not both an IPv4 address')
    expect(() => ask('ipv4', 'fd00::2')).toThrow('fd00::2 is no IPv4 address; leave one of them out')
  })

  it('has no endpoint at node ports of the other family', () => {
    const call = (to: string) => askExplain(both, { from: 'r/leaf-0/host-0', to, port: 30080 })
    expect(call('10.0.0.2')).toMatchObject({ verdict: 'dropped', reason: 'service-no-endpoint' })
    expect(call('fd00::2')).toMatchObject({ verdict: 'delivered' })
  })
})
