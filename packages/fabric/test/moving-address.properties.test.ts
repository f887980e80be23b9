import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { LinkState } from '../src/routing/topology.ts'
import { applyOutages, networks, type Outages, outages } from './helpers/arbitraries.ts'
import { forwardingOf } from './helpers/forwarding.ts'
import { RoutingOracle } from './routing.oracle.ts'

const OWN = '192.0.2.77'

/** The network whose hosts of these names have the address too. */
function sharedBy(network: NetworkBlueprint, names: readonly string[]): NetworkBlueprint {
  const nodes = network.nodes.map((node) => {
    if (node.kind !== 'host' || !names.includes(node.name)) return node
    const [first, ...others] = node.interfaces
    return { ...node, interfaces: [{ ...first!, addresses: [...first!.addresses, OWN] }, ...others] }
  })
  return { ...network, nodes }
}

const hostsOf = ({ nodes }: NetworkBlueprint) =>
  nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))

/** Node by node, what is done with packets for the address, and at hosts with packets from it. */
function expectAt(network: Network, blueprint: NetworkBlueprint, holder: string, state: LinkState): void {
  const { topology } = network
  const isUp = (name: string) =>
    topology.hasNode(name)
      ? state.nodeUp[topology.nodeIndex(name)] === 1
      : state.linkUp[topology.linkIndex(name)] === 1
  const oracle = new RoutingOracle(sharedBy(blueprint, [holder]), isUp)
  const expectSame = (name: string, shares: Record<string, number>) => {
    const actual = forwardingOf(network, name, OWN)
    if (Object.keys(shares).length === 0) expect([name, actual]).toEqual([name, 'no-route'])
    else expect([name, Object.keys(actual).sort()]).toEqual([name, Object.keys(shares).sort()])
  }
  for (const { name, kind } of topology.nodes)
    if (kind !== 'host') expectSame(name, oracle.sharesAtSwitch(name, OWN))
    else if (name === holder) expectSame(name, oracle.sharesAtHost(OWN))
    else expect([name, forwardingOf(network, name, OWN)]).toEqual([name, 'no-source-address'])
  expect(network.hostOf(network.addresses.find(OWN)!)).toBe(topology.nodeIndex(holder))
}

const steps = fc.array(fc.record({ to: fc.nat(), down: fc.option(outages as fc.Arbitrary<Outages>) }), {
  minLength: 1,
  maxLength: 5,
})

describe('an address that several hosts have', { timeout: 30_000 }, () => {
  it('is at whoever took it over last, as if nobody else had it, whatever is down', () => {
    const property = fc.property(networks(), fc.nat(), fc.nat(), steps, (plain, first, second, moves) => {
      const names = hostsOf(plain)
      const bearers = [...new Set([names[first % names.length]!, names[second % names.length]!])]
      const network = new Network(sharedBy(plain, bearers))
      const { topology } = network
      let state = new LinkState(topology)
      let holder = [...bearers].sort((a, b) => topology.nodeIndex(a) - topology.nodeIndex(b))[0]!
      expectAt(network, plain, holder, state)
      for (const { to, down } of moves) {
        holder = bearers[to % bearers.length]!
        network.takeOver(topology.nodeIndex(holder))
        expectAt(network, plain, holder, state)
        // routes that lead everywhere are of now too
        network.withEverythingUp(() => expectAt(network, plain, holder, new LinkState(topology)))
        if (down === null) continue
        state = applyOutages(topology, new LinkState(topology), down)
        network.installRoutes(state)
        expectAt(network, plain, holder, state)
      }
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('leaves who has no other nothing to send from: an address of its own, which is on no interface', () => {
    const property = fc.property(networks(), fc.nat(), fc.nat({ max: 12 }), (plain, other, taken) => {
      const names = hostsOf(plain)
      fc.pre(names.length > 2)
      const [first, second] = names as [string, string]
      // somebody has what might be used
      const third = names[2 + (other % (names.length - 2))]!
      const nodes = plain.nodes.map((node) => {
        if (node.kind !== 'host' || ![first, second, third].includes(node.name)) return node
        const [nic, ...others] = node.interfaces
        const bare = others.map((each) => ({ ...each, addresses: [] }))
        const own = node.name === third ? [...nic!.addresses, `0.0.0.${taken}`] : [OWN]
        return {
          ...node,
          interfaces: [{ ...nic!, addresses: own }, ...(node.name === third ? others : bare)],
        }
      })
      const network = new Network({ ...plain, nodes })
      const { topology, addresses } = network
      const own = addresses.find(OWN)!
      expect(network.sourceOf(first, 'ipv4')).toBe(own)
      network.takeOver(topology.nodeIndex(second))
      expect(network.sourceOf(second, 'ipv4')).toBe(own)
      const none = network.sourceOf(first, 'ipv4')!
      expect(network.hostOf(none)).toBe(topology.nodeIndex(first))
      expect(network.substituteFor(own, topology.nodeIndex(first))).toBe(none)
      expect(forwardingOf(network, first, addresses.textOf(none))).toBe('no-source-address')
      expect(network.hostOf(addresses.find(`0.0.0.${taken}`)!)).toBe(topology.nodeIndex(third))
    })
    fc.assert(property, { numRuns: 60 })
  })
})
