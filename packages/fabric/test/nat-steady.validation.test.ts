import { erlangB, MS, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { SteadyRun, type SteadySpan } from '../src/clocks/steady/steady-run.ts'
import { EDGE_PLACES, type EdgeNatBlueprint, type EdgePlace } from '../src/edge/edge-blueprint.ts'
import { natLoad } from '../src/nat/nat-load.ts'
import { expectWithin } from './helpers/pool-arrivals.ts'
import { OUTSIDE, POOL, regionOnline, VIP } from './helpers/region-online.ts'

const HOLD_PS = 300 * MS
const TIME_WAIT_PS = 200 * MS
const LIFE_PS = HOLD_PS + TIME_WAIT_PS
const RUNS = 10
const WARM_PS = 2 * SECOND
const END_PS = 52 * SECOND
/** 15 of them. */
const PORTS = [[2000, 2014]] as const
const PLAIN = {
  pool: { addresses: [POOL], ports: PORTS },
  overloading: false,
  shareSize: 1,
} satisfies EdgeNatBlueprint

const calls = (from: readonly string[], to: string, erlangs: number): TrafficBlueprint => ({
  name: `${from.join()} ${to}`,
  pairs: { kind: 'from-to', from, to: [to] },
  offered: {
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 100 },
    // of each sender
    rate: { flowsPerSecond: (erlangs / from.length / LIFE_PS) * SECOND },
    hold: { kind: 'exponential', meanPs: HOLD_PS },
    startPs: 0,
  },
  transport: { kind: 'tcp', options: { synRetries: 0, initialRtoPs: SECOND } },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

/** To port 80, one of each sender. */
const streams = (
  from: readonly string[],
  to:
    | { readonly kind: 'from-to'; readonly to: readonly string[] }
    | { readonly kind: 'to-address'; readonly address: string },
): TrafficBlueprint => ({
  name: 'streams',
  pairs: { ...to, from },
  port: 80,
  offered: { kind: 'stream', packetBytes: 500, rateBps: 1e6, process: { kind: 'poisson' }, startPs: 0 },
  transport: { kind: 'udp' },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
})

interface Asked {
  readonly place: EdgePlace
  readonly nat?: EdgeNatBlueprint
  readonly traffic: readonly TrafficBlueprint[]
}

function blueprint({ place, nat = PLAIN, traffic }: Asked, run = 0): Blueprint {
  const timeoutsPs = { tcpTimeWait: TIME_WAIT_PS, tcpSynSent: TIME_WAIT_PS }
  const network = regionOnline({ place, nat, conntrack: { timeoutsPs } })
  return { name: 'nat', seed: `run ${run}`, network, traffic, events: [] }
}

/** Loads by name of the pool, and what is refused. */
function steady(asked: Asked) {
  const run = new SteadyRun(blueprint(asked), { arrivalsEndPs: END_PS, windowPs: SECOND })
  const spans: SteadySpan[] = []
  run.listener = { onSpan: (span) => void spans.push(span) }
  run.sim.run(1)
  const { pools, refusals } = spans.at(-1)!
  const { nodes } = run.network.topology
  return {
    pools: new Map(run.pools.all.map(({ name }, index) => [name, pools[index]!])),
    refusals: refusals.map(({ node, reason, perSecond }) => ({
      node: nodes[node]!.name,
      reason,
      perSecond,
    })),
  }
}

/** By run: what a pool of the flow clock refuses, and has on the mean. */
function flows(asked: Asked, pool: string) {
  const all = Array.from({ length: RUNS }, (_, index) => {
    const run = new FlowRun(blueprint(asked, index), { arrivalsEndPs: END_PS })
    const counted = run.network.pools.all.find(({ name }) => name === pool)!
    run.sim.run(WARM_PS)
    const before = counted.counts(run.sim.now)
    run.sim.run(END_PS)
    const after = counted.counts(run.sim.now)
    return {
      blocking: (after.refused - before.refused) / (after.asked - before.asked),
      occupied: (after.usedPs - before.usedPs) / (END_PS - WARM_PS),
    }
  })
  return { blocking: all.map((each) => each.blocking), occupied: all.map((each) => each.occupied) }
}

const [FIRST, OTHER] = OUTSIDE.map((address) => `internet/${address}`) as [string, string]
const GATEWAYS = 'ord1 gateways'

describe('ports of NAT under the steady clock', { timeout: 60_000 }, () => {
  it('are filled as natLoad has it, where all share them and where each remote endpoint has them all', () => {
    const traffic = [calls(['shop/web'], FIRST, 12), calls(['shop/cart-1'], OTHER, 6)]
    const rates = [12, 6].map((erlangs) => ({ connectionsPerS: (erlangs / LIFE_PS) * SECOND }))
    for (const overloading of [false, true]) {
      const { pools, refusals } = steady({
        place: 'gateways',
        nat: { ...PLAIN, overloading, holdDownPs: 100 * MS },
        traffic,
      })
      const name = overloading ? `${GATEWAYS} ipv4 nat-mappings` : `${GATEWAYS} ipv4 tcp nat-ports`
      const pool = pools.get(name)!
      const holdPs = LIFE_PS + 100 * MS
      const expected = natLoad(
        { ports: 15, overloading },
        rates.map((rate) => ({ ...rate, holdPs })),
      )
      expect(pool.load!.offeredErlangs).toBeCloseTo(expected.offeredErlangs, 9)
      expect(pool.load!.blocking).toBeCloseTo(expected.blocking, 12)
      // of the ports in use those that are not held down
      expect(pool.load!.carriedErlangs).toBeCloseTo((expected.occupancy * LIFE_PS) / holdPs, 9)
      expect(refusals.every(({ reason }) => reason === 'nat-ports-exhausted')).toBe(true)
      expect(refusals.reduce((all, { perSecond }) => all + perSecond, 0)).toBeCloseTo(expected.refusedPerS, 9)
      // what found no port has no entry either
      expect(pools.get(`${GATEWAYS} nat-connections`)!.connectionsPerSecond).toBeCloseTo(
        36 - expected.refusedPerS,
        9,
      )
    }
  })

  it.each([false, true])('row 8: refuse and hold as under the flow clock, overloaded %s', (overloading) => {
    const traffic = [calls(['shop/web', 'shop/cart-1'], FIRST, 14)]
    const asked: Asked = { place: 'gateways', nat: { ...PLAIN, overloading }, traffic }
    const name = overloading ? `${GATEWAYS} ipv4 nat-mappings` : `${GATEWAYS} ipv4 tcp nat-ports`
    const { load } = steady(asked).pools.get(name)!
    expect(load!.blocking).toBeCloseTo(erlangB(14, 15), 12)
    const counted = flows(asked, name)
    expectWithin(counted.blocking, load!.blocking, 0.15)
    expectWithin(counted.occupied, load!.carriedErlangs, 0.05)
  })

  it('row 8: refuse and hold as under the flow clock, at hosts, each with its share', () => {
    const traffic = [calls(['shop/web', 'shop/cart-1'], FIRST, 16)]
    const asked: Asked = { place: 'hosts', traffic }
    const { pools } = steady(asked)
    const nats = [...pools].filter(([name]) => name.endsWith('tcp nat-ports'))
    expect(nats).toHaveLength(3)
    const busy = nats.filter(([, { connectionsPerSecond }]) => connectionsPerSecond > 0)
    expect(busy).toHaveLength(2)
    for (const [name, { load }] of busy) {
      expect(load!.blocking).toBeCloseTo(erlangB(8, 5), 12)
      const counted = flows(asked, name)
      expectWithin(counted.blocking, load!.blocking, 0.15)
      expectWithin(counted.occupied, load!.carriedErlangs, 0.05)
    }
    // the third host's share helps nobody: one pool refuses half as much
    const together = steady({ place: 'gateways', traffic }).pools.get(`${GATEWAYS} ipv4 tcp nat-ports`)!
    expect(together.load!.blocking).toBeCloseTo(erlangB(16, 15), 12)
  })

  it.each(EDGE_PLACES)(
    'are asked for by nobody who stays inside, or has an address of his own, at %s',
    (place) => {
      const traffic = [calls(['shop/web'], 'shop/cart-1', 8), calls(['games/lobby'], FIRST, 8)]
      const { pools, refusals } = steady({ place, traffic })
      for (const { connectionsPerSecond, load } of pools.values()) {
        expect(connectionsPerSecond).toBe(0)
        expect(load!.carriedErlangs).toBe(0)
      }
      expect(refusals).toEqual([])
    },
  )

  it.each(EDGE_PLACES)('have one for each stream, as long as it lasts, at %s', (place) => {
    const stream = streams(['shop/web', 'shop/cart-1'], { kind: 'from-to', to: [FIRST] })
    const used = [...steady({ place, traffic: [stream] }).pools].filter(
      ([, { load }]) => load!.carriedErlangs > 0,
    )
    const [each, hosts] =
      place === 'gateways' ? [2, [GATEWAYS]] : [1, ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0']]
    expect(used.map(([name]) => name)).toEqual(
      hosts.flatMap((host) => [`${host} ipv4 udp nat-ports`, `${host} nat-connections`]),
    )
    for (const [, { load }] of used) expect(load!.carriedErlangs).toBeCloseTo(each, 9)
  })

  it.each(EDGE_PLACES)(
    'are none of what comes for a service, which has entries all the same, at %s',
    (place) => {
      const stream = streams([FIRST], { kind: 'to-address', address: VIP })
      const used = [...steady({ place, traffic: [stream] }).pools].filter(
        ([, { load }]) => load!.carriedErlangs > 0,
      )
      const hosts = place === 'gateways' ? [GATEWAYS] : ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0']
      expect(used.map(([name]) => name)).toEqual(hosts.map((host) => `${host} nat-connections`))
      expect(used.reduce((sum, [, { load }]) => sum + load!.carriedErlangs, 0)).toBeCloseTo(1, 9)
    },
  )
})
