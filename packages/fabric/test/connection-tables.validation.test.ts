import { erlangB, MS, meanInterval, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { HoldBlueprint, TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { SteadyPool } from '../src/clocks/steady/pools/steady-pools.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import type { ConntrackOptions } from '../src/conntrack/conntrack-options.ts'
import type { WhenDenied } from '../src/interfaces/interfaces-blueprint.ts'
import { expectWithin } from './helpers/pool-arrivals.ts'
import { allow, HOSTS, networkWith, port } from './helpers/workloads.ts'

const [NEAR, , FAR] = HOSTS as [string, string, string]
/** What closed connections keep their entries for, next to which a transfer of a segment takes nothing: 50 µs. */
const TIME_WAIT_PS = 200 * MS
const RUNS = 10
const WARM_PS = SECOND
const END_PS = 101 * SECOND

const calls = (flowsPerSecond: number, hold: { hold?: HoldBlueprint }): TrafficBlueprint => ({
  name: 'calls',
  pairs: { kind: 'from-to', from: ['shop/web'], to: ['shop/pay'] },
  offered: {
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 1400 },
    rate: { flowsPerSecond },
    ...hold,
    startPs: 0,
  },
  transport: { kind: 'tcp', options: { synRetries: 0, initialRtoPs: SECOND } },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

/** Connections that stay open for `holdPs`, or that the called workload's policy denies. */
function blueprint(
  erlangs: number,
  conntrack: ConntrackOptions,
  run: number,
  holdPs = 0,
  whenDenied?: WhenDenied,
): Blueprint {
  const flowsPerSecond = (erlangs / (TIME_WAIT_PS + holdPs)) * SECOND
  const hold = holdPs === 0 ? {} : { hold: { kind: 'exponential', meanPs: holdPs } as const }
  const timeoutsPs = { tcpTimeWait: TIME_WAIT_PS, tcpSynSent: TIME_WAIT_PS, tcpClose: TIME_WAIT_PS }
  const network = networkWith(whenDenied === undefined ? [] : [allow('pay', 'db', [port(80)])], {
    conntrack: { ...conntrack, timeoutsPs },
    ...(whenDenied !== undefined && { whenDenied }),
  })
  return { name: 'tables', seed: `run ${run}`, network, traffic: [calls(flowsPerSecond, hold)], events: [] }
}

/** By run: what the tables at both hosts are asked, refuse, and have on the mean. */
function runs(
  Run: typeof PacketRun | typeof FlowRun,
  erlangs: number,
  conntrack: ConntrackOptions,
  holdPs = 0,
  whenDenied?: WhenDenied,
) {
  const all = Array.from({ length: RUNS }, (_, index) => {
    const run = new Run(blueprint(erlangs, conntrack, index, holdPs, whenDenied), { arrivalsEndPs: END_PS })
    const counts = () =>
      [NEAR, FAR].map((host) => run.network.pools.find(host, 'connection-tracking')!.counts())
    run.sim.run(WARM_PS)
    const before = counts()
    run.sim.run(END_PS)
    return counts().map((after, i) => ({
      blocking: (after.refused - before[i]!.refused) / (after.asked - before[i]!.asked),
      occupied: (after.usedPs - before[i]!.usedPs) / (END_PS - WARM_PS),
    }))
  })
  const of = (at: number) => ({
    blocking: all.map((run) => run[at]!.blocking),
    occupied: all.map((run) => run[at]!.occupied),
  })
  return { near: of(0), far: of(1) }
}

function steady(
  erlangs: number,
  conntrack: ConntrackOptions,
  host: string,
  holdPs = 0,
  whenDenied?: WhenDenied,
): SteadyPool {
  const run = new SteadyRun(blueprint(erlangs, conntrack, 0, holdPs, whenDenied), {
    arrivalsEndPs: END_PS,
    windowPs: SECOND,
  })
  let found: SteadyPool | undefined
  const index = run.pools.all.findIndex(({ owner }) => owner === host)
  run.listener = {
    onSpan: ({ pools }) => {
      found ??= pools[index]
    },
  }
  run.sim.run(1)
  return found!
}

describe('tables of connections', { timeout: 60_000 }, () => {
  const clocks = [
    ['packet', PacketRun],
    ['flow', FlowRun],
  ] as const

  it.each(clocks)('hold on the mean what comes times how long it stays (Little), %s clock', (_, Run) => {
    const { near, far } = runs(Run, 20, {})
    for (const [host, { occupied }] of [
      [NEAR, near],
      [FAR, far],
    ] as const) {
      const expected = steady(20, {}, host)
      expect(expected.load!.blocking).toBe(0)
      expect(expected.load!.carriedErlangs).toBeCloseTo(20, 2)
      expectWithin(occupied, expected.load!.carriedErlangs, 0.02)
    }
  })

  it.each(clocks)('hold connections that stay open for as long, %s clock', (_, Run) => {
    const holdPs = 300 * MS
    const expected = steady(20, {}, NEAR, holdPs)
    expect(expected.load!.carriedErlangs).toBeCloseTo(20, 2)
    expectWithin(runs(Run, 20, {}, holdPs).near.occupied, expected.load!.carriedErlangs, 0.03)
  })

  it.each(clocks)('hold at the caller what is dropped at the other end, %s clock', (_, Run) => {
    const { near, far } = runs(Run, 20, {}, 0, 'drop')
    const expected = steady(20, {}, NEAR, 0, 'drop')
    expect(expected.load!.carriedErlangs).toBeCloseTo(20, 2)
    expectWithin(near.occupied, expected.load!.carriedErlangs, 0.02)
    expect(meanInterval(far.occupied, 0.99).mean).toBe(0)
    expect(steady(20, {}, FAR, 0, 'drop').load!.carriedErlangs).toBe(0)
  })

  it.each(clocks)('forget at the caller what is reset at the other end, %s clock', (_, Run) => {
    expect(steady(20, {}, NEAR, 0, 'reject').load!.carriedErlangs).toBe(0)
    // an entry lasts a round trip of some 10 µs
    expect(meanInterval(runs(Run, 20, {}, 0, 'reject').near.occupied, 0.99).high).toBeLessThan(0.001)
  })

  it.each(clocks)('row 8: refuse by Erlang B once they are full, %s clock', (_, Run) => {
    const conntrack = { capacity: 15, evictionReach: 0 }
    const { load } = steady(10, conntrack, NEAR)
    expect(load!.blocking / erlangB(10, 15)).toBeCloseTo(1, 2)
    const { near, far } = runs(Run, 10, conntrack)
    expectWithin(near.blocking, load!.blocking, 0.16)
    expectWithin(near.occupied, load!.carriedErlangs, 0.02)
    // what the near one takes, the far one has room for
    expect(meanInterval(far.blocking, 0.99).mean).toBe(0)
    expect(meanInterval(far.occupied, 0.99).mean / load!.carriedErlangs).toBeCloseTo(1, 1)
  })
})
