import { MS, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import type { FlowBlueprint } from '../src/blueprint/traffic.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { Path } from '../src/clocks/flow/path.ts'
import { PathProbe } from '../src/clocks/flow/path-probe.ts'
import type { FiveTuple } from '../src/model/probe-packet.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { PacketTrace, type PacketTraceRow } from '../src/clocks/packet/packet-trace.ts'
import { PROTOCOL_TCP } from '../src/model/packet-table.ts'
import type { FlowTable } from '../src/transport/flow-table.ts'
import { networks } from './helpers/arbitraries.ts'
import { probedShares, tracedWay, walkedShares, waysOf } from './helpers/flow-paths.ts'

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Things fail at the end of the first phase and are repaired at the end of the second; routing follows at once. */
const PHASE_PS = 4 * MS
const ROUTING = { detectionPs: 10 * US, convergencePs: 20 * US }
const SETTLED_PS = 50 * US

const story = fc.record({
  network: networks({ hostsMax: 5 }),
  failures: fc.array(fraction, { minLength: 1, maxLength: 3 }),
  flows: fc.array(
    fc.record({
      phase: fc.nat(2),
      atPs: fc.integer({ min: 0, max: 300 * US }),
      from: fraction,
      to: fraction,
    }),
    { minLength: 1, maxLength: 10, size: 'max' },
  ),
})

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

function blueprintOf({ network, failures, flows }: Story, bytes: number): Blueprint {
  const routed: NetworkBlueprint = { ...network, routing: ROUTING }
  const hosts = network.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
  const targets = [...network.nodes, ...network.links].map(({ name }) => name)
  const pick = (names: readonly string[], at: number) => names[Math.floor(at * names.length)]!
  const failed = [...new Set(failures.map((at) => pick(targets, at)))]
  const event = (action: 'fail' | 'repair', atPs: number) =>
    failed.map((target) => ({ atPs, action, target }))
  const listed: FlowBlueprint[] = flows.map(({ phase, atPs, from, to }) => ({
    startPs: phase * PHASE_PS + SETTLED_PS + atPs,
    from: pick(hosts, from),
    to: pick(hosts, to),
    bytes,
  }))
  return {
    name: 'parity',
    seed: 'parity',
    network: routed,
    traffic: [
      {
        name: 'flows',
        pairs: { kind: 'all-to-all', hosts },
        offered: { kind: 'list', flows: listed },
        transport: { kind: 'tcp', options: {} },
        dscp: 0,
        priority: 0,
        family: 'ipv4',
      },
    ],
    events: [...event('fail', PHASE_PS), ...event('repair', 2 * PHASE_PS)],
  }
}

function tupleOf(flows: FlowTable, flow: number): FiveTuple {
  return {
    source: flows.source[flow]!,
    destination: flows.destination[flow]!,
    protocol: PROTOCOL_TCP,
    sourcePort: flows.sourcePort[flow]!,
    destinationPort: flows.destinationPort[flow]!,
  }
}

const closeTo = (shares: Record<string, number>) =>
  Object.fromEntries(Object.entries(shares).map(([key, share]) => [key, expect.closeTo(share, 12)]))

/** The stories of a flow's own packets, acknowledgements excluded, that left their host from an instant on. */
function storiesOf(rows: readonly PacketTraceRow[], flow: number, source: string): PacketTraceRow[][] {
  const stories = new Map<number, PacketTraceRow[]>()
  for (const row of rows) {
    if (row.flow !== flow || row.source !== source) continue
    const story = stories.get(row.packet)
    if (story === undefined) stories.set(row.packet, [row])
    else story.push(row)
  }
  return [...stories.values()]
}

describe('flow clock, packet clock and walk agree', { timeout: 60_000 }, () => {
  it('on ports and on the paths of flows, before a failure, after it and after its repair', () => {
    const property = fc.property(story, (drawn) => {
      const blueprint = blueprintOf(drawn, 5000)
      const trace = new PacketTrace()
      const packets = new PacketRun(blueprint, { arrivalsEndPs: 3 * PHASE_PS, trace })
      const fluid = new FlowRun(blueprint, { arrivalsEndPs: 3 * PHASE_PS })
      const probe = new PathProbe(fluid.network)
      const path = new Path()
      let known = 0
      for (let phase = 0; phase < 3; phase++) {
        const end = (phase + 1) * PHASE_PS - 1
        packets.sim.run(end)
        fluid.sim.run(end)
        const { network, flows } = fluid
        expect(flows.size).toBe(packets.flows.size)
        const rows = trace.rows()
        for (; known < flows.size; known++) {
          const tuple = tupleOf(flows, known)
          expect(tuple).toEqual(tupleOf(packets.flows, known))
          probe.find(tuple, 1500, path, false)
          const from = network.hostOf(tuple.source)!
          expect(probedShares(network, path, from)).toEqual(closeTo(walkedShares(network, tuple)))
          const ways = waysOf(network, path)
          const stories = storiesOf(rows, known, network.addresses.textOf(tuple.source))
          expect(stories.length).toBeGreaterThan(0)
          const isDead = phase === 1 && !packets.failures.isUp(network.topology.nodes[from]!.name)
          for (const story of stories) {
            const { way, end } = tracedWay(story)
            if (isDead) expect(end).toBe('node-down')
            else expect(ways).toContain(way)
            if (!isDead) expect(path.died?.reason ?? 'delivered').toBe(end)
          }
        }
        expect(network.packets.live).toBe(0)
      }
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('on what every flow under way takes of every link, whatever was rerouted', () => {
    const property = fc.property(story, (drawn) => {
      // so many bytes that no flow completes; payload alone, so that a unit of rate costs its share
      const model = PURE_SHARING
      const run = new FlowRun(blueprintOf(drawn, 1e12), { arrivalsEndPs: 3 * PHASE_PS, model })
      const { clock, flows, network } = run
      const { solver } = clock.transfers.engine
      for (let phase = 0; phase < 3; phase++) {
        run.sim.run((phase + 1) * PHASE_PS - 1)
        let seen = 0
        clock.transfers.forEach((flow, row) => {
          const tuple = tupleOf(flows, row)
          if (tuple.source === tuple.destination) return
          seen++
          const expected = walkedShares(network, tuple)
          const crossed: Record<string, number> = {}
          for (let i = 0; i < solver.pathLengthOf(flow); i++) {
            const direction = solver.resourceAt(flow, i)
            const isReal = direction < clock.directions.count
            const name = isReal
              ? network.topology.directionName(direction >> 1, (direction & 1) as 0 | 1)
              : 'nowhere'
            crossed[name] = (crossed[name] ?? 0) + solver.costAt(flow, i)
          }
          if (Math.abs((expected['delivered'] ?? 0) - 1) > 1e-9) {
            expect(crossed).toEqual({ nowhere: 1 })
            expect(solver.rateOf(flow)).toBe(0)
            return
          }
          delete expected['delivered']
          expect(crossed).toEqual(closeTo(expected))
        })
        // the rest: complete, since they never leave their host, or begun where there was no way
        expect(seen + flows.completed + clock.waitingCount).toBe(flows.size)
      }
    })
    fc.assert(property, { numRuns: 100 })
  })
})
