import { randomStream, SECOND, shuffle, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { type GraphLink, graph } from '../src/blueprint/generators/graph.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun, type FlowRunOptions } from '../src/clocks/flow/flow-run.ts'
import { NEVER } from '../src/transport/flow-table.ts'
import { networks } from './helpers/arbitraries.ts'
import { flowsOver, hostsOf } from './helpers/flow-lists.ts'
import { hasSingleUplinks, networkOf, plainLink } from './helpers/networks.ts'

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const flows = fc.array(
  fc.record({
    startUs: fc.nat(4000),
    from: fraction,
    to: fraction,
    bytes: fc.integer({ min: 1, max: 3_000_000 }),
  }),
  { minLength: 1, maxLength: 20, size: 'max' },
)
type Drawn = typeof flows extends fc.Arbitrary<infer T> ? T : never

const pick = (names: readonly string[], at: number) => names[Math.floor(at * names.length)]!

/** Flows between hosts at these places of the list, `k` times as fast, each at an instant of its own. */
function blueprintOf(network: NetworkBlueprint, drawn: Drawn, hosts = hostsOf(network), k = 1): Blueprint {
  const listed = drawn.map(({ startUs, from, to, bytes }, i) => ({
    startPs: ((startUs * 64 + i) * US) / 64 / k,
    from: pick(hosts, from),
    to: pick(hosts, to),
    bytes,
  }))
  return flowsOver(network, listed)
}

/** Digest and completion times; -1 for a flow that has no way. */
function play(blueprint: Blueprint, model: FlowRunOptions['model'] = PURE_SHARING) {
  const run = new FlowRun(blueprint, { arrivalsEndPs: SECOND, model })
  run.sim.run()
  const { startPs, completedPs, size } = run.flows
  const fcts = Array.from({ length: size }, (_, row) =>
    completedPs[row] === NEVER ? -1 : completedPs[row]! - startPs[row]!,
  )
  return { digest: run.sim.digest.toString(), fcts }
}

/** Completions come at whole picoseconds if the flow still crosses links then. */
const closeTo = (values: readonly number[], within: number) =>
  values.map((value) => expect.closeTo(value, -Math.log10(2 * within)))

const sprayed = networks({ modes: ['spray'] }).filter(hasSingleUplinks)

describe('the flow clock', { timeout: 30_000 }, () => {
  it('takes a fourth of the time at four times the rates', () => {
    const property = fc.property(networks(), flows, (network, drawn) => {
      const links = network.links.map((link) => ({ ...link, rateBps: 4 * link.rateBps }))
      const plain = play(blueprintOf(network, drawn)).fcts
      const fast = play(blueprintOf({ ...network, links }, drawn, hostsOf(network), 4)).fcts
      expect(fast.map((fct) => (fct < 0 ? fct : 4 * fct))).toEqual(closeTo(plain, 10))
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('does not care for names where nothing is hashed', () => {
    const property = fc.property(sprayed, flows, fc.nat(), (network, drawn, seed) => {
      const stream = randomStream(`${seed}`, 'names')
      const old = [...network.nodes, ...network.links].map(({ name }) => name)
      const numbers = shuffle(stream, [...old.keys()])
      const fresh = new Map(old.map((name, i) => [name, `x${numbers[i]}`]))
      const nameOf = (name: string) => fresh.get(name)!
      const nodes = network.nodes.map((node) =>
        node.kind !== 'host'
          ? { ...node, name: nameOf(node.name), ...('host' in node && { host: nameOf(node.host) }) }
          : {
              ...node,
              name: nameOf(node.name),
              // bonds hash ports: one leg each
              interfaces: node.interfaces.map((nic) => ({ ...nic, links: nic.links.map(nameOf) })),
            },
      )
      fc.pre(
        network.nodes.every(
          (node) => node.kind !== 'host' || node.interfaces.every((nic) => nic.links.length === 1),
        ),
      )
      const links = network.links.map((link) => ({
        ...link,
        name: nameOf(link.name),
        ends: [nameOf(link.ends[0]), nameOf(link.ends[1])] as const,
      }))
      const plain = play(blueprintOf(network, drawn)).fcts
      const renamed = play(
        blueprintOf({ ...network, nodes, links }, drawn, hostsOf(network).map(nameOf)),
      ).fcts
      expect(renamed).toEqual(closeTo(plain, 10))
    })
    fc.assert(property, { numRuns: 80 })
  })

  it('does not care for the order in which a blueprint lists things, nor for anything but the seed', () => {
    const property = fc.property(networks(), flows, fc.nat(), (network, drawn, seed) => {
      const stream = randomStream(`${seed}`, 'order')
      const blueprint = blueprintOf(network, drawn)
      const shuffled = {
        ...network,
        nodes: shuffle(stream, [...network.nodes]),
        links: shuffle(stream, [...network.links]),
      }
      const plain = play(blueprint, {})
      expect(play(blueprint, {})).toEqual(plain)
      expect(play({ ...blueprint, network: shuffled }, {})).toEqual(plain)
    })
    fc.assert(property, { numRuns: 40 })
  })

  it('ends in the same state however a run is sliced', () => {
    const property = fc.property(
      networks(),
      flows,
      fc.array(fc.nat(300_000), { maxLength: 8 }),
      (network, drawn, cuts) => {
        const blueprint = blueprintOf(network, drawn)
        const whole = play(blueprint, {})
        const run = new FlowRun(blueprint, { arrivalsEndPs: SECOND })
        for (const cut of cuts.sort((a, b) => a - b)) run.sim.run(cut * US)
        run.sim.run()
        expect(run.sim.digest.toString()).toBe(whole.digest)
      },
    )
    fc.assert(property, { numRuns: 40 })
  })
})

describe('parallel links', () => {
  /** Two leaves with a link split into `n` on either side of two spines, sprayed. */
  function split(n: number): NetworkBlueprint {
    const wire = (a: string, b: string, count: number): GraphLink[] =>
      Array.from({ length: count }, () => ({ between: [a, b], options: plainLink(48e9 / count, 0) }))
    const hosts = [0, 1, 2, 3].map((i) => `h${i}`)
    return networkOf(
      graph({
        region: 'r',
        switches: ['l0', 'l1', 's0', 's1'].map((name) => ({
          name,
          tier: 'any',
          ecmp: { mode: 'spray', weights: 'rate', flowletGapPs: 0 },
        })),
        hosts: hosts.map((name) => ({ name, bond: false })),
        links: [
          ...['s0', 's1'].flatMap((spine) => ['l0', 'l1'].flatMap((leaf) => wire(leaf, spine, n))),
          ...hosts.flatMap((name, i) => wire(name, i < 2 ? 'l0' : 'l1', 1)),
        ],
      }),
    )
  }

  it.each([2, 3, 4, 6])('%d instead of one of as much capacity change no completion', (n) => {
    const property = fc.property(flows, (drawn) => {
      expect(play(blueprintOf(split(n), drawn)).fcts).toEqual(
        closeTo(play(blueprintOf(split(1), drawn)).fcts, 10),
      )
    })
    fc.assert(property, { numRuns: 30 })
  })
})
