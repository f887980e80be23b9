import { LONG_TIME_MAX, MS, SECOND, Simulation } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { FlowBlueprint } from '../src/blueprint/traffic.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

const HOUR = 3600 * SECOND
const DAY = 24 * HOUR
const WEEK = 7 * DAY
/** Doubles are 512 ps apart up to 2^62 ps, five weeks. */
const SPACING = 512

const ROUTING = { detectionPs: 0.5 * SECOND, convergencePs: 0.5 * SECOND }
const network = leafSpineNetwork(
  { spines: 1, hostsPerLeaf: 4, hostLink: plainLink(10e9, 0), fabricLink: plainLink(8e9, 0) },
  ROUTING,
)
const flow = (i: number, startPs: number, bytes: number): FlowBlueprint => ({
  startPs,
  from: `ord1/leaf-0/host-${i}`,
  to: `ord1/leaf-1/host-${i}`,
  bytes,
})
const GB = 1e9

describe('weeks under the flow clock', () => {
  it('four of them with a few flows take no time, and end where the arithmetic says', () => {
    const started = process.cpuUsage()
    const flows = [
      // 100,000 GB at 1 GB/s: alone for a day, then beside one of as much, each with half
      flow(0, 0, 1e5 * GB),
      flow(1, DAY, 1e5 * GB),
      // every Monday a backup of 3,600 GB that has the link to itself: an hour
      ...[1, 2, 3].map((week) => flow(2, week * WEEK, 3600 * GB)),
      // in the last week a flow of a millisecond
      flow(3, 3 * WEEK + DAY, 1e6),
      // and one that the end cuts off half way
      flow(0, 4 * WEEK - HOUR, 7200 * GB),
    ]
    const run = new FlowRun(flowsOver(network, flows), { arrivalsEndPs: 4 * WEEK, model: PURE_SHARING })
    run.sim.run(4 * WEEK)
    run.clock.bookAll()
    const { completedPs, bytesDelivered, startPs } = run.flows
    const seconds = (row: number) => completedPs[row]! / SECOND
    // 86,400 GB of the first are through after a day; the other 13,600 take twice as long
    expect(seconds(0)).toBeCloseTo(86_400 + 2 * 13_600, 3)
    expect(seconds(1)).toBeCloseTo(86_400 + 1e5 + 13_600, 3)
    const [first, second, third, short] = [2, 3, 4, 5].map((row) => completedPs[row]! - startPs[row]!)
    for (const backup of [first, second, third]) expect(Math.abs(backup! - HOUR)).toBeLessThanOrEqual(SPACING)
    expect(Math.abs(short! - MS)).toBeLessThanOrEqual(SPACING)
    expect(completedPs[6]).toBe(-1)
    expect(bytesDelivered[6]).toBeCloseTo(3600 * GB, -3)
    const link = run.network.topology.linkIndex('ord1/leaf-0:ord1/spine-0')
    const bytes = 2e5 * GB + 3 * 3600 * GB + 1e6 + 3600 * GB
    expect(run.clock.carriedBits(2 * link) / 8 / bytes).toBeCloseTo(1, 12)
    expect(run.sim.eventsRun).toBeLessThan(60)
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(0.5)
  })

  it('the same flows after four weeks take what they take at once, to the spacing of doubles', () => {
    const drawn = Array.from({ length: 40 }, (_, i) => flow(i % 4, i * 100_000 * 512, 50_000 + 7919 * i))
    const fcts = (offsetPs: number) => {
      const flows = drawn.map((each) => ({ ...each, startPs: each.startPs + offsetPs }))
      const run = new FlowRun(flowsOver(network, flows), { arrivalsEndPs: LONG_TIME_MAX })
      run.sim.run()
      expect(run.flows.completed).toBe(40)
      return Array.from({ length: 40 }, (_, row) => run.flows.completedPs[row]! - run.flows.startPs[row]!)
    }
    const [soon, late] = [fcts(0), fcts(4 * WEEK)]
    // a start, a handshake and an arrival are rounded, each to the nearest double or the next
    for (const [row, fct] of late.entries()) expect(Math.abs(fct - soon[row]!)).toBeLessThan(4 * SPACING)
  })

  it('counts timers of hours: a link that is down overnight, noticed and rerouted every time', () => {
    const nightly = Array.from({ length: 27 }, (_, day) => [
      { atPs: day * DAY + 22 * HOUR, action: 'fail' as const, target: 'ord1/leaf-0:ord1/spine-0' },
      { atPs: (day + 1) * DAY + 6 * HOUR, action: 'repair' as const, target: 'ord1/leaf-0:ord1/spine-0' },
    ]).flat()
    // 24 of every 24 hours but 8, and the second until routes are back
    const bytes = (26 * (16 * 3600 - 1) + 22 * 3600) * GB
    const blueprint = flowsOver(network, [flow(0, 0, bytes)], {}, nightly)
    const run = new FlowRun(blueprint, { arrivalsEndPs: 4 * WEEK, model: PURE_SHARING })
    run.sim.run(4 * WEEK)
    expect(run.failures.changes.every(({ atPs, routedPs }) => routedPs === atPs + SECOND)).toBe(true)
    const expected = 26 * DAY + 22 * HOUR
    expect(Math.abs(run.flows.completedPs[0]! - expected)).toBeLessThan(100 * SPACING)
  })

  it('is refused by a simulation that counts picoseconds', () => {
    const sim = new Simulation()
    const blueprint = flowsOver(network, [flow(0, WEEK, 1)])
    expect(() => new FlowRun(blueprint, { arrivalsEndPs: 2 * WEEK, sim })).toThrow(/2\^53 - 1 ps/)
  })
})
