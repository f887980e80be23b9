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
import { anyPolicy, NAMES, networkWith } from './helpers/workloads.ts'

const PORTS = [80, 443] as const
const BYTES = 20_000
const SPAN_PS = 2 * SECOND

const call = fc.record({
  from: fc.constantFrom(...NAMES),
  to: fc.constantFrom(...NAMES),
  port: fc.constantFrom(...PORTS),
})

const trafficOf = (
  { from, to, port }: typeof call extends fc.Arbitrary<infer T> ? T : never,
  i: number,
): TrafficBlueprint => ({
  name: `call-${i}`,
  pairs: { kind: 'from-to', from: [from], to: [to] },
  offered: { kind: 'burst', bytes: BYTES, atPs: i * 10 * MS },
  transport: { kind: 'tcp', options: { synRetries: 1, initialRtoPs: 10 * MS } },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
  port,
})

const blueprintOf = (network: NetworkBlueprint, traffic: readonly TrafficBlueprint[]): Blueprint => ({
  name: 'clocks',
  seed: 'clocks',
  network,
  traffic,
  events: [],
})

/** Which of the calls come through, by packets, as flows, and as the share of their demand that arrives. */
function judged(network: NetworkBlueprint, traffic: readonly TrafficBlueprint[]) {
  const blueprint = blueprintOf(network, traffic)
  const packets = new PacketRun(blueprint, { arrivalsEndPs: SECOND })
  packets.sim.run(SPAN_PS)
  const flows = new FlowRun(blueprint, { arrivalsEndPs: SECOND })
  flows.sim.run(SPAN_PS)
  const completed = ({ flows: books }: { flows: PacketRun['flows'] }) =>
    traffic.map((_, index) => {
      const flow = [...books.traffic.slice(0, books.size)].indexOf(index)
      return books.completedPs[flow]! >= 0
    })
  const steady = traffic.map((_, index) => {
    const built = new Network(network, { sim: new Simulation({ seed: 'clocks' }) })
    const demand = demandOfTraffic(built, traffic.slice(index, index + 1), { forPs: SECOND })
    const clock = new SteadyClock(built, demand)
    const loads = clock.loads(new LinkState(built.topology))
    return { share: loads.delivered.ipBps / loads.demand.ipBps, busiest: Math.max(...loads.offeredBps) }
  })
  return { packets: completed(packets), flows: completed(flows), steady }
}

describe('workloads with policies under all clocks', { timeout: 60_000 }, () => {
  it('reach the same others by packets, as flows and under the steady clock; what is denied sends nothing', () => {
    const property = fc.property(
      fc.uniqueArray(anyPolicy('TCP', PORTS), { maxLength: 4, selector: ({ name }) => name }),
      fc.array(call, { minLength: 1, maxLength: 5 }),
      (policies, drawn) => {
        const traffic = drawn.filter(({ from, to }) => from !== to).map(trafficOf)
        fc.pre(traffic.length > 0)
        const { packets, flows, steady } = judged(networkWith(policies), traffic)
        expect(flows).toEqual(packets)
        expect(steady.map(({ share }) => share)).toEqual(packets.map((through) => (through ? 1 : 0)))
        expect(steady.map(({ busiest }) => busiest > 0)).toEqual(packets)
      },
    )
    fc.assert(property, { numRuns: 30 })
  })
})
