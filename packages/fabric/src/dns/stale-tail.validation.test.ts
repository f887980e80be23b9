import { randomStream, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Authority } from './authority.ts'
import { Resolver } from './resolver.ts'
import { StaleTail } from './stale-tail.ts'
import { StubClient } from './stub-client.ts'
import { Zone } from './zone.ts'

const NAME = 'shop.example'
const TTL_PS = 60 * SECOND
const CHANGE_PS = 3 * TTL_PS
const CLIENTS = 10_000
const [OLD, NEW] = ['192.0.2.1', '192.0.2.2']

/** Clients with caches that ask from their own first instant on, again whenever their answer has expired, until a record changes. */
function clientsAtChange(firstPs: readonly number[], perNode?: number) {
  const clock = { now: 0 }
  const record = (address: string) => ({ name: NAME, type: 'A', ttlPs: TTL_PS, values: [address] }) as const
  const zone = new Zone({ origin: '.', soa: { ttlPs: TTL_PS, minimumPs: TTL_PS }, records: [record(OLD)] })
  const authority = new Authority(clock, 'authority', [zone])
  const upstreams = [{ suffix: '.', servers: [authority] }]
  const nodes = Array.from(
    { length: perNode === undefined ? 0 : firstPs.length / perNode },
    () => new Resolver(clock, { name: 'node', capacity: 4, upstreams }),
  )
  const clients = firstPs.map(
    (_, index) =>
      new StubClient(clock, {
        name: `client-${index}`,
        nameservers: [perNode === undefined ? authority : nodes[Math.floor(index / perNode)]!],
        search: [],
        ndots: 1,
        library: 'glibc',
        cache: { capacity: 4 },
      }),
  )
  const asks = firstPs
    .flatMap((first, client) =>
      Array.from({ length: Math.ceil((CHANGE_PS - first) / TTL_PS) }, (_, turn) => ({
        client,
        atPs: first + turn * TTL_PS,
      })),
    )
    .sort((a, b) => a.atPs - b.atPs)
  for (const { client, atPs } of asks) {
    clock.now = atPs
    clients[client]!.lookup(NAME, ['A'])
  }
  expect(clients.every((client) => client.cacheCounts()!.size === 1)).toBe(true)
  clock.now = CHANGE_PS
  zone.replace(record(NEW))
  const tail = new StaleTail(clock.now, clients, NAME, 'A')
  const addressOf = (client: StubClient) => client.lookup(NAME, ['A']).values()[0]
  const shareAt = (seconds: number) => {
    clock.now = CHANGE_PS + seconds * SECOND
    return clients.filter((client) => addressOf(client) === OLD).length / clients.length
  }
  return { tail, shareAt, clients, clock }
}

describe('row 57: clients that still use the old record, caches of uniform age, 60 s to live', () => {
  it('ages evenly spread: stale share 1 - t/T, mean 30 s, p99 59.4 s', () => {
    const step = TTL_PS / CLIENTS
    const { tail, shareAt } = clientsAtChange(
      Array.from({ length: CLIENTS }, (_, i) => Math.round((i + 0.5) * step)),
    )
    for (const seconds of [0, 6, 15, 30, 45, 59.4, 60]) {
      const expected = 1 - seconds / 60
      expect(Math.abs(tail.shareAfter(seconds * SECOND) - expected)).toBeLessThanOrEqual(1 / CLIENTS)
      // and so many do when they are asked
      expect(shareAt(seconds)).toBe(tail.shareAfter(seconds * SECOND))
    }
    expect(tail.meanPs / SECOND).toBeCloseTo(30, 6)
    expect(tail.quantilePs(0.99) / SECOND).toBeCloseTo(59.4, 2)
  })

  it('clients that came at random: within the 99.9 % interval', () => {
    const stream = randomStream('row 57', 'first lookups')
    const { tail } = clientsAtChange(Array.from({ length: CLIENTS }, () => stream.int(TTL_PS)))
    const Z = 3.29
    const halfWidth = (variance: number) => Z * Math.sqrt(variance / CLIENTS)
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.99])
      expect(Math.abs(tail.shareAfter(share * TTL_PS) - (1 - share))).toBeLessThan(
        halfWidth(share * (1 - share)),
      )
    expect(Math.abs(tail.meanPs / SECOND - 30)).toBeLessThan(halfWidth(60 ** 2 / 12))
    expect(Math.abs(tail.quantilePs(0.99) / SECOND - 59.4)).toBeLessThan(60 * halfWidth(0.99 * 0.01))
  })

  it('behind one resolver all change over at once, however many they are', () => {
    const perNode = 20
    // the first client of each node asks first: what it gets is what the others get too
    const firstPs = Array.from({ length: 2000 }, (_, i) => {
      const node = Math.floor(i / perNode)
      return Math.round(((node + (i % perNode) / perNode + 0.5) * TTL_PS) / 101)
    })
    const { tail, clients, clock } = clientsAtChange(firstPs, perNode)
    const ends = clients.map((client) => client.staleUntilPs(NAME, 'A'))
    expect(new Set(ends).size).toBe(100)
    ends.forEach((end, index) => {
      expect(end).toBe(ends[index - (index % perNode)])
    })
    expect(tail.meanPs).toBeGreaterThan(0)
    clock.now += TTL_PS
    expect(new StaleTail(clock.now, clients, NAME, 'A').shareAfter(0)).toBe(0)
  })
})
