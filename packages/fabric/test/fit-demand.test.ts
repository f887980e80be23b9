import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import { ecmp, link } from '../src/blueprint/generators/options.fixture.ts'
import { Network } from '../src/build/network.ts'
import { fitDemand } from '../src/clocks/steady/fit-demand.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { gravityDemand } from '../src/traffic/demand/gravity.ts'
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

describe('fitDemand', () => {
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
