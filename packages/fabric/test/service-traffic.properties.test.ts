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
import { BALANCER_KINDS } from '../src/load-balancer/balancer.ts'
import { LinkState } from '../src/routing/topology.ts'
import { calledEndpoints } from '../src/traffic/called-endpoints.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import type { FlowTable } from '../src/transport/flow-table.ts'
import { anyPolicy, HOSTS, NAMES, networkWith } from './helpers/workloads.ts'
import { ADDRESS, serviceOf, SERVICE_PORT, TARGET } from './helpers/services.ts'

const CALLS = 12

const blueprintOf = (network: NetworkBlueprint, traffic: readonly TrafficBlueprint[]): Blueprint => ({
  name: 'services',
  seed: 'services',
  network,
  traffic,
  events: [],
})

/** So many flows from one client to the service, one after the other. */
const calls = (from: string, count = CALLS): TrafficBlueprint[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `call-${String(i).padStart(2, '0')}`,
    pairs: { kind: 'to-address' as const, from: [from], address: ADDRESS },
    offered: { kind: 'burst' as const, bytes: 20_000, atPs: i * 100 * MS },
    transport: { kind: 'tcp' as const, options: { synRetries: 1, initialRtoPs: 10 * MS } },
    dscp: 0,
    priority: 0,
    family: 'ipv4' as const,
    port: SERVICE_PORT,
  }))

/** Who served each call, or why nobody did. */
function outcomes({ flows, network }: { flows: FlowTable; network: Network }, count: number): string[] {
  return Array.from({ length: count }, (_, traffic) => {
    const flow = [...flows.traffic.slice(0, flows.size)].indexOf(traffic)
    if (flows.completedPs[flow]! < 0) return flows.failureOf(flow) ?? 'unfinished'
    expect(network.nameOf(flows.destination[flow]!)).toBe('shop/cart')
    expect(flows.endpointPort[flow]).toBe(TARGET)
    return network.nameOf(flows.endpoint[flow]!)
  })
}

function byPackets(blueprint: Blueprint): string[] {
  const run = new PacketRun(blueprint, { arrivalsEndPs: 2 * SECOND, checked: true })
  run.sim.run(4 * SECOND)
  run.network.ledger.assertConserved()
  return outcomes(run, blueprint.traffic.length)
}

function asFlows(blueprint: Blueprint): string[] {
  const run = new FlowRun(blueprint, { arrivalsEndPs: 2 * SECOND })
  run.sim.run(4 * SECOND)
  return outcomes(run, blueprint.traffic.length)
}

const state = fc.constantFrom('ready' as const, 'starting' as const, 'draining' as const)

