import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Network } from '../src/build/network.ts'
import { LinkState } from '../src/routing/topology.ts'
import { applyOutages, networks, outages } from './helpers/arbitraries.ts'
import { allAddresses, forwardingOf, forwardingTables } from './helpers/forwarding.ts'
import { RoutingOracle, type Shares } from './routing.oracle.ts'

function expectSame(actual: Shares | string, expected: Shares): void {
  if (Object.keys(expected).length === 0) expect(actual).toBe('no-route')
  else {
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
    for (const [link, share] of Object.entries(expected))
      expect((actual as Shares)[link]).toBeCloseTo(share, 12)
  }
}

describe('routes', { timeout: 30_000 }, () => {
  it('are the shortest paths with their weights, whatever is down', () => {
    const property = fc.property(networks(), outages, (blueprint, down) => {
      const network = new Network(blueprint)
      const { topology } = network
      const state = applyOutages(topology, new LinkState(topology), down)
      network.installRoutes(state)
      const isUp = (name: string) =>
        topology.hasNode(name)
          ? state.nodeUp[topology.nodeIndex(name)] === 1
          : state.linkUp[topology.linkIndex(name)] === 1
      const oracle = new RoutingOracle(blueprint, isUp)
      for (const node of topology.nodes) {
        if (node.kind !== 'host') {
          for (const address of allAddresses(network)) {
            expectSame(forwardingOf(network, node.name, address), oracle.sharesAtSwitch(node.name, address))
          }
        } else {
          for (const address of node.interfaces.flatMap((nic) => nic.addresses)) {
            expectSame(forwardingOf(network, node.name, address), oracle.sharesAtHost(address))
          }
        }
      }
    })
    fc.assert(property, { numRuns: 150 })
  })

  it('come back exactly when what failed is repaired', () => {
    const property = fc.property(networks(), outages, (blueprint, down) => {
      const network = new Network(blueprint)
      const before = forwardingTables(network)
      network.installRoutes(applyOutages(network.topology, new LinkState(network.topology), down))
      network.installRoutes(new LinkState(network.topology))
      expect(forwardingTables(network)).toEqual(before)
    })
    fc.assert(property)
  })
})
