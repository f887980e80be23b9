import { meanInterval } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { fatTree } from '../src/blueprint/generators/fat-tree.ts'
import { ecmp } from '../src/blueprint/generators/options.fixture.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { hostsOf } from './helpers/flow-lists.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

const RATE_BPS = 10e9

function fatTreeNetwork(k: number): NetworkBlueprint {
  const link = plainLink(RATE_BPS, 0)
  return networkOf(
    fatTree({
      region: 'r',
      k,
      hostLink: link,
      fabricLink: link,
      coreLink: link,
      ecmp: { ...ecmp, mode: 'five-tuple' },
    }),
  )
}

/** Mean rate per host, in shares of its link, when every host sends to one other, each flow on ways by its hash. */
function meanRate(network: NetworkBlueprint, hosts: readonly string[], seed: string): number {
  const traffic = {
    name: 'all',
    pairs: { kind: 'permutation', hosts },
    offered: { kind: 'burst', bytes: 1e12, atPs: 0 },
    transport: { kind: 'tcp', options: {} },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
  } as const
  const blueprint = { name: 'row 23', seed, network, traffic: [traffic], events: [] }
  const run = new FlowRun(blueprint, { arrivalsEndPs: 1, model: PURE_SHARING })
  run.sim.run(0)
  const { engine } = run.clock.transfers
  let sum = 0
  run.clock.transfers.forEach((flow) => {
    sum += engine.solver.rateOf(flow) / (RATE_BPS / 1e12)
  })
  return sum / hosts.length
}

describe('random permutations of the hosts of a fat-tree', { timeout: 60_000 }, () => {
  it.each([
    [4, 0.594, 600],
    [8, 0.475, 120],
  ])('row 23: k = %i, over random trials', (k, expected, trials) => {
    const network = fatTreeNetwork(k)
    const hosts = hostsOf(network)
    const means = Array.from({ length: trials }, (_, trial) => meanRate(network, hosts, `row 23 ${trial}`))
    const { low, high } = meanInterval(means, 0.999)
    // the figure to compare with is itself a mean of trials, given to 0.01
    expect(low - 0.01).toBeLessThan(expected)
    expect(high + 0.01).toBeGreaterThan(expected)
    expect(high - low).toBeLessThan(0.02)
  })

  it('row 23: k = 32, 8,192 hosts, one trial', () => {
    const network = fatTreeNetwork(32)
    const rate = meanRate(network, hostsOf(network), 'row 23')
    expect(Math.abs(rate - 0.409)).toBeLessThan(0.01)
  })
})
