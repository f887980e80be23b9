import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { Network } from '../src/build/network.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import type { SteadyDrop } from '../src/clocks/steady/steady-loads.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import type { FlowTable } from '../src/transport/flow-table.ts'
import { ADDRESS, SERVICE_PORT, serviceOf, TARGET } from './helpers/services.ts'
import { anyPolicy, NAMES, networkWith } from './helpers/workloads.ts'

const PORTS = [80, 443] as const

const call = fc.record({
  from: fc.constantFrom(...NAMES),
  to: fc.constantFrom(...NAMES),
  port: fc.constantFrom(...PORTS),
})

interface Call {
  readonly from: string
  readonly to: string
  readonly port: number
}

const trafficOf = ({ from, to, port }: Call, i: number): TrafficBlueprint => ({
  name: `call-${i}`,
  pairs: { kind: 'from-to', from: [from], to: [to] },
  offered: { kind: 'burst', bytes: 1000, atPs: i * 10 * MS },
  transport: { kind: 'tcp', options: { synRetries: 1, initialRtoPs: 100 * MS } },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
  port,
})

/** By call: how it ended, and when, in picoseconds. */
function endsOf(flows: FlowTable, now: () => number, run: () => void): (string | undefined)[] {
  const ends: (string | undefined)[] = []
  flows.listener = {
    onFlowEnd: (flow) => {
      const failure = flows.failureOf(flow)
      const index = flows.traffic[flow]!
      ends[index] = failure === undefined ? 'completed' : `${failure} at ${now()}`
    },
  }
  run()
  return ends
}

function judged(network: NetworkBlueprint, traffic: readonly TrafficBlueprint[]) {
  const blueprint: Blueprint = { name: 'refusals', seed: 'refusals', network, traffic, events: [] }
  const packets = new PacketRun(blueprint, { arrivalsEndPs: SECOND, checked: true })
  const flows = new FlowRun(blueprint, { arrivalsEndPs: SECOND })
  const byPackets = endsOf(
    packets.flows,
    () => packets.sim.now,
    () => packets.sim.run(2 * SECOND),
  )
  const byFlows = endsOf(
    flows.flows,
    () => flows.sim.now,
    () => flows.sim.run(2 * SECOND),
  )
  packets.network.ledger.assertConserved()
  return { byPackets, byFlows }
}

/** Packets that are lost, by place and reason, and connections that arrive: as they were counted, and as they are expected. */
interface Lost {
  readonly drops: ReadonlyMap<string, number>
  readonly arrived: number
}

function lostPackets(blueprint: Blueprint): Lost {
  const { flows, network, sim } = new PacketRun(blueprint, { arrivalsEndPs: SECOND, checked: true })
  sim.run(2 * SECOND)
  const drops = network.ledger
    .drops()
    .map(({ place, reason, packets }) => [`${reason} at ${place}`, packets] as const)
  return {
    drops: new Map(drops),
    arrived: flows.completedPs.subarray(0, flows.size).filter((at) => at >= 0).length,
  }
}

function expectedLosses(blueprint: Blueprint): Lost {
  const run = new SteadyRun(blueprint, { arrivalsEndPs: SECOND, windowPs: SECOND })
  const drops = new Map<string, number>()
  let arrived = 0
  const book = ({ place, reason, packetsPerSecond }: SteadyDrop) =>
    drops.set(`${reason} at ${place}`, packetsPerSecond)
  run.listener = {
    onSpan: ({ loads }) => {
      for (const drop of loads.drops) book(drop)
      arrived = loads.delivered.connectionsPerSecond
      const dropped = (of: 'packetsPerSecond' | 'ipBps') =>
        loads.drops.reduce((sum, drop) => sum + drop[of], 0)
      for (const of of ['packetsPerSecond', 'ipBps'] as const)
        expect(loads.delivered[of] + dropped(of)).toBeCloseTo(loads.demand[of], 6)
    },
  }
  run.sim.run(SECOND - 1)
  return { drops, arrived }
}

