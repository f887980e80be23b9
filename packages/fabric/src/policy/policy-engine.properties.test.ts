import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainPolicy } from './explain-policy.ts'
import { endIn, NUMBERS, verdictOf } from './oracle-words.fixture.ts'
import { PolicyOracle } from './policy.oracle.ts'
import { POLICY_ACCEPT, PolicyEngine } from './policy-engine.ts'
import { PolicyReach } from './policy-reach.ts'
import { domains, endsOf, PORTS, policySet, withConnections } from './policy-sets.fixture.ts'
import { portSetHas, PROTOCOLS } from './port-set.ts'

const deciderIn = (engine: PolicyEngine, slot: number): string | undefined => {
  const name = engine.ruleOf(slot)
  return name === undefined ? undefined : `${name.policy} ${name.rule}`
}

describe('against verdicts straight from the text of the rules', () => {
  it('the verdict, the rule that decides and all that decide alike agree', () => {
    let [accepted, byEgress, byIngress, ruled] = [0, 0, 0, 0]
    fc.assert(
      fc.property(withConnections, ({ set, names, connections }) => {
        const engine = new PolicyEngine({ ...set, domains: names })
        const oracle = new PolicyOracle(set, names)
        for (const connection of connections) {
          const expected = oracle.accepts(connection)
          expect(verdictOf(engine, connection)).toBe(expected)
          if (expected === 'accept') accepted++
          else if (expected === 'policy-denied-egress') byEgress++
          else byIngress++
          const [egress, ingress] = [oracle.egress(connection), oracle.ingress(connection)]
          if (egress.first !== undefined || ingress.first !== undefined) ruled++
          const deciders = [engine.egressRule, engine.ingressRule].map((slot) => deciderIn(engine, slot))
          expect(deciders).toEqual([egress.first, egress.accepts ? ingress.first : undefined])
          const { source, destination, protocol, port } = connection
          const told = explainPolicy(
            engine,
            endIn(engine, source),
            endIn(engine, destination),
            NUMBERS[protocol]!,
            port,
          )
          for (const [answer, side] of [
            [egress, told.egress],
            [ingress, told.ingress],
          ] as const) {
            expect(side.accepts).toBe(answer.accepts)
            expect(side.deciding.map(({ policy, rule }) => `${policy} ${rule}`)).toEqual(answer.deciding)
            expect(side.isolatedBy).toEqual(answer.isolatedBy)
          }
        }
      }),
      { numRuns: 150 },
    )
    // the sets are worth it: every outcome comes up, a few hundred times as a rule
    expect(Math.min(accepted, byEgress, byIngress, ruled)).toBeGreaterThan(60)
  })

  it('a port is in the set of ports if and only if the verdict accepts it', () => {
    fc.assert(
      fc.property(policySet, domains, (set, names) => {
        const engine = new PolicyEngine({ ...set, domains: names })
        const reach = new PolicyReach(engine)
        const ends = endsOf(set).map((end) => endIn(engine, end))
        for (const source of ends) {
          for (const destination of ends) {
            const ports = reach.betweenEnds(source, destination)
            for (const protocol of PROTOCOLS) {
              for (const port of PORTS) {
                const accepts =
                  engine.verdict(source, destination, NUMBERS[protocol]!, port) === POLICY_ACCEPT
                if (portSetHas(ports, protocol, port) !== accepts)
                  expect({ protocol, port, ports, accepts }).toBe('')
              }
              const all = ports[protocol]
              all.forEach(([first, last], i) => {
                if (first > last || first < 1 || last > 65_535) expect(all).toBe('in range')
                if (i > 0 && first <= all[i - 1]![1] + 1) expect(all).toBe('sorted, and apart')
              })
            }
            expect(ports.other).toBe(engine.verdict(source, destination, 1, 0) === POLICY_ACCEPT)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('classes of workloads answer for each of theirs, blocks for each address', () => {
    fc.assert(
      fc.property(policySet, (set) => {
        const engine = new PolicyEngine(set)
        const reach = new PolicyReach(engine)
        expect(reach.classes.flatMap(({ workloads }) => workloads).sort()).toEqual(
          set.workloads.map(({ name }) => name).sort(),
        )
        const inside = reach.classes.filter(({ isHostNetwork }) => !isHostNetwork)
        for (const from of inside) {
          for (const to of inside) {
            for (const source of from.workloads) {
              for (const destination of to.workloads) {
                if (source === destination) continue
                expect(reach.between(from, to)).toBe(reach.betweenWorkloads(source, destination))
              }
            }
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})
