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
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import type { FlowTable } from '../src/transport/flow-table.ts'
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
})
