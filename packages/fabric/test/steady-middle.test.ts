import { MS, SECOND, Simulation } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import { OUTSIDE, regionOnline, VIP } from './helpers/region-online.ts'

const [CLUSTER_IP, MIDDLE] = ['10.96.0.10', '10.200.0.1']
const FLOWS = 40

/** A service over TCP, by its public address and, where gateways translate, by one that clients inside call. */
function networkOf(place: 'gateways' | 'hosts') {
  const { edges, ...network } = regionOnline({ place })
  const [edge] = edges!
  const services = edge!.services.map((service) => ({
    ...service,
    ports: service.ports.map((port) => ({ ...port, protocol: PROTOCOL_TCP })),
  }))
  const inside = {
    services: services.map((service) => ({ ...service, addresses: [CLUSTER_IP] })),
    addresses: [MIDDLE],
  }
  return { ...network, edges: [{ ...edge!, services, ...(place === 'gateways' && { inside }) }] }
}

const callOf = (from: string, to: { address: string } | { host: string }): TrafficBlueprint[] =>
  Array.from({ length: FLOWS }, (_, i) => ({
    name: `call-${i}`,
    pairs:
      'address' in to
        ? { kind: 'to-address' as const, from: [from], address: to.address }
        : { kind: 'from-to' as const, from: [from], to: [to.host] },
    offered: { kind: 'burst' as const, bytes: 20_000, atPs: i * 20 * MS },
    transport: { kind: 'tcp' as const, options: {} },
    dscp: 0,
    priority: 0,
    family: 'ipv4' as const,
    port: 80,
  }))

const ways = [
  ['a service balanced in the middle', 'gateways', 'games/lobby', { address: CLUSTER_IP }],
  ['a public service, from outside', 'gateways', `internet/${OUTSIDE[0]}`, { address: VIP }],
  ['a public service of hosts, from outside', 'hosts', `internet/${OUTSIDE[0]}`, { address: VIP }],
  ['the internet, by way of NAT', 'gateways', 'shop/web', { host: `internet/${OUTSIDE[0]}` }],
  ['the internet, by way of NAT at hosts', 'hosts', 'shop/web', { host: `internet/${OUTSIDE[0]}` }],
] as const

describe('the steady clock by way of gateways', { timeout: 30_000 }, () => {
  it.each(ways)(
    'loads the links that packets and flows take, there and back: to %s',
    (_, place, from, to) => {
      const traffic = callOf(from, to)
      const blueprint = { name: 'middle', seed: 'middle', network: networkOf(place), traffic, events: [] }
      const loaded = (bits: Iterable<number>) => [...bits].flatMap((each, i) => (each > 0 ? [i] : []))
      const packets = new PacketRun(blueprint, { arrivalsEndPs: SECOND })
      packets.sim.run(2 * SECOND)
      const carried = packets.clock.transmitters.flatMap((pair) => pair.map((each) => each.wireBytesSent))
      const flows = new FlowRun(blueprint, { arrivalsEndPs: SECOND })
      flows.sim.run(2 * SECOND)
      flows.clock.bookAll()
      const drained = Array.from({ length: flows.clock.directions.count }, (_direction, i) =>
        flows.clock.carriedBits(i),
      )
      const network = new Network(blueprint.network, { sim: new Simulation({ seed: 'middle' }) })
      const demand = demandOfTraffic(network, traffic, { forPs: SECOND })
      const loads = new SteadyClock(network, demand).loads()
      expect(loads.delivered.ipBps / loads.demand.ipBps).toBeCloseTo(1, 9)
      expect(loaded(loads.offeredBps)).toEqual(loaded(carried))
      expect(loaded(drained)).toEqual(loaded(carried))
    },
  )
})