describe('refusals under all clocks', { timeout: 60_000 }, () => {
  it('fail connections at the same instant by packets and as flows; the walk tells them, nothing is sent', () => {
    const seen = { refused: 0, completed: 0 }
    const property = fc.property(
      fc.uniqueArray(anyPolicy('TCP', PORTS), { maxLength: 4, selector: ({ name }) => name }),
      fc.array(call, { minLength: 1, maxLength: 5 }),
      (policies, drawn) => {
        const calls = drawn.filter(({ from, to }) => from !== to)
        fc.pre(calls.length > 0)
        const network = networkWith(policies, { whenDenied: 'reject' })
        const traffic = calls.map(trafficOf)
        const { byPackets, byFlows } = judged(network, traffic)
        expect(byFlows).toEqual(byPackets)
        calls.forEach(({ from, to, port }, index) => {
          const built = new Network(network)
          const [source, destination] = [from, to].map((name) => built.addressOf(name, 'ipv4')!)
          const ends = { source: source!, destination: destination!, protocol: PROTOCOL_TCP }
          const { drops, delivered } = walk(built, { ...ends, destinationPort: port, sizeBytes: 60 })
          const isRefused = byPackets[index]!.startsWith('connection-refused')
          expect([delivered, drops.map((drop) => drop.isRefused)]).toEqual(isRefused ? [0, [true]] : [1, []])
          const demand = demandOfTraffic(built, traffic.slice(index, index + 1), { forPs: SECOND })
          const loads = new SteadyClock(built, demand).loads(new LinkState(built.topology))
          expect(Math.max(...loads.offeredBps) > 0).toBe(!isRefused)
          seen[isRefused ? 'refused' : 'completed']++
        })
      },
    )
    fc.assert(property, { numRuns: 30 })
    expect(Math.min(seen.refused, seen.completed)).toBeGreaterThan(5)
  })

  it('lose as many packets where they refuse under the steady clock as with packets, and no answers', () => {
    const seen = { lost: 0, arrived: 0 }
    const property = fc.property(
      fc.uniqueArray(anyPolicy('TCP', [TARGET, ...PORTS]), { maxLength: 4, selector: ({ name }) => name }),
      fc.constantFrom('drop' as const, 'reject' as const),
      fc.constantFrom({}, { 'shop/cart': 'ready' as const }),
      fc.array(fc.record({ from: fc.constantFrom(...NAMES), to: fc.constantFrom(...NAMES, ADDRESS) }), {
        minLength: 1,
        maxLength: 5,
      }),
      (policies, whenDenied, endpoints, drawn) => {
        const calls = drawn.filter(({ from, to }) => from !== to && (to !== ADDRESS || from !== 'shop/cart'))
        fc.pre(calls.length > 0)
        const network = networkWith(policies, (bare) => ({
          whenDenied,
          services: [serviceOf(bare, endpoints)],
        }))
        const traffic = calls.map(({ from, to }, i): TrafficBlueprint => {
          const call = trafficOf({ from, to, port: to === ADDRESS ? SERVICE_PORT : PORTS[0] }, i)
          return to === ADDRESS
            ? { ...call, pairs: { kind: 'to-address', from: [from], address: ADDRESS } }
            : call
        })
        const blueprint: Blueprint = { name: 'lost', seed: 'lost', network, traffic, events: [] }
        const [counted, expected] = [lostPackets(blueprint), expectedLosses(blueprint)]
        expect([...expected.drops.keys()].sort()).toEqual([...counted.drops.keys()].sort())
        for (const [key, packets] of counted.drops) expect(expected.drops.get(key)).toBeCloseTo(packets, 9)
        expect(expected.arrived).toBeCloseTo(counted.arrived, 9)
        seen.lost += counted.drops.size
        seen.arrived += counted.arrived
      },
    )
    fc.assert(property, { numRuns: 60 })
    expect(Math.min(seen.lost, seen.arrived)).toBeGreaterThan(10)
  })
})
