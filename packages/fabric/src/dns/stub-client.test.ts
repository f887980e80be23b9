import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { clusterDns, ScriptedServer } from './dns.fixture.ts'
import { Exchanges } from './exchanges.ts'
import { explainLookup, lookupLines } from './explain-lookup.ts'
import type { Outcome } from './reply.ts'
import { searchNames, type StubLibrary } from './search-names.ts'
import { StubClient } from './stub-client.ts'

const search = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local']
const names = (text: string, library: StubLibrary, ndots = 5, paths = search) =>
  searchNames(text, { search: paths, ndots, library }).names

describe('which names are tried', () => {
  const web = search.map((path) => `web.${path}`)
  const far = search.map((path) => `api.bank.example.${path}`)

  it.each<[string, StubLibrary, number, string[]]>([
    ['web', 'glibc', 5, [...web, 'web']],
    ['web', 'musl', 5, [...web, 'web']],
    ['WEB', 'glibc', 5, [...web, 'web']],
    // two dots, fewer than five: a name of the world is looked for in the cluster first
    ['api.bank.example', 'glibc', 5, [...far, 'api.bank.example']],
    ['api.bank.example', 'glibc', 2, ['api.bank.example', ...far]],
    ['api.bank.example', 'musl', 2, ['api.bank.example']],
    ['api.bank.example', 'musl', 3, [...far, 'api.bank.example']],
    ['api.bank.example.', 'glibc', 5, ['api.bank.example']],
    ['web.', 'musl', 5, ['web']],
    ['web', 'glibc', 0, ['web', ...web]],
    ['web', 'musl', 0, ['web']],
  ])('%s by %s with ndots %i', (text, library, ndots, expected) => {
    expect(names(text, library, ndots)).toEqual(expected)
  })

  it('a search path that is the root stands for the name itself, which is tried once', () => {
    expect(names('web', 'glibc', 1, ['a', '.', 'b'])).toEqual(['web.a', 'web', 'web.b'])
    expect(names('web.x', 'glibc', 1, ['a', '.'])).toEqual(['web.x', 'web.x.a'])
  })

  it('leaves out names that would be too long, and refuses what is no name', () => {
    const long = `${'a'.repeat(60)}.`.repeat(4)
    expect(names(`${long}b`, 'glibc')).toEqual([`${long}b`])
    expect(() => names('a..b', 'glibc')).toThrow('empty label')
  })
})

function clientOf(library: StubLibrary, scripts: readonly Record<string, Outcome>[], ndots = 5) {
  const servers = scripts.map((script, index) => new ScriptedServer(`s${index}`, script))
  const client = new StubClient(
    { now: 0 },
    { name: 'c', nameservers: servers, search: ['a', 'b'], ndots, library },
  )
  return { client, servers }
}

describe('when a search ends', () => {
  const asked = (library: StubLibrary, script: Record<string, Outcome>, ndots = 5) => {
    const { client, servers } = clientOf(library, [script], ndots)
    const { outcome } = client.lookup('x', ['A', 'AAAA'])
    const tried = servers[0]!.asked
      .filter((question) => question.startsWith('A '))
      .map((each) => each.slice(2))
    return [outcome, ...tried]
  }

  it.each<[StubLibrary, Record<string, Outcome>, number, string[]]>([
    ['glibc', { 'AAAA x.a': 'found', 'A x.a': 'no-data' }, 5, ['found', 'x.a']],
    ['musl', { 'AAAA x.a': 'found', 'A x.a': 'no-data' }, 5, ['found', 'x.a']],
    // a name without addresses ends musl's search, not glibc's
    ['glibc', { 'A x.a': 'no-data', 'AAAA x.a': 'no-data', 'A x.b': 'found' }, 5, ['found', 'x.a', 'x.b']],
    ['musl', { 'A x.a': 'no-data', 'AAAA x.a': 'no-data', 'A x.b': 'found' }, 5, ['no-data', 'x.a']],
    ['glibc', { 'A x.a': 'no-data', 'AAAA x.a': 'no-data' }, 5, ['no-data', 'x.a', 'x.b', 'x']],
    ['glibc', { 'A x.a': 'failed', 'AAAA x.a': 'failed' }, 5, ['failed', 'x.a', 'x.b', 'x']],
    ['musl', { 'A x.a': 'failed', 'AAAA x.a': 'failed', 'A x.b': 'found' }, 5, ['failed', 'x.a']],
    ['glibc', { 'A x.a': 'refused', 'AAAA x.a': 'refused', 'A x': 'found' }, 5, ['found', 'x.a', 'x']],
    ['musl', { 'A x.a': 'refused', 'AAAA x.a': 'refused', 'A x': 'found' }, 5, ['refused', 'x.a']],
    ['glibc', { 'A x.a': 'refused', 'AAAA x.a': 'refused', 'A x.b': 'found' }, 5, ['no-name', 'x.a', 'x']],
    ['glibc', { 'A x.a': 'no-data', 'AAAA x.a': 'failed' }, 5, ['no-data', 'x.a', 'x.b', 'x']],
    ['glibc', { 'A x': 'no-data', 'AAAA x': 'no-data' }, 0, ['no-data', 'x', 'x.a', 'x.b']],
    ['glibc', {}, 5, ['no-name', 'x.a', 'x.b', 'x']],
    ['musl', {}, 5, ['no-name', 'x.a', 'x.b', 'x']],
    // what is said of the name as it was given comes first
    ['glibc', { 'A x.a': 'no-data', 'AAAA x.a': 'no-data' }, 0, ['no-name', 'x', 'x.a', 'x.b']],
    ['glibc', { 'A x.a': 'refused', 'AAAA x.a': 'refused' }, 0, ['no-name', 'x', 'x.a']],
  ])('%s, %j, ndots %i', (library, script, ndots, expected) => {
    expect(asked(library, script, ndots)).toEqual(expected)
  })
})

