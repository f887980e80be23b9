import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PURE_SHARING } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { colorEdges, type Edge } from './helpers/edge-coloring.ts'
import { flowsOver, hostsOf } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

const RATE_BPS = 10e9

/** Three stages: leaves with so many hosts each, and so many spines, all links of one rate. */
interface Clos {
  readonly leaves: number
  readonly hostsPerLeaf: number
  readonly spines: number
}

/** A flow between two hosts by number, over a spine where they are of different leaves. */
interface Call {
  readonly from: number
  readonly to: number
  readonly spine: number
}

/** Rates of pinned flows under the flow clock, in shares of a link. */
function ratesOf(clos: Clos, calls: readonly Call[]): number[] {
  const link = plainLink(RATE_BPS, 0)
  const network = leafSpineNetwork({ ...clos, hostLink: link, fabricLink: link })
  const names = hostsOf(network)
  const flows = calls.map(({ from, to }) => ({ startPs: 0, from: names[from]!, to: names[to]!, bytes: 1e9 }))
  const spineOf = new Map<string, number>()
  const run = new FlowRun(flowsOver(network, flows), {
    arrivalsEndPs: 1,
    model: PURE_SHARING,
    hashKey: (packets, packet) => spineOf.get(`${packets.source[packet]} ${packets.destination[packet]}`)!,
  })
  const address = (host: number) => run.network.addressOf(names[host]!, 'ipv4')
  for (const { from, to, spine } of calls) spineOf.set(`${address(from)} ${address(to)}`, spine)
  run.sim.run(0)
  const { engine } = run.clock.transfers
  const rates: number[] = []
  run.clock.transfers.forEach((flow, row) => {
    rates[row] = engine.solver.rateOf(flow) / (RATE_BPS / 1e12)
  })
  return rates
}

const leafOf = ({ hostsPerLeaf }: Clos, host: number) => Math.floor(host / hostsPerLeaf)

/** Calls of a permutation, those between leaves over the spines of an edge colouring. */
function colored(clos: Clos, permutation: readonly number[]): Call[] {
  const pairs = permutation
    .map((to, from) => ({ from, to }))
    .filter(({ from, to }) => leafOf(clos, from) !== leafOf(clos, to))
  const edges = pairs.map(({ from, to }): Edge => [leafOf(clos, from), leafOf(clos, to)])
  const spines = colorEdges(edges, clos.spines)
  return pairs.map((pair, i) => ({ ...pair, spine: spines[i]! }))
}

const permutationOf = (hosts: number) =>
  fc.shuffledSubarray(
    Array.from({ length: hosts }, (_, host) => host),
    { minLength: hosts, maxLength: hosts },
  )

const shape = fc.record({
  leaves: fc.integer({ min: 2, max: 6 }),
  hostsPerLeaf: fc.integer({ min: 1, max: 6 }),
})

describe('Clos networks of n hosts per leaf and m spines', { timeout: 60_000 }, () => {
  it('row 19: m = n is rearrangeable: with edge-coloured paths, every permutation runs at full rate', () => {
    const drawn = shape.chain(({ leaves, hostsPerLeaf }) =>
      fc.record({
        clos: fc.constant({ leaves, hostsPerLeaf, spines: hostsPerLeaf }),
        permutation: permutationOf(leaves * hostsPerLeaf),
      }),
    )
    const property = fc.property(drawn, ({ clos, permutation }) => {
      const calls = colored(clos, permutation)
      for (const rate of ratesOf(clos, calls)) expect(rate).toBeCloseTo(1, 12)
    })
    fc.assert(property, { numRuns: 120 })
  })

  it('row 19: m = n − 1 is not: n hosts of a leaf that all send to one other share n − 1 ways', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), (n) => {
        const clos = { leaves: 2, hostsPerLeaf: n, spines: n - 1 }
        const shift = Array.from({ length: 2 * n }, (_, host) => (host + n) % (2 * n))
        expect(() => colored(clos, shift)).toThrow(`more than ${n - 1} edges`)
        const calls = shift.map((to, from) => ({ from, to, spine: from % (n - 1) }))
        expect(Math.min(...ratesOf(clos, calls))).toBeCloseTo(0.5, 12)
      }),
      { numRuns: 15 },
    )
  })

  it('row 19: m = 2n − 1 is so strictly: whatever came and went, a new call finds a free spine', () => {
    const drawn = shape.chain(({ leaves, hostsPerLeaf }) =>
      fc.record({
        clos: fc.constant({ leaves, hostsPerLeaf, spines: 2 * hostsPerLeaf - 1 }),
        steps: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 20, maxLength: 200 }),
      }),
    )
    const property = fc.property(drawn, ({ clos, steps }) => {
      const hosts = clos.leaves * clos.hostsPerLeaf
      let calls: Call[] = []
      for (const [a, b, choice] of steps) {
        const [from, to] = [a % hosts, b % hosts]
        // a host that calls again hangs up first, and so does one that is called
        calls = calls.filter((call) => call.from !== from && call.to !== to)
        if (leafOf(clos, from) === leafOf(clos, to)) continue
        const free = freeSpines(clos, calls, from, to)
        expect(free.length).toBeGreaterThan(0)
        calls.push({ from, to, spine: free[choice % free.length]! })
      }
      for (const rate of ratesOf(clos, calls)) expect(rate).toBeCloseTo(1, 12)
    })
    fc.assert(property, { numRuns: 80 })
  })

  it('row 19: m = 2n − 2 is not: n − 1 calls at either end can hold all spines', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), (n) => {
        const clos = { leaves: 4, hostsPerLeaf: n, spines: 2 * n - 2 }
        const hosts = Array.from({ length: n - 1 }, (_, i) => i)
        const calls = [
          ...hosts.map((i) => ({ from: i, to: 2 * n + i, spine: i })),
          ...hosts.map((i) => ({ from: 3 * n + i, to: n + i, spine: n - 1 + i })),
        ]
        const [from, to] = [n - 1, 2 * n - 1]
        expect(freeSpines(clos, calls, from, to)).toEqual([])
        for (const rate of ratesOf(clos, calls)) expect(rate).toBeCloseTo(1, 12)
        // over any spine at all, it and the call that it meets have half each
        const rates = ratesOf(clos, [...calls, { from, to, spine: 0 }])
        expect(rates.filter((rate) => rate < 0.6)).toHaveLength(2)
      }),
      { numRuns: 15 },
    )
  })
})

/** Spines to which the caller's leaf, and from which the called one's, carries nothing yet. */
function freeSpines(clos: Clos, calls: readonly Call[], from: number, to: number): number[] {
  return Array.from({ length: clos.spines }, (_, spine) => spine).filter((spine) =>
    calls.every(
      (call) =>
        call.spine !== spine ||
        (leafOf(clos, call.from) !== leafOf(clos, from) && leafOf(clos, call.to) !== leafOf(clos, to)),
    ),
  )
}
