import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { FlowBlueprint, TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { ConntrackOptions } from '../src/conntrack/conntrack-options.ts'
import { HOSTS, NAMES, networkWith } from './helpers/workloads.ts'

const STEP_PS = 100 * MS
/** A SYN that comes again falls between the steps, and so does the end of an entry. */
const TCP = { synRetries: 1, initialRtoPs: 1030 * MS } as const
const TIMES = { tcpTimeWait: 640 * MS, tcpSynSent: 840 * MS }

const traffic = (flows: readonly FlowBlueprint[], options: object = TCP): TrafficBlueprint => ({
  name: 'calls',
  pairs: { kind: 'from-to', from: NAMES, to: NAMES },
  offered: { kind: 'list', flows },
  transport: { kind: 'tcp', options },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

const blueprintOf = (conntrack: ConntrackOptions, of: readonly TrafficBlueprint[]): Blueprint => ({
  name: 'tables',
  seed: 'tables',
  network: networkWith([], { conntrack }),
  traffic: of,
  events: [],
})

/** One connection a step, so that round trips more or less change nothing. */
const arbitraryCalls = fc.uniqueArray(
  fc.record({ step: fc.nat({ max: 30 }), from: fc.constantFrom(...NAMES), to: fc.constantFrom(...NAMES) }),
  { selector: ({ step }) => step, minLength: 1, maxLength: 25 },
)

function outcome(run: PacketRun | FlowRun) {
  run.sim.run(100 * SECOND)
  const { flows, network } = run
  return {
    fates: Array.from({ length: flows.size }, (_, flow) => flows.failureOf(flow) ?? 'completed'),
    tables: HOSTS.map((host) => {
      const { peak, size, firstVictim, conntrack } = network.pools.find(host, 'connection-tracking')!
      const counts = conntrack.entries.table.counts()
      expect(counts.size).toBe(0)
      const { inserted, refused, usedPs } = counts
      return { peak, size, inserted, refused, used: Math.round(usedPs / STEP_PS), from: victim(firstVictim) }
    }),
  }
}

const victim = (first: { who: number | { source: number } } | undefined) =>
  first === undefined || typeof first.who === 'number' ? undefined : first.who.source

describe('tables of connections', { timeout: 60_000 }, () => {
  it('take and refuse the same connections under the packet and the flow clock, for as long', () => {
    const property = fc.property(fc.integer({ min: 1, max: 8 }), arbitraryCalls, (capacity, drawn) => {
      const flows = drawn
        .filter(({ from, to }) => from !== to)
        .map(({ step, from, to }) => ({ startPs: step * STEP_PS, from, to, bytes: 20_000 }))
      fc.pre(flows.length > 0)
      const conntrack = { capacity, evictionReach: 0, timeoutsPs: TIMES }
      const blueprint = blueprintOf(conntrack, [traffic(flows)])
      const run = { arrivalsEndPs: 10 * SECOND }
      const byPackets = new PacketRun(blueprint, run)
      expect(outcome(new FlowRun(blueprint, run))).toEqual(outcome(byPackets))
      const refused = HOSTS.map(
        (host) => byPackets.network.pools.find(host, 'connection-tracking')!.counts().refused,
      )
      expect(byPackets.network.ledger.droppedFor('conntrack-full')).toBe(refused.reduce((a, b) => a + b))
    })
    fc.assert(property, { numRuns: 60, seed: 8 })
  })
})

describe('entries of flows', () => {
  const BYTES = 4_000_000_000
  const DONE_PS = 5 * SECOND

  it('outlive failures, new routes and their own timeouts, and go when the flow has ended', () => {
    const flow = { startPs: 0, from: 'shop/web', to: 'shop/pay', bytes: BYTES }
    const conntrack = { timeoutsPs: { ...TIMES, tcpEstablished: 10 * MS, tcpUnacknowledged: 10 * MS } }
    const blueprint = blueprintOf(conntrack, [traffic([flow])])
    const events = ['spine-0', 'spine-1', 'spine-0'].map((spine, i) => ({
      atPs: (20 + 40 * i) * MS,
      action: i === 0 || i === 1 ? ('fail' as const) : ('repair' as const),
      target: `ord1/${spine}`,
    }))
    const run = new FlowRun({ ...blueprint, events }, { arrivalsEndPs: SECOND })
    const table = run.network.pools.find(HOSTS[0]!, 'connection-tracking')!
    const entry = () => {
      const { size, inserted } = table.conntrack.counts()
      return { size, inserted }
    }
    for (const atPs of [10 * MS, 50 * MS, 90 * MS, 150 * MS]) {
      run.sim.run(atPs)
      expect(run.flows.completed).toBe(0)
      expect(entry()).toEqual({ size: 1, inserted: 1 })
      expect(table.conntrack.describe(0)).toMatchObject({ isAnswered: true, isAssured: true })
    }
    run.sim.run(DONE_PS)
    expect(run.flows.completed).toBe(1)
    expect(entry()).toEqual({ size: 0, inserted: 1 })
    const { usedPs } = table.counts()
    expect(Math.abs(usedPs - run.flows.completedPs[0]! - TIMES.tcpTimeWait)).toBeLessThan(MS)
  })

  it('of streams are theirs until they stop; one that finds no room goes on asking', () => {
    const stream = (name: string, to: string, startPs: number, stopPs: number): TrafficBlueprint => ({
      name,
      pairs: { kind: 'from-to', from: ['shop/db'], to: [to] },
      offered: {
        kind: 'stream',
        rateBps: 1e6,
        packetBytes: 1000,
        process: { kind: 'constant' },
        startPs,
        stopPs,
      },
      transport: { kind: 'udp' },
      dscp: 0,
      priority: 0,
      family: 'ipv4',
    })
    const conntrack = { capacity: 1, evictionReach: 0, timeoutsPs: { udp: 500 * MS } }
    const early = stream('early', 'shop/web', 0, 2 * SECOND)
    const late = stream('late', 'shop/pay', SECOND, 5 * SECOND)
    const run = new FlowRun(blueprintOf(conntrack, [early, late]), { arrivalsEndPs: 10 * SECOND })
    run.sim.run(10 * SECOND)
    run.clock.bookAll()
    const { packetsReceived } = run.clock.streams[1]!
    // from 3 s on: the entry of the other one is gone at 2.5 s
    expect(packetsReceived / (2e6 / 8000)).toBeCloseTo(1, 6)
    expect(run.network.pools.find(HOSTS[1]!, 'connection-tracking')!.counts()).toMatchObject({ refused: 2 })
  })
})
