import { demandMatrix, LinkState, Network, SteadyClock } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import { smallFabric } from '../kit/fabrics.ts'
import type { WhatIfAnswer } from './answer.ts'
import { Subject } from './subject.ts'
import { whatIf } from './whatif.ts'

/** One set of failures as somebody would find it who knows nothing but the steady clock. */
interface Plain {
  readonly failed: readonly string[]
  readonly utilization: number
  readonly unreachableBps: number
  readonly thinnedBps: number
  readonly broken: readonly string[]
}

const HOT = 0.6
const EXPECT = [
  { metric: 'link.utilization', statistic: 'max', below: '60%' },
  { metric: 'drops', reason: 'no-route', equals: 0 },
]
const TEXTS = [
  'limit  every link at most 100%',
  'link.utilization  max below 60%',
  'drops  no-route equal to 0',
]
const TOLERANCE = 1e-9

function compile(data: object): CompiledScenario {
  const compiled = compileScenario({ weft: 1, expect: EXPECT, ...data })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return compiled.value
}

const sum = (drops: readonly { readonly ipBps: number }[]): number =>
  drops.reduce((total, { ipBps }) => total + ipBps, 0)

/** Of every set of one or two links or switches, each computed from scratch. */
function bruteForce({ network, demand }: Subject, names: readonly string[], size: number): Plain[] {
  const { topology } = network
  const clock = new SteadyClock(network, demand)
  // with room for everything, what is lost has no way
  const links = network.blueprint.links.map((link) => ({ ...link, rateBps: link.rateBps * 1024 }))
  const roomy = new SteadyClock(new Network({ ...network.blueprint, links }), demand)
  const sets = names.flatMap((a, i) => [[a], ...(size < 2 ? [] : names.slice(i + 1).map((b) => [a, b]))])
  return sets.map((failed) => {
    const state = new LinkState(topology)
    for (const name of failed) {
      if (topology.hasNode(name)) state.nodeUp[topology.nodeIndex(name)] = 0
      else state.linkUp[topology.linkIndex(name)] = 0
    }
    const { offeredBps, rateBps, drops } = clock.loads(state)
    const lostBps = sum(drops)
    const unreachableBps = sum(roomy.loads(state).drops)
    const utilization = offeredBps.reduce((most, load, i) => Math.max(most, load / rateBps[i]!), 0)
    const isLost = drops.some(({ reason, ipBps }) => reason === 'no-route' && ipBps > 0)
    const breaks = [utilization > 1 + TOLERANCE, utilization >= HOT * (1 - TOLERANCE), isLost]
    return {
      failed,
      utilization,
      unreachableBps,
      thinnedBps: lostBps - unreachableBps > TOLERANCE * lostBps ? lostBps - unreachableBps : 0,
      broken: TEXTS.filter((_, i) => breaks[i]),
    }
  })
}

/** Differences of sums keep fewer digits than the sums. */
const digits = (value: number): number => Number(value.toPrecision(6))

const keyOf = ({ utilization, unreachableBps, thinnedBps, broken }: Omit<Plain, 'failed'>): string =>
  JSON.stringify([digits(utilization), digits(unreachableBps), digits(thinnedBps), broken])

/** How many sets come to each outcome. */
function tally(rows: Iterable<readonly [key: string, count: number]>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [key, count] of rows) counts.set(key, (counts.get(key) ?? 0) + count)
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function expectSame(answer: WhatIfAnswer, plain: readonly Plain[]): void {
  const rows = answer.worst.map(
    ({ alike, worst, unreachableBps, thinnedBps, broken }) =>
      [
        keyOf({ utilization: worst!.utilization, unreachableBps, thinnedBps: thinnedBps!, broken }),
        alike,
      ] as const,
  )
  expect(tally(rows)).toEqual(tally(plain.map((each) => [keyOf(each), 1])))
  expect(answer.coverage).toMatchObject({ sets: plain.length, covered: plain.length, partial: false })
  for (const { text, sets } of answer.criteria)
    expect(sets).toBe(plain.filter(({ broken }) => broken.includes(text)).length)
  expectMinimal(answer, plain)
  const named = new Map(plain.map((each) => [each.failed.join(), each]))
  for (const { failed, broken } of answer.worst) expect(named.get(failed.join())!.broken).toEqual(broken)
}

