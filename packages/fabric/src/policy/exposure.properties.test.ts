import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exposureOf } from './exposure.ts'
import { matchesLabels, matchesNamespace, namespaceLabels } from './label-selector.ts'
import { PolicyEngine } from './policy-engine.ts'
import { PolicyReach } from './policy-reach.ts'
import { portSetHas, type PortSet, PROTOCOLS } from './port-set.ts'
import { PORTS, policySet, workloadNamed } from './policy-sets.fixture.ts'

const isWithin = (inner: PortSet, outer: PortSet): boolean =>
  PROTOCOLS.every((protocol) =>
    PORTS.every((port) => !portSetHas(inner, protocol, port) || portSetHas(outer, protocol, port)),
  ) &&
  (!inner.other || outer.other)

/** Where rules can deny, what is open to many need not be open to one that another rule names: only the tier that accepts is compared. */
const networkOnly = policySet.map((set) => ({
  ...set,
  policies: set.policies.filter(({ tier }) => tier === 'network'),
}))

it('a workload that comes along reaches at least what was open to it', () => {
  let [more, all] = [0, 0]
  fc.assert(
    fc.property(
      networkOnly,
      workloadNamed(9),
      fc.constantFrom('x', 'y', 'elsewhere'),
      (set, body, namespace) => {
        const stranger = {
          ...body,
          name: `${namespace}/w9`,
          namespace,
          hostNetwork: false,
          addresses: [],
          ports: [],
        }
        // where a policy selects the stranger, its own side has a say too
        if (set.policies.some(({ subject }) => fits(subject, stranger))) return
        const exposures = new PolicyEngine(set)
        const subjects = set.workloads.filter(({ hostNetwork }) => !hostNetwork).map(({ name }) => name)
        const joined = new PolicyEngine({ ...set, workloads: [...set.workloads, stranger] })
        const reach = new PolicyReach(joined)
        for (const subject of subjects) {
          for (const direction of ['ingress', 'egress'] as const) {
            const [from, to] = direction === 'ingress' ? [stranger.name, subject] : [subject, stranger.name]
            const reached = reach.betweenWorkloads(from, to)
            const { anywhere, namespaces, selectors } = exposureOf(exposures, subject, direction)
            const promised = [
              anywhere,
              ...namespaces.filter((one) => one.namespace === namespace).map(({ ports }) => ports),
              ...selectors.filter(({ select }) => fits(select, stranger)).map(({ ports }) => ports),
            ]
            all++
            if (promised.some((ports) => ports !== promised[0])) more++
            for (const ports of promised) expect(isWithin(ports, reached)).toBe(true)
          }
        }

        function fits(select: (typeof set.policies)[number]['subject'], one: typeof stranger): boolean {
          const labels = set.namespaces.find(({ name }) => name === one.namespace)?.labels ?? {}
          return (
            matchesNamespace(select.namespaces, one.namespace, namespaceLabels(one.namespace, labels)) &&
            matchesLabels(select.labels, one.labels)
          )
        }
      },
    ),
    { numRuns: 900 },
  )
  expect(all).toBeGreaterThan(100)
  expect(more).toBeGreaterThan(10)
})
