import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainPolicy } from './explain-policy.ts'
import { endIn, NUMBERS, verdictOf } from './oracle-words.fixture.ts'
import type { OracleConnection } from './policy.oracle.ts'
import type { PolicySet } from './policy-blueprint.ts'
import { PolicyEngine } from './policy-engine.ts'
import { policyNamed, withConnections } from './policy-sets.fixture.ts'

const RUNS = { numRuns: 80 }

/** What becomes of connections. */
function verdictsOf(set: PolicySet, connections: readonly OracleConnection[]): string[] {
  const engine = new PolicyEngine(set)
  return connections.map((connection) => verdictOf(engine, connection))
}

describe('metamorphic', () => {
  it('removing an allow rule of a policy that stays never opens a connection', () => {
    fc.assert(
      fc.property(withConnections, fc.nat(), ({ set, connections }, pick) => {
        const network = set.policies.filter(({ tier }) => tier === 'network')
        const places = network.flatMap((policy) =>
          (['egress', 'ingress'] as const).flatMap((direction) =>
            (policy[direction] ?? []).map((_, i) => ({ policy, direction, i })),
          ),
        )
        fc.pre(places.length > 0)
        const { policy, direction, i } = places[pick % places.length]!
        const poorer = { ...policy, [direction]: policy[direction]!.filter((_, at) => at !== i) }
        const policies = set.policies.map((one) => (one === policy ? poorer : one))
        const [before, after] = [verdictsOf(set, connections), verdictsOf({ ...set, policies }, connections)]
        before.forEach((verdict, at) => {
          if (verdict !== 'accept') expect(after[at]).not.toBe('accept')
        })
      }),
      RUNS,
    )
  })

  it('the order of policies, workloads and namespaces changes nothing', () => {
    fc.assert(
      fc.property(withConnections, ({ set, connections }) => {
        const backwards = {
          ...set,
          policies: [...set.policies].reverse(),
          workloads: [...set.workloads].reverse(),
          namespaces: [...set.namespaces].reverse(),
        }
        expect(verdictsOf(backwards, connections)).toEqual(verdictsOf(set, connections))
      }),
      RUNS,
    )
  })

  it('a policy about workloads that are not there changes nothing', () => {
    const elsewhere = policyNamed('p0').map((policy) => ({
      ...policy,
      subject: { ...policy.subject, namespaces: { name: 'elsewhere' } },
    }))
    fc.assert(
      fc.property(withConnections, elsewhere, ({ set, connections }, policy) => {
        const more = { ...set, policies: [...set.policies, policy] }
        expect(verdictsOf(more, connections)).toEqual(verdictsOf(set, connections))
      }),
      RUNS,
    )
  })

  it('without the very rules that decide, the answer is another or somebody else gives it', () => {
    fc.assert(
      fc.property(withConnections, ({ set, connections }) => {
        const engine = new PolicyEngine(set)
        for (const { source, destination, protocol, port } of connections) {
          const told = explainPolicy(
            engine,
            endIn(engine, source),
            endIn(engine, destination),
            NUMBERS[protocol]!,
            port,
          )
          for (const direction of ['egress', 'ingress'] as const) {
            const before = told[direction]
            if (before.deciding.length + before.isolatedBy.length === 0) continue
            const other = new PolicyEngine(without(set, direction, before))
            const after = explainPolicy(
              other,
              endIn(other, source),
              endIn(other, destination),
              NUMBERS[protocol]!,
              port,
            )[direction]
            if (before.tier === 'network' && before.accepts) expect(after.accepts).toBe(false)
            expect({
              accepts: after.accepts,
              deciding: after.deciding,
              isolatedBy: after.isolatedBy,
            }).not.toEqual({
              accepts: before.accepts,
              deciding: before.deciding,
              isolatedBy: before.isolatedBy,
            })
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})

function without(
  set: PolicySet,
  direction: 'egress' | 'ingress',
  {
    deciding,
    isolatedBy,
  }: { deciding: readonly { policy: string; rule: string }[]; isolatedBy: readonly string[] },
): PolicySet {
  const policies = set.policies.map((policy) => {
    const { [direction]: rules, ...rest } = policy
    if (rules === undefined || isolatedBy.includes(policy.name)) return rest
    const gone = deciding.filter((one) => one.policy === policy.name).map(({ rule }) => rule)
    return { ...rest, [direction]: rules.filter(({ name }) => !gone.includes(name)) }
  })
  return { ...set, policies }
}
