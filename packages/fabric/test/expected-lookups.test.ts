import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import type { EventBlueprint } from '../src/blueprint/blueprint.ts'
import type { AskedCounts, LookupBooks, LookupCounts } from '../src/names/index.ts'
import { addressOf, blueprintOf, calls, moveTo, NAME, type Named, namedNetwork } from './helpers/names.ts'

const END_PS = 3000 * SECOND

/** The counts of both at the end, of the clock that follows lookups and of the one that expects them. */
function both(
  Run: typeof FlowRun | typeof PacketRun,
  named: Named,
  {
    flowsPerSecond = 0.5,
    name = NAME,
    events = [],
    endPs = END_PS,
  }: { flowsPerSecond?: number; name?: string; events?: readonly EventBlueprint[]; endPs?: number } = {},
) {
  const network = namedNetwork(named)
  const rate = { rate: { flowsPerSecond } }
  const blueprint = blueprintOf(network, [calls(network, rate, name)], events)
  const books = (lookups: LookupBooks | undefined): LookupCounts & { resolver: AskedCounts } => ({
    ...lookups!.counts(0),
    resolver: lookups!.resolverCounts()[0]!,
  })
  const run = new Run(blueprint, { arrivalsEndPs: endPs })
  run.sim.run(endPs)
  const steady = new SteadyRun(blueprint, { arrivalsEndPs: endPs, windowPs: SECOND })
  steady.sim.run(endPs)
  return { counted: books(run.lookups), expected: books(steady.lookups) }
}

/** Renewals spread less than a Poisson process; each client's cache, and the resolver's, begins otherwise than it goes on. */
function expectClose(counted: number, expected: number, edge: number): void {
  expect(Math.abs(counted - expected)).toBeLessThanOrEqual(4 * Math.sqrt(expected) + edge)
}

const fixed = (ps: number) => ({
  capacity: 100,
  ttlMinPs: ps,
  ttlMaxPs: ps,
  negativeTtlMinPs: ps,
  negativeTtlMaxPs: ps,
})
const search = ['shop.svc.cluster.local', 'svc.cluster.local']

const CASES: readonly (readonly [string, Named, { flowsPerSecond?: number; name?: string }])[] = [
  ['resolvers of their own', { clients: 3 }, {}],
  ['one resolver', { clients: 6, resolver: { isPerHost: false } }, { flowsPerSecond: 0.1 }],
  [
    'one resolver, no caches',
    { clients: 4, resolver: { isPerHost: false }, group: { cache: undefined! } },
    {},
  ],
  ['answers kept for 45 s', { clients: 3, group: { cache: fixed(45 * SECOND) } }, {}],
  ['answers kept for 2 s', { clients: 3, group: { cache: fixed(2 * SECOND) } }, {}],
  ['search paths', { clients: 3, resolver: { isPerHost: false }, group: { search, ndots: 5 } }, {}],
  ['search paths, no caches', { clients: 2, group: { search, ndots: 5, cache: undefined! } }, {}],
  ['a name that is not there', { clients: 3 }, { name: 'nowhere.example' }],
  [
    'longest times of the resolver',
    { clients: 3, resolver: { ttlMaxPs: 7 * SECOND, negativeTtlMaxPs: 7 * SECOND } },
    {},
  ],
]

describe.each([
  ['flow', FlowRun],
  ['packet', PacketRun],
] as const)('lookups that the steady clock expects are those of the %s clock', (_, Run) => {
  it.each(CASES)('%s', (__, named, options) => {
    const { counted, expected } = both(Run, named, options)
    const { clients } = named
    const steps = 2 * (1 + (named.group?.search?.length ?? 0))
    const edge = clients * steps
    expectClose(counted.lookups, expected.lookups, 0)
    expect(expected.lookups).toBeCloseTo(clients * (options.flowsPerSecond ?? 0.5) * 3000, 6)
    // lookups that are more or fewer than expected ask more or less
    const part = counted.lookups / expected.lookups
    expectClose(counted.questions, expected.questions, edge + Math.abs(1 - part) * expected.questions)
    expectClose(counted.lookups - counted.own, expected.lookups - expected.own, 2 * edge)
    expect(counted.notFound / counted.lookups).toBe(expected.notFound / expected.lookups)
    expect(expected.failed).toBe(0)
    const { resolver } = counted
    expect(expected.resolver.queries).toBeCloseTo(expected.questions, 6)
    expectClose(resolver.asked, expected.resolver.asked, edge)
    const [hits, expectedHits] = [resolver.hits, expected.resolver.hits]
    expectClose(hits, expectedHits, 2 * edge + Math.abs(1 - part) * expectedHits)
    const meanPs = expected.waitedPs / expected.lookups
    expect(Math.abs(counted.waitedPs / counted.lookups - meanPs)).toBeLessThan(0.12 * meanPs)
  })
})

describe('lookups that the steady clock expects', () => {
  it('wait for the resolver and those it asks, the longer of two exponential times', () => {
    const delay = { kind: 'exponential', meanPs: 10 * MS } as const
    const upstreams = [{ suffix: '.', to: 'world', delay }]
    const named = {
      clients: 4,
      resolver: { upstreams, ttlMaxPs: 0, negativeTtlMaxPs: 0 },
      group: { cache: undefined!, delay: { kind: 'constant', ps: 500 * US } },
    } as const
    const { counted, expected } = both(FlowRun, named)
    expect(expected.waitedPs / expected.lookups).toBeCloseTo(15.5 * MS, -3)
    expect(counted.waitedPs / counted.lookups / (15.5 * MS)).toBeCloseTo(1, 1)
  })

  it('are stale by the closed form after a change, and not found after that of a name that goes', () => {
    const changePs = 60 * SECOND
    const named = { clients: 5 }
    const network = namedNetwork(named)
    const events = [moveTo(addressOf(network, 'v1'), changePs)]
    const { expected } = both(FlowRun, named, { events, endPs: 200 * SECOND, flowsPerSecond: 2 })
    // λT/(1 + λT) of the resolvers have an answer, half of whose time is left
    const [perTtl, tail] = [2 * 30, 2 * 5 * 15]
    expect(expected.stale / ((perTtl / (1 + perTtl)) * tail)).toBeCloseTo(1, 6)

    const gone: EventBlueprint = {
      atPs: changePs,
      action: 'change-records',
      target: NAME,
      authority: 'world',
      remove: [{ name: NAME, type: 'A' }],
      put: [],
    }
    const without = both(FlowRun, named, { events: [gone], endPs: 200 * SECOND, flowsPerSecond: 2 })
    const ofAll = 5 * 2 * 140 - (perTtl / (1 + perTtl)) * tail
    expect(without.expected.notFound / ofAll).toBeCloseTo(1, 6)
    expectClose(without.counted.notFound, without.expected.notFound, 0.1 * ofAll)
  })

  it('follow the rate of their traffic, and end with it', () => {
    const network = namedNetwork({ clients: 2 })
    const rate = { rate: { flowsPerSecond: 4 }, startPs: 10 * SECOND, stopPs: 30 * SECOND }
    const run = new SteadyRun(blueprintOf(network, [calls(network, rate)]), {
      arrivalsEndPs: 100 * SECOND,
      windowPs: SECOND,
    })
    const at = (seconds: number) => {
      run.sim.run(seconds * SECOND)
      return run.lookups!.counts(0).lookups
    }
    expect([5, 20, 30, 60].map(at).map((lookups) => Math.round(lookups))).toEqual([0, 80, 160, 160])
    expect(run.lookups!.counts(0).own).toBeLessThan(160)
  })
})
