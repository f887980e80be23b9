import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyRun, type SteadySpan } from '../src/clocks/steady/steady-run.ts'
import { staleShare } from '../src/names/index.ts'
import {
  addressOf,
  blueprintOf,
  calls,
  CHANGE_PS,
  moveTo,
  namedNetwork,
  type Named,
  TTL_PS,
} from './helpers/names.ts'

const STEP_PS = 5 * SECOND
const END_PS = CHANGE_PS + TTL_PS + 4 * STEP_PS
const Z = 3.29

/** A name moves from the first server to the second while clients connect, each every 2 s on the average. */
function moving(named: Named) {
  const network = namedNetwork({ ...named, resolver: { isAged: true, ...named.resolver } })
  return blueprintOf(network, [calls(network)], [moveTo(addressOf(network, 'v1'))])
}

/** Of the flows that began in each step after the change, those that went to the first server. */
function oldShares({ flows, network }: FlowRun | PacketRun, stepPs = STEP_PS): number[] {
  const old = network.addresses.intern(addressOf(network.blueprint, 'v0'))
  const [all, stale] = [0, 1].map(() => new Array<number>(Math.ceil((END_PS - CHANGE_PS) / stepPs)).fill(0))
  for (let flow = 0; flow < flows.size; flow++) {
    const step = Math.floor((flows.startPs[flow]! - CHANGE_PS) / stepPs)
    if (step < 0) continue
    all![step]!++
    if (flows.destination[flow] === old) stale![step]!++
  }
  return stale!.map((count, step) => count / all![step]!)
}

/** Who went where, and whether it arrived. */
const wentOf = ({ flows, network }: FlowRun | PacketRun) =>
  Array.from({ length: flows.size }, (_, row) => [
    flows.startPs[row],
    network.nameOf(flows.source[row]!),
    network.nameOf(flows.destination[row]!),
    flows.completedPs[row]! > 0,
  ])

const CASES: readonly [string, Named, { ttlPs: number; keptPs: number }, number][] = [
  ['a resolver each', { clients: 300 }, { ttlPs: TTL_PS, keptPs: 0 }, 15 / 16],
  [
    'a resolver each that caps times to live at 10 s',
    { clients: 300, resolver: { ttlMaxPs: 10 * SECOND } },
    { ttlPs: 10 * SECOND, keptPs: 0 },
    5 / 6,
  ],
]

describe('row 57: flows that go to the old address after a service has moved', () => {
  it.each(CASES)('%s: 1 - t/T of those that had an answer', (_, named, times, warm) => {
    const run = new FlowRun(moving(named), { arrivalsEndPs: END_PS })
    run.sim.run(END_PS)
    oldShares(run).forEach((share, step) => {
      const expected = warm * staleShare(times, step * STEP_PS, (step + 1) * STEP_PS)
      const halfWidth = Z * Math.sqrt((expected * (1 - expected)) / named.clients)
      expect(Math.abs(share - expected)).toBeLessThanOrEqual(halfWidth)
    })
    const { stale, lookups } = run.lookups!.counts(0)
    const meanPs = (warm * (times.ttlPs + times.keptPs)) / 2
    expect(stale).toBeGreaterThan(0.85 * named.clients * 0.5 * (meanPs / SECOND))
    expect(stale).toBeLessThan(1.15 * named.clients * 0.5 * (meanPs / SECOND))
    expect(lookups).toBe(run.flows.size)
  })

  it('under the steady clock: the means of the closed form', () => {
    const blueprint = moving({ clients: 40 })
    const run = new SteadyRun(blueprint, { arrivalsEndPs: END_PS, windowPs: SECOND })
    const spans: SteadySpan[] = []
    run.listener = { onSpan: (span) => spans.push(span) }
    run.sim.run(END_PS)
    const { topology } = run.network
    const to = (server: string, { loads }: SteadySpan) => {
      const link = topology.links.findIndex(({ ends }) => ends.some((end) => end.endsWith(`/${server}`)))
      const far = topology.links[link]!.ends[0].endsWith(`/${server}`) ? 1 : 0
      return loads.offeredBps[2 * link + far]!
    }
    const shareIn = (span: SteadySpan) => to('v0', span) / (to('v0', span) + to('v1', span))
    const after = spans.filter(({ fromPs }) => fromPs >= CHANGE_PS)
    expect(after.length).toBeGreaterThanOrEqual(31)
    for (const [i, span] of after.entries()) {
      const [from, to] = [span.fromPs - CHANGE_PS, (after[i + 1]?.fromPs ?? END_PS) - CHANGE_PS]
      expect(shareIn(span)).toBeCloseTo((15 / 16) * staleShare({ ttlPs: TTL_PS, keptPs: 0 }, from, to), 9)
    }
    expect(spans.filter(({ isNew }) => isNew).map(({ fromPs }) => fromPs)).toEqual([0, CHANGE_PS])
  })

  it('the packet clock sends every flow where the flow clock does', () => {
    const blueprint = moving({ clients: 16 })
    const runs = [
      new FlowRun(blueprint, { arrivalsEndPs: END_PS }),
      new PacketRun(blueprint, { arrivalsEndPs: END_PS }),
    ]
    for (const run of runs) run.sim.run(END_PS + SECOND)
    const [flow, packet] = runs.map((run) => ({
      went: wentOf(run),
      counts: run.lookups!.counts(0),
    }))
    expect(packet).toEqual(flow)
    expect(flow!.counts.stale).toBeGreaterThan(0)
    expect(flow!.went.length).toBeGreaterThan(500)
  })
})
