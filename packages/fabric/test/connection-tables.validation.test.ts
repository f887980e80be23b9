import { erlangB, MS, meanInterval, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { SteadyPool } from '../src/clocks/steady/steady-pools.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import type { ConntrackOptions } from '../src/conntrack/conntrack-options.ts'
import { expectWithin } from './helpers/pool-arrivals.ts'
import { HOSTS, networkWith } from './helpers/workloads.ts'

const [NEAR, , FAR] = HOSTS as [string, string, string]
/** What closed connections keep their entries for, next to which a transfer of a segment takes nothing: 50 µs. */
const TIME_WAIT_PS = 200 * MS
const RUNS = 10
const WARM_PS = SECOND
const END_PS = 101 * SECOND

const calls = (flowsPerSecond: number): TrafficBlueprint => ({
  name: 'calls',
  pairs: { kind: 'from-to', from: ['shop/web'], to: ['shop/pay'] },
  offered: {
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 1400 },
    rate: { flowsPerSecond },
    startPs: 0,
  },
  transport: { kind: 'tcp', options: { synRetries: 0, initialRtoPs: SECOND } },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

function blueprint(erlangs: number, conntrack: ConntrackOptions, run: number): Blueprint {
  const flowsPerSecond = (erlangs / TIME_WAIT_PS) * SECOND
  const network = networkWith([], {
    conntrack: { ...conntrack, timeoutsPs: { tcpTimeWait: TIME_WAIT_PS, tcpSynSent: TIME_WAIT_PS } },
  })
  return { name: 'tables', seed: `run ${run}`, network, traffic: [calls(flowsPerSecond)], events: [] }
}

/** By run: what the table at a host is asked, refuses, and has on the mean. */
function runs(
  Run: typeof PacketRun | typeof FlowRun,
  host: string,
  erlangs: number,
  conntrack: ConntrackOptions,
) {
  const all = Array.from({ length: RUNS }, (_, index) => {
    const run = new Run(blueprint(erlangs, conntrack, index), { arrivalsEndPs: END_PS })
    const table = run.network.pools.find(host, 'connection-tracking')!
    run.sim.run(WARM_PS)
    const before = table.counts()
    run.sim.run(END_PS)
    const after = table.counts()
    return {
      blocking: (after.refused - before.refused) / (after.asked - before.asked),
      occupied: (after.usedPs - before.usedPs) / (END_PS - WARM_PS),
    }
  })
  return {
    blocking: all.map(({ blocking }) => blocking),
    occupied: all.map(({ occupied }) => occupied),
  }
}

function steady(erlangs: number, conntrack: ConntrackOptions, host: string): SteadyPool {
  const run = new SteadyRun(blueprint(erlangs, conntrack, 0), { arrivalsEndPs: END_PS, windowPs: SECOND })
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
    for (const host of [NEAR, FAR]) {
      const expected = steady(20, {}, host)
      expect(expected.load!.blocking).toBe(0)
      expect(expected.load!.carriedErlangs).toBeCloseTo(20, 2)
      expectWithin(runs(Run, host, 20, {}).occupied, expected.load!.carriedErlangs, 0.02)
    }
  })

  it.each(clocks)('row 8: refuse by Erlang B once they are full, %s clock', (_, Run) => {
    const conntrack = { capacity: 15, evictionReach: 0 }
    const { load } = steady(10, conntrack, NEAR)
    expect(load!.blocking / erlangB(10, 15)).toBeCloseTo(1, 2)
    const { blocking, occupied } = runs(Run, NEAR, 10, conntrack)
    expectWithin(blocking, load!.blocking, 0.16)
    expectWithin(occupied, load!.carriedErlangs, 0.02)
    const { mean } = meanInterval(runs(Run, FAR, 10, conntrack).occupied, 0.99)
    expect(mean / load!.carriedErlangs).toBeCloseTo(1, 1)
  })
})
