import { MS, SECOND, Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import type { FlowTable } from '../src/transport/flow-table.ts'
import { ADDRESS, serviceOf, SERVICE_PORT, TARGET } from './helpers/services.ts'
import { anyPolicy, HOSTS, NAMES, networkWith } from './helpers/workloads.ts'

const NODE_PORT = 30_080
const BYTES = 100_000

const endpoint = fc.constantFrom('shop/web', 'shop/cart', 'shop/db', 'shop/pay', HOSTS[0]!)

const EXTERNAL = '10.97.0.10'

/** A node port of any server, or the service itself by an address for here or for elsewhere: an endpoint may be the client. */
const target = fc.oneof(
  fc.record({ address: fc.constantFrom(...HOSTS), port: fc.constant(NODE_PORT), isHost: fc.boolean() }),
  fc.record({
    address: fc.constantFrom(ADDRESS, EXTERNAL),
    port: fc.constant(SERVICE_PORT),
    isHost: fc.constant(false),
  }),
)

function outcomesOf(flows: FlowTable): string[] {
  return Array.from({ length: flows.size }, (_, flow) =>
    flows.completedPs[flow]! >= 0 ? 'completed' : (flows.failureOf(flow) ?? 'unfinished'),
  )
}

/** Wire bits of each direction of a link; under the packet clock everything that it carried. */
function byPackets(blueprint: Blueprint) {
  const run = new PacketRun(blueprint, { arrivalsEndPs: SECOND, checked: true })
  run.sim.run(3 * SECOND)
  run.network.ledger.assertConserved()
  const bits = run.clock.transmitters.flatMap((pair) => pair.map(({ wireBytesSent }) => 8 * wireBytesSent))
  return { outcomes: outcomesOf(run.flows), bits }
}

function asFlows(blueprint: Blueprint) {
  const run = new FlowRun(blueprint, { arrivalsEndPs: SECOND })
  run.sim.run(3 * SECOND)
  run.clock.bookAll()
  const bits = Array.from({ length: run.clock.directions.count }, (_, i) => run.clock.carriedBits(i))
  return { outcomes: outcomesOf(run.flows), bits }
}

describe('node ports and endpoints that call themselves under all clocks', { timeout: 60_000 }, () => {
  it('take the same links by packets and as flows, there and back, and under the steady clock there', () => {
    const seen = { completed: 0, not: 0 }
    const property = fc.property(
      fc.constantFrom(...NAMES, ...HOSTS),
      target,
      fc.uniqueArray(endpoint, { maxLength: 1 }),
      fc.constantFrom('cluster' as const, 'local' as const),
      fc.uniqueArray(anyPolicy('TCP', [TARGET, NODE_PORT]), { maxLength: 2, selector: ({ name }) => name }),
      (client, { address, port, isHost }, endpoints, externalPolicy, policies) => {
        const network: NetworkBlueprint = networkWith(policies, (bare) => {
          const states = Object.fromEntries(endpoints.map((name) => [name, 'ready' as const]))
          const addresses = [ADDRESS, EXTERNAL]
          const service = serviceOf(bare, states, {
            addresses,
            externalAddresses: [EXTERNAL],
            externalPolicy,
          })
          const ports = service.ports.map((each) => ({ ...each, nodePort: NODE_PORT }))
          return { services: [{ ...service, ports }], whenDenied: 'reject' }
        })
        const built = new Network(network, { sim: new Simulation({ seed: 'ports' }) })
        const text =
          address === ADDRESS || address === EXTERNAL
            ? address
            : built.addresses.textOf(built.addressOf(address, 'ipv4')!)
        const traffic: TrafficBlueprint = {
          name: 'call',
          pairs: isHost
            ? { kind: 'from-to', from: [client], to: [address] }
            : { kind: 'to-address', from: [client], address: text },
          offered: { kind: 'burst', bytes: BYTES, atPs: 0 },
          transport: { kind: 'tcp', options: { synRetries: 1, initialRtoPs: 10 * MS } },
          dscp: 0,
          priority: 0,
          family: 'ipv4',
          port,
        }
        const blueprint = { name: 'ports', seed: 'ports', network, traffic: [traffic], events: [] }
        const packets = byPackets(blueprint)
        const flows = asFlows(blueprint)
        const isThrough = packets.outcomes[0] === 'completed'
        seen[isThrough ? 'completed' : 'not']++
        expect(flows.outcomes).toEqual(packets.outcomes)
        const loads = new SteadyClock(built, demandOfTraffic(built, [traffic], { forPs: SECOND })).loads(
          new LinkState(built.topology),
        )
        const carries = (bits: readonly number[], least: number) =>
          bits.flatMap((carried, direction) => (carried > least ? [direction] : []))
        if (!isThrough) {
          expect(Math.max(...loads.offeredBps)).toBe(0)
          return
        }
        // acknowledgements are above a hundredth of the payload and below a tenth
        const payload = carries(packets.bits, BYTES)
        expect(carries(flows.bits, BYTES)).toEqual(payload)
        expect(carries(flows.bits, 0)).toEqual(carries(packets.bits, 0))
        const offered = [...loads.offeredBps]
        for (const direction of payload) expect(offered[direction]).toBeGreaterThan(BYTES)
        // what comes back: to the steady clock a host that is named is the one that answers
        if (!isHost)
          for (const direction of carries(packets.bits, 0)) expect(offered[direction]).toBeGreaterThan(0)
      },
    )
    fc.assert(property, { numRuns: 150 })
    expect(Math.min(seen.completed, seen.not)).toBeGreaterThan(8)
  })
})
