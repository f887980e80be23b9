import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import { CM02, type FlowModel, LV08, PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { CM02_SHARING, type LatencySharing, LV08_SHARING } from '../src/clocks/flow/latency-sharing.ts'
import { flowsOver, line } from './helpers/flow-lists.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

const SECOND = 1e12
const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const
/** Of 1 Mbit/s in bytes. */
const SLOW = 125_000

/** Host `a` comes to `b` by one slow link; `c` crosses ten times as fast a one before it, with 30 ms of latency. */
const joined = (latencyS: number) =>
  networkOf(
    graph({
      region: 'r',
      switches: [{ name: 's', tier: 'any', ecmp: ECMP }],
      hosts: ['a', 'b', 'c'].map((name) => ({ name, bond: false })),
      links: [
        // so fast that it counts for nothing
        { between: ['a', 's'], options: plainLink(1e15, 0) },
        { between: ['c', 's'], options: plainLink(10 * 8 * SLOW, 0.03 * SECOND) },
        { between: ['s', 'b'], options: plainLink(8 * SLOW, latencyS * SECOND) },
      ],
    }),
  )

function secondsOf(latencyS: number, model: FlowModel): number[] {
  const flows = ['r/a', 'r/c'].map((from) => ({ startPs: 0, from, to: 'r/b', bytes: 1e5 }))
  const run = new FlowRun(flowsOver(joined(latencyS), flows), { arrivalsEndPs: 1, model })
  run.sim.run()
  return Array.from(run.flows.completedPs.subarray(0, 2), (ps) => ps / SECOND)
}

const HALF = { ...LV08, sharing: { ...LV08_SHARING, duplex: 'half' } } as const

describe('sharing by latency', () => {
  it.each<[string, FlowModel, number, number[]]>([
    ['LV08', LV08, 0.01, [1.297899663969, 1.779584536082]],
    ['LV08, half duplex', HALF, 0.01, [1.371699669566, 1.862058762887]],
    ['CM02', CM02, 0.01, [1.0025, 1.61]],
    ['CM02, one without latency', CM02, 0, [1.6, 0.854]],
  ])(
    'gives two flows of unequal latency what SimGrid 3.32 gives them: %s',
    (_, model, latencyS, expected) => {
      expect(secondsOf(latencyS, model)).toEqual(expected.map((seconds) => expect.closeTo(seconds, 8)))
    },
  )

  it('the bandwidth factor holds for what the window lets through, too, as in SimGrid 3.32', () => {
    const network = line([plainLink(8e10, 0.01 * SECOND)])
    const flows = [{ startPs: 0, from: 'r/a', to: 'r/b', bytes: 1e9 }]
    const run = new FlowRun(flowsOver(network, flows), { arrivalsEndPs: 1, model: LV08 })
    run.sim.run()
    expect(run.flows.completedPs[0]! / SECOND).toBeCloseTo(5.045946991785, 8)
  })

  it('books what a flow costs: its bytes over the bandwidth factor, and the cross traffic on the way back', () => {
    const network = line([plainLink(8e9, 1e9)])
    const flows = [{ startPs: 0, from: 'r/a', to: 'r/b', bytes: 1e6 }]
    const run = new FlowRun(flowsOver(network, flows), { arrivalsEndPs: 1, model: LV08 })
    run.sim.run()
    run.clock.bookAll()
    expect([0, 1].map((direction) => run.clock.carriedBits(direction) * 0.97)).toEqual(
      [8e6, 0.05 * 8e6].map((bits) => expect.closeTo(bits, 3)),
    )
  })

  it('weighs a flow anew when it is rerouted', () => {
    const linked = (one: string, other: string, latencyS: number, cost = 1) => ({
      between: [one, other] as const,
      options: { ...plainLink(1e15, latencyS * SECOND), cost },
    })
    const network = networkOf(
      graph({
        region: 'r',
        switches: ['s', 't', 'u'].map((name) => ({ name, tier: 'any', ecmp: ECMP })),
        hosts: ['a', 'b', 'c'].map((name) => ({ name, bond: false })),
        links: [
          linked('a', 's', 0),
          linked('s', 't', 0.03),
          linked('s', 'u', 0.01),
          linked('u', 't', 0, 2),
          linked('c', 't', 0),
          { between: ['t', 'b'], options: plainLink(1e6, 0.01 * SECOND) },
        ],
      }),
    )
    const flows = ['r/a', 'r/c'].map((from) => ({ startPs: 0, from, to: 'r/b', bytes: 1e6 }))
    const fail = { action: 'fail', target: 'r/s:r/t', atPs: 0.2 * SECOND } as const
    const run = new FlowRun(flowsOver(network, flows, {}, [fail]), { arrivalsEndPs: SECOND, model: CM02 })
    const rates = () => {
      const bps: number[] = []
      run.clock.transfers.forEach((flow, row) => {
        bps[row] = run.clock.transfers.engine.solver.rateOf(flow) * SECOND
      })
      return bps
    }
    run.sim.run(0.1 * SECOND)
    expect(rates()).toEqual([2e5, 8e5].map((bps) => expect.closeTo(bps, 3)))
    run.sim.run(0.3 * SECOND)
    expect(rates()).toEqual([1e6 / 3, 2e6 / 3].map((bps) => expect.closeTo(bps, 3)))
  })

  it.each<[Partial<LatencySharing>, string]>([
    [{ bandwidthFactor: 0 }, 'sharing.bandwidthFactor is above 0 and at most 1, got 0'],
    [{ latencyFactor: -1 }, 'sharing.latencyFactor is 0 or more and finite, got -1'],
    [{ windowBytes: 0 }, 'sharing.windowBytes is more than 0, Infinity for no limit, got 0'],
    [{ weightBytes: Infinity }, 'sharing.weightBytes is 0 or more and finite, got Infinity'],
    [{ crossTraffic: Number.NaN }, 'sharing.crossTraffic is 0 or more and finite, got NaN'],
  ])('refuses %j', (odd, message) => {
    const model = { ...PURE_SHARING, sharing: { ...CM02_SHARING, ...odd } }
    expect(() => new FlowRun(flowsOver(joined(0), []), { arrivalsEndPs: 1, model })).toThrow(message)
  })
})
