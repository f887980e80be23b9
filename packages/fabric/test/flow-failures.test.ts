import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { EventBlueprint } from '../src/blueprint/blueprint.ts'
import type { EcmpMode } from '../src/blueprint/network.ts'
import type { FlowBlueprint } from '../src/blueprint/traffic.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun, type FlowRunOptions } from '../src/clocks/flow/flow-run.ts'
import { leafSpineOptions } from '../src/blueprint/generators/options.fixture.ts'
import { flowsOver } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

/** Routing reacts 1 ms after a change. */
const ROUTING = { detectionPs: 300 * US, convergencePs: 700 * US }
const REACTION = MS
const hosts = (leaf: number, count: number) =>
  Array.from({ length: count }, (_, i) => `ord1/leaf-${leaf}/host-${i}`)
const SENDERS = hosts(0, 8)
const RECEIVERS = hosts(1, 8)
/** At its host's 8 Gbit/s, alone or beside the others, a flow takes 10 ms. */
const BYTES = 1e7
const ALONE = 10 * MS

const fail = (atPs: number, target: string): EventBlueprint => ({ atPs, action: 'fail', target })
const repair = (atPs: number, target: string): EventBlueprint => ({ atPs, action: 'repair', target })

/** A flow from every host of the first leaf to one of the second, over two spines that hold all of them. */
function runWith(
  events: readonly EventBlueprint[],
  options: { mode?: EcmpMode; flows?: readonly FlowBlueprint[]; model?: FlowRunOptions['model'] } = {},
): FlowRun {
  const { mode = 'five-tuple', model = PURE_SHARING } = options
  const network = leafSpineNetwork(
    {
      hostsPerLeaf: 8,
      hostLink: plainLink(8e9, 0),
      fabricLink: plainLink(100e9, 0),
      ecmp: { ...leafSpineOptions().ecmp, mode },
    },
    ROUTING,
  )
  const all = SENDERS.map((from, i) => ({ startPs: 0, from, to: RECEIVERS[i]!, bytes: BYTES }))
  return new FlowRun(flowsOver(network, options.flows ?? all, {}, events), { arrivalsEndPs: SECOND, model })
}

/** By row: the spine that a flow's path crosses; undefined where it has none. */
function spinesOf(run: FlowRun): (number | undefined)[] {
  const { topology } = run.network
  const { solver } = run.clock.transfers.engine
  const spines: (number | undefined)[] = []
  run.clock.transfers.forEach((flow, row) => {
    for (let i = 0; i < solver.pathLengthOf(flow); i++) {
      const direction = solver.resourceAt(flow, i)
      const name = direction < run.clock.directions.count ? topology.links[direction >> 1]!.name : ''
      const spine = /spine-(\d)/.exec(name)
      if (spine !== null) spines[row] = Number(spine[1])
    }
  })
  return spines
}

function ratesBps(run: FlowRun): number[] {
  const rates: number[] = []
  run.clock.transfers.forEach((flow, row) => {
    rates[row] = Math.round(run.clock.transfers.engine.solver.rateOf(flow) * SECOND)
  })
  return rates
}

const fctsPs = ({ flows }: FlowRun) =>
  Array.from({ length: flows.size }, (_, row) => flows.completedPs[row]! - flows.startPs[row]!)
const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, -1))

