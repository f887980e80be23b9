import { exp, meanInterval, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint, EventBlueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { expectWithin } from './helpers/pool-arrivals.ts'
import { callsOf, REMEMBERING, remembering, type RememberingNetwork } from './helpers/remembered.ts'

const RUNS = 10
const AFFINITY_PS = 4 * SECOND

interface Span {
  readonly fromPs: number
  readonly toPs: number
}

/** What all tables together hold on the mean, and are asked and evict per second. */
interface Found {
  readonly inUse: number
  readonly asked: number
  readonly evicted: number
}

const offer = (flowsPerSecond: number) => ({
  kind: 'flows' as const,
  sizes: { kind: 'constant' as const, bytes: 1400 },
  rate: { flowsPerSecond },
  startPs: 0,
})

interface Told extends RememberingNetwork {
  readonly events?: readonly EventBlueprint[]
}

const blueprintOf = (
  { network, events = [] }: Told,
  traffic: readonly TrafficBlueprint[],
  run = 0,
): Blueprint => ({ name: 'affinity', seed: `run ${run}`, network, traffic, events })

function counted(
  Run: typeof FlowRun | typeof PacketRun,
  own: Told,
  traffic: readonly TrafficBlueprint[],
  spans: readonly Span[],
): { readonly [key in keyof Found]: number[] }[] {
  const byRun = Array.from({ length: RUNS }, (_, index) => {
    const run = new Run(blueprintOf(own, traffic, index), { arrivalsEndPs: spans.at(-1)!.toPs })
    const counts = (atPs: number) => {
      run.sim.run(atPs)
      return own.tables.map((owner) => run.network.pools.find(owner, 'session-affinity')!.counts())
    }
    return spans.map(({ fromPs, toPs }): Found => {
      const [before, after] = [counts(fromPs), counts(toPs)]
      const grown = (key: 'asked' | 'evicted' | 'usedPs') =>
        after.reduce((sum, each, table) => sum + each[key]! - before[table]![key]!, 0)
      const seconds = (toPs - fromPs) / SECOND
      return {
        inUse: grown('usedPs') / (toPs - fromPs),
        asked: grown('asked') / seconds,
        evicted: grown('evicted') / seconds,
      }
    })
  })
  const of = (span: number, key: keyof Found) => byRun.map((each) => each[span]![key])
  return spans.map((_, span) => ({
    inUse: of(span, 'inUse'),
    asked: of(span, 'asked'),
    evicted: of(span, 'evicted'),
  }))
}

function steady(
  own: Told,
  traffic: readonly TrafficBlueprint[],
  spans: readonly Span[],
  windowPs = SECOND / 10,
): Found[] {
  const endPs = spans.at(-1)!.toPs
  const run = new SteadyRun(blueprintOf(own, traffic), { arrivalsEndPs: endPs, windowPs })
  const tables = run.pools.all.flatMap(({ kind }, index) => (kind === 'session-affinity' ? [index] : []))
  const found: (Found & { readonly fromPs: number })[] = []
  run.listener = {
    onSpan: ({ fromPs, pools }) => {
      const sum = (read: (pool: (typeof pools)[number]) => number) =>
        tables.reduce((all, table) => all + read(pools[table]!), 0)
      if (found.at(-1)?.fromPs === fromPs) found.pop()
      found.push({
        fromPs,
        inUse: sum(({ load }) => load!.carriedErlangs),
        asked: sum(({ connectionsPerSecond }) => connectionsPerSecond),
        evicted: sum(({ evictedPerSecond }) => evictedPerSecond!),
      })
    },
  }
  run.sim.run(endPs)
  return spans.map(({ fromPs, toPs }) => {
    const mean = (key: keyof Found) =>
      found.reduce((sum, each, index) => {
        const untilPs = Math.min(found[index + 1]?.fromPs ?? endPs, toPs)
        return sum + (each[key] * Math.max(0, untilPs - Math.max(each.fromPs, fromPs))) / (toPs - fromPs)
      }, 0)
    return { inUse: mean('inUse'), asked: mean('asked'), evicted: mean('evicted') }
  })
}

const clocks = [
  ['packet', PacketRun],
  ['flow', FlowRun],
] as const

const seconds = (from: number, to: number): Span => ({ fromPs: from * SECOND, toPs: to * SECOND })

describe('tables of session affinity', { timeout: 60_000 }, () => {
  it.each(REMEMBERING)('hold whoever has called within the timeout, and evict nobody: %s', (where) => {
    const own = remembering(where, AFFINITY_PS, 1000)
    const traffic = [callsOf(own, own.clients, offer(0.2))]
    const span = seconds(10, 410)
    const [expected] = steady(own, traffic, [span])
    expect(expected!.inUse).toBeCloseTo(own.clients.length * (1 - exp(-0.8)), 9)
    expect(expected!.asked).toBeCloseTo(own.clients.length * 0.2 * exp(-0.8), 9)
    expect(expected!.evicted).toBe(0)
    const [found] = counted(FlowRun, own, traffic, [span])
    expectWithin(found!.inUse, expected!.inUse, 0.05)
    expectWithin(found!.asked, expected!.asked, 0.1)
    expect(found!.evicted.every((each) => each === 0)).toBe(true)
  })

  it.each(clocks)(
    'hold who called last once they are full, each new one for one that goes, %s clock',
    (_, Run) => {
      const own = remembering('gateways', AFFINITY_PS, 8)
      const traffic = [callsOf(own, own.clients, offer(0.5))]
      const span = seconds(10, 160)
      const [expected] = steady(own, traffic, [span])
      expect(expected!.inUse).toBeCloseTo(8, 9)
      // of 20 clients 8 are remembered, so that 3 of 5 calls are of others
      expect(expected!.asked).toBeCloseTo(0.6 * 20 * 0.5, 6)
      expect(expected!.evicted).toBeCloseTo(expected!.asked, 9)
      const [found] = counted(Run, own, traffic, [span])
      expect(found!.inUse.every((each) => each > 7.9 && each <= 8)).toBe(true)
      expectWithin(found!.asked, expected!.asked, 0.05)
      expectWithin(found!.evicted, expected!.evicted, 0.05)
    },
  )

  it.each([8, 1000])(
    'fill from the beginning, and empty when nobody calls any more, %d places',
    (capacity) => {
      const own = remembering('gateways', AFFINITY_PS, capacity)
      const traffic = [callsOf(own, own.clients, { ...offer(0.5), stopPs: 8 * SECOND })]
      const spans = [0, 1, 2, 4, 8, 10, 12].map((from, i, all) => seconds(from, all[i + 1] ?? 14))
      const expected = steady(own, traffic, spans)
      const found = counted(FlowRun, own, traffic, spans)
      expected.forEach((each, span) => {
        for (const key of ['inUse', 'asked', 'evicted'] as const) {
          const { mean, low, high } = meanInterval(found[span]![key], 0.999)
          const told = `${key} in span ${span}: ${mean} [${low}, ${high}]`
          // of few places some are taken before all are expected to be
          expect(each[key], told).toBeGreaterThan(low - 0.35)
          expect(each[key], told).toBeLessThan(high + 0.35)
        }
      })
      expect(expected.at(-1)!.inUse).toBeLessThan(0.1)
    },
  )

  it('hold clients of services with other timeouts as long as these say, though they call as often', () => {
    const own = remembering('inside', SECOND, 1000)
    const [short] = own.network.interfaces!.services!
    const long = { ...short!, name: 'shop/long', addresses: ['10.96.0.99'], affinityPs: 100 * SECOND }
    const interfaces = { ...own.network.interfaces!, services: [short!, long] }
    const both = { ...own, network: { ...own.network, interfaces } }
    const traffic = [0, 30, 60].flatMap((start) =>
      [own.address, long.addresses[0]!].map((address) =>
        callsOf(
          { ...both, address },
          own.clients,
          { ...offer(0.004), startPs: start * SECOND },
          `${address} from ${start}`,
        ),
      ),
    )
    const [found] = steady(both, traffic, [seconds(89, 90)])
    // half a second before the end: 89.5 s, 59.5 s and 29.5 s of calls, or one second of all
    const remembered = 1 - exp(-0.004 * 178.5) + (1 - exp(-0.012))
    expect(found!.inUse).toBeCloseTo(own.clients.length * remembered, 4)
  })

  it('hold the clients that gateways lead to another host from then on there', () => {
    const own = remembering('hosts', AFFINITY_PS, 1000)
    const policies = { namespaces: [], nodes: [], workloads: [], policies: [] }
    const told = {
      ...own,
      network: { ...own.network, interfaces: { policies } },
      events: [{ atPs: 20 * SECOND, action: 'not-ready' as const, target: 'shop/cart-1' }],
    }
    const traffic = [callsOf(own, own.clients, offer(0.2))]
    const spans = [seconds(10, 20), seconds(20, 24), seconds(30, 230)]
    const expected = steady(told, traffic, spans)
    // in the beginning those who come are in one table, and those who have been there still in the other
    const first = (0.5 * (0.8 - (1 - exp(-0.8)))) / 0.8
    expect(expected[0]!.inUse).toBeCloseTo(own.clients.length * (1 - exp(-0.8)), 9)
    expect(expected[1]!.inUse).toBeCloseTo(own.clients.length * (0.5 * (1 - exp(-0.8)) + 2 * first), 1)
    expect(expected[2]!.inUse).toBeCloseTo(own.clients.length * (1 - exp(-0.8)), 9)
    const found = counted(FlowRun, told, traffic, spans)
    expectWithin(found[2]!.inUse, expected[2]!.inUse, 0.05)
  })

  it('hold clients of streams for as long as these are remembered after they begin', () => {
    const own = remembering('inside', AFFINITY_PS, 1000)
    const streams = {
      kind: 'stream',
      packetBytes: 500,
      rateBps: 4000,
      process: { kind: 'constant' },
      startPs: 2.5 * SECOND,
    } as const
    const traffic = [callsOf(own, own.clients, streams)]
    const spans = [seconds(0, 2), seconds(2, 7), seconds(7, 20)]
    const expected = steady(own, traffic, spans)
    const share = [0, 0.8, 0]
    for (const Run of [PacketRun, FlowRun])
      counted(Run, own, traffic, spans).forEach(({ inUse, asked }, span) => {
        expect(inUse[0]).toBeCloseTo(own.clients.length * share[span]!, 2)
        expect(expected[span]!.inUse).toBeCloseTo(inUse[0]!, 2)
        expect(expected[span]!.asked).toBeCloseTo(asked[0]!, 2)
      })
  })
})
