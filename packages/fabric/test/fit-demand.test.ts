import { exp, ln } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import { ecmp, link } from '../src/blueprint/generators/options.fixture.ts'
import { Network } from '../src/build/network.ts'
import { fitDemand, type LinkCounter } from '../src/clocks/steady/fitting/fit-demand.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import type { DemandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { gravityDemand } from '../src/traffic/demand/gravity.ts'
import { scaledDemand } from '../src/traffic/demand/growth.ts'
import { uniformDemand } from '../src/traffic/demand/patterns.ts'
import { hostsOf } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork, networkOf } from './helpers/networks.ts'

function star(count: number): Network {
  const names = Array.from({ length: count }, (_, i) => `h${i}`)
  return new Network(
    networkOf(
      graph({
        region: 'r',
        switches: [{ name: 's', tier: 'any', ecmp }],
        hosts: names.map((name) => ({ name, bond: false })),
        links: names.map((name) => ({ between: [name, 's'] as const, options: link(10e9) })),
      }),
    ),
  )
}

/** What every direction counts under these demands. */
function countersOf(clock: SteadyClock) {
  return Array.from(clock.loads().offeredBps, (bps, direction) => ({ direction, bps }))
}

/** Generalized iterative scaling from its definition: loads from a table of every demand's share of every direction. */
function scale(
  network: Network,
  prior: DemandMatrix,
  counters: readonly LinkCounter[],
  rounds: number,
): Float64Array {
  const shares = [...prior.ipBps].map((bps, i) => {
    const alone = scaledDemand(
      prior,
      prior.ipBps.map((_, j) => (i === j ? 1 : 0)),
    )
    const loads = new SteadyClock(network, alone).loads().offeredBps
    return counters.map(({ direction }) => loads[direction]! / bps)
  })
  // wire bits a payload bit: all links frame alike here
  const wire = Math.max(...shares.flat())
  const longest = Math.max(...shares.map((row) => row.reduce((sum, share) => sum + share / wire, 0)))
  const demands = prior.ipBps.slice()
  for (let round = 0; round < rounds; round++) {
    const ratios = counters.map(({ bps }, l) => {
      const load = demands.reduce((sum, demand, i) => sum + shares[i]![l]! * demand, 0)
      return ln(bps / load)
    })
    for (let i = 0; i < demands.length; i++) {
      const sum = ratios.reduce((all, ratio, l) => all + (shares[i]![l]! / wire) * ratio, 0)
      demands[i]! *= exp(sum / longest)
    }
  }
  return demands
}

const small = new Network(
  leafSpineNetwork({
    leaves: 3,
    spines: 2,
    hostsPerLeaf: 2,
    nicsPerHost: 1,
    nicAttachment: 'leaf',
    bond: false,
  }),
)

describe('fitDemand, beside plain scaling', () => {
  const part = fc.double({ min: 0.25, max: 4, noNaN: true })
  const hosts = hostsOf(small.topology)
  const pairs = hosts.length * (hosts.length - 1)

  it('is where scaling goes, in far fewer steps, where counters agree', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: pairs, maxLength: pairs }), (parts) => {
        const prior = uniformDemand(hosts, 1e9)
        const truth = scaledDemand(prior, Float64Array.from(parts))
        const counters = countersOf(new SteadyClock(small, truth))
        const fitted = fitDemand(small, prior, counters, { tolerance: 1e-9 })
        const wanted = scale(small, prior, counters, 2000)
        expect(fitted.converged).toBe(true)
        expect(fitted.iterations).toBeLessThan(80)
        fitted.demands.ipBps.forEach((bps, i) => {
          expect(bps / wanted[i]!).toBeCloseTo(1, 7)
        })
      }),
      { numRuns: 10, seed: 3 },
    )
  })

  it('is where scaling goes where counters contradict each other, and ends there', () => {
    const directions = 2 * small.topology.links.length
    fc.assert(
      fc.property(fc.array(part, { minLength: directions, maxLength: directions }), (parts) => {
        const prior = uniformDemand(hosts, 1e9)
        const counters = countersOf(new SteadyClock(small, prior)).map(({ direction, bps }) => ({
          direction,
          bps: bps * (1 + 0.02 * parts[direction]!),
        }))
        const fitted = fitDemand(small, prior, counters, { tolerance: 1e-7, iterationsMax: 1000 })
        const wanted = scale(small, prior, counters, 2000)
        // alike everywhere, they agree
        fc.pre(fitted.residual > 1e-4)
        expect(fitted.converged).toBe(false)
        expect(fitted.iterations).toBeLessThan(300)
        fitted.demands.ipBps.forEach((bps, i) => {
          expect(bps / wanted[i]!).toBeCloseTo(1, 5)
        })
      }),
      { numRuns: 10, seed: 3 },
    )
  })
})

