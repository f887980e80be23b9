import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { clusterDns } from './dns.fixture.ts'
import { Exchanges } from './exchanges.ts'
import { type DnsName, dnsName } from './name.ts'
import type { NameServer } from './name-server.ts'
import { Reply } from './reply.ts'
import { Resolver } from './resolver.ts'
import { StubClient } from './stub-client.ts'

const WEB = dnsName('web.shop.svc.cluster.local')
const BANK = dnsName('bank.shop.svc.cluster.local')

describe('Resolver', () => {
  it('keeps an answer until the picosecond of its time to live, and what is not there for the SOA time', () => {
    const { clock, node } = clusterDns()
    const reply = new Reply()
    const hitsAfter = (now: number, name: DnsName) => {
      clock.now = now
      node.query(name, 'A', reply)
      return node.counts().hits
    }
    expect(hitsAfter(0, WEB)).toBe(0)
    expect(hitsAfter(30 * SECOND - 1, WEB)).toBe(1)
    expect(hitsAfter(30 * SECOND, WEB)).toBe(1)
    const gone = dnsName('gone.shop.svc.cluster.local')
    expect(hitsAfter(40 * SECOND, gone)).toBe(1)
    expect(reply.outcome).toBe('no-name')
    expect(hitsAfter(45 * SECOND - 1, gone)).toBe(2)
    expect(node.counts().negativeHits).toBe(1)
    expect(hitsAfter(45 * SECOND, gone)).toBe(2)
    expect(node.counts()).toMatchObject({ queries: 6, misses: 4, asked: 4, expired: 2 })
  })

  it('answers NODATA where the name is there, if only because names are below it', () => {
    const { node } = clusterDns()
    const reply = new Reply()
    const outcomeOf = (name: string, type: 'A' | 'AAAA') => {
      node.query(dnsName(name), type, reply)
      return reply.outcome
    }
    expect(outcomeOf('web.shop.svc.cluster.local', 'AAAA')).toBe('no-data')
    expect(outcomeOf('shop.svc.cluster.local', 'A')).toBe('no-data')
    expect(outcomeOf('x.svc.cluster.local', 'A')).toBe('no-name')
    // NXDOMAIN is of the name, whatever the type
    expect(outcomeOf('x.svc.cluster.local', 'AAAA')).toBe('no-name')
    expect(node.counts()).toMatchObject({ asked: 3, hits: 1 })
  })

  it('follows aliases from server to server, keeps each part for its own time, and tells the exchanges', () => {
    const { clock, node } = clusterDns()
    const reply = new Reply()
    const ask = () => {
      const exchanges = new Exchanges()
      node.query(BANK, 'A', reply, exchanges)
      return exchanges.list.map(({ to, name, outcome, round }) => `${round} ${to} ${name} ${outcome}`)
    }
    expect(ask()).toEqual([`0 coredns ${BANK} alias`, '1 world api.bank.example found'])
    expect(reply.values()).toEqual(['192.0.2.7'])
    expect(reply.untilPs).toBe(30 * SECOND)
    clock.now = 29 * SECOND
    expect(ask()).toEqual([])
    clock.now = 30 * SECOND
    expect(ask()).toEqual([`0 coredns ${BANK} alias`])
    clock.now = 60 * SECOND
    expect(ask()).toEqual([`0 coredns ${BANK} alias`, '1 world api.bank.example found'])
  })

  it('fails on aliases in a circle, on more than eleven, and where servers forward in a circle', () => {
    const { clock, cluster, node } = clusterDns()
    const reply = new Reply()
    const alias = (from: string, to: string) =>
      cluster.replace({ name: from, type: 'CNAME', ttlPs: SECOND, values: [to] })
    alias('a.cluster.local', 'b.cluster.local')
    alias('b.cluster.local', 'a.cluster.local')
    node.query(dnsName('a.cluster.local'), 'A', reply)
    expect(reply.outcome).toBe('failed')
    for (let hop = 0; hop < 12; hop++) alias(`h${hop}.cluster.local`, `h${hop + 1}.cluster.local`)
    cluster.replace({ name: 'h12.cluster.local', type: 'A', ttlPs: SECOND, values: ['10.0.0.1'] })
    node.query(dnsName('h0.cluster.local'), 'A', reply)
    expect(reply.outcome).toBe('failed')
    node.query(dnsName('h1.cluster.local'), 'A', reply)
    expect(reply.outcome).toBe('found')
    // each forwards to the other
    const servers: Resolver[] = []
    const forwarding = (name: string) =>
      new Resolver(clock, { name, capacity: 1, upstreams: [{ suffix: '.', servers: [{ ...relay, name }] }] })
    const relay: NameServer = {
      name: 'relay',
      query: (name, type, into) => servers.at(-1)!.query(name, type, into),
      staleUntilPs: () => 0,
    }
    servers.push(forwarding('one'))
    servers[0]!.query(dnsName('example.com'), 'A', reply)
    expect(reply.outcome).toBe('failed')
  })

  it('fails where nobody is to be asked', () => {
    const { clock, node } = clusterDns()
    const narrow = new Resolver(clock, {
      name: 'narrow',
      capacity: 1,
      upstreams: [{ suffix: 'cluster.local', servers: [node] }],
    })
    const reply = new Reply()
    narrow.query(dnsName('example.com'), 'A', reply)
    expect(reply.outcome).toBe('failed')
    expect(narrow.counts()).toMatchObject({ queries: 1, hits: 0, misses: 1, asked: 0 })
  })

  it('fails where everybody refuses, and asks the next one where one does', () => {
    const { clock, servers } = clusterDns()
    const asking = (list: NameServer[]) => {
      const reply = new Reply()
      const upstreams = [{ suffix: '.', servers: list }]
      new Resolver(clock, { name: 'r', capacity: 1, upstreams }).query(
        dnsName('api.bank.example'),
        'A',
        reply,
      )
      return reply.outcome
    }
    expect(asking([servers.cluster])).toBe('failed')
    expect(asking([servers.cluster, servers.world])).toBe('found')
  })

  it('knows that a name is there once an alias has led to it, whatever was said before', () => {
    const { clock, cluster, node } = clusterDns()
    const reply = new Reply()
    const outcomeOf = (name: string, type: 'A' | 'AAAA') => {
      node.query(dnsName(name), type, reply)
      return reply.outcome
    }
    expect(outcomeOf('late.cluster.local', 'A')).toBe('no-name')
    clock.now = SECOND
    cluster.add({ name: 'late.cluster.local', type: 'A', ttlPs: SECOND, values: ['10.0.0.1'] })
    cluster.add({ name: 'alias.cluster.local', type: 'CNAME', ttlPs: SECOND, values: ['late.cluster.local'] })
    expect(outcomeOf('late.cluster.local', 'AAAA')).toBe('no-name')
    expect(outcomeOf('alias.cluster.local', 'A')).toBe('found')
    expect(outcomeOf('late.cluster.local', 'AAAA')).toBe('no-data')
  })

  it('evicts what was used longest ago', () => {
    const { cluster, node } = clusterDns({ capacity: 2 })
    for (const name of ['a', 'b', 'c'])
      cluster.add({ name: `${name}.cluster.local`, type: 'A', ttlPs: SECOND, values: ['10.0.0.1'] })
    const reply = new Reply()
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b'])
      node.query(dnsName(`${name}.cluster.local`), 'A', reply)
    expect(node.counts()).toMatchObject({ hits: 2, evicted: 2, size: 2, peak: 2, expired: 0 })
  })

  it('counts answers that are not true any more', () => {
    const { clock, cluster, node } = clusterDns()
    const reply = new Reply()
    node.query(WEB, 'A', reply)
    cluster.replace({ name: WEB, type: 'A', ttlPs: SECOND, values: ['10.96.0.2'] })
    clock.now = 10 * SECOND
    node.query(WEB, 'A', reply)
    expect(reply.values()).toEqual(['10.96.0.1'])
    clock.now = 30 * SECOND
    node.query(WEB, 'A', reply)
    expect(reply.values()).toEqual(['10.96.0.2'])
    expect(node.counts()).toMatchObject({ queries: 3, stale: 1, staleShare: 1 / 3 })
  })

  it('keeps answers within its own limits, and forgets them when it is told to', () => {
    const { clock, node } = clusterDns({ ttlMaxPs: 10 * SECOND, negativeTtlMinPs: 20 * SECOND })
    const reply = new Reply()
    node.query(WEB, 'A', reply)
    expect(reply.untilPs).toBe(10 * SECOND)
    node.query(dnsName('no.cluster.local'), 'A', reply)
    expect(reply.untilPs).toBe(20 * SECOND)
    clock.now = 5 * SECOND
    expect(node.counts().size).toBe(2)
    node.clear()
    expect(node.counts()).toMatchObject({ size: 0, expired: 0, evicted: 0 })
  })

  it('begins with each record in turn where it is told to', () => {
    const { cluster, node } = clusterDns({ order: 'round-robin' })
    const values = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
    cluster.replace({ name: WEB, type: 'A', ttlPs: SECOND, values })
    const reply = new Reply()
    const firsts = [0, 1, 2, 3].map(() => {
      node.query(WEB, 'A', reply)
      expect([...reply.values()].sort()).toEqual(values)
      return reply.values()[0]
    })
    expect(firsts).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.1'])
  })

  it('hands on what is left of a time to live: two levels forget together', () => {
    const { clock, node } = clusterDns()
    const client = new StubClient(clock, {
      name: 'client',
      nameservers: [node],
      search: [],
      ndots: 1,
      library: 'glibc',
      cache: { capacity: 10 },
    })
    node.query(WEB, 'A', new Reply())
    clock.now = 20 * SECOND
    expect(client.lookup(WEB, ['A']).untilPs).toBe(30 * SECOND)
    clock.now = 30 * SECOND - 1
    client.lookup(WEB, ['A'])
    clock.now = 30 * SECOND
    client.lookup(WEB, ['A'])
    expect(client.cacheCounts()).toMatchObject({ queries: 3, hits: 1, expired: 1 })
    expect(node.counts()).toMatchObject({ queries: 3, hits: 1, expired: 1 })
  })
})
