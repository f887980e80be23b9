import { SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { type GraphLink, graph } from '../src/blueprint/generators/graph.ts'
import type { FlowBlueprint } from '../src/blueprint/traffic.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun, type FlowRunOptions } from '../src/clocks/flow/flow-run.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { leafSpineNetwork, networkOf, plainLink } from './helpers/networks.ts'

const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const

/** Switches in a row, `lanes[i]` the rate between number i and the next, and as many hosts on each as asked for. */
function row(lanes: readonly number[], hostsPerSwitch: number, hostRateBps: number) {
  const switches = Array.from({ length: lanes.length + 1 }, (_, i) => `s${i}`)
  const hosts = switches.flatMap((at) =>
    Array.from({ length: hostsPerSwitch }, (_, i) => ({ at, name: `${at}h${i}` })),
  )
  const links: GraphLink[] = [
    ...lanes.map((rateBps, i) => ({
      between: [`s${i}`, `s${i + 1}`] as const,
      options: plainLink(rateBps, 0),
    })),
    ...hosts.map(({ at, name }) => ({ between: [name, at] as const, options: plainLink(hostRateBps, 0) })),
  ]
  return networkOf(
    graph({
      region: 'r',
      switches: switches.map((name) => ({ name, tier: 'any', ecmp: ECMP })),
      hosts: hosts.map(({ name }) => ({ name, bond: false })),
      links,
    }),
  )
}

/** Completion times in seconds, in the order of the list; the list is in the order in which flows start. */
function completions(blueprint: Blueprint, model: FlowRunOptions['model'] = PURE_SHARING): number[] {
  const run = new FlowRun(blueprint, { arrivalsEndPs: 100 * SECOND, model })
  run.sim.run()
  expect(run.flows.completed).toBe(run.flows.size)
  return Array.from({ length: run.flows.size }, (_, flow) => run.flows.completedPs[flow]! / SECOND)
}

const flow = (from: string, to: string, bytes: number, startPs = 0): FlowBlueprint => ({
  startPs,
  from,
  to,
  bytes,
})
const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 11))

describe('flows of closed form', () => {
  it('dumbbell: flows of one bottleneck are processors that share', () => {
    // 1, 2, 3, 4 GB at 8 Gbit/s: with k left, each has 1 GB/s over k
    const sizes = [1e9, 2e9, 3e9, 4e9]
    const flows = sizes.map((bytes, i) => flow(`r/s0h${i}`, `r/s1h${i}`, bytes))
    expect(completions(flowsOver(row([8e9], 4, 100e9), flows))).toEqual(closeTo([4, 7, 9, 10]))
  })

  it('dumbbell: a flow that comes later shares from then on', () => {
    const flows = [flow('r/s0h0', 'r/s1h0', 2e9), flow('r/s0h1', 'r/s1h1', 2e9, SECOND)]
    // alone for a second, both for two, the second one alone for the last
    expect(completions(flowsOver(row([8e9], 2, 100e9), flows))).toEqual(closeTo([3, 4]))
  })

  it('parking lot: a flow over all bottlenecks has the share of the fullest, its neighbours what it leaves', () => {
    // 8 Gbit/s lanes with 1, 3 and 2 flows of their own: the long flow has a quarter
    const long = flow('r/s0h0', 'r/s3h0', 1e9)
    const own = [1, 3, 2].flatMap((count, lane) =>
      Array.from({ length: count }, (_, i) => flow(`r/s${lane}h${i}`, `r/s${lane + 1}h${i}`, 100e9)),
    )
    const run = new FlowRun(flowsOver(row([8e9, 8e9, 8e9], 4, 100e9), [long, ...own]), {
      arrivalsEndPs: SECOND,
      model: PURE_SHARING,
    })
    run.sim.run(SECOND)
    const { solver } = run.clock.transfers.engine
    const rates = new Map<string, number>()
    run.clock.transfers.forEach((number, row) => {
      const { addresses, topology } = run.network
      const host = topology.nodes[run.network.hostOf(run.flows.source[row]!)!]!.name
      expect(addresses.textOf(run.flows.source[row]!)).toMatch(/^10\./)
      rates.set(host, Math.max(rates.get(host) ?? 0, solver.rateOf(number) * 1e3))
    })
    // the long flow and its neighbour leave from one host: the neighbour's rate is the larger
    expect(Object.fromEntries(rates)).toEqual({
      'r/s0h0': expect.closeTo(6, 9),
      'r/s1h0': expect.closeTo(2, 9),
      'r/s1h1': expect.closeTo(2, 9),
      'r/s1h2': expect.closeTo(2, 9),
      'r/s2h0': expect.closeTo(3, 9),
      'r/s2h1': expect.closeTo(3, 9),
    })
    run.sim.run()
    const longRow = Array.from({ length: run.flows.size }, (_, i) => i).find(
      (i) => run.flows.bytes[i] === 1e9,
    )!
    expect(run.flows.completedPs[longRow]! / SECOND).toBeCloseTo(4, 11)
  })

  it('a narrow host leaves the bottleneck to the others', () => {
    const base = row([8e9], 3, 100e9)
    const network = {
      ...base,
      links: base.links.map((link) => (link.name.includes('s0h0') ? { ...link, rateBps: 2e9 } : link)),
    }
    const flows = [0, 1, 2].map((i) => flow(`r/s0h${i}`, `r/s1h${i}`, 3e9))
    // 2, 3 and 3 Gbit/s; then 2 Gbit/s alone
    expect(completions(flowsOver(network, flows))).toEqual(closeTo([12, 8, 8]))
  })

  it('incast over leaf and spine: all end together, when the receiver has taken every header and frame', () => {
    const [senders, bytes] = [64, 270_000]
    const wire = { ...plainLink(10e9, 0), framing: 'ethernet' as const }
    const network = leafSpineNetwork({
      leaves: 17,
      spines: 4,
      hostsPerLeaf: 4,
      hostLink: wire,
      fabricLink: wire,
    })
    const flows = Array.from({ length: senders }, (_, i) =>
      flow(`ord1/leaf-${1 + (i >> 2)}/host-${i & 3}`, 'ord1/leaf-0/host-0', bytes),
    )
    const segments = Math.ceil(bytes / 1448)
    const wireBytes = bytes + segments * (20 + 32 + 38)
    const drainedPs = (senders * wireBytes * 8 * SECOND) / 10e9
    const blueprint = flowsOver(network, flows)
    const model = { startUp: 'none', windows: false, acknowledgements: false, pathDelay: false } as const
    // all of the receiver's link, whichever spines the flows hash to: none of these holds so many
    for (const seconds of completions(blueprint, model)) expect(seconds * SECOND).toBeCloseTo(drainedPs, -2)
    // three more links to store and forward a frame on, which go on at the same rate
    const last = (bytes - (segments - 1) * 1448 + 52 + 38) * 800
    for (const seconds of completions(blueprint, { ...model, pathDelay: true })) {
      expect(seconds * SECOND - drainedPs).toBeGreaterThanOrEqual(3 * last)
      expect(seconds * SECOND - drainedPs).toBeLessThan(3 * 1538 * 800 + US)
    }
  })
})
