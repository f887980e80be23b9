import { meanInterval, MS, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { ecmp, link } from '../src/blueprint/generators/options.fixture.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { demandOfTraffic } from '../src/traffic/demand/from-traffic.ts'
import { hostsOf } from './helpers/flow-lists.ts'
import { leafSpineNetwork } from './helpers/networks.ts'

const SPAN_PS = 3 * MS
const SEEDS = 150

const network = leafSpineNetwork({
  leaves: 3,
  spines: 3,
  hostsPerLeaf: 3,
  hostLink: link(10e9),
  fabricLink: link(10e9),
  ecmp: { ...ecmp, mode: 'five-tuple' },
})

/** Every host streams to every other; even if all of a leaf took one spine, its uplink would carry them. */
function streams(seed: string): Blueprint {
  const hosts = hostsOf(network)
  const traffic = hosts.flatMap((from) =>
    hosts
      .filter((to) => to !== from)
      .map(
        (to): TrafficBlueprint => ({
          name: `${from} to ${to}`,
          pairs: { kind: 'from-to', from: [from], to: [to] },
          offered: {
            kind: 'stream',
            packetBytes: 1500,
            rateBps: 5e8,
            process: { kind: 'constant' },
            startPs: 0,
          },
          transport: { kind: 'udp' },
          dscp: 0,
          priority: 0,
          family: 'ipv4',
        }),
      ),
  )
  return { name: 'hashed', seed, network, traffic, events: [] }
}

/** Average load of every direction over the run, wire bit/s. */
function averages(seed: string): number[] {
  const run = new FlowRun(streams(seed), { arrivalsEndPs: SPAN_PS })
  run.sim.run(SPAN_PS)
  run.clock.bookAll()
  return Array.from(
    { length: run.clock.directions.count },
    (_, direction) => (run.clock.carriedBits(direction) * SECOND) / SPAN_PS,
  )
}

describe('where flows are hashed', { timeout: 30_000 }, () => {
  it("the steady clock's load of every link lies in the interval of the flow clock's averages over seeds", () => {
    const run = new FlowRun(streams('steady'), { arrivalsEndPs: SPAN_PS })
    const demand = demandOfTraffic(run.network, run.blueprint.traffic, { forPs: SPAN_PS })
    const { offeredBps } = new SteadyClock(run.network, demand).loads()
    const runs = Array.from({ length: SEEDS }, (_, seed) => averages(`seed ${seed}`))
    // all intervals hold together with at least 99 %
    const confidence = 1 - 0.01 / offeredBps.length
    let spread = 0
    offeredBps.forEach((load, direction) => {
      const loads = runs.map((each) => each[direction]!)
      const interval = meanInterval(loads, confidence)
      // on links of hosts nothing is hashed: the interval is a point
      const rounding = 1e-9 * load
      expect(interval.low).toBeLessThanOrEqual(load + rounding)
      expect(interval.high).toBeGreaterThanOrEqual(load - rounding)
      expect((interval.high - interval.low) / load).toBeLessThan(0.3)
      spread = Math.max(spread, (Math.max(...loads) - Math.min(...loads)) / load)
    })
    // and hashing does spread them
    expect(spread).toBeGreaterThan(0.5)
  })
})