function expectMinimal(answer: WhatIfAnswer, plain: readonly Plain[]): void {
  const brokenBy = new Map(plain.map(({ failed, broken }) => [failed.join(), broken]))
  answer.criteria.forEach(({ text, brokenBefore, minimalSets }) => {
    const minimal = plain.filter(
      ({ failed, broken }) =>
        broken.includes(text) &&
        !brokenBefore &&
        (failed.length === 1 || !failed.some((name) => brokenBy.get(name)!.includes(text))),
    )
    expect(minimalSets).toBe(minimal.length)
  })
}

async function check(scenario: CompiledScenario, of: string, any: number, subject = new Subject(scenario)) {
  const { nodes, links } = subject.network.topology
  const names =
    of === 'link'
      ? links.map(({ name }) => name)
      : nodes.filter(({ kind }) => kind === of).map(({ name }) => name)
  const plain = bruteForce(subject, names, any)
  const answer = await whatIf(subject, { any, of, top: 100_000 })
  expectSame(answer, plain)
  expectSame(await whatIf(subject, { any, of, top: 100_000, symmetry: false }), plain)
  return answer
}

const leafSpine = (leaves: number, spines: number, hostsPerLeaf: number, fabricLink: string) => ({
  regions: { r: { fabric: { leafSpine: { leaves, spines, hostsPerLeaf, hostLink: '10Gbps', fabricLink } } } },
})
const UNIFORM = { traffic: [{ name: 'all', between: 'all hosts', sizes: '100kB', load: '60%' }] }

/** Links of three rates side by side, weighted by rate. */
const mixedRates = () => ({
  regions: {
    r: {
      fabric: {
        graph: {
          switches: ['l0', 'l1', 'l2', 's0', 's1'],
          hosts: ['h0', 'h1', 'h2', 'h3'],
          ecmp: { mode: 'five-tuple', weights: 'rate' },
          links: [
            ...['l0', 'l1', 'l2'].flatMap((leaf) => [
              { between: [leaf, 's0'], rate: '10Gbps', parallel: 2 },
              { between: [leaf, 's1'], rate: leaf === 'l0' ? '40Gbps' : '25Gbps' },
            ]),
            { between: ['h0', 'l0'], rate: '10Gbps' },
            { between: ['h1', 'l1'], rate: '10Gbps' },
            { between: ['h2', 'l2'], rate: '25Gbps' },
            { between: ['h3', 'l2'], rate: '10Gbps' },
          ],
        },
      },
    },
  },
})

describe('all single failures and all pairs are those of brute force', { timeout: 60_000 }, () => {
  it.each([
    ['a leaf-spine', { ...leafSpine(4, 4, 2, '10Gbps'), ...UNIFORM }, 'link'],
    ['a leaf-spine of 64 links, switches', { ...leafSpine(8, 4, 4, '25Gbps'), ...UNIFORM }, 'switch'],
    ['hosts of a leaf-spine', { ...leafSpine(3, 2, 3, '10Gbps'), ...UNIFORM }, 'host'],
    ['mixed rates', { ...mixedRates(), ...UNIFORM }, 'link'],
    [
      'a fat-tree',
      {
        regions: { r: { fabric: { fatTree: { k: 4, hostLink: '10Gbps', fabricLink: '10Gbps' } } } },
        ...UNIFORM,
      },
      'switch',
    ],
  ])('%s', async (_name, data, of) => {
    await check(compile(data), of, 2)
  })

  it('on random fabrics with random demands', async () => {
    const property = fc.asyncProperty(
      smallFabric(),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(1e9, 2e9, 8e9)), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('link', 'switch'),
      async ({ regions }, drawn, of) => {
        const scenario = compile({ regions })
        fc.pre(scenario.blueprint.network.links.length <= 24)
        const demandOf = ({ topology }: Network) => {
          const hosts = topology.nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
          return demandMatrix(
            drawn.map(([from, to, ipBps]) => ({
              source: hosts[from % hosts.length]!,
              destination: hosts[to % hosts.length]!,
              ipBps,
            })),
          )
        }
        await check(scenario, of, 2, new Subject(scenario, demandOf))
      },
    )
    await fc.assert(property, { numRuns: 40 })
  })
})