describe('which exchanges a lookup costs', () => {
  it('both families at once, names one after another', () => {
    const { client } = clientOf('glibc', [{ 'A x.b': 'found', 'AAAA x.b': 'no-data' }])
    const exchanges = new Exchanges()
    expect(client.lookup('x', undefined, exchanges).values()).toEqual(['10.0.0.1'])
    expect(exchanges.list.map(({ round, type, name }) => `${round} ${type} ${name}`)).toEqual([
      '0 A x.a',
      '0 AAAA x.a',
      '1 A x.b',
      '1 AAAA x.b',
    ])
    expect(exchanges.durationPs(({ type }) => (type === 'A' ? 3 : 5))).toBe(10)
  })

  it('glibc asks the next server where one has no answer, musl all at once', () => {
    const scripts: Record<string, Outcome>[] = [{ 'A x': 'failed' }, { 'A x': 'found' }]
    for (const [library, rounds] of [
      ['glibc', [0, 1]],
      ['musl', [0, 0]],
    ] as const) {
      const { client } = clientOf(library, scripts)
      const exchanges = new Exchanges()
      expect(client.lookup('x.', ['A'], exchanges).outcome).toBe('found')
      expect(exchanges.list.map(({ to, outcome }) => `${to} ${outcome}`)).toEqual(['s0 failed', 's1 found'])
      expect(exchanges.list.map(({ round }) => round)).toEqual(rounds)
    }
  })

  it('musl goes by the first answer, though the others are asked too', () => {
    const { client, servers } = clientOf('musl', [{ 'A x': 'found' }, { 'A x': 'failed' }])
    expect(client.lookup('x.', ['A']).outcome).toBe('found')
    expect(servers.map((server) => server.asked.length)).toEqual([1, 1])
  })

  it('a chain through a client cache, a node and two servers, and nothing once it is kept', () => {
    const { clock, node } = clusterDns()
    const client = new StubClient(clock, {
      name: 'pod',
      nameservers: [node],
      search,
      ndots: 5,
      library: 'glibc',
      cache: { capacity: 10 },
    })
    const exchanges = new Exchanges()
    client.lookup('bank', ['A'], exchanges)
    expect(exchanges.list.map(({ from, to, within, round }) => [from, to, within, round])).toEqual([
      ['pod', 'pod', -1, 0],
      ['pod', 'node', 0, 0],
      ['node', 'coredns', 1, 0],
      ['node', 'world', 1, 1],
    ])
    const cost = { 'pod pod': 0, 'pod node': 10, 'node coredns': 100, 'node world': 10_000 }
    expect(exchanges.durationPs(({ from, to }) => cost[`${from} ${to}` as keyof typeof cost])).toBe(10_110)
    clock.now = 5 * SECOND
    const again = new Exchanges()
    client.lookup('bank', ['A'], again)
    expect(again.list.map(({ from, to }) => `${from} ${to}`)).toEqual(['pod pod'])
  })
})

describe('how a name was resolved', () => {
  const clientAt = (world: ReturnType<typeof clusterDns>) =>
    new StubClient(world.clock, {
      name: 'pod',
      nameservers: [world.node],
      search,
      ndots: 5,
      library: 'glibc',
    })

  it('tells the names that were tried, the answers and how long they may be kept', () => {
    const world = clusterDns()
    const client = clientAt(world)
    const told = explainLookup(world.clock, client, 'web.shop', ['A'])
    expect(told).toMatchObject({ client: 'pod', outcome: 'found', values: ['10.96.0.1'] })
    expect(lookupLines(told)).toEqual([
      'web.shop.shop.svc.cluster.local. A: no such name (NXDOMAIN) (for 5 s)',
      'web.shop.svc.cluster.local. A: 10.96.0.1 (A, for 30 s)',
    ])
    expect(told.exchanges.length).toBe(4)
  })

  it('tells chains of aliases, what is stale, and what has no records', () => {
    const world = clusterDns()
    const client = clientAt(world)
    client.lookup('bank', ['A'])
    world.cluster.replace({
      name: 'bank.shop.svc.cluster.local',
      type: 'CNAME',
      ttlPs: SECOND,
      values: ['x.example'],
    })
    world.clock.now = 10.5 * SECOND
    expect(lookupLines(explainLookup(world.clock, client, 'bank'))).toEqual([
      'bank.shop.svc.cluster.local. A: api.bank.example (CNAME, for 19.5 s, stale) -> 192.0.2.7 (A, for 49.5 s)',
      'bank.shop.svc.cluster.local. AAAA: api.bank.example (CNAME, for 19.5 s, stale) -> no records of this type (for 5 s)',
    ])
  })
})
