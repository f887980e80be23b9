import { meanInterval } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { ecmp } from '../src/blueprint/generators/options.fixture.ts'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { PairsBlueprint, TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { FlowSpec } from '../src/sharing/flow-spec.ts'
import { SharingSolver } from '../src/sharing/sharing-solver.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

const RATE_BPS = 10e9
const LINK = plainLink(RATE_BPS, 0)

interface Shape {
  readonly leaves: number
  readonly spines: number
  readonly hostsPerLeaf: number
}

const fabric = (shape: Shape) =>
  leafSpineNetwork({ ...shape, hostLink: LINK, fabricLink: LINK, ecmp: { ...ecmp, mode: 'five-tuple' } })

const host = (leaf: number, index: number) => `ord1/leaf-${leaf}/host-${index}`

function bulk(name: string, pairs: PairsBlueprint): TrafficBlueprint {
  return {
    name,
    pairs,
    offered: { kind: 'burst', bytes: 1e12, atPs: 0 },
    transport: { kind: 'tcp', options: {} },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
  }
}

/** Rates in shares of a link when all these flows have started at once. */
function ratesOf(
  network: Blueprint['network'],
  traffic: readonly TrafficBlueprint[],
  seed: string,
): number[] {
  const blueprint = { name: 'row', seed, network, traffic, events: [] }
  const run = new FlowRun(blueprint, { arrivalsEndPs: 1, model: PURE_SHARING })
  run.sim.run(0)
  const rates: number[] = []
  const { engine } = run.clock.transfers
  run.clock.transfers.forEach((flow, row) => {
    rates[row] = engine.solver.rateOf(flow) / (RATE_BPS / 1e12)
  })
  return rates
}

describe('shares of flows', () => {
  it('row 14: a parking lot of three links, one long flow and three short ones', () => {
    const solver = new SharingSolver()
    const links = [1, 1, 1].map((capacity) => solver.addResource(capacity))
    const long = links.reduce((spec, link) => spec.cross(link, 1), new FlowSpec())
    const flows = [long, ...links.map((link) => new FlowSpec().cross(link, 1))].map((spec) =>
      solver.addFlow(spec),
    )
    solver.resolve()
    expect(flows.map((flow) => solver.rateOf(flow))).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  it('row 15: outcast and incast at once', () => {
    const network = fabric({ leaves: 1, spines: 1, hostsPerLeaf: 6 })
    const fromA = [1, 2, 3, 4].map((to) => host(0, to))
    const rates = ratesOf(
      network,
      [
        bulk('out of a', { kind: 'from-to', from: [host(0, 0)], to: fromA }),
        bulk('out of f', { kind: 'from-to', from: [host(0, 5)], to: [host(0, 4)] }),
      ],
      'row 15',
    )
    expect(rates.map((rate) => rate * 10)).toEqual(
      [2.5, 2.5, 2.5, 2.5, 7.5].map((rate) => expect.closeTo(rate, 9)),
    )
  })

  it('row 33: two flows, each hashed to one of four links', () => {
    const network = fabric({ leaves: 2, spines: 4, hostsPerLeaf: 2 })
    const traffic = [0, 1].map((index) =>
      bulk(`flow ${index}`, { kind: 'from-to', from: [host(0, index)], to: [host(1, index)] }),
    )
    const trials = Array.from({ length: 3_000 }, (_, trial) => ratesOf(network, traffic, `row 33 ${trial}`))
    const apart = meanInterval(
      trials.map(([first]) => (first! > 0.99 ? 1 : 0)),
      0.999,
    )
    const mean = meanInterval(
      trials.map(([first, second]) => (first! + second!) / 2),
      0.999,
    )
    expect([apart.low < 0.75, 0.75 < apart.high]).toEqual([true, true])
    expect([mean.low < 0.875, 0.875 < mean.high]).toEqual([true, true])
  })

  it.each([
    [8, 4, 4, 0.628, 1_000],
    [16, 4, 4, 0.588, 400],
    [8, 8, 8, 0.608, 400],
  ])(
    'row 26: %i leaves of %i hosts, %i spines, a random derangement over random spines',
    (leaves, hostsPerLeaf, spines, expected, count) => {
      const network = fabric({ leaves, spines, hostsPerLeaf })
      const hosts = network.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
      const traffic = [bulk('all', { kind: 'permutation', hosts })]
      const means = Array.from({ length: count }, (_, trial) => {
        const rates = ratesOf(network, traffic, `row 26 ${trial}`)
        return rates.reduce((sum, rate) => sum + rate, 0) / rates.length
      })
      const interval = meanInterval(means, 0.999)
      // the figure to compare with is itself a mean of trials, given to 0.005
      expect(interval.low - 0.005).toBeLessThan(expected)
      expect(interval.high + 0.005).toBeGreaterThan(expected)
      expect(interval.high - interval.low).toBeLessThan(0.02)
    },
  )
})
