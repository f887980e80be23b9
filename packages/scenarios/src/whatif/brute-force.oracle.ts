import { type DemandMatrix, demandMatrix, LinkState, Network, SteadyClock } from '@weft/fabric'
import { expect } from 'vitest'
import { type CompiledScenario, compileScenario } from '../compile/compile.ts'
import type { WhatIfAnswer } from './answer.ts'
import { everySet } from './failure-sets.ts'
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

/** With expectations that some sets break. */
export function compile(data: object): CompiledScenario {
  const compiled = compileScenario({ weft: 1, expect: EXPECT, ...data })
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join('\n'))
  return compiled.value
}

const sum = (drops: readonly { readonly ipBps: number }[]): number =>
  drops.reduce((total, { ipBps }) => total + ipBps, 0)

/** Of every set of up to so many parts, each computed from scratch: routes, all demands, losses. */
function bruteForce({ network, demand }: Subject, names: readonly string[], size: number): Plain[] {
  const { topology } = network
  const clock = new SteadyClock(network, demand)
  // with room for everything, what is lost has no way
  const links = network.blueprint.links.map((link) => ({ ...link, rateBps: link.rateBps * 1024 }))
  const roomy = new SteadyClock(new Network({ ...network.blueprint, links }), demand)
  const sizes = Array.from({ length: size }, (_, k) => k + 1)
  const sets = sizes.flatMap((k) => [...everySet(names.length, k)].map(({ members }) => members))
  return sets.map((members) => {
    const failed = members.map((member) => names[member]!)
    const state = new LinkState(topology)
    for (const name of failed) {
      if (topology.hasNode(name)) state.nodeUp[topology.nodeIndex(name)] = 0
      else state.linkUp[topology.linkIndex(name)] = 0
    }
    const { offeredBps, rateBps, drops } = clock.loads(state)
    const lostBps = sum(drops)
    const unreachableBps = lostBps === 0 ? 0 : sum(roomy.loads(state).drops)
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
  expectWorstFirst(answer)
  const named = new Map(plain.map((each) => [each.failed.join(), each]))
  for (const { failed, broken } of answer.worst) expect(named.get(failed.join())!.broken).toEqual(broken)
}

/** All that is in a set and is neither it nor empty. */
function smallerSets(names: readonly string[]): string[][] {
  const smaller: string[][] = []
  for (let chosen = 1; chosen < 2 ** names.length - 1; chosen++)
    smaller.push(names.filter((_, i) => (chosen >> i) & 1))
  return smaller
}

/** More lost, then more broken, then fuller: the order that answers promise, as far as sums are exact. */
function expectWorstFirst({ worst }: WhatIfAnswer): void {
  for (const [i, row] of worst.entries()) {
    const before = worst[i - 1]
    if (before === undefined) continue
    const [lost, lostBefore] = [row, before].map(({ lostShare }) => digits(lostShare)) as [number, number]
    expect(lost).toBeLessThanOrEqual(lostBefore)
    if (lost < lostBefore) continue
    expect(row.broken.length).toBeLessThanOrEqual(before.broken.length)
  }
}

function expectMinimal(answer: WhatIfAnswer, plain: readonly Plain[]): void {
  const brokenBy = new Map(plain.map(({ failed, broken }) => [failed.join(), broken]))
  answer.criteria.forEach(({ text, brokenBefore, minimalSets }) => {
    const minimal = plain.filter(
      ({ failed, broken }) =>
        broken.includes(text) &&
        !brokenBefore &&
        !smallerSets(failed).some((smaller) => brokenBy.get(smaller.join())!.includes(text)),
    )
    expect(minimalSets).toBe(minimal.length)
  })
}

/** All sets of up to `any` parts of a kind, by symmetry and each for itself, are what brute force says. */
export async function check(
  scenario: CompiledScenario,
  of: string,
  any: number,
  demandOf?: (network: Network) => DemandMatrix,
): Promise<WhatIfAnswer> {
  const subject = new Subject(scenario, demandOf)
  const { nodes, links } = subject.network.topology
  const names =
    of === 'link'
      ? links.map(({ name }) => name)
      : nodes.filter(({ kind }) => kind === of).map(({ name }) => name)
  const plain = bruteForce(subject, names, any)
  const answer = await whatIf(subject, { any, of, top: 100_000 })
  expectSame(answer, plain)
  if (answer.coverage.computed < answer.coverage.sets)
    expectSame(await whatIf(subject, { any, of, top: 100_000, symmetry: false }), plain)
  return answer
}

/** From every host to every other, no two of them alike. */
export function unevenDemand({ topology }: Network): DemandMatrix {
  const hosts = topology.nodes.flatMap(({ kind }, node) => (kind === 'host' ? [node] : []))
  return demandMatrix(
    hosts.flatMap((source, i) =>
      hosts.flatMap((destination, j) =>
        i === j
          ? []
          : [{ source, destination, ipBps: (1e10 / hosts.length) * (0.1 + ((i * 31 + j * 17) % 97) / 97) }],
      ),
    ),
  )
}

export const UNIFORM = { traffic: [{ name: 'all', between: 'all hosts', sizes: '100kB', load: '60%' }] }