describe('traffic to services under all clocks', { timeout: 60_000 }, () => {
  it('reaches the same endpoints by packets and as flows, and under the steady clock by their shares', () => {
    const property = fc.property(
      fc.constantFrom(...NAMES),
      fc.constantFrom(...BALANCER_KINDS),
      fc.constantFrom('cluster' as const, 'local' as const),
      fc.dictionary(fc.constantFrom('shop/cart', 'shop/db', 'shop/pay'), state),
      fc.uniqueArray(anyPolicy('TCP', [TARGET, SERVICE_PORT]), {
        maxLength: 3,
        selector: ({ name }) => name,
      }),
      (client, kind, policy, states, policies) => {
        const network = networkWith(policies, (bare) => ({
          services: [serviceOf(bare, states, { balancer: { kind }, policy })],
        }))
        const blueprint = blueprintOf(network, calls(client))
        const packets = byPackets(blueprint)
        expect(asFlows(blueprint)).toEqual(packets)
        const built = new Network(network, { sim: new Simulation({ seed: 'services' }) })
        const call = {
          source: built.addressOf(client, 'ipv4')!,
          destination: built.addresses.intern(ADDRESS),
          protocol: PROTOCOL_TCP,
          port: SERVICE_PORT,
        }
        const shares = new Map(
          calledEndpoints(built, call).map(({ address, share }) => [built.nameOf(address), share]),
        )
        const demand = demandOfTraffic(built, blueprint.traffic, { forPs: SECOND })
        const clock = new SteadyClock(built, demand)
        const { delivered, demand: offered } = clock.loads(new LinkState(built.topology))
        // whoever serves at all by packets has a share of what is delivered; twelve calls in turn reach all who do
        const serving = new Set(packets.filter((name) => shares.has(name)))
        const share = [...serving].reduce((sum, name) => sum + shares.get(name)!, 0)
        const carried = delivered.ipBps / offered.ipBps
        expect(carried).toBeGreaterThan(share - 1e-9)
        if (kind === 'round-robin') expect(carried).toBeCloseTo(share, 9)
        if (serving.size === 0)
          expect(Math.max(...clock.loads(new LinkState(built.topology)).offeredBps)).toBe(0)
      },
    )
    fc.assert(property, { numRuns: 25 })
  })

  it('finds another endpoint with another SYN by packets and as flows, where a host is down', () => {
    const seen = { served: 0, not: 0 }
    const property = fc.property(
      fc.constantFrom(...BALANCER_KINDS),
      fc.uniqueArray(fc.constantFrom('shop/cart', 'shop/db', 'shop/pay'), { minLength: 1 }),
      fc.constantFrom(...HOSTS.slice(1)),
      (kind, endpoints, target) => {
        const states = Object.fromEntries(endpoints.map((name) => [name, 'ready' as const]))
        const network = networkWith([], (bare) => ({
          services: [serviceOf(bare, states, { balancer: { kind } })],
        }))
        const events = [{ atPs: 0, action: 'fail' as const, target }]
        const blueprint = { ...blueprintOf(network, calls('shop/web').slice(1)), events }
        const packets = byPackets(blueprint)
        expect(asFlows(blueprint)).toEqual(packets)
        for (const outcome of packets) seen[outcome.startsWith('shop/') ? 'served' : 'not']++
      },
    )
    fc.assert(property, { numRuns: 30 })
    expect(Math.min(seen.served, seen.not)).toBeGreaterThan(0)
  })

  it('is answered alike by packets and as flows', () => {
    const property = fc.property(
      fc.constantFrom(...BALANCER_KINDS),
      fc.uniqueArray(fc.constantFrom('shop/cart', 'shop/db', 'shop/pay'), { minLength: 1 }),
      fc.uniqueArray(anyPolicy('TCP', [TARGET, SERVICE_PORT]), {
        maxLength: 2,
        selector: ({ name }) => name,
      }),
      fc.constantFrom(0, 200 * MS),
      (kind, endpoints, policies, holdPs) => {
        const states = Object.fromEntries(endpoints.map((name) => [name, 'ready' as const]))
        const network = networkWith(policies, (bare) => ({
          services: [serviceOf(bare, states, { balancer: { kind } })],
        }))
        const traffic: TrafficBlueprint = {
          ...calls('shop/web', 1)[0]!,
          pairs: { kind: 'to-address', from: ['ops/probe', 'shop/web'], address: ADDRESS },
          offered: {
            kind: 'flows',
            sizes: { kind: 'constant', bytes: 400 },
            response: { kind: 'uniform', minBytes: 500, maxBytes: 9000 },
            ...(holdPs > 0 && { hold: { kind: 'constant', ps: holdPs } }),
            rate: { totalPerSecond: 30 },
            startPs: 0,
          },
        }
        const blueprint = blueprintOf(network, [traffic])
        const [packets, fluid] = [PacketRun, FlowRun].map((run) => {
          const made = new run(blueprint, { arrivalsEndPs: SECOND })
          made.sim.run(3 * SECOND)
          const { flows } = made
          return Array.from({ length: flows.size }, (_, flow) => ({
            from: made.network.nameOf(flows.source[flow]!),
            bytes: flows.bytes[flow]!,
            taker: flows.completedPs[flow]! < 0 ? '' : made.network.nameOf(flows.endpoint[flow]!),
            failure: flows.failureOf(flow),
            fctPs: flows.completedPs[flow]! - flows.startPs[flow]!,
          }))
        })
        const told = ({ from, bytes, taker, failure }: NonNullable<typeof packets>[number]) =>
          `${from} ${bytes} ${taker} ${failure}`
        expect(fluid!.map(told)).toEqual(packets!.map(told))
        packets!.forEach(({ taker, fctPs }, flow) => {
          if (taker !== '') expect(fluid![flow]!.fctPs / fctPs).toBeCloseTo(1, 1)
        })
      },
    )
    fc.assert(property, { numRuns: 25 })
  })
})
