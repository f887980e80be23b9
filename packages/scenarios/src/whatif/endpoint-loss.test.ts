import { describe, expect, it } from 'vitest'
import { compileScenario } from '../compile/compile.ts'
import { deployment } from '../kubernetes/deployment.fixture.ts'
import { clusterOf } from '../kubernetes/manifests.fixture.ts'
import { Subject } from './subject.ts'
import { whatIf } from './whatif.ts'

const service = `
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, clusterIP: 10.96.0.9, ports: [{ port: 80 }] }
`
const SERVERS = ['r/leaf-0/host-1', 'r/leaf-1/host-0']

/** A client on the first host, and so many pods of the service as servers are named. */
function subject(servers: readonly string[], expectations: readonly object[] = []): Subject {
  const result = compileScenario(
    {
      weft: 1,
      regions: {
        r: {
          fabric: {
            leafSpine: { leaves: 2, spines: 2, hostsPerLeaf: 2, hostLink: '1Gbps', fabricLink: '1Gbps' },
          },
        },
      },
      kubernetes: [
        { region: 'r', manifests: 'm', pin: { 'shop/web': 'r/leaf-0/host-0', 'shop/cart': servers } },
      ],
      traffic: [{ from: 'shop/web', to: 'shop/cart', sizes: '100kB', rate: '600 requests/s' }],
      expect: expectations,
    },
    {
      cluster: () =>
        clusterOf(
          deployment('web', 1, '{ containerPort: 80 }') +
            deployment('cart', servers.length, '{ containerPort: 80 }') +
            service,
        ),
    },
  )
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('\n'))
  return new Subject(result.value)
}

const failing = async (fail: readonly string[], of = SERVERS) => {
  const asked = subject(of)
  const [row] = (await whatIf(asked, { fail })).worst
  const before = await whatIf(asked, { fail: ['r/leaf-1/host-1'] })
  return { ...row!, before: before.worst[0]!, demandBps: before.demandBps }
}

describe('a service whose endpoints are on hosts that fail', () => {
  it('is served by those that are left, as if it never had others', async () => {
    const { unreachableBps, worst, before } = await failing(['r/leaf-1/host-0'])
    expect(unreachableBps).toBe(0)
    const alone = (await whatIf(subject(SERVERS.slice(0, 1)), { fail: ['r/leaf-1/host-1'] })).worst[0]!
    expect(worst!.utilization).toBeCloseTo(alone.worst!.utilization, 9)
    expect(before.unreachableBps).toBe(0)
    expect(worst!.direction).toBe(alone.worst!.direction)
  })

  it.each([
    ['its link', ['r/leaf-1/host-0/vswitch:r/leaf-1']],
    ['its leaf', ['r/leaf-1']],
  ])('is served so too where a host is cut off by %s', async (_, fail) => {
    expect((await failing(fail)).unreachableBps).toBe(0)
  })

  it('is refused where none is left', async () => {
    const { unreachableBps, demandBps } = await failing(SERVERS)
    expect(unreachableBps / demandBps).toBeCloseTo(1, 9)
  })

  it('is served again in the next set', async () => {
    const asked = subject(SERVERS)
    const both = await whatIf(asked, { any: 2, of: 'host', symmetry: false })
    const lost = new Map(both.worst.map(({ failed, unreachableBps }) => [failed.join(), unreachableBps]))
    expect(lost.get('r/leaf-1/host-0')).toBe(0)
    expect(lost.get('r/leaf-0/host-1')).toBe(0)
    expect(lost.get('r/leaf-1/host-1')).toBe(0)
    expect(lost.get(SERVERS.join())! / both.demandBps).toBeCloseTo(1, 9)
    expect(lost.get('r/leaf-0/host-0')! / both.demandBps).toBeCloseTo(1, 9)
  })
})