describe('fitDemand', () => {
  it('multiplies packets and new connections of the prior as it does bits', () => {
    const network = star(4)
    const even = uniformDemand(hostsOf(network.topology), 1e9)
    const prior = { ...even, connectionsPerSecond: even.ipBps.map((_, i) => i % 3) }
    const truth = scaledDemand(
      prior,
      Float64Array.from(prior.ipBps, (_, i) => 1 + (i % 5) / 4),
    )
    const { demands } = fitDemand(network, prior, countersOf(new SteadyClock(network, truth)))
    expect(demands.ipBps).not.toEqual(prior.ipBps)
    demands.ipBps.forEach((bps, i) => {
      const factor = bps / prior.ipBps[i]!
      expect(demands.packetsPerSecond[i]! / prior.packetsPerSecond[i]!).toBeCloseTo(factor, 12)
      expect(demands.connectionsPerSecond[i]).toBeCloseTo(prior.connectionsPerSecond[i]! * factor, 12)
    })
  })

  it('is the gravity matrix where hosts alone are counted and nothing else is known', () => {
    const network = star(6)
    const hosts = hostsOf(network.topology)
    const truth = gravityDemand(hosts, [3e9, 1e9, 2e9, 2e9, 1e9, 1e9], [1e9, 2e9, 1e9, 3e9, 2e9, 1e9])
    const counters = countersOf(new SteadyClock(network, truth))
    const fitted = fitDemand(network, uniformDemand(hosts, 5e9), counters, { tolerance: 1e-10 })
    expect(fitted.converged).toBe(true)
    fitted.demands.ipBps.forEach((bps, i) => {
      expect(bps / truth.ipBps[i]!).toBeCloseTo(1, 6)
    })
  })

  it('meets all counters of a leaf-spine with bonds from a prior that does not', () => {
    const network = new Network(
      leafSpineNetwork({
        leaves: 4,
        spines: 2,
        hostsPerLeaf: 3,
        nicsPerHost: 2,
        nicAttachment: 'neighbours',
        bond: true,
      }),
    )
    const hosts = hostsOf(network.topology)
    const sent = hosts.map((_, i) => 1e9 * (1 + (i % 3)))
    const truth = gravityDemand(hosts, sent, [...sent].reverse())
    const counters = countersOf(new SteadyClock(network, truth))
    const fitted = fitDemand(network, uniformDemand(hosts, 1e9), counters)
    expect(fitted.converged).toBe(true)
    const { offeredBps } = new SteadyClock(network, fitted.demands).loads()
    for (const { direction, bps } of counters) expect(offeredBps[direction]! / bps).toBeCloseTo(1, 5)
  })

  it('leaves the prior alone where it fits, and takes counters of zero at their word', () => {
    const network = star(3)
    const hosts = hostsOf(network.topology)
    const prior = uniformDemand(hosts, 1e9)
    const clock = new SteadyClock(network, prior)
    expect(fitDemand(network, prior, countersOf(clock)).demands).toEqual(prior)
    const silent = fitDemand(network, prior, [{ direction: 0, bps: 0 }])
    expect(silent.converged).toBe(true)
    silent.demands.ipBps.forEach((bps, i) => {
      expect(bps).toBe(silent.demands.source[i] === hosts[0] ? 0 : 0.5e9)
    })
  })

  it('says so where counters contradict each other, and refuses what is no counter', () => {
    const network = star(2)
    const prior = uniformDemand(hostsOf(network.topology), 1e9)
    const torn = fitDemand(
      network,
      prior,
      [
        { direction: 0, bps: 1e9 },
        { direction: 3, bps: 2e9 },
      ],
      { iterationsMax: 50 },
    )
    expect(torn.converged).toBe(false)
    expect(torn.residual).toBeGreaterThan(0.2)
    expect(() => fitDemand(network, prior, [{ direction: 9, bps: 1 }])).toThrow(
      'direction 9 is unknown; there are 4',
    )
    expect(() => fitDemand(network, prior, [{ direction: 1, bps: -1 }])).toThrow(
      'is -1, expected a rate of 0 or more',
    )
  })
})
