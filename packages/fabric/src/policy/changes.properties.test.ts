import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verdictOf } from './oracle-words.fixture.ts'
import { PolicyOracle } from './policy.oracle.ts'
import type { PolicySet } from './policy-blueprint.ts'
import { PolicyEngine } from './policy-engine.ts'
import { connectionIn, domains, policyNamed, policySet, workloadNamed } from './policy-sets.fixture.ts'

const change = fc.oneof(
  fc.record({
    kind: fc.constant('policy' as const),
    policy: fc.constantFrom('p1', 'p2', 'p3', 'p6').chain(policyNamed),
  }),
  fc.record({ kind: fc.constant('drop-policy' as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constant('workload' as const),
    workload: fc.constantFrom(1, 2, 6, 7).chain(workloadNamed),
  }),
  fc.record({ kind: fc.constant('drop-workload' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('move-address' as const), pick: fc.nat(), to: fc.nat() }),
  fc.record({
    kind: fc.constantFrom('labels' as const, 'node-labels' as const, 'namespace' as const),
    pick: fc.nat(),
    labels: fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'), {
      noNullPrototype: true,
    }),
  }),
)
type Change = typeof change extends fc.Arbitrary<infer Kind> ? Kind : never

/** The set after a change; the engine is told of the change alone. */
function apply(set: PolicySet, engine: PolicyEngine, what: Change): PolicySet {
  const { policies, workloads, nodes, namespaces } = set
  switch (what.kind) {
    case 'policy': {
      const others = policies.filter(({ name }) => name !== what.policy.name)
      if (others.length < policies.length) engine.removePolicy(what.policy.name)
      engine.addPolicy(what.policy)
      return { ...set, policies: [...others, what.policy] }
    }
    case 'drop-policy': {
      const gone = policies[what.pick % policies.length]
      if (gone !== undefined) engine.removePolicy(gone.name)
      return { ...set, policies: policies.filter((policy) => policy !== gone) }
    }
    case 'workload': {
      const number = what.workload.name.at(-1)
      const gone = workloads.find(({ name }) => name.at(-1) === number)
      if (gone !== undefined) engine.removeWorkload(gone.name)
      engine.addWorkload(what.workload)
      return { ...set, workloads: [...workloads.filter((one) => one !== gone), what.workload] }
    }
    case 'drop-workload': {
      const gone = workloads[what.pick % workloads.length]
      if (gone === undefined || workloads.length === 1) return set
      engine.removeWorkload(gone.name)
      return { ...set, workloads: workloads.filter((workload) => workload !== gone) }
    }
    case 'move-address': {
      const own = workloads.filter(({ hostNetwork }) => !hostNetwork)
      const from = own.filter(({ addresses }) => addresses.length > 1)[what.pick % Math.max(1, own.length)]
      const to = own[what.to % Math.max(1, own.length)]
      const address = from?.addresses[0]
      const isShared = workloads.filter((one) => one.addresses.some((each) => each === address)).length > 1
      if (from === undefined || !to?.addresses.length || from === to || isShared) return set
      engine.moveAddress(address!, to.name)
      const moved = workloads.map((one) =>
        one === from
          ? { ...one, addresses: one.addresses.slice(1) }
          : one === to
            ? { ...one, addresses: [...one.addresses, address!] }
            : one,
      )
      return { ...set, workloads: moved }
    }
    case 'labels': {
      const { name } = workloads[what.pick % workloads.length]!
      engine.setWorkloadLabels(name, what.labels)
      const relabelled = workloads.map((one) => (one.name === name ? { ...one, labels: what.labels } : one))
      return { ...set, workloads: relabelled }
    }
    case 'node-labels': {
      const { name } = nodes[what.pick % nodes.length]!
      engine.setNodeLabels(name, what.labels)
      return {
        ...set,
        nodes: nodes.map((one) => (one.name === name ? { ...one, labels: what.labels } : one)),
      }
    }
    case 'namespace': {
      const name = ['x', 'y', 'z'][what.pick % 3]!
      engine.setNamespace({ name, labels: what.labels })
      const others = namespaces.filter((one) => one.name !== name)
      return { ...set, namespaces: [...others, { name, labels: what.labels }] }
    }
  }
}

describe('changes while a network runs', () => {
  it('answer as an engine made anew would, with no more identities', () => {
    const steps = fc.array(fc.tuple(change, fc.nat()), { minLength: 5, maxLength: 12 })
    fc.assert(
      fc.property(policySet, domains, steps, (first, names, changes) => {
        let set = first
        const engine = new PolicyEngine({ ...set, domains: names })
        for (const [what, seed] of changes) {
          set = apply(set, engine, what)
          const oracle = new PolicyOracle(set, names)
          for (const connection of fc.sample(connectionIn(set), { numRuns: 40, seed })) {
            expect(verdictOf(engine, connection)).toBe(oracle.accepts(connection))
          }
        }
        const anew = new PolicyEngine({ ...set, domains: names })
        anew.settled()
        expect(engine.identities.size).toBe(anew.identities.size)
      }),
      { numRuns: 60 },
    )
  })
})
