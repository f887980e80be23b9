import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { clouds, serviceCalled } from './helpers/random-cloud.ts'

const BYTES = 100_000

const index = fc.integer({ min: 0, max: 9 })
const way = fc.oneof(
  { weight: 3, arbitrary: fc.constant('public' as const) },
  { weight: 2, arbitrary: fc.constantFrom('cluster' as const, 'external' as const) },
  { weight: 2, arbitrary: fc.constantFrom('middle' as const, 'node' as const) },
)

const outcomeOf = ({ flows }: PacketRun | FlowRun) =>
  flows.completedPs[0]! >= 0 ? 'completed' : (flows.failureOf(0) ?? 'unfinished')

function byPackets(blueprint: Blueprint) {
  const run = new PacketRun(blueprint, { arrivalsEndPs: SECOND, checked: true })
  run.sim.run(3 * SECOND)
  const bits = run.clock.transmitters.flatMap((pair) => pair.map(({ wireBytesSent }) => 8 * wireBytesSent))
  return { outcome: outcomeOf(run), bits }
}

function asFlows(blueprint: Blueprint) {
  const run = new FlowRun(blueprint, { arrivalsEndPs: SECOND })
  run.sim.run(3 * SECOND)
  run.clock.bookAll()
  const bits = Array.from({ length: run.clock.directions.count }, (_, i) => run.clock.carriedBits(i))
  // flows without a way wait for one, where SYNs give up
  return { outcome: run.clock.waitingCount > 0 ? 'syn-timeout' : outcomeOf(run), bits }
}

describe('services by every way that leads to them, over any policies', { timeout: 60_000 }, () => {
  it('load the same links by packets and as flows, there and back', () => {
    const seen = { completed: 0, not: 0 }
    const property = fc.property(clouds, index, index, way, (drawn, from, at, called) => {
      // packets that overtake each other are sent again
      const nodes = drawn.nodes.map((node) =>
        node.kind === 'host' ? node : { ...node, ecmp: { ...node.ecmp, mode: 'five-tuple' as const } },
      )
      // of ways that cost the same the flow clock may take another one: they are to be as long as each other
      const links = drawn.links.map((link) => ({ ...link, cost: 1 }))
      const interfaces = { ...drawn.interfaces!, stopped: [] }
      const network = { ...drawn, nodes, links, interfaces }
      const names = (prefix: string) =>
        network.nodes.flatMap(({ kind, name }) => (kind === 'host' && name.startsWith(prefix) ? [name] : []))
      const servers = network.interfaces.policies!.nodes.map(({ name }) => name)
      const to = serviceCalled(network, called, servers[at % servers.length]!)
      const clients = [...names('w/'), ...(called === 'public' ? names('internet/') : [])]
      const client = clients[from % clients.length]!
      fc.pre(to !== undefined && names('w/').length > 1)
      const traffic: TrafficBlueprint = {
        name: 'call',
        pairs: { kind: 'to-address', from: [client], address: to!.address },
        offered: { kind: 'burst', bytes: BYTES, atPs: 0 },
        transport: { kind: 'tcp', options: { synRetries: 1, initialRtoPs: 10 * MS } },
        dscp: 0,
        priority: 0,
        family: 'ipv4',
        port: to!.port,
      }
      const blueprint = { name: 'ways', seed: 'ways', network, traffic: [traffic], events: [] }
      const [packets, flows] = [byPackets(blueprint), asFlows(blueprint)]
      expect(flows.outcome).toBe(packets.outcome)
      const isThrough = packets.outcome === 'completed'
      seen[isThrough ? 'completed' : 'not']++
      if (!isThrough) return
      // among ways of equal cost the flow clock may take another one, of more links of less cost: see its limits
      const total = (bits: readonly number[]) =>
        bits.reduce((sum, each, direction) => sum + each * network.links[direction >> 1]!.cost, 0)
      const off = Math.abs(total(flows.bits) - total(packets.bits))
      expect(off).toBeLessThanOrEqual(0.01 * total(packets.bits))
      network.links.forEach(({ tier }, link) => {
        if (tier === 'virtual')
          for (const direction of [2 * link, 2 * link + 1])
            expect(flows.bits[direction]! > BYTES).toBe(packets.bits[direction]! > BYTES)
      })
    })
    fc.assert(property, { numRuns: 100 })
    expect(Math.min(seen.completed, seen.not)).toBeGreaterThan(4)
  })
})
