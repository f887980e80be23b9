import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { ConvergedReach, type ReachQuestion, withRoutes } from '../src/clocks/walk/converged-reach.ts'
import { ARRIVES, IS_LOST } from '../src/clocks/walk/reach-table.ts'
import { networks } from './helpers/arbitraries.ts'
import { hostsOf } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork } from './helpers/networks.ts'
import { FABRICS, ring } from './helpers/sweep-fabrics.ts'

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const drawnQuestion = fc.record({
  from: fc.array(fraction, { minLength: 1, maxLength: 4 }),
  to: fc.array(fraction, { minLength: 1, maxLength: 4 }),
  wanted: fc.constantFrom(ARRIVES, IS_LOST),
  isAll: fc.boolean(),
})
const drawnSet = fc.record({
  links: fc.array(fraction, { maxLength: 4 }),
  nodes: fc.array(fraction, { maxLength: 2 }),
})
const drawn = fc.record({
  questions: fc.array(drawnQuestion, { minLength: 1, maxLength: 4 }),
  sets: fc.array(drawnSet, { minLength: 1, maxLength: 12 }),
})
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

const chosen = <Value>(values: readonly Value[], at: readonly number[]): Value[] => [
  ...new Set(at.map((each) => values[Math.floor(each * values.length)]!)),
]

/** Every set must break what it breaks on routes of its own. */
function compare(network: Network, questions: readonly ReachQuestion[], sets: Drawn['sets']): ConvergedReach {
  const { topology } = network
  const reach = new ConvergedReach(network, questions)
  const before = network.routes
  for (const set of sets) {
    const links = chosen(
      topology.links.map((_, link) => link),
      set.links,
    )
    const nodes = chosen(
      topology.nodes.map((_, node) => node),
      set.nodes,
    )
    const expected = withRoutes(network, links, nodes, (table) =>
      questions.flatMap(({ from, to, wanted }, i) => (table.count(from, to, wanted).broken > 0 ? [i] : [])),
    )
    expect(reach.brokenBy(links, nodes), `links ${links} nodes ${nodes}`).toEqual(expected)
  }
  expect(network.routes).toBe(before)
  return reach
}

function check(blueprint: NetworkBlueprint, { questions, sets }: Drawn): void {
  const network = new Network(blueprint)
  const hosts = hostsOf(network.topology)
  if (hosts.length === 0) return
  const asked = questions.map(({ from, to, wanted, isAll }) =>
    isAll ? { from: hosts, to: hosts, wanted } : { from: chosen(hosts, from), to: chosen(hosts, to), wanted },
  )
  compare(network, asked, sets)
}

describe('reach under one set of failures after another', () => {
  it('is that of the routes of each, on networks of all kinds', () => {
    fc.assert(fc.property(networks(), drawn, check), { numRuns: 150, seed: 3 })
  }, 60_000)

  it.each([...FABRICS, ['a ring', ring(9, true)] as const])(
    'is that of the routes of each: %s',
    (_, blueprint) => {
      fc.assert(
        fc.property(drawn, (each) => check(blueprint, each)),
        { numRuns: 40, seed: 4 },
      )
    },
    60_000,
  )

  it('computes routes where ways may come near the end of a TTL', () => {
    const network = new Network(ring(140, false))
    const hosts = hostsOf(network.topology)
    const question = { from: hosts.slice(0, 1), to: hosts, wanted: ARRIVES }
    const at = (name: string) => network.topology.linkIndex(name) / network.topology.links.length + 1e-9
    const reach = compare(
      network,
      [question],
      [
        { links: [], nodes: [] },
        { links: [at('r/s0:r/s1')], nodes: [] },
        { links: [at('r/s0:r/s1'), at('r/s0:r/s70')], nodes: [] },
      ],
    )
    expect(reach.fullCount).toBe(3)
  })

  it('computes none for any two links of a fabric', () => {
    const network = new Network(leafSpineNetwork({ leaves: 6, spines: 4, hostsPerLeaf: 3 }))
    const hosts = hostsOf(network.topology)
    const reach = new ConvergedReach(network, [{ from: hosts, to: hosts, wanted: ARRIVES }])
    const { links } = network.topology
    let broken = 0
    links.forEach((_, a) => {
      for (let b = a + 1; b < links.length; b++) broken += reach.brokenBy([a, b], []).length
    })
    // sets with a host's link, and none else: four spines are more than two links
    const hostLinks = 18
    const others = links.length - hostLinks
    expect(broken).toBe((hostLinks * (hostLinks - 1)) / 2 + hostLinks * others)
    expect(reach.fullCount).toBe(0)
  })
})
