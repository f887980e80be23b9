import { ConfigError, MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { EventBlueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { NamesBlueprint } from '../src/names/index.ts'
import {
  addressOf,
  blueprintOf,
  calls,
  moveTo,
  type Named,
  NAME,
  namedNetwork,
  record,
} from './helpers/names.ts'
import { servedNetwork } from './helpers/served.ts'

const CLOCKS = [
  ['flow', FlowRun],
  ['packet', PacketRun],
] as const
const END_PS = 100 * SECOND
const ONE = { rate: { flowsPerSecond: 1 } }

describe.each(CLOCKS)('flows to names under the %s clock', (_, Run) => {
  function ran(
    named: Named,
    change: Partial<Parameters<typeof calls>[1]> = {},
    events: (network: ReturnType<typeof namedNetwork>) => readonly EventBlueprint[] = () => [],
    name = NAME,
  ) {
    const network = namedNetwork(named)
    const blueprint = blueprintOf(network, [calls(network, { ...ONE, ...change }, name)], events(network))
    const run = new Run(blueprint, { arrivalsEndPs: END_PS })
    run.sim.run(END_PS + SECOND)
    const { flows } = run
    const rows = Array.from({ length: flows.size }, (_, row) => row)
    const receivers = rows.map((row) => run.network.nameOf(flows.destination[row]!))
    return { run, flows, rows, receivers, counts: run.lookups!.counts(0) }
  }

  it('wait for the answer, and for nothing where their own cache has it', () => {
    const { flows, rows, counts } = ran({ clients: 1 })
    const setUp = rows.map((row) => flows.establishedPs[row]! - flows.startPs[row]!)
    const cached = Math.min(...setUp)
    const waited = [...new Set(setUp.map((ps) => Math.round((ps - cached) / MS)))]
    // 0.5 ms to the resolver, whose cache ends with the client's, and 20 ms on
    expect(waited.sort((a, b) => a - b)).toEqual([0, 21])
    expect(counts.lookups).toBe(rows.length)
    expect(counts.lookups - counts.own).toBe(setUp.filter((ps) => ps > cached + MS).length)
    expect(counts.waitedPs).toBe((counts.lookups - counts.own) * 20_500 * US)
    // for A every 30 s, for AAAA every 10 s
    expect(counts.questions).toBeGreaterThanOrEqual(4 + 8)
    expect(counts.questions).toBeLessThanOrEqual(4 + 10)
    expect(flows.completed).toBe(rows.length)
  })

  it('without a cache ask each time; a resolver that all share answers for most', () => {
    const { run, counts } = ran({ clients: 5, resolver: { isPerHost: false }, group: { cache: undefined! } })
    expect(counts.own).toBe(0)
    const [resolver] = run.network.names!.resolverCounts()
    expect(resolver!.queries).toBe(2 * counts.lookups)
    // A for 30 s at a time, that there is no AAAA for 10 s
    expect(resolver!.misses).toBeGreaterThanOrEqual(4 + 9)
    expect(resolver!.misses).toBeLessThanOrEqual(5 + 11)
  })

  it('behind one resolver all change over at once', () => {
    const { flows, rows, receivers } = ran({ clients: 8, resolver: { isPerHost: false } }, {}, (network) => [
      moveTo(addressOf(network, 'v1'), 50 * SECOND),
    ])
    const of = (server: string) => rows.filter((row) => receivers[row]!.endsWith(`/${server}`))
    const lastOld = Math.max(...of('v0').map((row) => flows.startPs[row]!))
    const firstNew = Math.min(...of('v1').map((row) => flows.startPs[row]!))
    expect(lastOld).toBeGreaterThan(50 * SECOND)
    expect(firstNew).toBeGreaterThan(lastOld)
    expect(firstNew).toBeLessThan(81 * SECOND)
  })

  it('fail with a reason where there is no such name, no address of their family, or nobody to ask', () => {
    const missing = ran({ clients: 2 }, {}, () => [], 'nowhere.example')
    expect(missing.rows.map((row) => missing.flows.failureOf(row))).toEqual(
      missing.rows.map(() => 'name-not-found'),
    )
    expect(missing.counts.notFound).toBe(missing.rows.length)
    // that there is none is kept too
    expect(missing.counts.own).toBeGreaterThan(missing.rows.length / 2)

    const other = ran({ clients: 2, records: [{ ...record(), type: 'AAAA', values: ['fd00::1'] }] })
    expect(other.counts.notFound).toBe(other.rows.length)

    const upstreams = [{ suffix: 'elsewhere', to: 'world', delay: { kind: 'constant' as const, ps: 0 } }]
    const unasked = ran({ clients: 2, resolver: { upstreams } })
    expect(unasked.counts.failed).toBe(unasked.rows.length)
    expect(new Set(unasked.rows.map((row) => unasked.flows.failureOf(row)))).toEqual(
      new Set(['name-server-failed']),
    )
    expect(unasked.flows.active).toBe(0)
  })

  it('ask once more for each search path of a name with few dots', () => {
    const group = {
      search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
      cache: undefined!,
    }
    const few = ran({ clients: 1, group: { ...group, ndots: 5 } })
    expect(few.counts.questions).toBe(4 * 2 * few.counts.lookups)
    const enough = ran({ clients: 1, group: { ...group, ndots: 1 } })
    expect(enough.counts.questions).toBe(2 * enough.counts.lookups)
    const closed = ran({ clients: 1, group: { ...group, ndots: 5 } }, {}, () => [], `${NAME}.`)
    expect(closed.counts.questions).toBe(2 * closed.counts.lookups)
  })

  it('go to several addresses in turn, or to the first', () => {
    const { nodes } = namedNetwork({ clients: 4 })
    const records = [record(...['v0', 'v1'].map((short) => addressOf({ nodes } as never, short)))]
    const turns = ran({ clients: 4, records })
    const to = (server: string, of: readonly string[]) =>
      of.filter((name) => name.endsWith(`/${server}`)).length
    expect(Math.abs(to('v0', turns.receivers) - to('v1', turns.receivers))).toBeLessThanOrEqual(4)
    const first = ran({ clients: 4, records, group: { answers: 'first' } })
    expect(to('v0', first.receivers)).toBe(first.receivers.length)
  })
})

describe('a service that moves', () => {
  const names = (address: string): NamesBlueprint => ({
    authorities: [
      {
        name: 'coredns',
        zones: [{ origin: '.', soa: { ttlPs: SECOND, minimumPs: SECOND }, records: [record(address)] }],
      },
    ],
    resolvers: [
      {
        name: 'node',
        capacity: 10,
        upstreams: [{ suffix: '.', to: 'coredns', delay: { kind: 'constant', ps: 0 } }],
      },
    ],
    clients: [
      {
        hosts: ['shop/web'],
        resolver: 'node',
        delay: { kind: 'constant', ps: 0 },
        search: [],
        ndots: 1,
        library: 'musl',
        answers: 'rotated',
      },
    ],
  })

  it.each(CLOCKS)('is called in vain at its old address until the answer expires (%s clock)', (_, Run) => {
    const served = servedNetwork()
    const network = { ...served, names: names('10.96.0.10') }
    const to = addressOf(network, 'host-1')
    const traffic: TrafficBlueprint = {
      ...calls(network, { rate: { flowsPerSecond: 5 } }),
      transport: { kind: 'tcp', options: { synRetries: 0, initialRtoPs: 100 * MS } },
    }
    const events: EventBlueprint[] = [
      {
        atPs: 20 * SECOND,
        action: 'change-records',
        target: NAME,
        authority: 'coredns',
        remove: [],
        put: [record(to)],
      },
      { atPs: 20 * SECOND, action: 'withdraw', target: '10.96.0.10' },
    ]
    const run = new Run(blueprintOf(network, [traffic], events), { arrivalsEndPs: 60 * SECOND })
    run.sim.run(61 * SECOND)
    const { flows } = run
    const rows = Array.from({ length: flows.size }, (_, row) => row)
    const failed = rows.filter((row) => flows.failureOf(row) !== undefined)
    expect(failed.length).toBeGreaterThan(0)
    // the last answer before the move was given at the latest then
    for (const row of failed) {
      expect(flows.startPs[row]).toBeGreaterThanOrEqual(20 * SECOND)
      expect(flows.startPs[row]).toBeLessThan(50 * SECOND)
    }
    expect(run.lookups!.counts(0).stale).toBe(failed.length)
    const late = rows.filter((row) => flows.startPs[row]! > 50 * SECOND)
    expect(late.every((row) => run.network.nameOf(flows.destination[row]!).endsWith('host-1'))).toBe(true)
    expect(late.every((row) => flows.failureOf(row) === undefined)).toBe(true)
  })
})

describe('names that cannot be', () => {
  const network = namedNetwork({ clients: 1 })
  const [clients] = network.names.clients
  const world = network.names.authorities[0]!
  const wrong: readonly [string, Partial<NamesBlueprint>, RegExp][] = [
    ['two servers of one name', { authorities: [world, world] }, /two servers of names are called "world"/],
    [
      'a resolver that is not there',
      { clients: [{ ...clients!, resolver: 'x' }] },
      /no resolver is called "x"/,
    ],
    ['a host in two groups', { clients: [clients!, clients!] }, /stands among two groups/],
    ['a resolver that asks a later one', { authorities: [] }, /asks "world", which is none before it/],
    ['a sender without a resolver', { clients: [] }, /"r\/c0", which has no resolver/],
  ]
  it.each(wrong)('%s', (_, change, message) => {
    const blueprint = blueprintOf({ ...network, names: { ...network.names, ...change } }, [calls(network)])
    for (const start of [
      () => new FlowRun(blueprint, { arrivalsEndPs: END_PS }),
      () => new SteadyRun(blueprint, { arrivalsEndPs: END_PS, windowPs: SECOND }),
    ]) {
      expect(start).toThrow(ConfigError)
      expect(start).toThrow(message)
    }
  })

  it('a network without names; a stream; records of no zone', () => {
    const { names: _, ...nameless } = network
    const start = (blueprint: Parameters<typeof blueprintOf>) => () =>
      new FlowRun(blueprintOf(...blueprint), { arrivalsEndPs: END_PS })
    expect(start([nameless, [calls(network)]])).toThrow(/knows no names/)
    expect(start([nameless, [], [moveTo('192.0.2.1')]])).toThrow(/needs a network with names/)
    const stream: TrafficBlueprint = {
      ...calls(network),
      offered: { kind: 'stream', packetBytes: 1000, rateBps: 1e6, process: { kind: 'constant' }, startPs: 0 },
      transport: { kind: 'udp' },
    }
    expect(start([network, [stream]])).toThrow(/looks no names up/)
  })
})
