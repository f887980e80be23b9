import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import type { SteadyLoads } from '../src/clocks/steady/steady-loads.ts'
import { FailureSweep } from '../src/clocks/steady/sweep/failure-sweep.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { applyOutages, outages } from './helpers/arbitraries.ts'
import { calls, clouds, demandsOfCalls } from './helpers/random-cloud.ts'

const TOLERANCE = 1e-9

/** Every pair is walked, there and back, again and again. */
class PairByPair extends Network {
  override isLedByRoutes(): boolean {
    return false
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number): void {
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(TOLERANCE * scale)
}

const downOf = (isUp: Uint8Array): number[] => [...isUp].flatMap((up, index) => (up === 0 ? [index] : []))

function dropsOf({ drops }: SteadyLoads): Map<string, number> {
  return new Map(drops.map(({ place, reason, ipBps }) => [`${place} ${reason}`, ipBps]))
}

describe('demands that stages let through, class by class', { timeout: 60_000 }, () => {
  it('load links as pair by pair: policies, services, node ports, edges, whatever is down, noticed or not', () => {
    let delivered = 0
    let refused = 0
    const property = fc.property(clouds, calls, outages, fc.boolean(), (cloud, drawn, down, isNoticed) => {
      const loadsOf = (Built: new (blueprint: NetworkBlueprint) => Network) => {
        const network = new Built(cloud)
        const { demands, classes } = demandsOfCalls(cloud, (name) => network.topology.nodeIndex(name), drawn)
        const state = applyOutages(network.topology, new LinkState(network.topology), down)
        const clock = new SteadyClock(network, demandMatrix(demands, classes))
        const live = network.packets.live
        const loads = isNoticed ? clock.loads(state) : clock.loadsAsInstalled(state)
        expect(network.packets.live).toBe(live)
        return loads
      }
      const loads = loadsOf(Network)
      const pairs = loadsOf(PairByPair)
      const { ipBps: demand, connectionsPerSecond } = pairs.demand
      expectClose(loads.offeredBps, pairs.offeredBps, demand)
      refused += loads.drops.length
      // ways that meet with other headers lose alike where pairs are walked; classes tell them apart
      const isLossy = loads.thinning.iterations > 0
      if (isLossy && drawn.some(({ call }) => call !== 'host' && call !== 'unknown')) return
      expectClose(loads.arrivingBps, pairs.arrivingBps, demand)
      expectClose(loads.connectionsPerSecondTo, pairs.connectionsPerSecondTo, connectionsPerSecond)
      const [own, others] = [dropsOf(loads), dropsOf(pairs)]
      for (const key of new Set([...own.keys(), ...others.keys()]))
        expectClose([own.get(key) ?? 0], [others.get(key) ?? 0], demand)
      delivered += loads.delivered.ipBps
    })
    fc.assert(property, { numRuns: 300 })
    expect(Math.min(delivered, refused)).toBeGreaterThan(0)
  })

  it('are swept over failures as a full computation has them', () => {
    let states = 0
    let full = 0
    const isStraight = ({ call }: { call: string }) => ['host', 'cluster', 'unknown'].includes(call)
    const property = fc.property(
      clouds,
      calls,
      fc.array(outages, { minLength: 3 }),
      fc.boolean(),
      (cloud, all, downs, isAll) => {
        const network = new Network(cloud)
        const drawn = isAll ? all : all.filter(isStraight)
        const { demands, classes } = demandsOfCalls(cloud, (name) => network.topology.nodeIndex(name), drawn)
        const clock = new SteadyClock(network, demandMatrix(demands, classes))
        const sweep = new FailureSweep(clock)
        const demand = clock.index.demand().ipBps
        for (const down of downs) {
          const state = applyOutages(network.topology, new LinkState(network.topology), down)
          const { offeredBps, lostBps } = clock.offered(state)
          sweep.fail(downOf(state.linkUp), downOf(state.nodeUp))
          expectClose(
            Float64Array.from(offeredBps, (_, direction) => sweep.load(direction)),
            offeredBps,
            demand,
          )
          expectClose([sweep.lostBps], [lostBps], demand)
        }
        states += downs.length
        full += sweep.fullCount
      },
    )
    fc.assert(property, { numRuns: 200 })
    expect(full / states).toBeLessThan(0.7)
  })
})
