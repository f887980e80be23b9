import { expect, it } from 'vitest'
import { NO_RULE, PolicyEngine } from './policy-engine.ts'
import { networkPolicy, nineWorkloads, tcp, workloads } from './test-policies.fixture.ts'

it('identities stay what they were for all whom a change does not concern', () => {
  const engine = new PolicyEngine(
    nineWorkloads([networkPolicy('x/p', { pod: 'a' }, { ingress: [{ peers: [workloads('y')] }] })]),
  )
  const names = ['x', 'y', 'z'].flatMap((namespace) => ['a', 'b', 'c'].map((pod) => `${namespace}/${pod}`))
  const ends = names.map((name) => engine.endsOfWorkload(name)[0]!)
  const identities = () => ends.map((end) => engine.identityOf(end))
  const before = identities()
  engine.addPolicy(
    networkPolicy('z/p', { pod: 'b' }, { ingress: [{ peers: [workloads('z', { pod: 'c' })] }] }),
  )
  const after = identities()
  expect(names.filter((_, i) => after[i] !== before[i])).toEqual(['z/b', 'z/c'])
  engine.removePolicy('NetworkPolicy z/p')
  expect(new Set(identities())).toEqual(new Set(before))
  // who is not named shares one with the world outside
  expect(engine.identities.size).toBe(3)
})

it('a verdict tells the rules that decided on either side, or that none did', () => {
  const engine = new PolicyEngine(
    nineWorkloads([
      networkPolicy('x/in', { pod: 'a' }, { ingress: [{ ports: [tcp(80)] }] }),
      networkPolicy('y/out', { pod: 'a' }, { egress: [{ peers: [workloads('x')] }] }),
    ]),
  )
  const [source, destination] = [engine.endsOfWorkload('y/a')[0]!, engine.endsOfWorkload('x/a')[0]!]
  expect(engine.verdict(source, destination, 6, 80)).toBe(0)
  expect(engine.ruleOf(engine.egressRule)).toMatchObject({ policy: 'NetworkPolicy y/out', rule: 'egress[0]' })
  expect(engine.ruleOf(engine.ingressRule)).toMatchObject({
    policy: 'NetworkPolicy x/in',
    rule: 'ingress[0]',
  })
  expect(engine.verdict(source, destination, 6, 81)).toBe(2)
  expect(engine.ingressRule).toBe(NO_RULE)
  expect(engine.ruleOf(NO_RULE)).toBeUndefined()
})
