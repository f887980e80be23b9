import fc from 'fast-check'
import {
  CrossingShares,
  demandMatrix,
  LinkState,
  Network,
  type NetworkBlueprint,
  SteadyClock,
  wireBytes,
} from '@weft/fabric'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leafSpine, region } from '../builders/fabric.ts'
import { scenario } from '../builders/scenario.ts'
import { smallFabric } from '../kit/fabrics.ts'
import { commoditiesOf } from './commodities.ts'
import { dearestWhole, eachFailure, everyFailure, hostsOf, walkedShares } from './hose.oracle.ts'
import { hoseLimits, type HoseRule } from './hose.ts'
import { PackingSolver } from './packing.ts'
import type { WorstCase } from './result.ts'
import { worstCase } from './worst-case.ts'

const PACKET_BYTES = 1500
const GBPS = 1e9

let solver: PackingSolver
beforeAll(async () => {
  solver = await PackingSolver.load()
})
afterAll(() => solver.free())

/** Fabrics of few hosts, and limits in whole Gbit/s drawn for each of them in turn. */
const limited = fc
  .record({
    fabric: smallFabric().filter(({ hosts }) => hosts.length >= 2 && hosts.length <= 7),
    limits: fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 7, maxLength: 7 }),
  })
  .map(({ fabric: { regions, hosts }, limits }) => ({
    blueprint: scenario({ regions }).blueprint.network,
    rules: hosts.map((name, i): HoseRule => {
      const [send, receive] = limits[i]!
      return { hosts: name, send: { bps: send * GBPS }, receive: { bps: receive * GBPS } }
    }),
  }))

function near(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(expected), 1))
}

/** Highest load of every direction over all failure sets, up to so many links or these, by brute force over all corners. */
function bruteForce(
  blueprint: NetworkBlueprint,
  rules: readonly HoseRule[],
  failures: number | readonly (readonly string[])[],
): number[] {
  const worst: number[] = []
  const visit = (network: Network, state: LinkState) => {
    const hose = hoseLimits(network, 'ipv4', PACKET_BYTES, { limits: rules })
    const hosts = hostsOf(network)
    const whole = (limitBps: Float64Array) => hosts.map((host) => Math.round(limitBps[host]! / GBPS))
    const shares = walkedShares(network, state)
    network.topology.links.forEach(({ framing }, link) => {
      for (const direction of [2 * link, 2 * link + 1]) {
        const value = dearestWhole(shares(direction), whole(hose.sendBps), whole(hose.receiveBps))
        const loadBps = (value * GBPS * wireBytes(framing, PACKET_BYTES)) / PACKET_BYTES
        worst[direction] = Math.max(worst[direction] ?? 0, loadBps)
      }
    })
  }
  if (typeof failures === 'number') everyFailure(blueprint, failures, visit)
  else eachFailure(blueprint, failures, visit)
  return worst
}

/** Each class's load where it is found must be its link's brute-force worst; sorted, with counts, all must be the same. */
function expectSame({ directions }: WorstCase, blueprint: NetworkBlueprint, brute: readonly number[]): void {
  const { topology } = new Network(blueprint)
  const claimed = directions.flatMap(({ utilization, alike }) => Array<number>(alike).fill(utilization))
  const found = brute.map((load, direction) => load / topology.links[direction >> 1]!.rateBps)
  expect(claimed).toHaveLength(found.length)
  const [ours, theirs] = [claimed, found].map((list) => list.sort((a, b) => a - b))
  ours!.forEach((each, i) => {
    near(each, theirs![i]!)
  })
}

