import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { SteadyPool } from '../src/clocks/steady/pools/steady-pools.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { HOSTS, networkWith } from './helpers/workloads.ts'

const RUNS = 8

interface Choices {
  readonly capacity: number
  readonly flowsPerSecond: number
  readonly timeWaitPs: number
  readonly endPs: number
}

const choices: fc.Arbitrary<Choices> = fc.record({
  capacity: fc.integer({ min: 10, max: 60 }),
  flowsPerSecond: fc.integer({ min: 20, max: 120 }),
  timeWaitPs: fc.integer({ min: 200, max: 5000 }).map((ms) => ms * MS),
  endPs: fc.integer({ min: 500, max: 2500 }).map((ms) => ms * MS),
})

/** Short calls from one workload to another, of which each leaves its entry behind. */
function blueprint({ capacity, flowsPerSecond, timeWaitPs }: Choices, run: number): Blueprint {
  const timeoutsPs = { tcpTimeWait: timeWaitPs, tcpSynSent: timeWaitPs }
  return {
    name: 'filling',
    seed: `run ${run}`,
    network: networkWith([], { conntrack: { capacity, evictionReach: 0, timeoutsPs } }),
    traffic: [
      {
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
      },
    ],
    events: [],
  }
}

/** SYNs that were refused, and entries on the mean, at the caller's table. */
function byPackets(given: Choices) {
  const all = Array.from({ length: RUNS }, (_, index) => {
    const run = new PacketRun(blueprint(given, index), { arrivalsEndPs: given.endPs })
    run.sim.run(given.endPs)
    run.sim.advanceTo(given.endPs)
    const { refused, usedPs } = run.network.pools.find(HOSTS[0]!, 'connection-tracking')!.counts()
    return { refused, used: usedPs / given.endPs }
  })
  const mean = (key: 'refused' | 'used') => all.reduce((sum, each) => sum + each[key], 0) / RUNS
  return { refused: mean('refused'), used: mean('used') }
}

function bySteady(given: Choices) {
  const run = new SteadyRun(blueprint(given, 0), {
    arrivalsEndPs: given.endPs,
    windowPs: given.endPs / 100,
  })
  const index = run.pools.all.findIndex(({ owner }) => owner === HOSTS[0])
  const sums = { refused: 0, used: 0 }
  let [pool, sincePs]: [SteadyPool | undefined, number] = [undefined, 0]
  const addUp = (nowPs: number) => {
    const seconds = (nowPs - sincePs) / SECOND
    if (pool === undefined) return
    sums.refused += pool.connectionsPerSecond * pool.load!.asking * pool.load!.blocking * seconds
    sums.used += (pool.load!.carriedErlangs * (nowPs - sincePs)) / given.endPs
  }
  run.listener = {
    onSpan: ({ fromPs, pools }) => {
      addUp(fromPs)
      ;[pool, sincePs] = [pools[index], fromPs]
    },
  }
  run.sim.run(given.endPs - 1)
  addUp(given.endPs)
  return sums
}

describe('tables of connections that begin empty', { timeout: 60_000 }, () => {
  it('fill under the steady clock as under the packet clock, and refuse as much while they do', () => {
    fc.assert(
      fc.property(choices, (given) => {
        const [packets, steady] = [byPackets(given), bySteady(given)]
        const come = (given.flowsPerSecond * given.endPs) / SECOND
        expect(Math.abs(steady.refused - packets.refused) / come).toBeLessThan(0.12)
        // the last places are filled slower than those of a table that nobody leaves
        expect(Math.abs(steady.used - packets.used)).toBeLessThan(1 + 0.05 * given.capacity)
      }),
      { numRuns: 20 },
    )
  })
})