describe('a spine that fails', () => {
  it('stops the flows over it until the tables change, and none of the others', () => {
    const run = runWith([fail(2 * MS, 'ord1/spine-1')])
    run.sim.run(MS)
    const before = spinesOf(run)
    expect(new Set(before)).toEqual(new Set([0, 1]))
    expect(ratesBps(run)).toEqual(before.map(() => 8e9))
    run.sim.run(2 * MS)
    expect(ratesBps(run)).toEqual(before.map((spine) => (spine === 1 ? 0 : 8e9)))
    run.sim.run(2 * MS + REACTION - 1)
    expect(ratesBps(run)).toEqual(before.map((spine) => (spine === 1 ? 0 : 8e9)))
    run.sim.run(2 * MS + REACTION)
    expect(ratesBps(run)).toEqual(before.map(() => 8e9))
    expect(spinesOf(run)).toEqual(before.map(() => 0))
    run.sim.run()
    expect(fctsPs(run)).toEqual(closeTo(before.map((spine) => (spine === 1 ? ALONE + REACTION : ALONE))))
  })

  it('gets its flows back when the tables change after its repair, and not before', () => {
    const run = runWith([fail(2 * MS, 'ord1/spine-1'), repair(4 * MS, 'ord1/spine-1')])
    run.sim.run(MS)
    const before = spinesOf(run)
    run.sim.run(4 * MS + REACTION - 1)
    expect(spinesOf(run)).toEqual(before.map(() => 0))
    run.sim.run(4 * MS + REACTION)
    expect(spinesOf(run)).toEqual(before)
    run.sim.run()
    expect(fctsPs(run)).toEqual(closeTo(before.map((spine) => (spine === 1 ? ALONE + REACTION : ALONE))))
  })

  it('costs no more than the flap where that ends before it is detected', () => {
    const run = runWith([fail(2 * MS, 'ord1/spine-1'), repair(2.2 * MS, 'ord1/spine-1')])
    run.sim.run(MS)
    const before = spinesOf(run)
    run.sim.run(5 * MS)
    expect(spinesOf(run)).toEqual(before)
    run.sim.run()
    expect(fctsPs(run)).toEqual(closeTo(before.map((spine) => (spine === 1 ? ALONE + 0.2 * MS : ALONE))))
  })

  it('stops sprayed flows altogether, since each has a share on it', () => {
    const run = runWith([fail(2 * MS, 'ord1/spine-1')], { mode: 'spray' })
    run.sim.run(2.5 * MS)
    expect(ratesBps(run)).toEqual(SENDERS.map(() => 0))
    run.sim.run()
    expect(fctsPs(run)).toEqual(closeTo(SENDERS.map(() => ALONE + REACTION)))
  })
})

describe('a network cut in two', () => {
  const cut = ['ord1/spine-0', 'ord1/spine-1']
  const outage = [...cut.map((name) => fail(2 * MS, name)), ...cut.map((name) => repair(6 * MS, name))]

  it('holds flows back while it lasts, and lets them go on where they were', () => {
    const run = runWith(outage)
    run.sim.run(5 * MS)
    expect(ratesBps(run)).toEqual(SENDERS.map(() => 0))
    expect(spinesOf(run)).toEqual([])
    run.sim.run()
    // repaired links carry at once, but there is no route until the tables change
    expect(fctsPs(run)).toEqual(closeTo(SENDERS.map(() => ALONE + 4 * MS + REACTION)))
  })

  it('keeps flows from beginning; they begin with a handshake of their own when there is a way', () => {
    const flow = { from: SENDERS[0]!, to: RECEIVERS[0]!, bytes: BYTES }
    const flows = [2.5 * MS, 4 * MS].map((startPs) => ({ ...flow, startPs }))
    const run = runWith(outage, { flows, model: {} })
    run.sim.run(6.9 * MS)
    expect(run.clock.waitingCount).toBe(2)
    expect([...run.flows.establishedPs.slice(0, 2)]).toEqual([-1, -1])
    run.sim.run()
    expect(run.clock.waitingCount).toBe(0)
    // SYN and SYN-ACK of 60 bytes over two links of 8 and two of 100 Gbit/s
    const handshakePs = 2 * 60 * 8 * (2 * 125 + 2 * 10)
    for (const row of [0, 1]) expect(run.flows.establishedPs[row]).toBeCloseTo(7 * MS + handshakePs, -1)
  })

  it('lets a flow begin as soon as the only cable is back, if the tables never changed', () => {
    const flows = [{ startPs: 2.1 * MS, from: SENDERS[0]!, to: RECEIVERS[0]!, bytes: BYTES }]
    const cable = `ord1/leaf-0:${SENDERS[0]!}`
    const run = runWith([fail(2 * MS, cable), repair(2.25 * MS, cable)], { flows })
    run.sim.run()
    expect(fctsPs(run)).toEqual(closeTo([ALONE + 0.15 * MS]))
  })
})

describe('a dead host', () => {
  it('begins nothing, not even to itself, until it is back', () => {
    const host = SENDERS[0]!
    const flows = [{ startPs: 3 * MS, from: host, to: host, bytes: BYTES }]
    const run = runWith([fail(2 * MS, host), repair(4 * MS, host)], { flows })
    run.sim.run()
    expect(run.flows.completedPs[0]).toBeGreaterThanOrEqual(4 * MS)
    expect(run.flows.completedPs[0]).toBeLessThan(4 * MS + 10)
  })
})