describe('worst-case traffic', { timeout: 60_000 }, () => {
  it('is what brute force finds among all corners of the limits, for every direction', async () => {
    const property = fc.asyncProperty(limited, async ({ blueprint, rules }) => {
      const worst = await worstCase(blueprint, { limits: rules })
      expectSame(worst, blueprint, bruteForce(blueprint, rules, 0))
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('is what brute force finds over every single failure, and every pair', async () => {
    const property = fc.asyncProperty(
      limited.filter(({ blueprint }) => blueprint.links.length <= 9),
      fc.constantFrom(1, 2),
      fc.boolean(),
      async ({ blueprint, rules }, count, alike) => {
        // the same limits for all leave symmetry to be used
        const limits = alike
          ? rules.map((rule) => ({ ...rule, send: rules[0]!.send!, receive: rules[0]!.send! }))
          : rules
        const worst = await worstCase(blueprint, { limits, any: { count, of: 'link' } })
        expectSame(worst, blueprint, bruteForce(blueprint, limits, count))
      },
    )
    await fc.assert(property, { numRuns: 15 })
  })

  it('is what brute force finds where shared risks fail, alone and in pairs', async () => {
    const group = fc.array(fc.nat(63), { minLength: 1, maxLength: 3 })
    const property = fc.asyncProperty(
      limited.filter(({ blueprint }) => blueprint.links.length <= 9),
      fc.array(group, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 2),
      async ({ blueprint, rules }, drawn, count) => {
        const { nodes, links } = blueprint
        const parts = [...links, ...nodes.filter(({ kind }) => kind === 'switch')].map(({ name }) => name)
        const risks = drawn.map((members, i) => {
          const chosen = new Set(members.map((member) => parts[member % parts.length]!))
          const of = (list: readonly { readonly name: string }[]) =>
            list.flatMap(({ name }) => (chosen.has(name) ? [name] : []))
          return { name: `risk-${i}`, links: of(links), nodes: of(nodes) }
        })
        const worst = await worstCase(blueprint, { limits: rules, any: { count, of: 'risk' }, risks })
        const sets = risks.flatMap((a, i) => [
          [a],
          ...(count < 2 ? [] : risks.slice(i + 1).map((b) => [a, b])),
        ])
        const failed = [[], ...sets].map((set) =>
          set.flatMap(({ links: own, nodes: also }) => [...own, ...also]),
        )
        expect(worst.covered.sets).toBe(sets.length + 1)
        expectSame(worst, blueprint, bruteForce(blueprint, rules, failed))
        const names = new Set(risks.map(({ name }) => name))
        for (const { failed: said } of worst.directions)
          for (const name of said) expect(names.has(name)).toBe(true)
      },
    )
    await fc.assert(property, { numRuns: 15 })
  })

  it('is the same for hosts in groups as for hosts one by one, with sites', () => {
    const rate = fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths * 1e8)
    const site = fc.record({ from: fc.nat(), count: fc.nat(3), sendBps: rate, receiveBps: rate })
    const drawn = {
      fabric: smallFabric(),
      rates: fc.array(rate, { minLength: 4 }),
      sites: fc.array(site, { maxLength: 2 }),
    }
    const property = fc.property(fc.record(drawn), ({ fabric, rates, sites }) => {
      const network = new Network(scenario({ regions: fabric.regions }).blueprint.network)
      const hosts = hostsOf(network)
      const limits = hoseLimits(network, 'ipv4', PACKET_BYTES, {})
      for (const [i, host] of hosts.entries()) {
        limits.sendBps[host] = rates[i % rates.length]!
        limits.receiveBps[host] = rates[(3 * i + 1) % rates.length]!
      }
      const within = ({ from, count }: { from: number; count: number }) =>
        new Set(Array.from({ length: count + 1 }, (_, i) => hosts[(from + i) % hosts.length]!))
      const hose = { ...limits, sites: sites.map((each) => ({ ...each, name: '', hosts: within(each) })) }
      const crossing = new CrossingShares(network)
      const walked = walkedShares(network, new LinkState(network.topology))
      const each = hosts.map((host) => [host])
      for (let direction = 0; direction < 2 * network.topology.links.length; direction++) {
        const shares = Float64Array.from(walked(direction).flat())
        const grouped = solver.solve(commoditiesOf(crossing.of(direction), hose))
        const single = solver.solve(commoditiesOf({ senders: each, receivers: each, shares }, hose))
        near(grouped.value, single.value)
      }
      crossing.free()
    })
    fc.assert(property, { numRuns: 8 })
  })

  it('has a witness that keeps all limits and loads the link as much under the steady clock', async () => {
    const property = fc.asyncProperty(limited, fc.nat(1), async ({ blueprint, rules }, count) => {
      const worst = await worstCase(blueprint, { limits: rules, any: { count, of: 'link' } })
      expectWitness(worst, blueprint, rules)
    })
    await fc.assert(property, { numRuns: 25 })
  })

  it('of a leaf-spine with equal ECMP is the oversubscription, and never over 100 % where there is none', async () => {
    const options = fc.record({
      leaves: fc.integer({ min: 2, max: 6 }),
      spines: fc.integer({ min: 1, max: 6 }),
      hostsPerLeaf: fc.integer({ min: 1, max: 12 }),
      hostGbps: fc.constantFrom(10, 25, 100),
      fabricGbps: fc.constantFrom(40, 100, 400),
    })
    const property = fc.asyncProperty(options, async ({ hostGbps, fabricGbps, ...counts }) => {
      const links = { hostLink: `${hostGbps}Gbps`, fabricLink: `${fabricGbps}Gbps` }
      const regions = { r: region({ fabric: leafSpine({ ...counts, ...links }) }) }
      const { directions } = await worstCase(scenario({ regions }).blueprint.network)
      const oversubscription = (counts.hostsPerLeaf * hostGbps) / (counts.spines * fabricGbps)
      const fabric = directions.filter(({ tier }) => tier === 'fabric')
      expect(fabric.reduce((sum, { alike }) => sum + alike, 0)).toBe(2 * counts.leaves * counts.spines)
      for (const { utilization } of fabric) near(utilization, oversubscription)
      for (const { utilization, tier } of directions) if (tier === 'host') near(utilization, 1)
    })
    await fc.assert(property, { numRuns: 25 })
  })
})

function expectWitness(worst: WorstCase, blueprint: NetworkBlueprint, rules: readonly HoseRule[]): void {
  const [first] = worst.directions
  const network = new Network(blueprint)
  const { topology } = network
  const { sendBps, receiveBps } = hoseLimits(network, 'ipv4', PACKET_BYTES, { limits: rules })
  const demands = worst.witness.map(({ from, to, rateBps }) => ({
    source: topology.nodeIndex(from),
    destination: topology.nodeIndex(to),
    ipBps: rateBps,
  }))
  for (const host of hostsOf(network)) {
    const sum = (end: 'source' | 'destination') =>
      demands.reduce((total, demand) => total + (demand[end] === host ? demand.ipBps : 0), 0)
    expect(sum('source')).toBeLessThanOrEqual(sendBps[host]! * (1 + 1e-9))
    expect(sum('destination')).toBeLessThanOrEqual(receiveBps[host]! * (1 + 1e-9))
  }
  const state = new LinkState(topology)
  for (const name of first!.failed) state.linkUp[topology.linkIndex(name)] = 0
  const loads = new SteadyClock(network, demandMatrix(demands)).loads(state)
  const link = topology.linkIndex(first!.link)
  const end = ([0, 1] as const).find((each) => topology.directionName(link, each) === first!.direction)!
  near(loads.offeredBps[2 * link + end]! / first!.rateBps, first!.utilization)
}
