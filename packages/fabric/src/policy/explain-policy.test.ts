import { describe, expect, it } from 'vitest'
import { explainPolicy } from './explain-policy.ts'
import type { Policy } from './policy-blueprint.ts'
import { Asker, networkPolicy, nineWorkloads, tcp, tierPolicy, workloads } from './test-policies.fixture.ts'

function explained(policies: readonly Policy[], source: string, destination: string, port = 80) {
  const asker = new Asker(nineWorkloads(policies))
  return explainPolicy(asker.engine, asker.end(source), asker.end(destination), 6, port)
}

const nothing = { selectedBy: [], deciding: [], isolatedBy: [], passedBy: [] }

describe('an explanation', () => {
  const fromY = { peers: [workloads('y')] }
  const one = networkPolicy('x/one', {}, { ingress: [{ ports: [tcp(81)] }, fromY] })
  const other = networkPolicy('x/other', { pod: 'a' }, { ingress: [fromY] })

  it('names every rule that lets a connection in', () => {
    const { verdict, egress, ingress } = explained([one, other], 'y/a', 'x/a')
    expect(verdict).toBe('accept')
    expect(egress).toEqual({ ...nothing, accepts: true, because: 'no-policy' })
    expect(ingress).toEqual({
      ...nothing,
      accepts: true,
      because: 'rules',
      tier: 'network',
      selectedBy: ['NetworkPolicy x/one', 'NetworkPolicy x/other'],
      deciding: [
        { policy: 'NetworkPolicy x/one', rule: 'ingress[1]', direction: 'ingress', action: 'accept' },
        { policy: 'NetworkPolicy x/other', rule: 'ingress[0]', direction: 'ingress', action: 'accept' },
      ],
    })
  })

  it('names the policies that isolate, where none of their rules matches', () => {
    const { verdict, ingress } = explained([one, other], 'z/a', 'x/a')
    expect(verdict).toBe('policy-denied-ingress')
    const names = ['NetworkPolicy x/one', 'NetworkPolicy x/other']
    const isolated = {
      accepts: false,
      because: 'isolated',
      tier: 'network',
      isolatedBy: names,
      selectedBy: names,
    }
    expect(ingress).toEqual({ ...nothing, ...isolated })
  })

  it('names the rules that passed on the way, and both sides where egress denies', () => {
    const deny = tierPolicy('admin', 'A', 1, { egress: [{ action: 'deny' }] })
    const pass = tierPolicy('admin', 'P', 1, { ingress: [{ action: 'pass' }] })
    const { verdict, egress, ingress } = explained([deny, pass, one], 'y/a', 'x/b')
    expect(verdict).toBe('policy-denied-egress')
    expect(egress).toMatchObject({
      accepts: false,
      tier: 'admin',
      deciding: [{ policy: 'A', action: 'deny' }],
    })
    expect(ingress).toMatchObject({
      accepts: true,
      tier: 'network',
      passedBy: [{ policy: 'P', action: 'pass' }],
    })
  })

  it('says where policies select, and none decides', () => {
    const pass = tierPolicy('baseline', 'P', 1, { ingress: [{ action: 'pass' }] })
    expect(explained([pass], 'y/a', 'x/a').ingress).toMatchObject({
      accepts: true,
      because: 'default',
      selectedBy: ['P'],
    })
  })

  it('says what policies have no say in', () => {
    const deny = networkPolicy('x/deny', {}, { ingress: [], egress: [] })
    const own = explained([deny], 'x/a', 'x/a')
    expect([own.egress.because, own.ingress.because]).toEqual(['own-traffic', 'own-traffic'])
    expect(explained([deny], 'node n1', 'x/a').ingress).toMatchObject({ because: 'own-node', accepts: true })
  })
})
