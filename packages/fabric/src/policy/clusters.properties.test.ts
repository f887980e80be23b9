import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PolicySet } from './policy-blueprint.ts'
import { POLICY_ACCEPT, PolicyEngine } from './policy-engine.ts'
import { PolicyReach } from './policy-reach.ts'
import { PORTS, policySet } from './policy-sets.fixture.ts'
import { portSetHas } from './port-set.ts'
import { policyWarnings } from './policy-warnings.ts'

const TCP = 6
const STEP = 5

/** Its names with the cluster before them, and its addresses so many further on. */
function inCluster(set: PolicySet, cluster: string, step: number): PolicySet {
  const named = (name: string) => `${cluster}/${name}`
  const addressesOf = (addresses: readonly string[]) =>
    addresses.map((address) => address.replace(/\d+$/, (last) => String(Number(last) + step)))
  return {
    namespaces: set.namespaces.map((each) => ({ ...each, cluster })),
    workloads: set.workloads.map((each) => ({
      ...each,
      cluster,
      name: named(each.name),
      addresses: addressesOf(each.addresses),
      ...(each.node !== undefined && { node: named(each.node) }),
    })),
    nodes: set.nodes.map((each) => ({
      ...each,
      cluster,
      name: named(each.name),
      addresses: addressesOf(each.addresses),
    })),
    policies: set.policies.map((each) => ({ ...each, cluster, name: named(each.name) })),
  }
}

const together = (one: PolicySet, other: PolicySet): PolicySet => ({
  namespaces: [...one.namespaces, ...other.namespaces],
  workloads: [...one.workloads, ...other.workloads],
  nodes: [...one.nodes, ...other.nodes],
  policies: [...one.policies, ...other.policies],
})

const endOf = (engine: PolicyEngine, address: string) => engine.endOf(engine.addresses.intern(address))

describe('clusters in one set', () => {
  it('each side of a verdict is what an engine of its own cluster alone says, to which the other is an address', () => {
    let [accepted, denied] = [0, 0]
    fc.assert(
      fc.property(policySet, policySet, (one, other) => {
        const west = inCluster(one, 'west', 0)
        const east = inCluster(other, 'east', STEP)
        const both = new PolicyEngine(together(west, east))
        const alone = { west: new PolicyEngine(west), east: new PolicyEngine(east) }
        const ends = [west, east].flatMap((set, index) =>
          [...set.workloads.filter(({ hostNetwork }) => !hostNetwork), ...set.nodes].flatMap(
            ({ addresses }) =>
              addresses.map((text) => ({ text, engine: index === 0 ? alone.west : alone.east })),
          ),
        )
        for (const from of ends) {
          for (const to of ends) {
            const [source, destination] = [endOf(both, from.text), endOf(both, to.text)]
            for (const port of PORTS) {
              const egress = from.engine.egressVerdict(
                endOf(from.engine, from.text),
                endOf(from.engine, to.text),
                TCP,
                port,
              )
              const ingress = to.engine.ingressVerdict(
                endOf(to.engine, from.text),
                endOf(to.engine, to.text),
                TCP,
                port,
              )
              if (both.egressVerdict(source, destination, TCP, port) !== egress)
                expect({ from: from.text, to: to.text, port, egress }).toBe('')
              if (both.ingressVerdict(source, destination, TCP, port) !== ingress)
                expect({ from: from.text, to: to.text, port, ingress }).toBe('')
              if (egress === POLICY_ACCEPT && ingress === POLICY_ACCEPT) accepted++
              else denied++
            }
          }
        }
      }),
      { numRuns: 40, seed: 20 },
    )
    expect(Math.min(accepted, denied)).toBeGreaterThan(1_000)
  })

  it('sets of ports of workloads are what verdicts say, and warnings are those of each alone', () => {
    fc.assert(
      fc.property(policySet, policySet, (one, other) => {
        const [west, east] = [inCluster(one, 'west', 0), inCluster(other, 'east', STEP)]
        const both = new PolicyEngine(together(west, east))
        const reach = new PolicyReach(both)
        const workloads = [...west.workloads, ...east.workloads].filter(
          ({ hostNetwork, addresses }) => !hostNetwork && addresses.length === 1,
        )
        for (const from of workloads) {
          for (const to of workloads) {
            if (from === to || from.addresses[0]!.includes(':') !== to.addresses[0]!.includes(':')) continue
            const ports = reach.betweenWorkloads(from.name, to.name)
            const [source, destination] = [from, to].map(({ addresses }) => endOf(both, addresses[0]!))
            for (const port of PORTS)
              expect(portSetHas(ports, 'TCP', port)).toBe(
                both.verdict(source!, destination!, TCP, port) === POLICY_ACCEPT,
              )
          }
        }
        const kinds = new Set(['nobody-selected', 'no-such-port'])
        const told = (set: PolicySet) =>
          policyWarnings(new PolicyEngine(set))
            .filter(({ kind }) => kinds.has(kind))
            .map(({ message }) => message)
        expect(told(together(west, east)).sort()).toEqual([...told(west), ...told(east)].sort())
      }),
      { numRuns: 60, seed: 21 },
    )
  })
})
